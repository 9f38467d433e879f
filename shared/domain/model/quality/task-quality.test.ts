import { describe, expect, it } from 'vitest';
import type { PlannedTask, ProjectEvent } from '../../../protocol/project-events.ts';
import type { AgentId, ProjectId, TaskId, WorkspaceId } from '../../ids.ts';
import { evolveProject } from '../../project/evolve.ts';
import { initialProjectState } from '../../project/state.ts';
import { trial } from './measures.ts';
import { ratedScopes, taskVerdictsOf } from './task-quality.ts';

const planned = (key: string, kind: PlannedTask['kind'], role: PlannedTask['role']): PlannedTask => ({
  key,
  title: key,
  kind,
  role,
  description: '',
  acceptanceCriteria: [],
  dependsOn: [],
  priority: 1,
  estimateMinutes: 1,
  paths: [],
});

// SAFETY: the functions under test look at ids only for equality.
const id = (text: string) => text as TaskId & AgentId & ProjectId & WorkspaceId;
const [code, review, again] = [id('code'), id('review-1'), id('review-2')];

const created: ProjectEvent = {
  type: 'project.created',
  projectId: id('p'),
  workspaceId: id('w'),
  name: 'p',
  format: 'markdown',
  specificationPath: 'SPEC.md',
  specificationLength: 1,
  model: 'openai/a',
  roles: [],
  maxRevisions: 1,
  maxAttempts: 3,
};
const tasks: readonly ProjectEvent[] = [
  { type: 'task.created', taskId: code, task: planned('code', 'implement', 'backend'), stage: 'implementation' },
  {
    type: 'task.created',
    taskId: review,
    task: planned('r1', 'review', 'reviewer'),
    stage: 'implementation',
    subject: code,
  },
  {
    type: 'task.created',
    taskId: again,
    task: planned('r2', 'review', 'reviewer'),
    stage: 'implementation',
    subject: code,
  },
];

/** Folds the events; answers the last verdicts and the state after all of them. */
const fold = (...events: readonly ProjectEvent[]) => {
  let state = initialProjectState;
  let verdicts: ReturnType<typeof taskVerdictsOf> = [];
  for (const event of [created, ...tasks, ...events]) {
    verdicts = taskVerdictsOf(state, event);
    state = evolveProject(state, event, 1);
  }
  return { verdicts, state };
};

const recorded = (taskId: TaskId, verdict: 'approve' | 'reject'): ProjectEvent => ({
  type: 'review.recorded',
  taskId,
  subject: code,
  verdict,
  comments: [],
});
const done = (taskId: TaskId): ProjectEvent => ({ type: 'task.completed', taskId, summary: '' });
const submitted: ProjectEvent = { type: 'task.submitted', taskId: code, agentId: id('a'), summary: '', commit: 'c' };
const gates = (passed: boolean): ProjectEvent => ({ type: 'gates.evaluated', commit: 'c', passed, gates: [] });
const scope = { model: 'openai/a', role: 'backend', taskKind: 'implement' };

describe('the verdicts of events', () => {
  it('of the first review count for whoever did the work, later ones do not', () => {
    expect(fold(submitted, recorded(review, 'reject')).verdicts).toEqual([{ scope, counts: { review: trial(true) } }]);
    expect(fold(submitted, recorded(review, 'approve')).verdicts).toEqual([
      { scope, counts: { review: trial(false) } },
    ]);
    expect(fold(submitted, recorded(review, 'reject'), done(review), recorded(again, 'approve')).verdicts).toEqual([]);
  });

  it('of what came back say whether somebody judged it', () => {
    const returned = (cause: 'review' | 'conflict' | 'failure' | 'lease' | 'vote'): ProjectEvent => ({
      type: 'task.returned',
      taskId: code,
      cause,
      comments: [],
    });
    const missed = [{ scope, counts: { returned: trial(true) } }];
    for (const cause of ['review', 'failure', 'vote'] as const) expect(fold(returned(cause)).verdicts).toEqual(missed);
    for (const cause of ['conflict', 'lease'] as const) expect(fold(returned(cause)).verdicts).toEqual([]);
    expect(fold({ type: 'task.failed', taskId: code, reason: 'it does not work' }).verdicts).toEqual(missed);
    expect(fold({ type: 'task.failed', taskId: code, reason: 'blocked' }).verdicts).toEqual([]);
    expect(fold(done(code)).verdicts).toEqual([{ scope, counts: { returned: trial(false) } }]);
  });

  it('of gates count for those whose work is in it', () => {
    expect(fold(gates(true)).verdicts).toEqual([]);
    expect(fold(submitted, done(code), gates(false)).verdicts).toEqual([{ scope, counts: { gates: trial(true) } }]);
    const revised: ProjectEvent = { type: 'revision.started', revision: 1, evidence: [] };
    expect(fold(submitted, done(code), gates(false), revised, gates(true)).verdicts).toEqual([]);
  });

  it('count for the model that a task was helped by', () => {
    const remedy = { type: 'model', model: 'openai/b' } as const;
    const { verdicts } = fold({ type: 'remedy.started', taskId: code, remedy }, done(code));
    expect(verdicts).toEqual([{ scope: { ...scope, model: 'openai/b' }, counts: { returned: trial(false) } }]);
  });
});

it('a rating is about the task’s model, or all models of the project', () => {
  const { state } = fold();
  expect(ratedScopes(state, code)).toEqual([scope]);
  expect(ratedScopes(state, id('none'))).toBeUndefined();
  expect(ratedScopes(state, undefined)).toEqual([{ model: 'openai/a', role: 'team', taskKind: 'project' }]);
});
