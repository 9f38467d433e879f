/** How each event changes the state of a project. */
import type { ProjectEvent } from '../../protocol/project-events.ts';
import type { TaskId } from '../ids.ts';
import { evolveRestored } from '../state/restored.ts';
import { beginFork, completeFork } from './evolve-fork.ts';
import { evolveHelp } from './evolve-help.ts';
import { evolvePools } from './evolve-pools.ts';
import { evolveQuality } from './evolve-quality.ts';
import { evolveTools } from './evolve-tools.ts';
import { evolveProgress } from './progress.ts';
import type { ProjectState, Task } from './state.ts';

type EventOf<Type extends ProjectEvent['type']> = Extract<ProjectEvent, { type: Type }>;

type TaskChange = Partial<Omit<Task, 'taskId' | 'task'>>;

const changeTask = (state: ProjectState, taskId: TaskId, change: TaskChange): ProjectState => {
  const task = state.tasks[taskId];
  return task === undefined ? state : { ...state, tasks: { ...state.tasks, [taskId]: { ...task, ...change } } };
};

/** Changes a task that nobody holds any longer. */
const releaseTask = (state: ProjectState, taskId: TaskId, change: (task: Task) => TaskChange): ProjectState => {
  const task = state.tasks[taskId];
  if (task === undefined) return state;
  const {
    agentId: _agentId,
    leaseExpiresAt: _lease,
    inDoubt: _inDoubt,
    stuck: _stuck,
    waitingFor: _waitingFor,
    ...rest
  } = task;
  return { ...state, tasks: { ...state.tasks, [taskId]: { ...rest, ...change(task) } } };
};

const createTask = (state: ProjectState, event: EventOf<'task.created'>, at: number): ProjectState => {
  const task: Task = {
    taskId: event.taskId,
    task: event.task,
    stage: event.stage,
    revision: state.revision,
    status: 'waiting',
    attempt: 0,
    returns: 0,
    comments: [],
    createdAt: at,
    ...(event.subject === undefined ? {} : { subject: event.subject }),
  };
  return { ...state, tasks: { ...state.tasks, [event.taskId]: task } };
};

const assignTask = (state: ProjectState, event: EventOf<'task.assigned'>, at: number): ProjectState => {
  const { type: _type, taskId, ...holder } = event;
  const startedAt = state.tasks[taskId]?.startedAt ?? at;
  return {
    ...changeTask(state, taskId, { ...holder, lastAgentId: event.agentId, startedAt, status: 'assigned' }),
    nextFencingToken: event.fencingToken + 1,
  };
};

const isAtRest = (task: Task | undefined): boolean => task?.inDoubt !== undefined || task?.stuck !== undefined;

const isSame = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((line, index) => line === right[index]);

/** A silent agent says nothing about the work, so it does not count as a reason. */
const countSame = (task: Task, { cause, comments }: EventOf<'task.returned'>): number => {
  if (cause === 'lease') return 0;
  return cause === task.returnCause && isSame(task.comments, comments) ? (task.sameReturns ?? 0) + 1 : 1;
};

const returned = (task: Task, event: EventOf<'task.returned'>): TaskChange => ({
  status: 'waiting',
  returns: task.returns + 1,
  comments: event.comments,
  returnCause: event.cause,
  sameReturns: countSame(task, event),
  reviewReturns: (task.reviewReturns ?? 0) + (event.cause === 'review' ? 1 : 0),
});

const evolveTask = (state: ProjectState, event: ProjectEvent, at: number): ProjectState => {
  switch (event.type) {
    case 'task.created':
      return createTask(state, event, at);
    case 'task.assigned':
      return assignTask(state, event, at);
    case 'task.progressed':
      // While an effect is in doubt, or help is waited for, the lease stands still, whatever arrives late.
      return isAtRest(state.tasks[event.taskId])
        ? state
        : changeTask(state, event.taskId, { leaseExpiresAt: event.leaseExpiresAt });
    case 'task.submitted':
      return releaseTask(state, event.taskId, () => ({
        status: 'in_review',
        summary: event.summary,
        ...(event.commit === null ? {} : { commit: event.commit }),
      }));
    case 'task.accepted':
      return changeTask(state, event.taskId, { status: 'merging' });
    case 'task.returned':
      return releaseTask(state, event.taskId, (task) => returned(task, event));
    case 'task.merged':
      return { ...state, commit: event.commit };
    case 'task.completed':
      return releaseTask(state, event.taskId, () => ({ status: 'done', summary: event.summary, finishedAt: at }));
    case 'task.failed':
      return releaseTask(state, event.taskId, () => ({ status: 'failed', summary: event.reason, finishedAt: at }));
    case 'task.cancelled':
      return releaseTask(state, event.taskId, () => ({ status: 'cancelled', finishedAt: at }));
    default:
      return state;
  }
};

/** Time in a pause counts for no lease and for no limit of wall time. */
const resume = (state: ProjectState, event: EventOf<'project.resumed'>, at: number): ProjectState => {
  const { reason: _reason, pausedAt, ...rest } = state;
  const { leaseExpiresAt } = event;
  const tasks = Object.fromEntries(
    Object.entries(state.tasks).map(([taskId, task]): [string, Task] => [
      taskId,
      // A task that waits for a call in doubt to be settled has no lease, and gets none by this.
      task.status === 'assigned' && task.leaseExpiresAt !== undefined && leaseExpiresAt !== undefined
        ? { ...task, leaseExpiresAt: Math.max(task.leaseExpiresAt, leaseExpiresAt) }
        : task,
    ]),
  );
  const pausedMs = (state.pausedMs ?? 0) + Math.max(0, at - (pausedAt ?? at));
  return { ...rest, tasks, pausedMs, status: 'active' };
};

const evolveLifecycle = (state: ProjectState, event: ProjectEvent, at: number): ProjectState => {
  switch (event.type) {
    case 'project.forked':
      return beginFork(state, event, at);
    case 'fork.completed':
      return completeFork(state, event, at);
    case 'project.created': {
      const { type: _type, specificationLength: _length, budget, ...identity } = event;
      const limits = budget === undefined ? {} : { budget };
      // The copied first event of an original: the fork has a name and a model of its own, and the original's limits.
      if (state.copying !== undefined) return { ...state, ...limits };
      return { ...state, ...limits, identity: { ...identity, createdAt: at }, status: 'active' };
    }
    case 'project.paused':
      return {
        ...state,
        status: 'paused',
        pausedAt: at,
        ...(event.reason === undefined ? {} : { reason: event.reason }),
      };
    case 'project.resumed':
      return resume(state, event, at);
    case 'budget.changed':
      return { ...state, budget: event.budget };
    case 'project.cancelled':
      return { ...state, status: 'cancelled', reason: event.reason };
    case 'project.failed':
      return { ...state, status: 'failed', reason: event.reason };
    case 'project.blocked':
      return {
        ...state,
        status: 'blocked',
        sentences: event.sentences,
        reason: event.sentences.map(({ sentence, reason }) => `“${sentence}”: ${reason}`).join('\n'),
      };
    case 'project.completed':
      return { ...state, status: 'completed' };
    default:
      return state;
  }
};

const evolveRecord = (state: ProjectState, event: ProjectEvent, at: number): ProjectState => {
  switch (event.type) {
    case 'lease.expired':
      return { ...state, silent: [...state.silent.filter((agentId) => agentId !== event.agentId), event.agentId] };
    case 'task.progressed':
    case 'task.submitted':
      return state.silent.includes(event.agentId)
        ? { ...state, silent: state.silent.filter((agentId) => agentId !== event.agentId) }
        : state;
    case 'team.formed':
      return { ...state, agents: event.agents };
    case 'repository.created':
    case 'main.moved':
      return { ...state, commit: event.commit };
    case 'stage.entered':
      return { ...state, stage: event.stage };
    case 'revision.started':
      return { ...state, revision: event.revision, evidence: event.evidence, votes: {} };
    case 'analysis.recorded':
      return { ...state, findings: event.findings };
    case 'vote.recorded':
      return { ...state, votes: { ...state.votes, [event.role]: event.vote } };
    case 'measurement.recorded':
      return {
        ...state,
        measurements: [...state.measurements.filter(({ kind }) => kind !== event.measurement.kind), event.measurement],
      };
    case 'gates.evaluated':
      return { ...state, gates: event.gates, gatesCommit: event.commit };
    case 'deployment.recorded': {
      const { type: _type, ...deployment } = event;
      return {
        ...state,
        deployments: [...state.deployments.filter(({ slot }) => slot !== event.slot), { ...deployment, at }],
      };
    }
    default:
      return state;
  }
};

const raiseDoubt = (state: ProjectState, event: EventOf<'effect.in_doubt'>, at: number): ProjectState => {
  const { type: _type, ...doubt } = event;
  const known = state.effects ?? {};
  const number = Object.keys(known).length + 1;
  const effects = { ...known, [doubt.effectId]: { ...doubt, number, status: 'in_doubt' as const, raisedAt: at } };
  const task = state.tasks[doubt.taskId];
  if (task?.status !== 'assigned' || task.fencingToken !== doubt.fencingToken) return { ...state, effects };
  const { leaseExpiresAt: _leaseExpiresAt, ...rest } = task;
  return { ...state, effects, tasks: { ...state.tasks, [task.taskId]: { ...rest, inDoubt: doubt.effectId } } };
};

const settleDoubt = (state: ProjectState, event: EventOf<'effect.settled'>, at: number): ProjectState => {
  const { type: _type, leaseExpiresAt, ...settlement } = event;
  const effect = state.effects?.[settlement.effectId];
  if (effect === undefined) return state;
  const record = { ...effect, ...settlement, status: 'settled' as const, settledAt: at };
  const effects = { ...state.effects, [effect.effectId]: record };
  const task = state.tasks[effect.taskId];
  if (task?.inDoubt !== effect.effectId) return { ...state, effects };
  const { inDoubt: _inDoubt, ...rest } = task;
  const lease = leaseExpiresAt === undefined ? {} : { leaseExpiresAt };
  return { ...state, effects, tasks: { ...state.tasks, [task.taskId]: { ...rest, ...lease } } };
};

const evolveEffect = (state: ProjectState, event: ProjectEvent, at: number): ProjectState => {
  switch (event.type) {
    case 'effect.in_doubt':
      return raiseDoubt(state, event, at);
    case 'effect.settled':
      return settleDoubt(state, event, at);
    case 'dead_letters.counted': {
      const { [event.agentId]: _before, ...others } = state.deadLetters ?? {};
      return { ...state, deadLetters: event.depth === 0 ? others : { ...others, [event.agentId]: event.depth } };
    }
    default:
      return state;
  }
};

/** The state after an event. Events that only tell (reviews, for example) change nothing but the time. */
export const evolveProject = (state: ProjectState, event: ProjectEvent, recordedAt: number): ProjectState =>
  event.type === 'state.restored'
    ? evolveRestored(state, event)
    : evolvePools(state, evolveOther(state, event, recordedAt), event, recordedAt);

const evolveOther = (state: ProjectState, event: ProjectEvent, recordedAt: number): ProjectState =>
  evolveProgress(
    evolveHelp(
      evolveEffect(
        evolveTools(
          evolveQuality(
            evolveRecord(evolveLifecycle(evolveTask(state, event, recordedAt), event, recordedAt), event, recordedAt),
            event,
          ),
          event,
        ),
        event,
        recordedAt,
      ),
      event,
      recordedAt,
    ),
    event,
    recordedAt,
  );
