import { describe, expect, it } from 'vitest';
import type { ProjectEvent } from '../../protocol/project-events.ts';
import { createId } from '../ids.ts';
import { leaseMs } from './lease-term.ts';
import { decideBudget, decideResume } from './decide.ts';
import { effectsOf } from './effects.ts';
import { evolveProject } from './evolve.ts';
import { initialProjectState, tasksOf, type ProjectState } from './state.ts';
import { activeMs, viewProject } from './views.ts';

const bytes = new Uint8Array(16);
const agentId = createId('agt', 1, bytes);
const taskId = createId('tsk', 1, bytes);

const created: ProjectEvent = {
  type: 'project.created',
  projectId: createId('prj', 1, bytes),
  workspaceId: createId('wsp', 1, bytes),
  name: 'Notes',
  format: 'markdown',
  specificationPath: 'SPEC.md',
  specificationLength: 9,
  model: 'openai/mystery',
  roles: ['backend'],
  maxRevisions: 1,
  maxAttempts: 1,
};
const formed: ProjectEvent = { type: 'team.formed', agents: [{ agentId, role: 'backend', name: 'backend' }] };
const task = {
  key: 'a',
  title: 'A',
  kind: 'implement' as const,
  role: 'backend',
  description: '',
  acceptanceCriteria: [],
};
const more = { dependsOn: [], priority: 1, estimateMinutes: 1, paths: [] };
const work: readonly ProjectEvent[] = [
  { type: 'task.created', taskId, task: { ...task, ...more }, stage: 'implementation' },
  { type: 'task.assigned', taskId, agentId, attempt: 1, fencingToken: 1, leaseExpiresAt: 1_000, branch: 'task/a' },
];

const fold = (...events: readonly (readonly [ProjectEvent, number])[]): ProjectState =>
  events.reduce((state, [event, at]) => evolveProject(state, event, at), initialProjectState);

const running = fold([created, 100], [formed, 100], ...work.map((event) => [event, 100] as const));

describe('a project with a budget', () => {
  it('folds logs of before budgets as it did', () => {
    const state = fold(
      [created, 100],
      [formed, 100],
      [{ type: 'project.paused' }, 200],
      [{ type: 'project.resumed' }, 500],
    );
    expect(state).toMatchObject({ status: 'active', pausedMs: 300 });
    expect(state.budget).toBeUndefined();
    expect(state.reason).toBeUndefined();
  });

  it('says why it is paused until it goes on, and counts no time of the pause', () => {
    const paused = evolveProject(running, { type: 'project.paused', reason: 'The budget is used up.' }, 600);
    expect(viewProject(paused, 1)?.reason).toBe('The budget is used up.');
    expect(activeMs(paused, 9_999)).toBe(500);
    const resumed = evolveProject(paused, { type: 'project.resumed' }, 10_600);
    expect(viewProject(resumed, 1)?.reason).toBeUndefined();
    expect(activeMs(resumed, 10_700)).toBe(600);
  });

  it('gives the holders of tasks a whole lease on going on, and has them ask for their budget', () => {
    const paused = evolveProject(running, { type: 'project.paused' }, 600);
    const decided = decideResume(paused, 50_000);
    const event: ProjectEvent = { type: 'project.resumed', leaseExpiresAt: 50_000 + leaseMs };
    expect(decided).toEqual({ ok: true, value: [event] });
    const resumed = evolveProject(paused, event, 50_000);
    expect(tasksOf(resumed)[0]?.leaseExpiresAt).toBe(50_000 + leaseMs);
    expect(effectsOf(event, resumed)).toEqual([{ type: 'tell_budget', agents: [agentId] }]);
  });

  it('gives no lease to a task that waits for a call in doubt', () => {
    const [task] = tasksOf(running);
    if (task === undefined) throw new Error('There is one task.');
    const { leaseExpiresAt: _leaseExpiresAt, ...waiting } = task;
    const paused: ProjectState = { ...running, status: 'paused', tasks: { [taskId]: { ...waiting, inDoubt: 'eff' } } };
    const resumed = evolveProject(paused, { type: 'project.resumed', leaseExpiresAt: 99_000 }, 9_000);
    expect(tasksOf(resumed)[0]).not.toHaveProperty('leaseExpiresAt');
  });

  it('is limited as its original is when it is a fork', () => {
    const budget = { project: { maxTokens: 5 } };
    const copying: ProjectState = { ...running, copying: 1 };
    const copied = evolveProject(copying, { ...created, name: 'Other', budget }, 200);
    expect(copied.budget).toEqual(budget);
    expect(copied.identity?.name).toBe('Notes');
  });

  it('takes other limits while it runs, but none in money without a price, and none after its end', () => {
    const budget = { project: { maxTokens: 5 } };
    const event: ProjectEvent = { type: 'budget.changed', budget };
    expect(decideBudget(running, budget)).toEqual({ ok: true, value: [event] });
    expect(evolveProject(running, event, 700).budget).toEqual(budget);
    expect(effectsOf(event, running)).toEqual([{ type: 'tell_budget', agents: [agentId] }]);
    expect(decideBudget(running, { agent: { maxCostMicros: 5 } })).toMatchObject({
      ok: false,
      error: { issues: [{ field: 'budget.agent.maxCostMicros' }] },
    });
    const ended = evolveProject(running, { type: 'project.failed', reason: 'x' }, 700);
    expect(decideBudget(ended, budget)).toMatchObject({ ok: false, error: { type: 'resource.conflict' } });
  });
});
