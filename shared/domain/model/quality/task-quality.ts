/**
 * What a project's events say of the models that did its work: what the first review of a task said, how attempts at it
 * ended, and whether what was merged passed the gates. Only what somebody else judged; what a silent agent, a merge or
 * the budget did to a task says nothing of a model.
 */
import type { ProjectEvent } from '../../../protocol/project-events.ts';
import type { TaskId } from '../../ids.ts';
import { tasksOf, type ProjectState, type Task } from '../../project/state.ts';
import { trial, type QualityCounts, type QualityScope } from './measures.ts';

export interface TaskVerdict {
  readonly scope: QualityScope;
  readonly counts: QualityCounts;
}

const judgedCauses = ['review', 'failure', 'vote'];

const scopeOf = (state: ProjectState, { task, model }: Task): QualityScope => ({
  model: model ?? state.identity?.model ?? '',
  role: task.role,
  taskKind: task.kind,
});

const verdictOn = (state: ProjectState, taskId: TaskId, counts: QualityCounts): readonly TaskVerdict[] => {
  const task = state.tasks[taskId];
  return task === undefined ? [] : [{ scope: scopeOf(state, task), counts }];
};

/** Tasks that changed the code in this revision, one for each scope. */
const contributors = (state: ProjectState): readonly QualityScope[] => {
  const scopes = tasksOf(state)
    .filter(({ status, commit, revision }) => status === 'done' && commit !== undefined && revision === state.revision)
    .map((task) => scopeOf(state, task));
  return [...new Map(scopes.map((scope) => [JSON.stringify(scope), scope])).values()];
};

/** A review is the first of its task when it is the only one so far. */
const isFirstReview = (state: ProjectState, taskId: TaskId, subject: TaskId): boolean =>
  tasksOf(state).every(
    (task) =>
      task.subject !== subject || task.task.kind !== 'review' || task.taskId === taskId || task.status !== 'done',
  );

/** The verdicts of an event. `state` is that right before it. */
export const taskVerdictsOf = (state: ProjectState, event: ProjectEvent): readonly TaskVerdict[] => {
  switch (event.type) {
    case 'review.recorded':
      return isFirstReview(state, event.taskId, event.subject)
        ? verdictOn(state, event.subject, { review: trial(event.verdict === 'reject') })
        : [];
    case 'task.returned':
      return judgedCauses.includes(event.cause) ? verdictOn(state, event.taskId, { returned: trial(true) }) : [];
    case 'task.failed':
      // A specification that cannot be built is nobody's fault.
      return event.reason === 'blocked' ? [] : verdictOn(state, event.taskId, { returned: trial(true) });
    case 'task.completed':
      return verdictOn(state, event.taskId, { returned: trial(false) });
    case 'gates.evaluated':
      return contributors(state).map((scope) => ({ scope, counts: { gates: trial(!event.passed) } }));
    default:
      return [];
  }
};

/** The models behind a project, or behind one of its tasks: whom a person's rating is about. */
export const ratedScopes = (state: ProjectState, taskId: TaskId | undefined): readonly QualityScope[] | undefined => {
  if (taskId !== undefined) {
    const task = state.tasks[taskId];
    return task === undefined ? undefined : [scopeOf(state, task)];
  }
  const models = new Set(tasksOf(state).map((task) => scopeOf(state, task).model));
  if (models.size === 0) models.add(state.identity?.model ?? '');
  return [...models].map((model) => ({ model, role: 'team', taskKind: 'project' }));
};
