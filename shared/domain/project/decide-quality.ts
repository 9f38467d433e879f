/** What persons decide about the gates of a project: which there are, and which they let pass for a time. */
import { err, ok, type Result } from '../../errors/result.ts';
import type { ProjectEvent } from '../../protocol/project-events.ts';
import {
  defaultGates,
  findGateFaults,
  findWaiverFaults,
  type Figures,
  type GatePolicy,
  type Waiver,
} from '../quality/judge/gate.ts';
import { evolveQuality } from './evolve-quality.ts';
import { computeGates, gatesOf } from './gates.ts';
import type { ProjectState } from './state.ts';

/** A version that waits for its verdict is judged anew by what counts now. */
const withGates = (state: ProjectState, event: ProjectEvent, now: number): readonly ProjectEvent[] => {
  const { commit, gatesCommit } = state;
  if (commit === undefined || gatesCommit !== commit || state.stage !== 'validation' || state.status !== 'active')
    return [event];
  const gates = computeGates(evolveQuality(state, event), commit, now);
  return [event, { type: 'gates.evaluated', commit, passed: gates.every(({ passed }) => passed), gates }];
};

/** Replaces the gates; none at all puts the default ones back. */
export const decideGates = (
  state: ProjectState,
  gates: readonly GatePolicy[],
  by: string,
  now: number,
): Result<readonly ProjectEvent[]> => {
  const wanted = gates.length === 0 ? defaultGates : gates;
  const issues = findGateFaults(wanted);
  if (issues.length > 0) return err({ type: 'request.invalid', detail: 'These gates cannot be used.', issues });
  return ok(withGates(state, { type: 'gates.configured', gates: wanted, by }, now));
};

export const decideWaiver = (state: ProjectState, waiver: Waiver, now: number): Result<readonly ProjectEvent[]> => {
  const issues = findWaiverFaults(waiver, gatesOf(state), now);
  return issues.length > 0
    ? err({ type: 'request.invalid', detail: 'This gate cannot be waived in this way.', issues })
    : ok(withGates(state, { type: 'waiver.granted', waiver }, now));
};

export const decideRevoke = (
  state: ProjectState,
  waiverId: string,
  by: string,
  now: number,
): Result<readonly ProjectEvent[]> =>
  (state.quality?.waivers ?? []).some((waiver) => waiver.waiverId === waiverId)
    ? ok(withGates(state, { type: 'waiver.revoked', waiverId, by }, now))
    : err({ type: 'resource.not_found', detail: 'There is no such waiver.' });

/** Figures that a part of the platform measured on a commit. */
export const decideFigures = (state: ProjectState, figures: Figures): readonly ProjectEvent[] =>
  state.identity === undefined || state.status === 'cancelled' ? [] : [{ type: 'figures.recorded', figures }];

/** Figures that somebody asked for: a version that waits for its verdict is judged anew by them. */
export const decideRequestedFigures = (state: ProjectState, figures: Figures, now: number): readonly ProjectEvent[] =>
  decideFigures(state, figures).flatMap((event) => withGates(state, event, now));
