import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testCreateIds } from '../../ports/ids.ts';
import type { PlannedTask, ProjectEvent } from '../../protocol/project-events.ts';
import { stages } from '../../protocol/stages.ts';
import type { Outcome } from '../agent/assignment.ts';
import type { ProjectId, RunId, TaskId, WorkspaceId } from '../ids.ts';
import { advance } from './advance.ts';
import { decideReport } from './decide-report.ts';
import { decideCreate, decideDeployment, decideMeasurement, decideMerge, decideRepositoryCreated } from './decide.ts';
import { effectsOf } from './effects.ts';
import { instructionsOf, modelOf } from './evolve-fork.ts';
import { evolveProject } from './evolve.ts';
import { decideForkCompleted, describeForkPoint } from './fork.ts';
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

const plan = [
  planned('design', { kind: 'design', role: 'architect', paths: ['docs/'] }),
  planned('books', { dependsOn: ['design'] }),
  planned('members', { dependsOn: ['design'] }),
];

/** Shared by all worlds, so that a copy's new tasks never meet a copied id. */
const ids = testCreateIds();

/** A project that its team and its platform drive to the end, whatever state it is found in. */
class World {
  state: ProjectState;
  readonly events: ProjectEvent[] = [];
  /** Lengths of the log after each decision: what lies between was never a state of the project. */
  readonly ends: number[] = [];
  readonly #now = 1_000;
  #measure = false;
  readonly #merges: TaskId[] = [];

  constructor(state: ProjectState = initialProjectState) {
    this.state = state;
  }

  apply(decided: readonly ProjectEvent[]): void {
    this.#write(decided);
    this.#write(advance(this.state, { now: this.#now, ids }));
    this.ends.push(this.events.length);
  }

  #write(events: readonly ProjectEvent[]): void {
    for (const event of events) {
      this.events.push(event);
      this.state = evolveProject(this.state, event, this.#now);
      for (const effect of effectsOf(event, this.state)) {
        if (effect.type === 'measure') this.#measure = true;
        if (effect.type === 'merge') this.#merges.push(effect.taskId);
      }
    }
  }

  create(): this {
    const roles = ['project_manager', 'architect', 'tech_lead', 'backend', 'reviewer', 'security', 'devops', 'judge'];
    const created = decideCreate(
      this.state,
      {
        projectId: 'prj_1' as ProjectId,
        workspaceId: 'wsp_1' as WorkspaceId,
        name: 'test',
        format: 'markdown',
        specificationPath: 'SPEC.md',
        specificationLength: 1,
        model: 'offline/engineer',
        seats: roles.map((role) => ({ role, count: 1 })),
        maxRevisions: 1,
        maxAttempts: 2,
      },
      ids,
    );
    if (created.ok) this.apply(created.value);
    this.apply(decideRepositoryCreated(this.state, 'c0'));
    return this;
  }

  run(): this {
    for (let turns = 0; turns < 200 && this.state.status === 'active'; turns += 1) this.#turn();
    return this;
  }

  #turn(): void {
    const merged = this.#merges.shift();
    if (merged !== undefined) {
      this.apply(decideMerge(this.state, merged, { type: 'merged', commit: `c${this.events.length}` }));
      return;
    }
    if (this.#measure) {
      this.#measure = false;
      const commit = this.state.commit ?? '';
      const counts = { passed: 1, failed: 0, skipped: 0 };
      this.apply([
        ...decideMeasurement(this.state, {
          kind: 'tests',
          commit,
          status: 'passed',
          counts,
          durationMs: 1,
          failures: [],
        }),
        ...decideMeasurement(this.state, { kind: 'types', commit, errors: 0, filesChecked: 1, findings: [] }),
        ...decideMeasurement(this.state, { kind: 'security', commit, findings: [] }),
      ]);
      return;
    }
    const task = tasksOf(this.state).find(({ status }) => status === 'assigned');
    if (task === undefined) return;
    if (task.task.kind === 'deploy') this.apply(decideDeployment('production', this.state.commit ?? '', 'promoted'));
    const { taskId, attempt, fencingToken = 0 } = task;
    this.apply(
      decideReport(this.state, { taskId, attempt, fencingToken, outcome: this.#answer(task) }, { ids, now: this.#now }),
    );
  }

  #answer(task: Task): Outcome {
    switch (task.task.kind) {
      case 'plan':
        return { type: 'planned', summary: 'planned', tasks: plan };
      case 'analyse':
        return { type: 'analysed', summary: 'analysed', findings: [], tasks: [] };
      case 'vote':
        return { type: 'voted', vote: 'approve', reason: 'fine' };
      case 'review':
        return { type: 'reviewed', verdict: 'approve', comments: [] };
      case 'judge':
        return { type: 'judged', verdict: 'pass', reasons: [] };
      case 'deploy':
        return { type: 'completed', summary: 'live', commit: null };
      default:
        return { type: 'completed', summary: 'done', commit: `work-${task.task.key}` };
    }
  }
}

const original = new World().create().run();

const forked = (over: Partial<Extract<ProjectEvent, { type: 'project.forked' }>> = {}): ProjectEvent => ({
  type: 'project.forked',
  from: 'prj_1' as ProjectId,
  sequence: 1,
  projectId: 'prj_2' as ProjectId,
  workspaceId: 'wsp_1' as WorkspaceId,
  name: 'fork',
  format: 'markdown',
  specificationPath: 'SPEC.md',
  model: 'offline/engineer',
  roles: original.state.identity?.roles ?? [],
  maxRevisions: 1,
  maxAttempts: 2,
  changes: [],
  ...over,
});

/** The copy of the first events, complete. */
const copy = (events: readonly ProjectEvent[], codeChanged = false): World => {
  const world = new World();
  world.state = [forked(), ...events].reduce((state, event) => evolveProject(state, event, 5), world.state);
  const commit = codeChanged ? 'mine' : (world.state.commit ?? '');
  world.apply([decideForkCompleted(world.state, { commit }, 10)]);
  return world;
};

const first = original.events.findIndex(({ type }) => type === 'repository.created') + 1;
const moment = fc.constantFrom(...original.ends.filter((length) => length >= first));

const doneKeys = (state: ProjectState): readonly string[] =>
  tasksOf(state)
    .filter(({ status }) => status === 'done')
    .map(({ task, attempt }) => `${task.key} ${attempt}`)
    .toSorted();

describe('a fork of a finished project', () => {
  it('completes the same tasks in the same number of attempts from any moment', () => {
    expect(original.state.status).toBe('completed');
    fc.assert(
      fc.property(moment, (length) => {
        const world = copy(original.events.slice(0, length)).run();
        expect(world.state.status).toBe('completed');
        expect(doneKeys(world.state)).toEqual(doneKeys(original.state));
      }),
    );
  });

  it('measures and judges anew what a person put in, from any moment', () => {
    fc.assert(
      fc.property(moment, (length) => {
        const world = copy(original.events.slice(0, length), true);
        expect(stages.indexOf(world.state.stage)).toBeLessThanOrEqual(stages.indexOf('validation'));
        world.run();
        expect(world.state.status).toBe('completed');
        expect(world.state.measurements.every(({ commit }) => commit === world.state.commit)).toBe(true);
        expect(world.state.deployments.map(({ version }) => version)).toEqual([world.state.commit]);
      }),
    );
  });

  it('can be forked again from any moment of its own', () => {
    fc.assert(
      fc.property(moment, fc.nat(), (length, pick) => {
        const events = original.events.slice(0, length);
        const middle = copy(events);
        const before = [forked(), ...events];
        middle.run();
        // The first event of the copy's own is the end of its copying.
        const own = middle.events.slice(0, middle.ends[pick % middle.ends.length]);
        const world = copy([...before, ...own]).run();
        expect(world.state.copying).toBeUndefined();
        expect(world.state.status).toBe('completed');
        expect(doneKeys(world.state)).toEqual(doneKeys(original.state));
      }),
    );
  });

  it('holds nothing that the original deployed, and no lease', () => {
    fc.assert(
      fc.property(moment, (length) => {
        const events = original.events.slice(0, length);
        const state = [forked(), ...events].reduce(
          (folded, event) => evolveProject(folded, event, 5),
          initialProjectState,
        );
        const completed = decideForkCompleted(state, { commit: 'c' }, 10);
        const after = evolveProject(state, completed, 10);
        expect(after.deployments).toEqual([]);
        expect(tasksOf(after).filter(({ status }) => status === 'assigned')).toEqual([]);
        expect(after.identity?.name).toBe('fork');
      }),
    );
  });
});

describe('calls in doubt', () => {
  it('are the original’s: in a fork the task is free, and nobody is asked', () => {
    fc.assert(
      fc.property(moment, (length) => {
        const world = new World();
        world.state = [forked(), ...original.events.slice(0, length)].reduce(
          (folded, event) => evolveProject(folded, event, 5),
          initialProjectState,
        );
        const held = tasksOf(world.state).find(({ status }) => status === 'assigned');
        if (held?.agentId === undefined) return;
        const { taskId, agentId, fencingToken = 0 } = held;
        const call = {
          taskId,
          agentId,
          fencingToken,
          runId: 'run_1' as RunId,
          tool: 'pay',
          effectClass: 'unsafe' as const,
        };
        world.state = evolveProject(
          world.state,
          { type: 'effect.in_doubt', effectId: 'eff_1-1', ...call, detail: '', cause: 'cut', startedAt: 1 },
          5,
        );
        expect(tasksOf(world.state).some(({ inDoubt }) => inDoubt === 'eff_1-1')).toBe(true);
        world.apply([decideForkCompleted(world.state, { commit: 'c' }, 10)]);
        expect(world.state.effects).toEqual({});
        expect(tasksOf(world.state).some(({ inDoubt }) => inDoubt !== undefined)).toBe(false);
        expect(world.run().state.status).toBe('completed');
      }),
    );
  });
});

describe('a moment to fork at', () => {
  it('is none before there is a repository, or when the project has ended without a result', () => {
    const at = { sequence: 1, recordedAt: 1 };
    const early = original.events
      .slice(0, first - 1)
      .reduce((state, event) => evolveProject(state, event, 1), initialProjectState);
    expect(describeForkPoint(early, at).ok).toBe(false);
    for (const event of [
      { type: 'project.failed', reason: 'r' },
      { type: 'project.cancelled', reason: 'r' },
      { type: 'project.blocked', sentences: [] },
    ] satisfies ProjectEvent[])
      expect(describeForkPoint(evolveProject(original.state, event, 1), at).ok).toBe(false);
    expect(describeForkPoint(original.state, at).ok).toBe(true);
  });
});

describe('what a fork changes', () => {
  it('is for one role or for all, and the latest model counts', () => {
    const changes = [
      { model: 'a/all', instructions: 'First.' },
      { model: 'b/backend', role: 'backend', instructions: 'Second.' },
    ];
    const state = evolveProject(initialProjectState, forked({ changes, model: 'a/all' }), 1);
    expect([modelOf(state, 'backend'), modelOf(state, 'qa')]).toEqual(['b/backend', 'a/all']);
    expect(instructionsOf(state, 'backend')).toBe('First.\n\nSecond.');
    expect(instructionsOf(state, 'qa')).toBe('First.');
    expect(instructionsOf(initialProjectState, 'qa')).toBeUndefined();
  });
});
