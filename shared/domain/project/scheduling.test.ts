/** The scheduler under any graph of tasks and any order of reports, silences, repeats, help and cancels. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testCreateIds } from '../../ports/ids.ts';
import type { PoolSettings } from '../../protocol/pools.ts';
import type { PlannedTask, ProjectEvent } from '../../protocol/project-events.ts';
import type { Outcome } from '../agent/assignment.ts';
import type { ProjectId, QuestionId, TaskId, WorkspaceId } from '../ids.ts';
import { findPlanFaults } from '../task/plan.ts';
import { advance } from './advance.ts';
import { decideCancel, decideCreate, decideMerge, decidePause, decideProgress, decideResume } from './decide.ts';
import { decideRepositoryCreated } from './decide.ts';
import { decideAnswer, decideStuck } from './decide-help.ts';
import { decideReport } from './decide-report.ts';
import { effectsOf } from './effects.ts';
import { evolveProject } from './evolve.ts';
import { findViolations } from './invariants.ts';
import { leaseMs } from './lease-term.ts';
import { decideSetPools } from './pools.ts';
import { initialProjectState, tasksOf, type ProjectState, type Task } from './state.ts';

/** Patterns of which many overlap. */
const pathPool = ['src/', 'src/a/', 'src/a/one.ts', 'src/b/', 'src/b/two.ts', 'docs/x.md', 'docs/'];

const graph: fc.Arbitrary<readonly PlannedTask[]> = fc
  .array(
    fc.record({
      earlier: fc.array(fc.nat(20), { maxLength: 3 }),
      paths: fc.uniqueArray(fc.constantFrom(...pathPool), { minLength: 1, maxLength: 3 }),
      priority: fc.nat(3),
      role: fc.constantFrom('backend', 'frontend'),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map((tasks) =>
    tasks.map(({ earlier, paths, priority, role }, index) => ({
      key: `t${index}`,
      title: `t${index}`,
      kind: 'implement' as const,
      role,
      description: 'x',
      acceptanceCriteria: [],
      // Only earlier ones, so there is no cycle.
      dependsOn: index === 0 ? [] : [...new Set(earlier.map((other) => `t${other % index}`))],
      priority,
      estimateMinutes: 1,
      paths,
    })),
  );

/** Some projects have pools, which grow, shrink and are set otherwise while they work. */
const pooled: fc.Arbitrary<readonly PoolSettings[]> = fc
  .subarray(['backend', 'reviewer'])
  .map((poolRoles) =>
    poolRoles.map((role) => ({ role, minimum: 1, maximum: 4, targetLoad: 0.5, coolDownSeconds: 30 })),
  );

const identity = {
  projectId: 'prj_test' as ProjectId,
  workspaceId: 'wsp_test' as WorkspaceId,
  name: 'test',
  format: 'markdown' as const,
  specificationPath: 'SPEC.md',
  specificationLength: 1,
  model: 'offline/engineer',
  maxRevisions: 0,
  maxAttempts: 4,
  fallbackModels: ['offline/engineer?seed=2'],
};

const seats = ['project_manager', 'architect', 'tech_lead', 'backend', 'frontend', 'reviewer', 'qa'].map((role) => ({
  role,
  count: role === 'backend' ? 2 : 1,
}));

interface Held {
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly fencingToken: number;
  readonly kind: string;
}

/** A project in the middle of building the graph, with everything that an outside could do to it. */
class Bench {
  state: ProjectState = initialProjectState;
  readonly events: ProjectEvent[] = [];
  readonly ids = testCreateIds();
  readonly merges: TaskId[] = [];
  /** Everybody who ever held something: late reports come from them. */
  readonly holders: Held[] = [];
  now = 1_000;
  readonly #times: number[] = [];

  constructor(tasks: readonly PlannedTask[], pools: readonly PoolSettings[] = []) {
    const created = decideCreate(this.state, { ...identity, seats, pools }, this.ids);
    if (!created.ok) throw new Error(created.error.detail);
    this.#write([...created.value, ...decideRepositoryCreated(initialProjectState, 'c0')]);
    this.#write([
      { type: 'agents.granted', agents: 100, wanted: 100 },
      { type: 'stage.entered', stage: 'implementation', revision: 0 },
      ...tasks.map((task): ProjectEvent => ({
        type: 'task.created',
        taskId: this.ids.create('tsk'),
        task,
        stage: 'implementation',
      })),
    ]);
    this.apply(() => []);
  }

  apply(decide: (state: ProjectState) => readonly ProjectEvent[]): void {
    this.#write(decide(this.state));
    this.#write(advance(this.state, { now: this.now, ids: this.ids }));
  }

  /** The object died: what is left is the log, from which the state is folded anew. */
  crash(): void {
    const folded = this.events.reduce(
      (state, event, index) => evolveProject(state, event, this.#times[index] ?? 0),
      initialProjectState,
    );
    expect(folded).toEqual(this.state);
    this.state = folded;
  }

  held(): readonly Task[] {
    return tasksOf(this.state).filter(({ status }) => status === 'assigned');
  }

  report({ taskId, attempt, fencingToken }: Omit<Held, 'kind'>, outcome: Outcome): void {
    this.apply((state) =>
      decideReport(state, { taskId, attempt, fencingToken, outcome }, { ids: this.ids, now: this.now }),
    );
  }

  merge(fails: boolean): void {
    const taskId = this.merges.shift();
    if (taskId === undefined) return;
    this.apply((state) =>
      decideMerge(
        state,
        taskId,
        fails ? { type: 'conflict', comments: ['both'] } : { type: 'merged', commit: `m${this.events.length}` },
      ),
    );
  }

  answer(questionId: QuestionId): void {
    const answered = decideAnswer(this.state, { questionId, text: 'so', answeredBy: 'person:k' });
    this.apply(() => (answered.ok ? answered.value : []));
  }

  cancel(): void {
    const cancelled = decideCancel(this.state, 'enough');
    this.apply(() => (cancelled.ok ? cancelled.value : []));
  }

  #write(events: readonly ProjectEvent[]): void {
    for (const event of events) {
      this.events.push(event);
      this.#times.push(this.now);
      this.state = evolveProject(this.state, event, this.now);
      if (event.type === 'task.assigned') {
        const { taskId, attempt, fencingToken } = event;
        this.holders.push({ taskId, attempt, fencingToken, kind: this.state.tasks[taskId]?.task.kind ?? '' });
      }
      for (const effect of effectsOf(event, this.state)) if (effect.type === 'merge') this.merges.push(effect.taskId);
    }
  }
}

const goodOutcome = (kind: string): Outcome => {
  switch (kind) {
    case 'review':
      return { type: 'reviewed', verdict: 'approve', comments: [] };
    case 'assist':
      return { type: 'advised', helpful: true, advice: 'try it so' };
    default:
      return { type: 'completed', summary: 'done', commit: 'c' };
  }
};

const badOutcome = (kind: string): Outcome => {
  switch (kind) {
    case 'review':
      return { type: 'reviewed', verdict: 'reject', comments: ['no'] };
    case 'assist':
      return { type: 'advised', helpful: false, advice: 'no idea' };
    default:
      return { type: 'failed', reason: 'tired' };
  }
};

/** A report of whoever held a task once; of a holder who no longer does it must change nothing. */
const lateReport = (bench: Bench, former: Held): void => {
  const isStale = !bench
    .held()
    .some(({ taskId, fencingToken }) => taskId === former.taskId && fencingToken === former.fencingToken);
  bench.apply(() => []);
  const before = bench.events.length;
  bench.report(former, goodOutcome(former.kind));
  if (isStale) expect(bench.events.length).toBe(before);
};

/** One thing that happens, chosen by a number; `pick` chooses whom it happens to. */
const happen = (bench: Bench, what: number, pick: number): void => {
  const held = bench.held();
  const task = held[pick % Math.max(1, held.length)];
  const former = bench.holders[pick % Math.max(1, bench.holders.length)];
  const holder = task === undefined ? undefined : { ...task, fencingToken: task.fencingToken ?? 0 };
  const question = Object.values(bench.state.questions)[0];
  if (what < 30 && holder !== undefined) bench.report(holder, goodOutcome(holder.task.kind));
  else if (what < 40 && holder !== undefined) bench.report(holder, badOutcome(holder.task.kind));
  else if (what < 55) bench.merge(what === 54);
  else if (what < 65 && former !== undefined) lateReport(bench, former);
  else if (what < 72 && holder !== undefined)
    bench.apply((state) => decideStuck(state, { ...holder, kind: 'no_progress', evidence: ['x'], excerpt: 'y' }));
  else if (what < 78 && question !== undefined) bench.answer(question.questionId);
  else if (what < 83 && former !== undefined)
    bench.apply((state) => decideProgress(state, { ...former, activity: { type: 'said', text: 'hm' } }, bench.now));
  else if (what < 87) {
    bench.now += leaseMs;
    bench.apply(() => []);
  } else if (what < 92) bench.crash();
  else if (what < 96) {
    const toggled = bench.state.status === 'paused' ? decideResume(bench.state, bench.now) : decidePause(bench.state);
    bench.apply(() => (toggled.ok ? toggled.value : []));
  } else if (what < 98) {
    const pools = [{ role: 'backend', minimum: 1, maximum: 1 + (pick % 3), targetLoad: 1, coolDownSeconds: 30 }];
    const set = decideSetPools(bench.state, pools, 'person:k');
    bench.apply(() => (set.ok ? set.value : []));
  } else if (what === 99 && pick % 3 === 0) bench.cancel();
};

/** Everybody does what they should from here on; answers how many steps it took to come to rest. */
const settle = (bench: Bench): void => {
  const resumed = decideResume(bench.state, bench.now);
  bench.apply(() => (resumed.ok ? resumed.value : []));
  for (
    let step = 0;
    step < 400 && bench.state.status === 'active' && bench.state.stage === 'implementation';
    step += 1
  ) {
    const question = Object.values(bench.state.questions).find(({ answer }) => answer === undefined);
    const task = bench.held().find(({ stuck }) => stuck === undefined);
    if (bench.merges.length > 0) bench.merge(false);
    else if (task !== undefined)
      bench.report({ ...task, fencingToken: task.fencingToken ?? 0 }, goodOutcome(task.task.kind));
    else if (question !== undefined) bench.answer(question.questionId);
    else return;
  }
};

describe('the scheduler', () => {
  it('brings every graph to its end, without two holders of a task, an agent or a path', () => {
    fc.assert(
      fc.property(
        graph,
        pooled,
        fc.array(fc.tuple(fc.nat(99), fc.nat(999)), { maxLength: 120 }),
        (tasks, pools, happenings) => {
          const bench = new Bench(tasks, pools);
          for (const [what, pick] of happenings) happen(bench, what, pick);
          settle(bench);
          expect(findViolations(bench.events)).toEqual([]);
          const open = tasksOf(bench.state).filter(({ status }) => !['done', 'failed', 'cancelled'].includes(status));
          const ended = bench.state.status !== 'active';
          expect(ended || bench.state.stage !== 'implementation', open.map(({ task }) => task.key).join()).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('works on tasks with disjoint paths at once, and on overlapping ones one after the other', () => {
    const task = (key: string, path: string): PlannedTask => ({
      key,
      title: key,
      kind: 'implement',
      role: 'backend',
      description: 'x',
      acceptanceCriteria: [],
      dependsOn: [],
      priority: 1,
      estimateMinutes: 1,
      paths: [path],
    });
    const apart = new Bench([task('a', 'src/a/'), task('b', 'src/b/')]);
    expect(apart.held().map(({ task: { key } }) => key)).toEqual(['a', 'b']);
    const together = new Bench([task('a', 'src/'), task('b', 'src/b/')]);
    expect(together.held().map(({ task: { key } }) => key)).toEqual(['a']);
    const first = together.held()[0];
    if (first === undefined) throw new Error('nobody works');
    together.report({ ...first, fencingToken: first.fencingToken ?? 0 }, goodOutcome('implement'));
    // It is in review: its paths are still its own.
    expect(together.held().map(({ task: { kind } }) => kind)).toEqual(['review']);
    settle(together);
    expect(
      tasksOf(together.state)
        .filter(({ task: { kind } }) => kind === 'implement')
        .every(({ status }) => status === 'done'),
    ).toBe(true);
  });

  it('refuses a plan exactly when its tasks wait in a circle', () => {
    const edges = fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 12 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const tasks = Array.from({ length: 7 }, (_, index): PlannedTask => ({
          key: `t${index}`,
          title: 't',
          kind: 'implement',
          role: 'backend',
          description: 'x',
          acceptanceCriteria: [],
          dependsOn: [...new Set(pairs.filter(([from]) => from === index).map(([, to]) => `t${to}`))],
          priority: 1,
          estimateMinutes: 1,
          paths: [`src/${index}/`],
        }));
        // Taking away, again and again, what waits for nothing leaves something exactly when there is a circle.
        let left = tasks;
        for (;;) {
          const next = left.filter(({ dependsOn }) => dependsOn.some((key) => left.some((other) => other.key === key)));
          if (next.length === left.length) break;
          left = next;
        }
        const refused = findPlanFaults(tasks, ['backend']).some(({ reason }) => reason.startsWith('a cycle'));
        expect(refused).toBe(left.length > 0);
      }),
    );
  });
});

describe('the checker of logs', () => {
  const bench = (): Bench =>
    new Bench([
      { ...aTask, key: 'a' },
      { ...aTask, key: 'b', dependsOn: ['a'] },
    ]);
  const aTask: PlannedTask = {
    key: 'a',
    title: 'a',
    kind: 'implement',
    role: 'backend',
    description: 'x',
    acceptanceCriteria: [],
    dependsOn: [],
    priority: 1,
    estimateMinutes: 1,
    paths: ['src/'],
  };

  const assigned = (events: readonly ProjectEvent[]): Extract<ProjectEvent, { type: 'task.assigned' }> => {
    const event = events.find(({ type }) => type === 'task.assigned');
    if (event?.type !== 'task.assigned') throw new Error('nothing was assigned');
    return event;
  };

  it('finds nothing wrong with a good log', () => {
    expect(findViolations(bench().events)).toEqual([]);
  });

  it.each<[string, (events: readonly ProjectEvent[]) => readonly ProjectEvent[], RegExp]>([
    ['a second holder', (events) => [{ ...assigned(events), fencingToken: 99 }], /is held by/],
    ['a token that does not rise', (events) => [{ ...assigned(events) }], /token 1 follows 1/],
    [
      'a start before the dependency',
      (events) => {
        const b = events.findLast((event) => event.type === 'task.created');
        return b?.type === 'task.created' ? [{ ...assigned(events), taskId: b.taskId, fencingToken: 9 }] : [];
      },
      /started before its dependency/,
    ],
    [
      'a second end',
      (events) => {
        const { taskId } = assigned(events);
        return [
          { type: 'task.cancelled', taskId },
          { type: 'task.completed', taskId, summary: 's' },
        ];
      },
      /had ended with task.cancelled/,
    ],
    [
      'work after a cancel',
      (events) => [
        { type: 'project.cancelled', reason: 'r' },
        { ...assigned(events), fencingToken: 9 },
      ],
      /the project was cancelled already/,
    ],
    [
      'a task of nobody',
      (events) => [
        { type: 'task.merged', taskId: assigned(events).taskId.replace('tsk', 'tsq') as TaskId, commit: 'c' },
      ],
      /never made/,
    ],
  ])('finds %s', (_, add, expected) => {
    const { events } = bench();
    expect(findViolations([...events, ...add(events)]).join('\n')).toMatch(expected);
  });
});
