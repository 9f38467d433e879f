/**
 * What is done about a stuck task: one way after another, each at most once per task, until it goes on or no way is
 * left. Pure rules of the scheduler; the state says what was tried, so a crash in the middle of a way repeats nothing.
 */
import type { PlannedTask, ProjectEvent } from '../../protocol/project-events.ts';
import type { HelpSource, StuckKind } from '../../protocol/stuck.ts';
import type { RoleName } from '../../protocol/stages.ts';
import type { Ids } from '../../ports/ids.ts';
import { stuckThresholds } from '../agent/stuck-thresholds.ts';
import { asksOnly, returnTask } from './return-task.ts';
import { activeSeats } from './roster.ts';
import { isFinalTask, isOpenQuestion, remedyName, tasksOf, type ProjectState, type Task } from './state.ts';

export interface RemedyContext {
  readonly now: number;
  readonly ids: Ids;
}

const usual: readonly HelpSource[] = ['colleague', 'model', 'person'];

/** A colleague's words make an overlong conversation only longer: it is shortened instead. */
const ladders: Readonly<Record<StuckKind, readonly HelpSource[]>> = {
  repeated_call: usual,
  no_progress: usual,
  repair_loop: usual,
  ping_pong: usual,
  context_overflow: ['compaction', 'model', 'person'],
};

const helperRoles: readonly RoleName[] = ['tech_lead', 'architect'];

const kindTexts: Readonly<Record<StuckKind, string>> = {
  repeated_call: 'makes the same call again and again',
  no_progress: 'takes steps that bring nothing new',
  repair_loop: 'meets the same failure after every repair',
  ping_pong: 'goes back and forth with a colleague',
  context_overflow: 'has a conversation longer than the model can read',
};

/** How a stuck task looks to whoever is asked to help. */
export const describeStuck = (task: Task): string =>
  [
    `The work on “${task.task.title}” ${kindTexts[task.stuck?.kind ?? 'no_progress']}.`,
    ...(task.stuck?.evidence ?? []).map((line) => `- ${line}`),
  ].join('\n');

/** Somebody else of a helping role who is not waiting for help as well: two who wait for each other would wait for ever. */
const findHelper = (state: ProjectState, stuck: Task): RoleName | undefined => {
  const asker = stuck.agentId ?? stuck.lastAgentId;
  const waiting = new Set(
    tasksOf(state).flatMap(({ agentId, stuck: note }) =>
      agentId !== undefined && note !== undefined ? [agentId] : [],
    ),
  );
  return helperRoles.find((role) => {
    const seats = activeSeats(state, role);
    return seats.length > 0 && seats.every(({ agentId }) => agentId !== asker && !waiting.has(agentId));
  });
};

const assistTask = (role: RoleName, stuck: Task): PlannedTask => ({
  key: `assist-${stuck.task.key}-${stuck.attempt}`,
  title: `Help with: ${stuck.task.title}`,
  kind: 'assist',
  role,
  description: [
    describeStuck(stuck),
    'Find out why, and hand in advice that says what to do differently. Say so when you cannot help.',
    ...(stuck.stuck?.excerpt === undefined ? [] : ['', 'The end of the conversation:', stuck.stuck.excerpt]),
  ].join('\n'),
  acceptanceCriteria: [],
  dependsOn: [],
  priority: stuck.task.priority + 2_000,
  estimateMinutes: 5,
  paths: [],
});

const askColleague = (state: ProjectState, task: Task, { ids }: RemedyContext): readonly ProjectEvent[] => {
  const role = asksOnly(task) ? undefined : findHelper(state, task);
  if (role === undefined) return [];
  const assistId = ids.create('tsk');
  const { taskId } = task;
  return [
    { type: 'remedy.started', taskId, remedy: { type: 'colleague', role, taskId: assistId } },
    { type: 'task.created', taskId: assistId, task: assistTask(role, task), stage: state.stage, subject: taskId },
  ];
};

const switchModel = (state: ProjectState, task: Task): readonly ProjectEvent[] => {
  const present = task.model ?? state.identity?.model;
  const model = (state.identity?.fallbackModels ?? []).find(
    (name) => name !== present && !(task.tried ?? []).includes(remedyName({ type: 'model', model: name })),
  );
  const { taskId } = task;
  return model === undefined
    ? []
    : [
        { type: 'remedy.started', taskId, remedy: { type: 'model', model } },
        { type: 'task.helped', taskId, source: 'model', text: `Another model goes on from here: ${model}.` },
      ];
};

const compact = ({ taskId, status }: Task): readonly ProjectEvent[] =>
  status === 'assigned'
    ? [
        { type: 'remedy.started', taskId, remedy: { type: 'compaction' } },
        {
          type: 'task.helped',
          taskId,
          source: 'compaction',
          text: 'Long results from earlier in this conversation were cut. Read again what you need.',
        },
      ]
    : [];

const askPerson = (state: ProjectState, task: Task, { now, ids }: RemedyContext): readonly ProjectEvent[] => {
  const questionId = ids.create('qst');
  const { taskId } = task;
  const timeoutMs = state.identity?.questionTimeoutMs;
  return [
    { type: 'remedy.started', taskId, remedy: { type: 'person', questionId } },
    {
      type: 'question.asked',
      questionId,
      taskId,
      text: `${describeStuck(task)}\nWhat should be done differently?`,
      ...(timeoutMs === undefined ? {} : { deadlineAt: now + timeoutMs }),
    },
  ];
};

const tryRemedy = (
  state: ProjectState,
  task: Task,
  source: HelpSource,
  context: RemedyContext,
): readonly ProjectEvent[] => {
  if (source === 'model') return switchModel(state, task);
  if ((task.tried ?? []).includes(source)) return [];
  switch (source) {
    case 'colleague':
      return askColleague(state, task, context);
    case 'compaction':
      return compact(task);
    case 'person':
      return askPerson(state, task, context);
  }
};

const giveUp = (state: ProjectState, task: Task): readonly ProjectEvent[] => [
  { type: 'remedy.started', taskId: task.taskId, remedy: { type: 'none' } },
  ...(task.status === 'assigned'
    ? returnTask(state, task, 'failure', [`Stuck, and nothing helped: ${describeStuck(task)}`])
    : []),
];

/** Starts the next way out for the first task that is stuck and waits for nobody yet. */
export const startRemedies = (state: ProjectState, context: RemedyContext): readonly ProjectEvent[] => {
  const task = tasksOf(state).find(
    ({ stuck, waitingFor, status }) =>
      stuck !== undefined && waitingFor === undefined && (status === 'assigned' || status === 'waiting'),
  );
  if (task?.stuck === undefined) return [];
  for (const source of ladders[task.stuck.kind]) {
    const events = tryRemedy(state, task, source, context);
    if (events.length > 0) return events;
  }
  return giveUp(state, task);
};

const noticeReturns = (task: Task): readonly ProjectEvent[] => {
  const { taskId, comments, sameReturns = 0, reviewReturns = 0 } = task;
  if (task.status !== 'waiting' || task.noticedReturns === task.returns || asksOnly(task)) return [];
  const bound = task.returnCause === 'failure' ? stuckThresholds.sameGivingUps : stuckThresholds.sameReturns;
  if (sameReturns >= bound) {
    const evidence = [`It came back ${sameReturns} times in a row for the same reason.`, ...comments.slice(0, 5)];
    return [{ type: 'task.stuck', taskId, kind: 'repair_loop', evidence }];
  }
  if (reviewReturns >= stuckThresholds.reviewReturns) {
    const evidence = [`The review sent it back ${reviewReturns} times.`, ...comments.slice(0, 5)];
    return [{ type: 'task.stuck', taskId, kind: 'ping_pong', evidence }];
  }
  return [];
};

const noticeExchanges = (state: ProjectState): readonly ProjectEvent[] => {
  for (const [pair, { turns }] of Object.entries(state.exchanges)) {
    if (turns < stuckThresholds.messageTurns) continue;
    const agents = pair.split(' ');
    const task = tasksOf(state).find(
      (held) =>
        held.status === 'assigned' &&
        held.stuck === undefined &&
        !asksOnly(held) &&
        agents.includes(held.agentId ?? ''),
    );
    if (task?.agentId === undefined) continue;
    const names = state.agents.filter(({ agentId }) => agents.includes(agentId)).map(({ name }) => name);
    const evidence = [`${names.join(' and ')} sent each other ${turns} messages in turn, and nothing was handed in.`];
    return [{ type: 'task.stuck', taskId: task.taskId, agentId: task.agentId, kind: 'ping_pong', evidence }];
  }
  return [];
};

/** Notices from the outside what agents cannot see themselves: returns for the same reason, and endless exchanges. */
export const noticeStuck = (state: ProjectState): readonly ProjectEvent[] => {
  for (const task of tasksOf(state)) {
    const events = isFinalTask(task) ? [] : noticeReturns(task);
    if (events.length > 0) return events;
  }
  return noticeExchanges(state);
};

/** Ends the work that waited for an answer which did not come in time. */
export const expireQuestions = (state: ProjectState, { now }: RemedyContext): readonly ProjectEvent[] => {
  const late = Object.values(state.questions).find(
    (question) => question.deadlineAt !== undefined && question.deadlineAt <= now && isOpenQuestion(state, question),
  );
  const task = late === undefined ? undefined : state.tasks[late.taskId];
  if (late === undefined || task === undefined) return [];
  const reason = `nobody answered in time: ${late.text.split('\n')[0] ?? ''}`;
  return [
    { type: 'question.expired', questionId: late.questionId, taskId: task.taskId },
    { type: 'task.failed', taskId: task.taskId, reason },
    { type: 'project.failed', reason: `“${task.task.title}” failed: ${reason}` },
  ];
};
