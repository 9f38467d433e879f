/** Whether a project gets on: when something last moved, and what it waits for when nothing does. */
import type { ProjectEvent } from '../../protocol/project-events.ts';
import { isOpenQuestion, tasksOf, type ProjectState } from './state.ts';

/**
 * How long nothing may move, unless the project says otherwise. Longer than a slow answer of a model with its retries
 * (a minute each), short enough that a person hears of it while they still remember what they asked for.
 */
export const stallMs = 5 * 60_000;

export const stallMsOf = (state: ProjectState): number => state.identity?.stallMs ?? stallMs;

/**
 * Handing a task out, taking it back and thinking about it move nothing: a project whose models all hang does that for
 * ever. A tool that worked, a result, a decision or an answer does.
 */
const moves = (event: ProjectEvent): boolean => {
  switch (event.type) {
    case 'task.progressed':
      return event.activity.type === 'tests_ran' || (event.activity.type === 'tool_called' && !event.activity.failed);
    case 'task.assigned':
    case 'task.returned':
    case 'task.stuck':
    case 'remedy.started':
    case 'lease.expired':
    case 'message.relayed':
    case 'question.asked':
    case 'question.expired':
    case 'effect.in_doubt':
    case 'dead_letters.counted':
    case 'gates.configured':
    case 'waiver.granted':
    case 'waiver.revoked':
    case 'budget.exhausted':
    case 'pools.configured':
    case 'agents.granted':
    case 'pool.grew':
    case 'pool.shrank':
    case 'project.stalled':
      return false;
    default:
      return true;
  }
};

/** The times that every event changes, in one copy: this runs for each event of every project. */
export const evolveProgress = (state: ProjectState, event: ProjectEvent, at: number): ProjectState => {
  if (event.type === 'project.stalled') {
    return { ...state, stalled: { since: event.since, waitingFor: event.waitingFor }, updatedAt: at };
  }
  if (!moves(event)) return { ...state, updatedAt: at };
  if (state.stalled === undefined) return { ...state, progressAt: at, updatedAt: at };
  const { stalled: _stalled, ...rest } = state;
  return { ...rest, progressAt: at, updatedAt: at };
};

/** What the project waits for, in words, for people. */
export const describeWaiting = (state: ProjectState): readonly string[] => {
  const name = (agentId: string | undefined): string =>
    state.agents.find((seat) => seat.agentId === agentId)?.name ?? 'nobody';
  const questions = Object.values(state.questions)
    .filter((question) => isOpenQuestion(state, question))
    .map(({ text }) => `an answer to: ${text.split('\n')[0] ?? ''}`);
  const tasks = tasksOf(state).flatMap((task): readonly string[] => {
    const { title } = task.task;
    if (task.waitingFor?.type === 'person') return [];
    if (task.inDoubt !== undefined) return [`a word on what became of a call of “${title}”`];
    if (task.waitingFor?.type === 'colleague') return [`a colleague’s advice on “${title}”`];
    switch (task.status) {
      case 'assigned':
        return [`${name(task.agentId)}, who works on “${title}”`];
      case 'in_review':
        return [`the review of “${title}”`];
      case 'merging':
        return [`the merge of “${title}”`];
      default:
        return [];
    }
  });
  const waiting = [...questions, ...tasks];
  return waiting.length > 0 ? waiting : [`the platform itself, in the stage ${state.stage}`];
};

/** Says once that nothing has moved for too long. */
export const noticeStall = (state: ProjectState, { now }: { readonly now: number }): readonly ProjectEvent[] =>
  state.stalled === undefined && now - state.progressAt >= stallMsOf(state)
    ? [{ type: 'project.stalled', since: state.progressAt, waitingFor: describeWaiting(state) }]
    : [];
