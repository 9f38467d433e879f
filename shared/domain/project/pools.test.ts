/** A project whose pool follows its queue: twelve tasks that wait for nobody, and agents that each take one at a time. */
import { describe, expect, it } from 'vitest';
import { testCreateIds } from '../../ports/ids.ts';
import type { PoolSettings } from '../../protocol/pools.ts';
import type { PlannedTask, ProjectEvent } from '../../protocol/project-events.ts';
import type { ProjectId, WorkspaceId } from '../ids.ts';
import { advance } from './advance.ts';
import { decideCancel, decideCreate, decideMerge, decideRepositoryCreated } from './decide.ts';
import { decideReport } from './decide-report.ts';
import { nextDueAt } from './due.ts';
import { effectsOf, type Effect } from './effects.ts';
import { evolveProject } from './evolve.ts';
import { findViolations } from './invariants.ts';
import { decideSetPools, viewPools } from './pools.ts';
import { initialProjectState, tasksOf, type ProjectState } from './state.ts';
import { viewAgents } from './views.ts';

const pool: PoolSettings = { role: 'backend', minimum: 1, maximum: 4, targetLoad: 2, coolDownSeconds: 60 };

const part = (index: number): PlannedTask => ({
  key: `part-${index}`,
  title: `Part ${index}`,
  kind: 'implement',
  role: 'backend',
  description: 'x',
  acceptanceCriteria: [],
  dependsOn: [],
  priority: 1,
  estimateMinutes: 1,
  paths: [`src/${index}/`],
});

class Bench {
  state: ProjectState = initialProjectState;
  readonly events: ProjectEvent[] = [];
  readonly effects: Effect[] = [];
  readonly ids = testCreateIds();
  now = 1_000;

  constructor(pools: readonly PoolSettings[], tasks: number) {
    const seats = ['backend', 'reviewer', 'qa'].map((role) => ({ role, count: role === 'reviewer' ? 4 : 1 }));
    const created = decideCreate(
      this.state,
      {
        projectId: 'prj_test' as ProjectId,
        workspaceId: 'wsp_test' as WorkspaceId,
        name: 'test',
        format: 'markdown',
        specificationPath: 'SPEC.md',
        specificationLength: 1,
        model: 'offline/engineer',
        seats,
        pools,
        maxRevisions: 0,
        maxAttempts: 3,
      },
      this.ids,
    );
    if (!created.ok) throw new Error(created.error.detail);
    this.write([
      ...created.value,
      ...decideRepositoryCreated(initialProjectState, 'c0'),
      { type: 'agents.granted', agents: 100, wanted: 100 },
      { type: 'stage.entered', stage: 'implementation', revision: 0 },
      ...Array.from({ length: tasks }, (_, index): ProjectEvent => ({
        type: 'task.created',
        taskId: this.ids.create('tsk'),
        task: part(index),
        stage: 'implementation',
      })),
      // Keeps the stage open to the end.
      {
        type: 'task.created',
        taskId: this.ids.create('tsk'),
        task: { ...part(99), role: 'qa' },
        stage: 'implementation',
      },
    ]);
    this.apply([]);
  }

  write(events: readonly ProjectEvent[]): void {
    for (const event of events) {
      this.events.push(event);
      this.state = evolveProject(this.state, event, this.now);
      this.effects.push(...effectsOf(event, this.state));
    }
  }

  apply(events: readonly ProjectEvent[]): void {
    this.write(events);
    this.write(advance(this.state, { now: this.now, ids: this.ids }));
  }

  /** Everybody who builds or reviews hands in, and what was accepted is merged: one step of work. */
  step(): void {
    const held = tasksOf(this.state).filter(({ status, task }) => status === 'assigned' && task.role !== 'qa');
    for (const { taskId, attempt, fencingToken = 0, task } of held) {
      const outcome =
        task.kind === 'review'
          ? { type: 'reviewed' as const, verdict: 'approve' as const, comments: [] }
          : { type: 'completed' as const, summary: 'done', commit: 'c' };
      this.apply(
        decideReport(this.state, { taskId, attempt, fencingToken, outcome }, { ids: this.ids, now: this.now }),
      );
    }
    for (const { taskId, status } of tasksOf(this.state))
      if (status === 'merging') this.apply(decideMerge(this.state, taskId, { type: 'merged', commit: 'm' }));
  }

  get size(): number {
    return viewAgents(this.state).filter(({ role, status }) => role === 'backend' && status !== 'resting').length;
  }

  /** Works until every part is done; answers the steps it took and the sizes the pool had. */
  work(): { readonly steps: number; readonly sizes: readonly number[] } {
    const sizes = [this.size];
    for (let steps = 0; ; steps += 1) {
      const open = tasksOf(this.state).filter(({ task, status }) => task.role !== 'qa' && status !== 'done');
      if (open.length === 0) return { steps, sizes };
      if (steps > 100) throw new Error('the work does not end');
      this.step();
      sizes.push(this.size);
    }
  }

  tick(): void {
    this.now = nextDueAt(this.state) ?? this.now;
    this.apply([]);
  }
}

const typesOf = (bench: Bench): readonly string[] =>
  bench.events.flatMap(({ type }) => (type.startsWith('pool.') ? [type] : []));

describe('a pool from 1 to 4 with a target load of 2, and 12 tasks', () => {
  it('grows to 4, ends in fewer steps than one agent, and shrinks to 1 after the cool-down', () => {
    const alone = new Bench([], 12).work();
    const bench = new Bench([pool], 12);
    const pooled = bench.work();
    expect(alone.sizes.every((size) => size === 1)).toBe(true);
    expect(Math.max(...pooled.sizes)).toBe(4);
    expect(pooled.steps).toBeLessThan(alone.steps / 2);
    expect(bench.size).toBe(4);
    const idleAt = bench.now;
    bench.tick();
    expect(bench.now).toBe(idleAt + 60_000);
    expect(bench.size).toBe(1);
    expect(typesOf(bench)).toEqual(['pool.grew', 'pool.shrank']);
    expect(findViolations(bench.events)).toEqual([]);
    const [view] = viewPools(bench.state, bench.now);
    expect(view).toMatchObject({ agents: 1, working: 0, resting: 3, queued: 0, lastChange: { from: 4, to: 1 } });
  });

  it('says why it grew, with the figures, and names and wakes those whom it needs', () => {
    const bench = new Bench([pool], 12);
    const grown = bench.events.find(({ type }) => type === 'pool.grew');
    expect(grown).toMatchObject({ reason: 'queue', from: 1, to: 4, queued: 11, working: 1, revived: [] });
    expect(viewAgents(bench.state).flatMap(({ role, name }) => (role === 'backend' ? [name] : []))).toEqual([
      'backend',
      'backend-2',
      'backend-3',
      'backend-4',
    ]);
    expect(bench.effects.filter(({ type }) => type === 'settle_seats')).toHaveLength(1);
  });

  it('revives agents at rest before it enrols new ones', () => {
    const bench = new Bench([pool], 12);
    bench.work();
    bench.tick();
    bench.now += 60_000;
    bench.apply(
      Array.from({ length: 6 }, (_, index): ProjectEvent => ({
        type: 'task.created',
        taskId: bench.ids.create('tsk'),
        task: part(20 + index),
        stage: 'implementation',
      })),
    );
    const last = bench.events.findLast(({ type }) => type === 'pool.grew');
    expect(last).toMatchObject({ from: 1, to: 3, enrolled: [] });
    expect(last).toHaveProperty('revived.length', 2);
    expect(findViolations(bench.events)).toEqual([]);
  });

  it('does not grow for tasks that wait for the same path', () => {
    const bench = new Bench([pool], 0);
    bench.apply(
      Array.from({ length: 9 }, (_, index): ProjectEvent => ({
        type: 'task.created',
        taskId: bench.ids.create('tsk'),
        task: { ...part(index), paths: ['src/shared/'] },
        stage: 'implementation',
      })),
    );
    expect(bench.size).toBe(1);
  });

  it('goes to its minimum when the project ends', () => {
    const bench = new Bench([pool], 12);
    const cancelled = decideCancel(bench.state, 'enough');
    bench.apply(cancelled.ok ? cancelled.value : []);
    expect(bench.size).toBe(1);
    expect(bench.events.at(-1)).toMatchObject({ type: 'pool.shrank', reason: 'project_ended' });
    expect(findViolations(bench.events)).toEqual([]);
  });

  it('is refused for a role that nobody has, twice for one role, and with bounds that cross', () => {
    const { state } = new Bench([], 1);
    const refused = decideSetPools(
      state,
      [
        { ...pool, role: 'poet' },
        { ...pool, minimum: 0 },
        { ...pool, minimum: 5 },
      ],
      'person:k',
    );
    expect(refused.ok ? [] : refused.error.issues?.map(({ field }) => field)).toEqual([
      'pools.0.role',
      'pools.1.minimum',
      'pools.2.role',
      'pools.2.maximum',
    ]);
  });

  it('leaves a project without pools as it was', () => {
    const bench = new Bench([], 12);
    bench.work();
    expect(typesOf(bench)).toEqual([]);
    expect(bench.state).not.toHaveProperty('idleSince');
  });
});
