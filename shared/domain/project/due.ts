import { stallMsOf } from './progress.ts';
import { isOpenQuestion, tasksOf, type ProjectState } from './state.ts';

/**
 * When `advance` may next have something to say because of the time alone: the end of a lease, the deadline of a
 * question, or a stall. Undefined while time changes nothing: a project that is paused or has ended.
 */
export const nextDueAt = (state: ProjectState): number | undefined => {
  if (state.status !== 'active' || state.identity === undefined) return undefined;
  const leases = tasksOf(state).flatMap(({ status, leaseExpiresAt, stuck }) =>
    status === 'assigned' && stuck === undefined && leaseExpiresAt !== undefined ? [leaseExpiresAt] : [],
  );
  const deadlines = Object.values(state.questions).flatMap((question) =>
    question.deadlineAt !== undefined && isOpenQuestion(state, question) ? [question.deadlineAt] : [],
  );
  const stall = state.stalled === undefined ? [state.progressAt + stallMsOf(state)] : [];
  const times = [...leases, ...deadlines, ...stall];
  return times.length === 0 ? undefined : Math.min(...times);
};
