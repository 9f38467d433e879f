/**
 * The scheduler and the stage machine: what happens next by itself. A pure function from the state to events, applied
 * until it has nothing more to say; so a project continues from any state it is found in.
 */
import type { PlannedTask, ProjectEvent } from '../../protocol/project-events.ts';
import { stages, type RoleName, type Stage, type TaskKind } from '../../protocol/stages.ts';
import type { Ids } from '../../ports/ids.ts';
import { taskKinds } from '../workflow/task-kinds.ts';
import { askProjectManager } from './doubts.ts';
import { evolveProject } from './evolve.ts';
import { computeGates, isMeasured } from './gates.ts';
import { expireLeases } from './leases.ts';
import { resizePools, restAtEnd } from './pools.ts';
import { noticeStall } from './progress.ts';
import { expireQuestions, noticeStuck, startRemedies } from './remedies.ts';
import { assignReady } from './schedule.ts';
import { isFinalTask, tasksOf, type ProjectState, type Task } from './state.ts';

export interface AdvanceContext {
  readonly now: number;
  readonly ids: Ids;
}

const workflowTask = (
  kind: TaskKind,
  role: RoleName,
  key: string,
  title: string,
  description: string,
): PlannedTask => ({
  key,
  title,
  kind,
  role,
  description,
  acceptanceCriteria: [],
  dependsOn: [],
  priority: 100,
  estimateMinutes: 5,
  paths: [],
});

/** The tasks that the workflow itself makes on entering a stage. */
const openingTasks = (state: ProjectState, stage: Stage): readonly PlannedTask[] => {
  const suffix = state.revision === 0 ? '' : `-${state.revision + 1}`;
  switch (stage) {
    case 'planning':
      return [
        workflowTask(
          'plan',
          'project_manager',
          `plan${suffix}`,
          'Plan the work',
          'Turn the specification into a backlog of tasks.',
        ),
      ];
    case 'analysis':
      return [
        workflowTask(
          'analyse',
          'architect',
          `analysis${suffix}`,
          state.revision === 0 ? 'Analyse the specification' : 'Find out why the validation failed',
          state.revision === 0
            ? 'Report what is unclear or in conflict in the specification, and what was assumed.'
            : 'Read the evidence, find the cause, and hand in the tasks that repair it.',
        ),
      ];
    case 'deployment':
      return [
        workflowTask(
          'deploy',
          'devops',
          `deployment${suffix}`,
          'Deploy the application',
          'Put the version into the preview slot, check it over HTTP, and promote it to production.',
        ),
      ];
    default:
      return [];
  }
};

const voters: readonly RoleName[] = ['tech_lead', 'security'];

const ofStage = (state: ProjectState, stage: Stage): readonly Task[] =>
  tasksOf(state).filter((task) => task.stage === stage);

const exists = (state: ProjectState, key: string): boolean => tasksOf(state).some(({ task }) => task.key === key);

const create = (context: AdvanceContext, task: PlannedTask, stage: Stage, subject?: Task): ProjectEvent => ({
  type: 'task.created',
  taskId: context.ids.create('tsk'),
  task,
  stage,
  ...(subject === undefined ? {} : { subject: subject.taskId }),
});

const enter = (state: ProjectState, stage: Stage): ProjectEvent => ({
  type: 'stage.entered',
  stage,
  revision: state.revision,
});

const nextStage = (stage: Stage): Stage => stages[stages.indexOf(stage) + 1] ?? 'monitoring';

/** Tasks of `kind` about this subject and made since it was last handed in. */
const reviewOf = (state: ProjectState, subject: Task): Task | undefined =>
  tasksOf(state).find(
    (task) => task.subject === subject.taskId && task.task.key === `review-${subject.task.key}-${subject.attempt}`,
  );

const createReviews = (state: ProjectState, context: AdvanceContext): readonly ProjectEvent[] =>
  tasksOf(state)
    .filter((task) => task.status === 'in_review' && reviewOf(state, task) === undefined)
    .map((task): ProjectEvent =>
      taskKinds[task.task.kind].reviewed
        ? create(
            context,
            {
              ...workflowTask(
                'review',
                'reviewer',
                `review-${task.task.key}-${task.attempt}`,
                `Review: ${task.task.title}`,
                'Read the change and say whether it may be merged.',
              ),
              priority: task.task.priority + 1_000,
            },
            state.stage,
            task,
          )
        : { type: 'task.accepted', taskId: task.taskId },
    );

const designVotes = (state: ProjectState): readonly PlannedTask[] =>
  ofStage(state, 'design').length === 0
    ? []
    : voters.map((role) =>
        workflowTask(
          'vote',
          role,
          `vote-${role}-${state.revision + 1}`,
          `Vote on the design as ${role.replace('_', ' ')}`,
          'Read the design and vote on it.',
        ),
      );

const verdict = (state: ProjectState): readonly PlannedTask[] => [
  workflowTask(
    'judge',
    'judge',
    `verdict-${state.revision + 1}`,
    'Judge the version',
    'Judge the version by its measurements.',
  ),
];

/** Tasks that a stage opens when all its other tasks are done. */
const closingTasks = (state: ProjectState): readonly PlannedTask[] => {
  const tasks = state.stage === 'design' ? designVotes(state) : state.stage === 'validation' ? verdict(state) : [];
  return tasks.filter(({ key }) => !exists(state, key));
};

const evaluateGates = (state: ProjectState, now: number): readonly ProjectEvent[] => {
  const { commit } = state;
  if (state.stage !== 'validation' || commit === undefined || state.gatesCommit === commit) return [];
  const gates = computeGates(state, commit, now);
  return [{ type: 'gates.evaluated', commit, passed: gates.every(({ passed }) => passed), gates }];
};

/** False while the stage waits for something that is not a task. */
const mayLeave = (state: ProjectState): boolean => {
  switch (state.stage) {
    case 'initialize':
      return state.agents.length > 0 && state.commit !== undefined;
    case 'validation':
      return state.commit !== undefined && isMeasured(state.measurements, state.commit);
    case 'monitoring':
      return false;
    default:
      return true;
  }
};

const leaveStage = (state: ProjectState, context: AdvanceContext): readonly ProjectEvent[] => {
  const tasks = ofStage(state, state.stage);
  if (!mayLeave(state) || tasks.some((task) => !isFinalTask(task))) return [];
  const closing = closingTasks(state);
  return closing.length > 0
    ? [...evaluateGates(state, context.now), ...closing.map((task) => create(context, task, state.stage))]
    : [enter(state, nextStage(state.stage))];
};

const openStage = (state: ProjectState, context: AdvanceContext): readonly ProjectEvent[] =>
  openingTasks(state, state.stage)
    .filter(({ key }) => !exists(state, key))
    .map((task) => create(context, task, state.stage));

const askManager = (state: ProjectState, context: AdvanceContext): readonly ProjectEvent[] =>
  askProjectManager(state, context.ids);

const rules: readonly ((state: ProjectState, context: AdvanceContext) => readonly ProjectEvent[])[] = [
  expireLeases,
  askManager,
  expireQuestions,
  noticeStuck,
  startRemedies,
  openStage,
  createReviews,
  assignReady,
  resizePools,
  leaveStage,
  noticeStall,
];

const step = (state: ProjectState, context: AdvanceContext): readonly ProjectEvent[] => {
  for (const rule of rules) {
    const events = rule(state, context);
    if (events.length > 0) return events;
  }
  return [];
};

/** Everything that follows from the state at this moment; empty when the project waits for somebody. */
export const advance = (state: ProjectState, context: AdvanceContext): readonly ProjectEvent[] => {
  const events: ProjectEvent[] = [];
  let current = state;
  while (current.identity !== undefined && current.status === 'active') {
    const next = step(current, context);
    if (next.length === 0) break;
    for (const event of next) current = evolveProject(current, event, context.now);
    events.push(...next);
  }
  return [...events, ...restAtEnd(current)];
};
