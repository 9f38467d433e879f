/** How events about being stuck, helped and asked change the state. */
import type { ProjectEvent } from '../../protocol/project-events.ts';
import type { QuestionId, TaskId } from '../ids.ts';
import { leaseMsOf } from './lease-term.ts';
import { remedyName, tasksOf, type ProjectState, type Question, type Task } from './state.ts';

type EventOf<Type extends ProjectEvent['type']> = Extract<ProjectEvent, { type: Type }>;

const withTask = (state: ProjectState, taskId: TaskId, change: (task: Task) => Task): ProjectState => {
  const task = state.tasks[taskId];
  return task === undefined ? state : { ...state, tasks: { ...state.tasks, [taskId]: change(task) } };
};

const withQuestion = (
  state: ProjectState,
  questionId: QuestionId,
  change: (question: Question) => Question,
): ProjectState => {
  const question = state.questions[questionId];
  return question === undefined
    ? state
    : { ...state, questions: { ...state.questions, [questionId]: change(question) } };
};

const stuck = (state: ProjectState, { taskId, kind, evidence, excerpt }: EventOf<'task.stuck'>): ProjectState => ({
  ...withTask(state, taskId, ({ leaseExpiresAt: _lease, ...task }) => ({
    ...task,
    stuck: { kind, evidence, ...(excerpt === undefined ? {} : { excerpt }) },
    noticedReturns: task.returns,
  })),
  // Whoever was stuck with a colleague starts anew.
  exchanges: kind === 'ping_pong' ? {} : state.exchanges,
});

const startRemedy = (state: ProjectState, { taskId, remedy }: EventOf<'remedy.started'>): ProjectState =>
  withTask(state, taskId, (task) => {
    const tried = [...(task.tried ?? []), remedyName(remedy)];
    switch (remedy.type) {
      case 'colleague':
        return { ...task, tried, waitingFor: { type: 'colleague', taskId: remedy.taskId } };
      case 'person':
        return { ...task, tried, waitingFor: { type: 'person', questionId: remedy.questionId } };
      case 'model':
        return { ...task, tried, model: remedy.model };
      case 'compaction':
        return { ...task, tried };
      case 'none': {
        const { stuck: _stuck, ...rest } = task;
        return rest;
      }
    }
  });

const helped = (state: ProjectState, { taskId, text, source }: EventOf<'task.helped'>, at: number): ProjectState =>
  withTask(state, taskId, ({ stuck: _stuck, waitingFor: _waitingFor, ...task }) => {
    // An effect in doubt keeps the lease at rest for longer.
    if (task.status === 'assigned')
      return task.inDoubt === undefined ? { ...task, leaseExpiresAt: at + leaseMsOf(state) } : task;
    return source === 'colleague' || source === 'person' ? { ...task, comments: [...task.comments, text] } : task;
  });

/** The task whose helper this was waits no longer for it. */
const helperEnded = (state: ProjectState, helperId: TaskId): ProjectState => {
  const asker = tasksOf(state).find(
    ({ waitingFor }) => waitingFor?.type === 'colleague' && waitingFor.taskId === helperId,
  );
  return asker === undefined ? state : withTask(state, asker.taskId, ({ waitingFor: _waitingFor, ...task }) => task);
};

/** Counts messages that two agents send each other in turn. */
const exchange = (state: ProjectState, { sender, recipient }: EventOf<'message.relayed'>): ProjectState => {
  const from = state.agents.find(({ agentId }) => sender === `agent:${agentId}`);
  const seats = state.agents.filter(
    ({ agentId, role }) => recipient === `agent:${agentId}` || recipient === `role:${role}`,
  );
  const [to] = seats;
  if (from === undefined || to === undefined || seats.length !== 1) return state;
  const pair = [from.agentId, to.agentId].toSorted().join(' ');
  const before = state.exchanges[pair];
  if (before?.lastSender === from.agentId) return state;
  const turns = (before?.turns ?? 0) + 1;
  return { ...state, exchanges: { ...state.exchanges, [pair]: { lastSender: from.agentId, turns } } };
};

export const evolveHelp = (state: ProjectState, event: ProjectEvent, at: number): ProjectState => {
  switch (event.type) {
    case 'task.stuck':
      return stuck(state, event);
    case 'remedy.started':
      return startRemedy(state, event);
    case 'task.helped':
      return helped(state, event, at);
    case 'task.submitted':
      return { ...state, exchanges: {} };
    case 'task.completed':
      return { ...helperEnded(state, event.taskId), exchanges: {} };
    case 'task.failed':
    case 'task.cancelled':
      return helperEnded(state, event.taskId);
    case 'message.relayed':
      return exchange(state, event);
    case 'question.asked': {
      const { type: _type, ...question } = event;
      return { ...state, questions: { ...state.questions, [event.questionId]: { ...question, askedAt: at } } };
    }
    case 'question.answered': {
      const { text, answeredBy } = event;
      return withQuestion(state, event.questionId, (question) => ({ ...question, answer: { text, answeredBy, at } }));
    }
    case 'question.expired':
      return withQuestion(state, event.questionId, (question) => ({ ...question, expiredAt: at }));
    default:
      return state;
  }
};
