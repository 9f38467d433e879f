/**
 * Over which events of a project an earlier state may be restored: those after which nothing but the state is different.
 * What agents, the repository, a deployed app or a person have done since would contradict a state that knows nothing of
 * it; going on from there is what a fork is for.
 */
import type { ProjectEvent } from '../../protocol/project-events.ts';

/** Decisions of persons about how the project goes on, and what only tells. */
const withinState: ReadonlySet<ProjectEvent['type']> = new Set([
  'project.paused',
  'project.resumed',
  'project.stalled',
  'budget.changed',
  'gates.configured',
  'waiver.granted',
  'waiver.revoked',
  'figures.recorded',
  'message.relayed',
  'state.restored',
]);

const reasons: readonly (readonly [prefix: string, reason: string])[] = [
  ['deployment.', 'the app was deployed'],
  ['main.', 'the repository has moved on'],
  ['repository.', 'the repository was made'],
  ['effect.', 'something outside was called'],
  ['question.', 'a person was asked'],
  ['measurement.', 'it was measured on a commit of the repository'],
  ['pool', 'its team was changed'],
  ['project.', 'its agents and its workspace were told'],
];

/** See `Aggregate.restoreOver`. */
export const restoreProjectOver = ({ type }: ProjectEvent): string | undefined => {
  if (withinState.has(type)) return undefined;
  const [, reason = 'agents have worked by it'] = reasons.find(([prefix]) => type.startsWith(prefix)) ?? [];
  return `${reason} (for a copy that goes on from an earlier moment: aidevos runs fork <project> --at <version>)`;
};
