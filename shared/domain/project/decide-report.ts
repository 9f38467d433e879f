/** What follows from an agent's report on its task. A report of a holder whose lease has passed on changes nothing. */
import type { PlannedTask, ProjectEvent } from '../../protocol/project-events.ts';
import { isFinalStatus } from '../../protocol/project-events.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Outcome, TaskReport } from '../agent/assignment.ts';
import { findPlanFaults } from '../task/plan.ts';
import { taskKinds } from '../workflow/task-kinds.ts';
import { findHeldTask } from './decide.ts';
import { decideManagerAnswer } from './doubts.ts';
import { returnTask } from './return-task.ts';
import { tasksOf, type ProjectState, type Task } from './state.ts';

interface ReportContext {
  readonly ids: Ids;
  readonly now: number;
}

type OutcomeOf<Type extends Outcome['type']> = Extract<Outcome, { type: Type }>;

const complete = (task: Task, summary: string): ProjectEvent => ({
  type: 'task.completed',
  taskId: task.taskId,
  summary,
});

const createPlanned = (tasks: readonly PlannedTask[], ids: Ids): readonly ProjectEvent[] =>
  tasks.map((task) => ({ type: 'task.created', taskId: ids.create('tsk'), task, stage: taskKinds[task.kind].stage }));

const decidePlanned = (
  state: ProjectState,
  task: Task,
  outcome: OutcomeOf<'planned'>,
  ids: Ids,
): readonly ProjectEvent[] => {
  const known = tasksOf(state).map(({ task: { key } }) => key);
  const faults = findPlanFaults(outcome.tasks, state.identity?.roles ?? [], known);
  return faults.length > 0
    ? returnTask(
        state,
        task,
        'failure',
        faults.map(({ field, reason }) => `${field}: ${reason}`),
      )
    : [complete(task, outcome.summary), ...createPlanned(outcome.tasks, ids)];
};

const decideAnalysed = (
  state: ProjectState,
  task: Task,
  outcome: OutcomeOf<'analysed'>,
  ids: Ids,
): readonly ProjectEvent[] => {
  const record: ProjectEvent = {
    type: 'analysis.recorded',
    taskId: task.taskId,
    summary: outcome.summary,
    findings: outcome.findings,
  };
  if (outcome.tasks.length === 0) {
    return state.revision > 0
      ? [
          record,
          complete(task, outcome.summary),
          { type: 'project.failed', reason: `The validation failed and no repair was found: ${outcome.summary}` },
        ]
      : [record, complete(task, outcome.summary)];
  }
  const known = tasksOf(state).map(({ task: { key } }) => key);
  const faults = findPlanFaults(outcome.tasks, state.identity?.roles ?? [], known);
  return faults.length > 0
    ? returnTask(
        state,
        task,
        'failure',
        faults.map(({ field, reason }) => `${field}: ${reason}`),
      )
    : [record, complete(task, outcome.summary), ...createPlanned(outcome.tasks, ids)];
};

const decideReviewed = (state: ProjectState, task: Task, outcome: OutcomeOf<'reviewed'>): readonly ProjectEvent[] => {
  const subject = task.subject === undefined ? undefined : state.tasks[task.subject];
  if (subject === undefined) return [complete(task, outcome.verdict)];
  const events: readonly ProjectEvent[] = [
    {
      type: 'review.recorded',
      taskId: task.taskId,
      subject: subject.taskId,
      verdict: outcome.verdict,
      comments: outcome.comments,
    },
    complete(task, outcome.verdict),
  ];
  if (subject.status !== 'in_review') return events;
  return outcome.verdict === 'approve'
    ? [...events, { type: 'task.accepted', taskId: subject.taskId }]
    : [
        ...events,
        ...returnTask(
          state,
          subject,
          'review',
          outcome.comments.length > 0 ? outcome.comments : ['rejected without a comment'],
        ),
      ];
};

/** Back to the analysis with the evidence, as often as the project allows. */
const revise = (state: ProjectState, evidence: readonly string[]): readonly ProjectEvent[] => {
  const bound = state.identity?.maxRevisions ?? 0;
  const revision = state.revision + 1;
  return state.revision < bound
    ? [
        { type: 'revision.started', revision, evidence },
        { type: 'stage.entered', stage: 'analysis', revision },
      ]
    : [
        {
          type: 'project.failed',
          reason: `The version did not pass after ${bound} revisions: ${evidence[0] ?? 'no evidence was given'}`,
        },
      ];
};

const decideJudged = (state: ProjectState, task: Task, outcome: OutcomeOf<'judged'>): readonly ProjectEvent[] => {
  const misses = state.gates.filter(({ passed }) => !passed).map(({ name, evidence }) => `${name}: ${evidence}`);
  const measured = state.gates.length > 0 && state.gatesCommit === state.commit;
  if (outcome.verdict === 'fail') return [complete(task, 'failed'), ...revise(state, [...misses, ...outcome.reasons])];
  return measured && misses.length === 0
    ? [complete(task, 'passed')]
    : returnTask(state, task, 'failure', ['The measurements do not carry this verdict.', ...misses]);
};

const decideVoted = (state: ProjectState, task: Task, outcome: OutcomeOf<'voted'>): readonly ProjectEvent[] => {
  const { role } = task.task;
  const events: readonly ProjectEvent[] = [
    { type: 'vote.recorded', taskId: task.taskId, role, vote: outcome.vote, reason: outcome.reason },
    complete(task, outcome.vote === 'approve' ? 'approved' : 'rejected'),
  ];
  const isCurrent = state.stage === 'design' && task.revision === state.revision;
  return outcome.vote === 'approve' || !isCurrent
    ? events
    : [...events, ...revise(state, [`The design was rejected by ${role}: ${outcome.reason}`])];
};

/** Advice goes to whoever waits for it; without any, the asker's project tries the next way. */
const decideAdvised = (state: ProjectState, task: Task, helpful: boolean, advice: string): readonly ProjectEvent[] => {
  const asker = task.subject === undefined ? undefined : state.tasks[task.subject];
  const isAwaited = asker?.waitingFor?.type === 'colleague' && asker.waitingFor.taskId === task.taskId;
  const helped: readonly ProjectEvent[] =
    asker !== undefined && isAwaited && helpful
      ? [{ type: 'task.helped', taskId: asker.taskId, source: 'colleague', text: advice }]
      : [];
  return [...helped, complete(task, advice)];
};

const decideCompleted = (state: ProjectState, task: Task, outcome: OutcomeOf<'completed'>): readonly ProjectEvent[] => {
  if (task.task.kind === 'deploy') {
    const production = state.deployments.find(({ slot }) => slot === 'production');
    if (production === undefined) {
      return returnTask(state, task, 'failure', [
        'Nothing is in the production slot: promote a version that passed its checks.',
      ]);
    }
    return [
      complete(task, outcome.summary),
      { type: 'stage.entered', stage: 'monitoring', revision: state.revision },
      { type: 'project.completed', version: production.version },
    ];
  }
  if (task.task.kind === 'assist') return decideAdvised(state, task, true, outcome.summary);
  if (!taskKinds[task.task.kind].writes) return [complete(task, outcome.summary)];
  if (outcome.commit === null || task.agentId === undefined) {
    return returnTask(state, task, 'failure', ['Nothing was committed on the branch of this task.']);
  }
  return [
    {
      type: 'task.submitted',
      taskId: task.taskId,
      agentId: task.agentId,
      summary: outcome.summary,
      commit: outcome.commit,
    },
  ];
};

const decideOutcome = (
  state: ProjectState,
  task: Task,
  outcome: Outcome,
  { ids, now }: ReportContext,
): readonly ProjectEvent[] => {
  switch (outcome.type) {
    case 'planned':
      return decidePlanned(state, task, outcome, ids);
    case 'analysed':
      return decideAnalysed(state, task, outcome, ids);
    case 'reviewed':
      return decideReviewed(state, task, outcome);
    case 'judged':
      return decideJudged(state, task, outcome);
    case 'voted':
      return decideVoted(state, task, outcome);
    case 'advised':
      return decideAdvised(state, task, outcome.helpful, outcome.advice);
    case 'completed':
      return decideCompleted(state, task, outcome);
    case 'settled':
      return decideManagerAnswer(state, task, outcome, now);
    case 'blocked':
      return [
        { type: 'task.failed', taskId: task.taskId, reason: 'blocked' },
        { type: 'project.blocked', sentences: outcome.sentences },
      ];
    case 'failed': {
      const { agentId, taskId } = task;
      const holder = agentId === undefined ? { taskId } : { agentId, taskId };
      return [
        ...(outcome.exhaustion === undefined
          ? []
          : [{ type: 'budget.exhausted' as const, ...outcome.exhaustion, ...holder }]),
        ...returnTask(state, task, 'failure', [outcome.reason]),
      ];
    }
  }
};

/** The events that follow from a report; none when the reporter no longer holds the task. */
export const decideReport = (
  state: ProjectState,
  report: TaskReport,
  context: ReportContext,
): readonly ProjectEvent[] => {
  const task = findHeldTask(state, report.taskId, report.fencingToken);
  return task === undefined || isFinalStatus(state.status) ? [] : decideOutcome(state, task, report.outcome, context);
};
