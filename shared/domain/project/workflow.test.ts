import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testCreateIds } from '../../ports/ids.ts';
import type { PlannedTask, ProjectEvent } from '../../protocol/project-events.ts';
import type { Outcome } from '../agent/assignment.ts';
import type { ProjectId, TaskId, WorkspaceId } from '../ids.ts';
import { advance } from './advance.ts';
import { leaseMs } from './lease-term.ts';
import {
  decideCancel,
  decideCreate,
  decideMeasurement,
  decideMerge,
  decideProgress,
  decideRepositoryCreated,
} from './decide.ts';
import { decideReport } from './decide-report.ts';
import { decideDeployment } from './decide.ts';
import { effectsOf } from './effects.ts';
import { evolveProject } from './evolve.ts';
import { initialProjectState, tasksOf, type ProjectState, type Task } from './state.ts';

const planned = (key: string, over: Partial<PlannedTask> = {}): PlannedTask => ({
  key,
  title: key,
  kind: 'implement',
  role: 'backend',
  description: key,
  acceptanceCriteria: [],
  dependsOn: [],
  priority: 10,
  estimateMinutes: 5,
  paths: [`src/${key}/`],
  ...over,
});

const plan: readonly PlannedTask[] = [
  planned('design', { kind: 'design', role: 'architect', paths: ['docs/'] }),
  planned('foundation', { dependsOn: ['design'] }),
  planned('books', { dependsOn: ['foundation'] }),
  planned('members', { dependsOn: ['foundation'] }),
  planned('loans', { dependsOn: ['books', 'members'] }),
  planned('acceptance', { kind: 'test', role: 'qa', paths: ['test/acceptance/'], dependsOn: ['loans'] }),
];

const seats = [
  'project_manager',
  'architect',
  'tech_lead',
  'backend',
  'reviewer',
  'qa',
  'security',
  'devops',
  'judge',
].map((role) => ({ role, count: role === 'backend' ? 2 : 1 }));

/** A project with its log, without any runtime: decides, evolves and advances as the object does. */
class World {
  state: ProjectState = initialProjectState;
  readonly events: ProjectEvent[] = [];
  readonly ids = testCreateIds();
  now = 1_000;

  apply(decided: readonly ProjectEvent[]): void {
    this.#write(decided);
    this.#write(advance(this.state, { now: this.now, ids: this.ids }));
  }

  #write(events: readonly ProjectEvent[]): void {
    for (const event of events) {
      this.events.push(event);
      this.state = evolveProject(this.state, event, this.now);
      for (const effect of effectsOf(event, this.state)) {
        if (effect.type === 'measure') this.pendingMeasure = true;
        if (effect.type === 'merge') this.merges.push(effect.taskId);
      }
    }
  }

  pendingMeasure = false;
  readonly merges: TaskId[] = [];

  create(wanted = seats): this {
    const created = decideCreate(
      this.state,
      {
        projectId: 'prj_test' as ProjectId,
        workspaceId: 'wsp_test' as WorkspaceId,
        name: 'test',
        format: 'markdown',
        specificationPath: 'SPEC.md',
        specificationLength: 10,
        model: 'offline/engineer',
        seats: wanted,
        maxRevisions: 2,
        maxAttempts: 3,
      },
      this.ids,
    );
    if (created.ok) this.apply(created.value);
    this.apply(decideRepositoryCreated(this.state, 'c0'));
    return this;
  }

  assigned(): readonly Task[] {
    return tasksOf(this.state).filter(({ status }) => status === 'assigned');
  }

  report(task: Task, outcome: Outcome): void {
    const { taskId, attempt, fencingToken = 0 } = task;
    this.apply(decideReport(this.state, { taskId, attempt, fencingToken, outcome }, { ids: this.ids, now: this.now }));
  }

  mergeNext(): void {
    const taskId = this.merges.shift();
    if (taskId !== undefined)
      this.apply(decideMerge(this.state, taskId, { type: 'merged', commit: `c-${this.events.length}` }));
  }

  measure(failed = 0): void {
    this.pendingMeasure = false;
    const commit = this.state.commit ?? '';
    this.apply([
      ...decideMeasurement(this.state, {
        kind: 'tests',
        commit,
        status: failed === 0 ? 'passed' : 'failed',
        counts: { passed: 10, failed, skipped: 0 },
        durationMs: 1,
        failures: [],
      }),
      ...decideMeasurement(this.state, { kind: 'types', commit, errors: 0, filesChecked: 3, findings: [] }),
      ...decideMeasurement(this.state, { kind: 'security', commit, findings: [] }),
    ]);
  }

  /** The usual answer of each kind of task. */
  answer(task: Task): Outcome {
    switch (task.task.kind) {
      case 'plan':
        return { type: 'planned', summary: 'planned', tasks: plan };
      case 'analyse':
        return this.state.revision === 0
          ? { type: 'analysed', summary: 'clear', findings: [], tasks: [] }
          : { type: 'analysed', summary: 'repair', findings: [], tasks: [planned(`repair-${this.state.revision}`)] };
      case 'vote':
        return { type: 'voted', vote: 'approve', reason: 'good' };
      case 'review':
        return { type: 'reviewed', verdict: 'approve', comments: [] };
      case 'judge':
        return this.state.gates.every(({ passed }) => passed)
          ? { type: 'judged', verdict: 'pass', reasons: [] }
          : { type: 'judged', verdict: 'fail', reasons: ['a gate failed'] };
      case 'deploy':
        this.apply(decideDeployment('production', this.state.commit ?? '', 'promoted'));
        return { type: 'completed', summary: 'live', commit: null };
      default:
        return { type: 'completed', summary: 'done', commit: `b-${task.task.key}` };
    }
  }

  run(measureFailures: readonly number[] = []): void {
    const failures = [...measureFailures];
    for (let turn = 0; turn < 500 && this.state.status === 'active'; turn += 1) {
      if (this.pendingMeasure) this.measure(failures.shift() ?? 0);
      else if (this.merges.length > 0) this.mergeNext();
      else {
        const task = this.assigned()[0];
        if (task === undefined) return;
        this.report(task, this.answer(task));
      }
    }
  }
}

const stagesOf = (world: World): readonly string[] =>
  world.events.flatMap((event) => (event.type === 'stage.entered' ? [event.stage] : []));

describe('the workflow', () => {
  it('goes through every stage to completion', () => {
    const world = new World().create();
    world.run();
    expect(world.state.status).toBe('completed');
    expect(stagesOf(world)).toEqual([
      'planning',
      'analysis',
      'design',
      'implementation',
      'testing',
      'validation',
      'deployment',
      'monitoring',
    ]);
  });

  it('gives independent tasks to different agents at the same time', () => {
    const world = new World().create();
    while (!world.assigned().some(({ task }) => task.key === 'books')) {
      if (world.merges.length > 0) world.mergeNext();
      else {
        const task = world.assigned()[0];
        if (task === undefined) throw new Error('nothing to do');
        world.report(task, world.answer(task));
      }
    }
    const holders = new Map(world.assigned().map(({ task, agentId }) => [task.key, agentId]));
    expect([...holders.keys()].sort()).toEqual(['books', 'members']);
    expect(holders.get('books')).not.toBe(holders.get('members'));
  });

  it('revises with evidence when the gates fail, and passes after the repair', () => {
    const world = new World().create();
    world.run([2]);
    expect(world.state.status).toBe('completed');
    expect(world.state.revision).toBe(1);
    const revision = world.events.find((event) => event.type === 'revision.started');
    expect(revision?.evidence[0]).toContain('2 failed');
  });

  it('fails when the revisions are used up', () => {
    const world = new World().create();
    world.run([1, 1, 1, 1]);
    expect(world.state.status).toBe('failed');
    expect(world.state.reason).toContain('after 2 revisions');
  });

  it('fails visibly when nobody holds a role that is needed', () => {
    const world = new World().create(seats.filter(({ role }) => role !== 'reviewer'));
    world.run();
    expect(world.state.status).toBe('failed');
    expect(world.state.reason).toContain('reviewer');
  });

  it('does not take a verdict that the measurements do not carry', () => {
    const world = new World().create();
    for (let turn = 0; turn < 300 && world.state.status === 'active'; turn += 1) {
      if (world.pendingMeasure) world.measure(1);
      else if (world.merges.length > 0) world.mergeNext();
      else {
        const task = world.assigned()[0];
        if (task === undefined) break;
        world.report(
          task,
          task.task.kind === 'judge' ? { type: 'judged', verdict: 'pass', reasons: [] } : world.answer(task),
        );
      }
    }
    expect(world.state.status).toBe('failed');
    expect(stagesOf(world)).not.toContain('deployment');
  });

  it('hands rejected work back with the comments, and fails after three returns', () => {
    const world = new World().create();
    for (let turn = 0; turn < 300 && world.state.status === 'active'; turn += 1) {
      if (world.merges.length > 0) world.mergeNext();
      else {
        const task = world.assigned()[0];
        if (task === undefined) break;
        world.report(
          task,
          task.task.kind === 'review' ? { type: 'reviewed', verdict: 'reject', comments: ['no'] } : world.answer(task),
        );
      }
    }
    expect(world.state.status).toBe('failed');
    expect(world.events.filter(({ type }) => type === 'task.returned')).toHaveLength(2);
  });

  it('frees the task of a silent agent and refuses its late report', () => {
    const world = new World().create();
    const first = world.assigned()[0];
    if (first === undefined) throw new Error('nothing assigned');
    world.now += leaseMs;
    world.apply([]);
    const second = world.assigned()[0];
    expect(second?.taskId).toBe(first.taskId);
    expect(second?.fencingToken).toBeGreaterThan(first.fencingToken ?? 0);
    const before = world.events.length;
    world.report(first, world.answer(first));
    expect(world.events.length).toBe(before);
  });

  it('extends the lease with every sign of life', () => {
    const world = new World().create();
    const task = world.assigned()[0];
    if (task === undefined) throw new Error('nothing assigned');
    world.now += leaseMs - 1;
    const progress = {
      taskId: task.taskId,
      fencingToken: task.fencingToken ?? 0,
      activity: { type: 'said', text: 'hm' },
    } as const;
    world.apply(decideProgress(world.state, progress, world.now));
    world.now += leaseMs - 1;
    world.apply([]);
    expect(world.assigned()[0]?.fencingToken).toBe(task.fencingToken);
  });

  it('does nothing after a cancel, whatever still arrives', () => {
    const world = new World().create();
    const task = world.assigned()[0];
    const cancelled = decideCancel(world.state, 'enough');
    if (cancelled.ok) world.apply(cancelled.value);
    const before = world.events.length;
    if (task !== undefined) world.report(task, world.answer(task));
    world.apply([]);
    expect(world.events.length).toBe(before);
    expect(tasksOf(world.state).every(({ status }) => status === 'cancelled' || status === 'done')).toBe(true);
  });

  it('keeps its invariants under any order of answers, conflicts and silences', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(99), { minLength: 50, maxLength: 300 }), (choices) => {
        const world = new World().create();
        for (const choice of choices) {
          if (world.state.status !== 'active') break;
          const held = world.assigned();
          const task = held[choice % Math.max(1, held.length)];
          if (choice < 5) {
            world.now += leaseMs;
            world.apply([]);
          } else if (world.pendingMeasure && choice % 2 === 0) world.measure(choice % 7 === 0 ? 1 : 0);
          else if (world.merges.length > 0 && choice % 3 === 0) {
            const taskId = world.merges.shift();
            const outcome =
              choice % 11 === 0
                ? ({ type: 'conflict', comments: ['both'] } as const)
                : ({ type: 'merged', commit: `m${choice}` } as const);
            if (taskId !== undefined) world.apply(decideMerge(world.state, taskId, outcome));
          } else if (task !== undefined)
            world.report(task, choice % 13 === 0 ? { type: 'failed', reason: 'tired' } : world.answer(task));
          checkInvariants(world);
        }
      }),
      { numRuns: 150 },
    );
  });
});

const checkInvariants = (world: World): void => {
  const tasks = tasksOf(world.state);
  const holders = world.assigned().map(({ agentId }) => agentId);
  expect(new Set(holders).size).toBe(holders.length);
  const done = new Set(tasks.filter(({ status }) => status === 'done').map(({ task }) => task.key));
  for (const task of world.assigned()) {
    for (const key of task.task.dependsOn) expect(done.has(key)).toBe(true);
  }
  const tokens = world.events.flatMap((event) => (event.type === 'task.assigned' ? [event.fencingToken] : []));
  expect(tokens).toEqual([...tokens].sort((left, right) => left - right));
  expect(new Set(tokens).size).toBe(tokens.length);
};
