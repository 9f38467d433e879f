/** What becomes of an upgrade by what is seen of it at a moment: it waits, takes its next step, or ends. Pure. */
import type { ServiceHealth } from '../service.ts';
import { addMeasures, medianMs, type Measure } from './measure.ts';
import { groupOf, type Upgrade, type UpgradeEnd, type Weighted } from './upgrade.ts';
import { compareVersions, isLookDue, type Verdict } from './verdict.ts';

export interface VersionFigures {
  readonly requests: number;
  readonly faults: number;
  /** Absent when nothing was answered. */
  readonly medianMs?: number;
}

/** What a step was judged by. */
export interface UpgradeFigures {
  /** Since the step began. */
  readonly new: VersionFigures;
  readonly old: VersionFigures;
  /** The chance of as many errors, and of such times, if the new version were no worse; absent before the first look. */
  readonly chanceOfErrors?: number;
  readonly chanceOfTimes?: number;
}

export interface UpgradeSight {
  /** All instances of the name, as they were registered. */
  readonly instances: readonly (Weighted & { readonly health: ServiceHealth })[];
  /** Since the step began. */
  readonly fresh: Measure;
  readonly old: Measure;
  /** Of the old versions, in the steps before. */
  readonly oldBefore: Measure;
  /** Looks at both versions so far. */
  readonly looks: number;
  /** Requests of the new version at the last look of this step. */
  readonly lookedAt: number;
  /** All who send requests know of the step. */
  readonly isKnown: boolean;
  readonly isTimeOver: boolean;
}

export type UpgradeAdvice = {
  readonly figures: UpgradeFigures;
  /** Whether both versions were compared for it. */
  readonly looked: boolean;
} & (
  | { readonly type: 'wait' | 'advance' }
  | { readonly type: 'end'; readonly status: 'completed' | 'stopped'; readonly end: UpgradeEnd }
);

/** Old requests of this step; where they are few, as in the last one, also those before. */
const baselineOf = ({ old, oldBefore }: UpgradeSight): Measure =>
  old.requests >= 100 ? old : addMeasures(old, oldBefore);

const versionFigures = (measure: Measure): VersionFigures => {
  const middle = medianMs(measure);
  const { requests, faults } = measure;
  return middle === undefined ? { requests, faults } : { requests, faults, medianMs: middle };
};

export const figuresOf = ({ fresh, old }: Pick<UpgradeSight, 'fresh' | 'old'>, verdict?: Verdict): UpgradeFigures => ({
  new: versionFigures(fresh),
  old: versionFigures(old),
  ...(verdict === undefined ? {} : { chanceOfErrors: verdict.chanceOfErrors, chanceOfTimes: verdict.chanceOfTimes }),
});

/** @param upgrade is active. */
export const adviseUpgrade = (upgrade: Upgrade, sight: UpgradeSight): UpgradeAdvice => {
  const { instances, fresh, looks, lookedAt, isKnown, isTimeOver } = sight;
  const blind = { figures: figuresOf(sight), looked: false };
  const news = instances.filter((instance) => groupOf(upgrade, instance) === 'new');
  const hasOld = instances.some((instance) => groupOf(upgrade, instance) === 'old');
  if (news.length === 0) return { type: 'end', status: 'stopped', end: 'gone', ...blind };
  if (!hasOld) return { type: 'end', status: 'completed', end: 'old_gone', ...blind };
  if (news.some(({ health }) => health === 'failing'))
    return { type: 'end', status: 'stopped', end: 'health', ...blind };
  const isStepOver = isTimeOver || (isKnown && fresh.requests >= upgrade.stepRequests);
  // What is new since the last look is looked at before the step ends.
  const looked = isLookDue(fresh.requests, lookedAt) || (isStepOver && fresh.requests > lookedAt);
  const verdict = looked ? compareVersions(fresh, baselineOf(sight), upgrade.maxSlowdown, looks + 1) : undefined;
  const seen = { figures: figuresOf(sight, verdict), looked };
  if (verdict?.worse !== undefined) return { type: 'end', status: 'stopped', end: verdict.worse, ...seen };
  if (!isStepOver || upgrade.status === 'paused') return { type: 'wait', ...seen };
  if (upgrade.step < upgrade.steps.length - 1) return { type: 'advance', ...seen };
  return { type: 'end', status: 'completed', end: 'passed', ...seen };
};
