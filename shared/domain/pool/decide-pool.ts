/**
 * How many agents a pool should have now. Growing follows the queue at once, since ready tasks that wait cost time;
 * shrinking waits until an agent was idle for the cool-down, since the next task may be a moment away.
 *
 * With `load = queued / agents` the pool grows when `load > targetLoad`, to `ceil(queued / targetLoad)` agents. Between
 * that and an idle agent lies a dead band in which nothing changes. A change in one direction is followed by none in the
 * other within the cool-down.
 */
import type { GrowthReason, PoolSettings, ShrinkReason } from '../../protocol/pools.ts';
import type { AgentId } from '../ids.ts';

export interface PooledAgent {
  readonly agentId: AgentId;
  /** Whether it holds a task: such an agent is never taken away. */
  readonly holds: boolean;
  /** When it last became free, in milliseconds. */
  readonly idleSince: number;
}

export interface PoolSituation {
  readonly settings: PoolSettings;
  /** Those that are not at rest, the longest serving first. */
  readonly agents: readonly PooledAgent[];
  /** Ready tasks for which only an agent is missing. */
  readonly queued: number;
  readonly lastChange?: { readonly direction: 'grew' | 'shrank'; readonly at: number };
  /** How many agents may be added by what the workspace granted. */
  readonly room: number;
  readonly now: number;
}

export type PoolDecision =
  | { readonly type: 'grow'; readonly to: number; readonly reason: GrowthReason }
  | {
      readonly type: 'shrink';
      readonly agentIds: readonly AgentId[];
      readonly reason: Exclude<ShrinkReason, 'project_ended'>;
    }
  /** `dueAt`: when time alone may change the decision. `short`: agents that are wanted beyond the room there is. */
  | { readonly type: 'hold'; readonly dueAt?: number; readonly short: number };

const coolDownMsOf = ({ settings }: PoolSituation): number => settings.coolDownSeconds * 1_000;

/** When a change in this direction is allowed again. */
const allowedAt = (situation: PoolSituation, direction: 'grew' | 'shrank'): number => {
  const { lastChange } = situation;
  return lastChange === undefined || lastChange.direction === direction
    ? Number.NEGATIVE_INFINITY
    : lastChange.at + coolDownMsOf(situation);
};

const hold = (short: number, dueAt = Number.POSITIVE_INFINITY): PoolDecision =>
  Number.isFinite(dueAt) ? { type: 'hold', dueAt, short } : { type: 'hold', short };

const growTo = (situation: PoolSituation, wanted: number, reason: GrowthReason): PoolDecision => {
  const size = situation.agents.length;
  const to = Math.min(wanted, size + Math.max(0, situation.room));
  return to > size ? { type: 'grow', to, reason } : hold(wanted - size);
};

/** The newest go first, so that those who stay are the ones whom the scheduler asks first. */
const newestIdle = (situation: PoolSituation, count: number, before: number): readonly AgentId[] =>
  situation.agents
    .filter(({ holds, idleSince }) => !holds && idleSince <= before)
    .map(({ agentId }) => agentId)
    .slice(-count);

const shrink = (situation: PoolSituation, surplus: number): PoolDecision => {
  const { agents, now } = situation;
  const coolDownMs = coolDownMsOf(situation);
  const allowed = allowedAt(situation, 'shrank');
  const agentIds = allowed <= now ? newestIdle(situation, surplus, now - coolDownMs) : [];
  if (agentIds.length > 0) return { type: 'shrink', agentIds, reason: 'idle' };
  const firstIdle = Math.min(...agents.filter(({ holds }) => !holds).map(({ idleSince }) => idleSince + coolDownMs));
  return hold(0, Math.max(firstIdle, allowed));
};

/**
 * What the pool does now. Repeating it after what it says was done, with the same queue, holds.
 * @returns `grow` beyond neither `maximum` nor `room`; `shrink` below neither `minimum` nor the agents that hold tasks.
 */
export const decidePool = (situation: PoolSituation): PoolDecision => {
  const { settings, agents, queued, now } = situation;
  const { minimum, maximum, targetLoad } = settings;
  const size = agents.length;
  if (size < minimum) return growTo(situation, minimum, 'below_minimum');
  if (size > maximum) {
    const agentIds = newestIdle(situation, size - maximum, Number.POSITIVE_INFINITY);
    return agentIds.length > 0 ? { type: 'shrink', agentIds, reason: 'above_maximum' } : hold(0);
  }
  const wanted = Math.min(maximum, Math.ceil(queued / targetLoad));
  if (queued > targetLoad * size && wanted > size) {
    const allowed = allowedAt(situation, 'grew');
    return allowed > now ? hold(0, allowed) : growTo(situation, wanted, 'queue');
  }
  const working = agents.filter(({ holds }) => holds).length;
  const surplus = size - Math.max(minimum, working, wanted);
  return surplus > 0 ? shrink(situation, surplus) : hold(0);
};
