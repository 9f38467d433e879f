import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testCreateIds } from '../../ports/ids.ts';
import type { ProjectEvent } from '../../protocol/project-events.ts';
import type { DoubtReport, SettleDecision } from '../effect/doubt.ts';
import type { AgentId, ProjectId, RunId, TaskId, WorkspaceId } from '../ids.ts';
import { advance } from './advance.ts';
import { decideCancel, decideProgress } from './decide.ts';
import {
  askProjectManager,
  decideDoubt,
  decideManagerAnswer,
  decideResolved,
  decideSettle,
  openDoubts,
} from './doubts.ts';
import { effectsOf, type Effect } from './effects.ts';
import { evolveProject } from './evolve.ts';
import { initialProjectState, type ProjectState } from './state.ts';
import { listEffects, viewProject } from './views.ts';

const ids = testCreateIds();
const manager = 'agt_manager' as AgentId;
const developer = 'agt_developer' as AgentId;
const taskId = 'tsk_1' as TaskId;

const beginning = (inDoubt?: 'person' | 'project_manager'): readonly ProjectEvent[] => [
  {
    type: 'project.created',
    projectId: 'prj_1' as ProjectId,
    workspaceId: 'wsp_1' as WorkspaceId,
    name: 'x',
    format: 'markdown',
    specificationPath: 'SPEC.md',
    specificationLength: 1,
    model: 'm',
    roles: ['project_manager', 'backend'],
    maxRevisions: 1,
    maxAttempts: 1,
    ...(inDoubt === undefined ? {} : { inDoubt }),
  },
  {
    type: 'team.formed',
    agents: [
      { agentId: manager, role: 'project_manager', name: 'pm' },
      { agentId: developer, role: 'backend', name: 'backend-1' },
    ],
  },
  { type: 'repository.created', commit: 'c0' },
  { type: 'stage.entered', stage: 'implementation', revision: 0 },
  {
    type: 'task.created',
    taskId,
    stage: 'implementation',
    task: {
      key: 'work',
      title: 'Work',
      kind: 'implement',
      role: 'backend',
      description: '',
      acceptanceCriteria: [],
      dependsOn: [],
      priority: 1,
      estimateMinutes: 1,
      paths: ['src/'],
    },
  },
  {
    type: 'task.assigned',
    taskId,
    agentId: developer,
    attempt: 1,
    fencingToken: 7,
    leaseExpiresAt: 60_000,
    branch: 'task/work',
  },
];

class World {
  state: ProjectState = initialProjectState;
  now = 1_000;
  readonly effects: Effect[] = [];

  constructor(events: readonly ProjectEvent[] = beginning()) {
    this.apply(events);
  }

  apply(events: readonly ProjectEvent[]): readonly ProjectEvent[] {
    for (const event of events) {
      this.state = evolveProject(this.state, event, this.now);
      this.effects.push(...effectsOf(event, this.state));
    }
    return events;
  }

  advance(): readonly ProjectEvent[] {
    return this.apply(advance(this.state, { now: this.now, ids }));
  }

  settle(effectId: string, decision: SettleDecision, result?: string) {
    const settlement = { effectId, decision, by: 'person:key_1', ...(result === undefined ? {} : { result }) };
    const decided = decideSettle(this.state, settlement, this.now);
    if (decided.ok) this.apply(decided.value);
    return decided;
  }
}

const report = (over: Partial<DoubtReport> = {}): DoubtReport => ({
  effectId: 'eff_1-1',
  taskId,
  runId: 'run_1' as RunId,
  fencingToken: 7,
  tool: 'send_letter',
  effectClass: 'unsafe',
  detail: '{"to":"you"}',
  cause: 'The connection failed.',
  startedAt: 900,
  ...over,
});

const parked = (inDoubt?: 'person' | 'project_manager'): World => {
  const world = new World(beginning(inDoubt));
  world.apply(decideDoubt(world.state, developer, report()));
  return world;
};

describe('an effect in doubt', () => {
  it('holds its task without a lease, so that nobody else takes it', () => {
    const world = parked();
    expect(world.state.tasks[taskId]).toMatchObject({ status: 'assigned', inDoubt: 'eff_1-1' });
    expect(world.state.tasks[taskId]?.leaseExpiresAt).toBeUndefined();
    world.now = 10_000_000;
    // All that follows is that people hear what the project waits for.
    expect(world.advance()).toMatchObject([
      { type: 'project.stalled', waitingFor: [expect.stringContaining('what became of a call')] },
    ]);
    // A sign of life that was sent before and arrives late starts no lease.
    const late = { taskId, fencingToken: 7, activity: { type: 'said' as const, text: 'hm' } };
    world.apply(decideProgress(world.state, late, world.now));
    expect(world.state.tasks[taskId]?.leaseExpiresAt).toBeUndefined();
    expect(viewProject(world.state, 1)).toMatchObject({ effectsInDoubt: 1 });
  });

  it('is told once, whatever is repeated, and not at all of a task that is not there', () => {
    const world = parked();
    expect(decideDoubt(world.state, developer, report())).toEqual([]);
    expect(decideDoubt(world.state, developer, report({ effectId: 'e', taskId: 'tsk_2' as TaskId }))).toEqual([]);
  });

  it('of a holder whose lease has passed on is evidence and holds nothing', () => {
    const world = new World();
    world.apply(decideDoubt(world.state, developer, report({ fencingToken: 6 })));
    expect(world.state.tasks[taskId]).toMatchObject({ leaseExpiresAt: 60_000 });
    expect(world.settle('eff_1-1', 'redo')).toMatchObject({ ok: false, error: { type: 'resource.conflict' } });
    expect(world.settle('eff_1-1', 'abandon')).toMatchObject({ ok: true });
    expect(world.effects.filter(({ type }) => type === 'settle')).toEqual([]);
  });

  it('gives its task a new lease and its agent a word when it is settled', () => {
    const world = parked();
    expect(world.settle('eff_1-1', 'done', 'sent')).toMatchObject({ ok: true });
    expect(world.state.tasks[taskId]).toMatchObject({ status: 'assigned', leaseExpiresAt: 61_000 });
    expect(world.state.tasks[taskId]?.inDoubt).toBeUndefined();
    expect(world.effects.at(-1)).toEqual({
      type: 'settle',
      agentId: developer,
      settlement: { effectId: 'eff_1-1', decision: 'done', by: 'person:key_1', result: 'sent' },
    });
  });

  it('is settled once, and only if it is known', () => {
    const world = parked();
    expect(world.settle('eff_2-1', 'done')).toMatchObject({ error: { type: 'resource.not_found' } });
    expect(world.settle('eff_1-1', 'abandon', 'x')).toMatchObject({ error: { type: 'request.invalid' } });
    world.settle('eff_1-1', 'redo');
    expect(world.settle('eff_1-1', 'done')).toMatchObject({
      error: { type: 'resource.conflict', detail: expect.stringContaining('redo by person:key_1') },
    });
  });

  it('is settled by the server that knew, unless somebody was faster', () => {
    const world = parked();
    world.apply(decideResolved(world.state, { effectId: 'eff_1-1', decision: 'done' }, world.now));
    expect(world.state.effects?.['eff_1-1']).toMatchObject({ status: 'settled', by: 'lookup' });
    expect(world.effects.filter(({ type }) => type === 'settle')).toEqual([]);
    expect(decideResolved(world.state, { effectId: 'eff_1-1', decision: 'done' }, 1)).toEqual([]);
    expect(decideResolved(world.state, { effectId: 'unknown', decision: 'done' }, 1)).toEqual([]);
  });

  it('stays when the project is cancelled, and can then be closed but not made again', () => {
    const world = parked();
    const cancelled = decideCancel(world.state, 'enough');
    if (cancelled.ok) world.apply(cancelled.value);
    expect(openDoubts(world.state)).toHaveLength(1);
    expect(world.settle('eff_1-1', 'redo')).toMatchObject({ error: { type: 'resource.conflict' } });
    expect(world.settle('eff_1-1', 'done')).toMatchObject({ ok: true });
    expect(world.effects.filter(({ type }) => type === 'settle')).toEqual([]);
  });

  it('is listed in pages', () => {
    const world = parked();
    for (let index = 2; index <= 5; index += 1) {
      world.apply(decideDoubt(world.state, developer, report({ effectId: `eff_${index}-1` })));
    }
    world.settle('eff_3-1', 'abandon');
    const list = (status: 'in_doubt' | 'settled' | 'all', after: number, limit: number) =>
      listEffects(world.state, { status, after, limit }).map(({ number }) => number);
    expect(list('in_doubt', 0, 2)).toEqual([1, 2]);
    expect(list('in_doubt', 2, 2)).toEqual([4, 5]);
    expect(list('settled', 0, 9)).toEqual([3]);
    expect(list('all', 4, 9)).toEqual([5]);
  });
});

describe('the project manager', () => {
  it('is asked once, where the project wants it, and never about an own call', () => {
    expect(askProjectManager(parked().state, ids)).toEqual([]);
    const world = parked('project_manager');
    const events = world.advance();
    expect(events.map(({ type }) => type)).toEqual(['task.created', 'task.assigned']);
    expect(events[0]).toMatchObject({
      task: { kind: 'settle', role: 'project_manager', description: expect.stringContaining('{"to":"you"}') },
      subject: taskId,
    });
    expect(world.advance()).toEqual([]);
    const own = new World(beginning('project_manager'));
    own.apply(decideDoubt(own.state, manager, report()));
    expect(askProjectManager(own.state, ids)).toEqual([]);
  });

  const asked = () => {
    const world = parked('project_manager');
    world.advance();
    const task = Object.values(world.state.tasks).find((candidate) => candidate.task.kind === 'settle')!;
    return { world, task };
  };

  it('settles what it knows, and leaves to a person what it does not', () => {
    const { world, task } = asked();
    world.apply(decideManagerAnswer(world.state, task, { decision: 'ask_person', reason: 'no idea' }, world.now));
    expect(world.state.tasks[task.taskId]).toMatchObject({ status: 'done', summary: 'Left to a person: no idea' });
    expect(openDoubts(world.state)).toHaveLength(1);
    // Asked once: a person decides now.
    expect(world.advance()).toEqual([]);

    const second = asked();
    const answer = { decision: 'redo' as const, reason: 'the letter box is empty' };
    second.world.apply(decideManagerAnswer(second.world.state, second.task, answer, 5));
    expect(second.world.state.effects?.['eff_1-1']).toMatchObject({ decision: 'redo', by: `agent:${manager}` });
    expect(second.world.effects.at(-1)).toMatchObject({ type: 'settle', agentId: developer });
  });

  it('is called off when a person is faster, and its own answer then changes nothing', () => {
    const { world, task } = asked();
    world.settle('eff_1-1', 'done');
    expect(world.state.tasks[task.taskId]?.status).toBe('cancelled');
    expect(world.effects).toContainEqual({ type: 'cancel', agentId: manager, taskId: task.taskId });
    const late = decideManagerAnswer(world.state, task, { decision: 'redo', reason: 'late' }, 5);
    expect(late.map(({ type }) => type)).toEqual(['task.completed']);
  });

  it('fails without failing the project', () => {
    const { world, task } = asked();
    world.now = 10_000_000;
    const events = world.advance().map(({ type }) => type);
    expect(events).toContain('lease.expired');
    expect(world.state.tasks[task.taskId]?.status).toBe('failed');
    expect(world.state.status).toBe('active');
    expect(openDoubts(world.state)).toHaveLength(1);
  });
});

describe('whatever order things arrive in', () => {
  const step = fc.oneof(
    fc.record({ type: fc.constant('doubt' as const), effect: fc.nat(3), token: fc.constantFrom(6, 7) }),
    fc.record({
      type: fc.constant('settle' as const),
      effect: fc.nat(3),
      decision: fc.constantFrom('done' as const, 'redo' as const, 'abandon' as const),
    }),
    fc.record({ type: fc.constant('resolve' as const), effect: fc.nat(3) }),
    fc.record({ type: fc.constant('progress' as const) }),
    fc.record({ type: fc.constant('later' as const), byMs: fc.integer({ min: 1, max: 50_000 }) }),
    fc.record({ type: fc.constant('cancel' as const) }),
  );

  it('settles each effect once, and never lets a task that waits be taken', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.boolean(), (steps, asksManager) => {
        const world = new World(beginning(asksManager ? 'project_manager' : 'person'));
        const settledCount = new Map<string, number>();
        const record = (events: readonly ProjectEvent[]): void => {
          for (const event of events) {
            const before = world.state.tasks[taskId];
            world.apply([event]);
            if (event.type === 'effect.settled') {
              settledCount.set(event.effectId, (settledCount.get(event.effectId) ?? 0) + 1);
            }
            if (before?.inDoubt !== undefined && event.type === 'task.assigned') expect(event.taskId).not.toBe(taskId);
            if (before?.inDoubt !== undefined && event.type === 'lease.expired') expect(event.taskId).not.toBe(taskId);
          }
        };
        for (const current of steps) {
          const effectId = 'effect' in current ? `eff_${current.effect}-1` : '';
          switch (current.type) {
            case 'doubt':
              record(decideDoubt(world.state, developer, report({ effectId, fencingToken: current.token })));
              break;
            case 'settle': {
              const settlement = { effectId, decision: current.decision, by: 'person:key_1' };
              const decided = decideSettle(world.state, settlement, world.now);
              if (decided.ok) record(decided.value);
              break;
            }
            case 'resolve':
              record(decideResolved(world.state, { effectId, decision: 'done' }, world.now));
              break;
            case 'progress': {
              const progress = { taskId, fencingToken: 7, activity: { type: 'said' as const, text: 'x' } };
              record(decideProgress(world.state, progress, world.now));
              break;
            }
            case 'later':
              world.now += current.byMs;
              break;
            case 'cancel': {
              const cancelled = decideCancel(world.state, 'c');
              if (cancelled.ok) record(cancelled.value);
              break;
            }
          }
          record(advance(world.state, { now: world.now, ids }));
          const task = world.state.tasks[taskId];
          if (task?.inDoubt !== undefined) expect(task.leaseExpiresAt).toBeUndefined();
        }
        for (const count of settledCount.values()) expect(count).toBe(1);
      }),
    );
  });
});
