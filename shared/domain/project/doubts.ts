/**
 * What a project does about effects in doubt: it keeps each one, holds its task for whoever made the call, and takes
 * one settlement for it, from a person, from the project manager, or from the tool's own server.
 */
import { err, ok, type AppError, type Result } from '../../errors/result.ts';
import { isFinalStatus, type PlannedTask, type ProjectEvent } from '../../protocol/project-events.ts';
import type { Ids } from '../../ports/ids.ts';
import type { DoubtReport, DoubtResolved, Settlement } from '../effect/doubt.ts';
import type { AgentId } from '../ids.ts';
import { leaseMsOf } from './lease-term.ts';
import { isFinalTask, tasksOf, type EffectRecord, type ProjectState, type Task } from './state.ts';

/** Settlements by the tool's own server, which was asked. */
const byLookup = 'lookup';

const refuse = (type: AppError['type'], detail: string): { readonly ok: false; readonly error: AppError } =>
  err({ type, detail });

/** All effects that ever were in doubt, oldest first. */
export const effectsOfProject = (state: ProjectState): readonly EffectRecord[] => Object.values(state.effects ?? {});

/** Effects that wait for somebody. */
export const openDoubts = (state: ProjectState): readonly EffectRecord[] =>
  effectsOfProject(state).filter(({ status }) => status === 'in_doubt');

const heldTask = (state: ProjectState, effect: EffectRecord): Task | undefined => {
  const task = state.tasks[effect.taskId];
  return task?.status === 'assigned' && task.inDoubt === effect.effectId ? task : undefined;
};

/** An agent's call is in doubt. A repeat changes nothing; of an ended run or project it is kept as evidence. */
export const decideDoubt = (state: ProjectState, agentId: AgentId, report: DoubtReport): readonly ProjectEvent[] =>
  state.tasks[report.taskId] === undefined || state.effects?.[report.effectId] !== undefined
    ? []
    : [{ type: 'effect.in_doubt', ...report, agentId }];

const settled = (state: ProjectState, effect: EffectRecord, settlement: Settlement, now: number): ProjectEvent => ({
  type: 'effect.settled',
  taskId: effect.taskId,
  ...settlement,
  ...(heldTask(state, effect) === undefined || isFinalStatus(state.status)
    ? {}
    : { leaseExpiresAt: now + leaseMsOf(state) }),
});

/** The key of the task by which the project manager is asked about an effect. */
export const settleKey = (effectId: string): string => `settle-${effectId}`;

/** The task by which the project manager was asked about an effect, while it is open. */
const openSettleTask = (state: ProjectState, effectId: string): Task | undefined =>
  tasksOf(state).find((task) => task.task.key === settleKey(effectId) && !isFinalTask(task));

const withdraw = (state: ProjectState, effectId: string): readonly ProjectEvent[] => {
  const task = openSettleTask(state, effectId);
  return task === undefined ? [] : [{ type: 'task.cancelled', taskId: task.taskId }];
};

/** The tool's server knew after all. What was settled meanwhile stays settled. */
export const decideResolved = (
  state: ProjectState,
  { effectId, decision }: DoubtResolved,
  now: number,
): readonly ProjectEvent[] => {
  const effect = state.effects?.[effectId];
  return effect?.status === 'in_doubt'
    ? [settled(state, effect, { effectId, decision, by: byLookup }, now), ...withdraw(state, effectId)]
    : [];
};

/** A person's or the project manager's word on an effect. Once. */
export const decideSettle = (
  state: ProjectState,
  settlement: Settlement,
  now: number,
): Result<readonly ProjectEvent[]> => {
  const { effectId, decision, result } = settlement;
  const effect = state.effects?.[effectId];
  if (effect === undefined) return refuse('resource.not_found', 'There is no such effect in this project.');
  if (effect.status === 'settled') {
    return refuse(
      'resource.conflict',
      `This effect is settled already: ${effect.decision ?? ''} by ${effect.by ?? ''}.`,
    );
  }
  if (result !== undefined && decision !== 'done')
    return refuse('request.invalid', 'Only an effect that is done has a result.');
  if (decision === 'redo' && (heldTask(state, effect) === undefined || isFinalStatus(state.status))) {
    return refuse(
      'resource.conflict',
      'The run that made this call has ended, so nobody would make it again: settle it as done or abandon.',
    );
  }
  return ok([settled(state, effect, settlement, now), ...withdraw(state, effectId)]);
};

const describeDoubt = ({ tool, effectClass, detail, cause, startedAt, effectId }: EffectRecord): string =>
  [
    'A call of a tool was sent, and nobody knows whether it took effect. Find out if you can, and never guess:',
    'what is done twice or not at all may cost somebody dearly. What you cannot know, leave to a person.',
    '',
    `- tool: ${tool} (${effectClass})`,
    `- effect: ${effectId}`,
    `- called: ${new Date(startedAt).toISOString()}`,
    `- why it is not known: ${cause}`,
    `- arguments: ${detail}`,
  ].join('\n');

const settleTask = (effect: EffectRecord): PlannedTask => ({
  key: settleKey(effect.effectId),
  title: `Settle a call of ${effect.tool}`,
  kind: 'settle',
  role: 'project_manager',
  description: describeDoubt(effect),
  acceptanceCriteria: [],
  dependsOn: [],
  priority: 2_000,
  estimateMinutes: 5,
  paths: [],
});

/** Asks the project manager about effects that wait, where the project wants it so; each once. */
export const askProjectManager = (state: ProjectState, ids: Ids): readonly ProjectEvent[] => {
  if (state.identity?.inDoubt !== 'project_manager') return [];
  const managers = new Set(state.agents.filter(({ role }) => role === 'project_manager').map(({ agentId }) => agentId));
  if (managers.size === 0) return [];
  const asked = new Set(tasksOf(state).map(({ task }) => task.key));
  return openDoubts(state)
    .filter(
      (effect) =>
        heldTask(state, effect) !== undefined &&
        // Nobody settles what they did themselves.
        !managers.has(effect.agentId) &&
        !asked.has(settleKey(effect.effectId)),
    )
    .map((effect) => ({
      type: 'task.created',
      taskId: ids.create('tsk'),
      task: settleTask(effect),
      stage: state.stage,
      subject: effect.taskId,
    }));
};

/** What follows from the project manager's answer about an effect. */
export const decideManagerAnswer = (
  state: ProjectState,
  task: Task,
  answer: {
    readonly decision: Settlement['decision'] | 'ask_person';
    readonly result?: string;
    readonly reason: string;
  },
  now: number,
): readonly ProjectEvent[] => {
  const { decision, result, reason } = answer;
  const completed: ProjectEvent = {
    type: 'task.completed',
    taskId: task.taskId,
    summary: decision === 'ask_person' ? `Left to a person: ${reason}` : `${decision}: ${reason}`,
  };
  if (decision === 'ask_person') return [completed];
  const effectId = task.task.key.slice(settleKey('').length);
  const settlement: Settlement = {
    effectId,
    decision,
    reason,
    by: `agent:${task.agentId ?? ''}`,
    ...(result === undefined || decision !== 'done' ? {} : { result }),
  };
  const decided = decideSettle(state, settlement, now);
  if (!decided.ok) return [completed];
  return [completed, ...decided.value.filter((event) => event.type === 'effect.settled')];
};
