/** All that is checked of a version in a slot: the scenarios of the specification, then what an agent asks for. */
import type { Scenario } from '../../shared/domain/quality/behaviour/scenario.ts';
import { ok, type Result } from '../../shared/errors/result.ts';
import type { Measurement } from '../../shared/protocol/project-events.ts';
import type { AcceptanceCheck } from '../../shared/rpc/project.ts';
import type { Slot } from '../../shared/rpc/sandbox.ts';
import type { ChecksRun } from './behaviour.ts';
import { playScenarios, type PlayingParts } from './play-scenarios.ts';
import { checkSlot } from './release.ts';

export interface VersionInSlot {
  readonly slot: Slot;
  readonly commit: string;
  readonly now: () => number;
}

const maxFailures = 50;

/**
 * The scenarios come first, because the data that the agent’s checks leave is what people then see in the slot. A
 * scenario that fails counts as a failed check: whoever wrote it into the specification asked for it.
 */
export const checkVersion = async (
  parts: PlayingParts,
  at: VersionInSlot,
  checks: readonly AcceptanceCheck[],
  scenarios: readonly Scenario[],
): Promise<Result<{ readonly measurement: Extract<Measurement, { kind: 'acceptance' }>; readonly run: ChecksRun }>> => {
  const played = await playScenarios(parts, at, scenarios);
  if (!played.ok) return played;
  const checked = await checkSlot(parts, at.slot, at.commit, checks);
  if (!checked.ok) return checked;
  const { measurement, records } = checked.value;
  const missed = played.value
    .filter(({ passed }) => !passed)
    .map(({ checkId, name, evidence }) => `${checkId}: ${name}: ${evidence}`);
  return ok({
    measurement: {
      ...measurement,
      passed: measurement.passed + played.value.length - missed.length,
      failed: measurement.failed + missed.length,
      failures: [...missed, ...measurement.failures].slice(0, maxFailures),
    },
    run: { scope: at.slot, commit: at.commit, records: [...played.value, ...records] },
  });
};
