/** The project as clients see it. */
import type { ProjectEvent } from '../../protocol/project-events.ts';
import type { AgentView, EffectView, ProjectView, TaskView } from '../../rpc/project.ts';
import { effectsOfProject, openDoubts } from './doubts.ts';
import { isResting } from './roster.ts';
import { isOpenQuestion, tasksOf, type EffectRecord, type ProjectState, type Task } from './state.ts';

/** Time since the project was made, without pauses, in milliseconds. */
export const activeMs = ({ identity, pausedAt, pausedMs }: ProjectState, now: number): number =>
  identity === undefined ? 0 : Math.max(0, (pausedAt ?? now) - identity.createdAt - (pausedMs ?? 0));

/** The view of a project that exists, at a sequence of its log; dead letters of the project itself are not in the log. */
export const viewProject = (state: ProjectState, sequence: number, ownDeadLetters = 0): ProjectView | undefined => {
  const { identity } = state;
  if (identity === undefined) return undefined;
  const tasks = tasksOf(state);
  return {
    projectId: identity.projectId,
    workspaceId: identity.workspaceId,
    name: identity.name,
    format: identity.format,
    status: state.status,
    stage: state.stage,
    revision: state.revision,
    model: identity.model,
    ...(state.reason === undefined ? {} : { reason: state.reason }),
    ...(state.sentences === undefined ? {} : { sentences: state.sentences }),
    progress: { tasksDone: tasks.filter(({ status }) => status === 'done').length, tasksTotal: tasks.length },
    sequence,
    createdAt: identity.createdAt,
    updatedAt: state.updatedAt,
    deployments: state.deployments,
    specificationPath: identity.specificationPath,
    effectsInDoubt: openDoubts(state).length,
    deadLetters: Object.values(state.deadLetters ?? {}).reduce((sum, depth) => sum + depth, ownDeadLetters),
    progressAt: state.progressAt,
    ...(state.stalled === undefined ? {} : { stalled: state.stalled }),
    openQuestions: Object.values(state.questions).filter((question) => isOpenQuestion(state, question)).length,
  };
};

const isReady = (state: ProjectState, task: Task): boolean =>
  task.status === 'waiting' &&
  task.stage === state.stage &&
  task.task.dependsOn.every((key) => tasksOf(state).some((other) => other.task.key === key && other.status === 'done'));

export const viewTask = (state: ProjectState, task: Task): TaskView => {
  const { returns: _returns, revision: _revision, commit: _commit, lastAgentId, ...shown } = task;
  const {
    task: planned,
    tried: _tried,
    sameReturns: _same,
    reviewReturns: _reviews,
    noticedReturns: _noticed,
    returnCause: _cause,
    ...more
  } = shown;
  const { stuck, waitingFor, ...rest } = more;
  const agentId = task.agentId ?? lastAgentId;
  return {
    ...planned,
    ...rest,
    ...(agentId === undefined ? {} : { agentId }),
    ...(stuck === undefined ? {} : { stuck: { kind: stuck.kind, evidence: stuck.evidence } }),
    ...(waitingFor === undefined ? {} : { waitingFor: waitingFor.type }),
    status: isReady(state, task) ? 'ready' : task.status,
  };
};

export const viewTasks = (state: ProjectState): readonly TaskView[] =>
  tasksOf(state).map((task) => viewTask(state, task));

export const viewEffect = ({ fencingToken: _fencingToken, ...view }: EffectRecord): EffectView => view;

const maxEffects = 100;

/** A page of the effects that are or were in doubt, oldest first. */
export const listEffects = (
  state: ProjectState,
  query: { readonly status: EffectView['status'] | 'all'; readonly after: number; readonly limit: number },
): readonly EffectView[] =>
  effectsOfProject(state)
    .filter(({ status, number }) => number > query.after && (query.status === 'all' || query.status === status))
    .slice(0, Math.min(query.limit, maxEffects))
    .map(viewEffect);

export const viewAgents = (state: ProjectState): readonly AgentView[] => {
  const tasks = tasksOf(state);
  return state.agents.map((seat): AgentView => {
    const held = tasks.find(({ status, agentId }) => status === 'assigned' && agentId === seat.agentId);
    return {
      ...seat,
      status: held !== undefined ? 'working' : isResting(state, seat.agentId) ? 'resting' : 'idle',
      ...(held === undefined ? {} : { taskId: held.taskId }),
      tasksDone: tasks.filter(({ status, lastAgentId }) => status === 'done' && lastAgentId === seat.agentId).length,
    };
  });
};

/** The ids of what an event changes, for the read model. */
export const touchedBy = (event: ProjectEvent): { readonly taskId?: string; readonly agents: boolean } => {
  switch (event.type) {
    case 'task.progressed':
      return { agents: false };
    case 'team.formed':
    case 'pool.grew':
    case 'pool.shrank':
      return { agents: true };
    default:
      return 'taskId' in event ? { taskId: event.taskId, agents: true } : { agents: false };
  }
};
