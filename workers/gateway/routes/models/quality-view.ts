/** Counts and alarms as people read them. */
import { isMeasureName, measures, type QualityCounts } from '../../../../shared/domain/model/quality/measures.ts';
import type { QualityAlarm } from '../../../../shared/rpc/workspace-quality.ts';
import type { AlarmView, MeasureView } from '../../../../shared/schemas/model-quality.ts';

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

/** In the order of the table of measures. */
export const presentCounts = (counts: QualityCounts): MeasureView[] =>
  Object.keys(measures).flatMap((measure): MeasureView[] => {
    const count = isMeasureName(measure) ? counts[measure] : undefined;
    if (!isMeasureName(measure) || count === undefined || count.trials === 0) return [];
    const { kind, title } = measures[measure];
    const { trials, total } = count;
    const value = rounded(total / trials);
    return [
      {
        measure,
        kind,
        title,
        trials,
        ...(kind === 'share' ? { misses: rounded(total), share: value } : { mean: value }),
      },
    ];
  });

const percent = ({ trials, misses }: QualityAlarm['recent']): string =>
  `${Math.round((100 * misses) / Math.max(1, trials))} %`;

const nextOf = ({ alarmId, status }: QualityAlarm, advice: string): string => {
  if (status === 'closed') return 'Nothing: it is over.';
  const acknowledge = `aidevos models alarms ack ${alarmId}`;
  const told = status === 'open' ? ` Acknowledge it with: ${acknowledge}` : '';
  return `${advice}${told} It closes by itself when the figures return; if they are the new normal: ${acknowledge} --accept`;
};

export const presentAlarm = (alarm: QualityAlarm): AlarmView => {
  const { measure, recent, baseline } = alarm;
  const known = isMeasureName(measure) ? measures[measure] : undefined;
  const title = known?.title ?? measure;
  const advice = known?.kind === 'share' ? known.advice : '';
  return {
    ...alarm,
    summary: `${title}: ${percent(recent)} of the last ${Math.round(recent.trials)}, ${percent(baseline)} of ${Math.round(baseline.trials)} before.`,
    next: nextOf(alarm, advice),
  };
};
