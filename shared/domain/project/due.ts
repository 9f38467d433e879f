import { nextPoolChangeAt } from './pools.ts';
import { stallMsOf } from './progress.ts';
import { isOpenQuestion, tasksOf, type ProjectState } from './state.ts';

/**
 * When `advance` may next have something to say because of the time alone: the end of a lease, the deadline of a
 * question, a stall, or the cool-down of a pool. Undefined while time changes nothing: a project that is paused or has ended.
 */
export const nextDueAt = (state: ProjectState): number | undefined => {
  if (state.status !== 'active' || state.identity === undefined) return undefined;
  let dueAt = state.stalled === undefined ? state.progressAt + stallMsOf(state) : Number.POSITIVE_INFINITY;
  for (const { status, leaseExpiresAt, stuck } of tasksOf(state)) {
    if (status === 'assigned' && stuck === undefined) dueAt = Math.min(dueAt, leaseExpiresAt ?? dueAt);
  }
  for (const question of Object.values(state.questions)) {
    if (isOpenQuestion(state, question)) dueAt = Math.min(dueAt, question.deadlineAt ?? dueAt);
  }
  dueAt = Math.min(dueAt, nextPoolChangeAt(state) ?? dueAt);
  return Number.isFinite(dueAt) ? dueAt : undefined;
};
