/** The pools of a project: what persons set, what follows from the queue, and what is shown of it. */
import { err, ok, type Issue, type Result } from '../../errors/result.ts';
import { maxPoolSize, type PoolFigures, type PoolSettings } from '../../protocol/pools.ts';
import type { AgentSeat, ProjectEvent } from '../../protocol/project-events.ts';
import { isFinalStatus } from '../../protocol/project-events.ts';
import type { RoleName } from '../../protocol/stages.ts';
import type { Ids } from '../../ports/ids.ts';
import type { PoolView } from '../../rpc/project-pools.ts';
import type { AgentId } from '../ids.ts';
import { decidePool, type PoolDecision, type PoolSituation } from '../pool/decide-pool.ts';
import { grantedAgents } from './granted-agents.ts';
import { activeSeats, holdersOf, isResting } from './roster.ts';
import { queuedByRole } from './schedule.ts';
import type { Pool, ProjectState } from './state.ts';

/** `backend-3`. Seats are never given up, so their count is the highest number. */
const seatName = (role: RoleName, number: number): string => `${role.replaceAll('_', '-')}-${number}`;

/** What is wrong with the settings, given the roles of the team. */
export const findPoolFaults = (pools: readonly PoolSettings[], team: readonly RoleName[]): readonly Issue[] =>
  pools.flatMap(({ role, minimum, maximum }, index): readonly Issue[] => {
    const at = `pools.${index}`;
    return [
      ...(team.includes(role)
        ? []
        : [{ field: `${at}.role`, reason: `${role} is no role of this team; it has ${team.join(', ')}` }]),
      ...(pools.findIndex((other) => other.role === role) < index
        ? [{ field: `${at}.role`, reason: `${role} is there twice` }]
        : []),
      ...(minimum < 1
        ? [{ field: `${at}.minimum`, reason: 'must be at least 1: tasks of the role would wait for ever' }]
        : []),
      ...(maximum < minimum ? [{ field: `${at}.maximum`, reason: `must be at least the minimum, ${minimum}` }] : []),
      ...(maximum > maxPoolSize ? [{ field: `${at}.maximum`, reason: `must be at most ${maxPoolSize}` }] : []),
    ];
  });

/** Replaces the settings of all pools; a role that is not named keeps the agents it has, and no longer changes. */
export const decideSetPools = (
  state: ProjectState,
  pools: readonly PoolSettings[],
  by: string,
): Result<readonly ProjectEvent[]> => {
  if (isFinalStatus(state.status) || state.copying !== undefined) {
    const why = state.copying === undefined ? `is ${state.status} already` : 'is still being copied';
    return err({ type: 'resource.conflict', detail: `The project ${why}; its pools cannot be changed.` });
  }
  const issues = findPoolFaults(pools, state.identity?.roles ?? []);
  if (issues.length > 0) return err({ type: 'request.invalid', detail: 'The pools cannot be set.', issues });
  return ok([{ type: 'pools.configured', pools, by }]);
};

const situationOf = (state: ProjectState, pool: Pool, queued: number, now: number): PoolSituation => {
  const holders = holdersOf(state);
  return {
    settings: pool,
    agents: activeSeats(state, pool.role).map(({ agentId }) => ({
      agentId,
      holds: holders.has(agentId),
      idleSince: state.idleSince?.[agentId] ?? pool.since,
    })),
    queued,
    ...(pool.lastChange === undefined ? {} : { lastChange: pool.lastChange }),
    room: grantedAgents(state) - activeSeats(state).length,
    now,
  };
};

interface Decided {
  readonly pool: Pool;
  readonly situation: PoolSituation;
  readonly decision: PoolDecision;
}

const decideAll = (state: ProjectState, now: number): readonly Decided[] => {
  const { pools = [] } = state;
  if (pools.length === 0) return [];
  const queued = queuedByRole(state);
  return pools.map((pool) => {
    const situation = situationOf(state, pool, queued.get(pool.role) ?? 0, now);
    return { pool, situation, decision: decidePool(situation) };
  });
};

const figuresOf = ({ agents, queued }: PoolSituation, to: number): PoolFigures => ({
  from: agents.length,
  to,
  queued,
  working: agents.filter(({ holds }) => holds).length,
});

/** Agents at rest come back before new ones are enrolled. */
const recruit = (
  state: ProjectState,
  role: RoleName,
  count: number,
  ids: Ids,
): { readonly revived: readonly AgentId[]; readonly enrolled: readonly AgentSeat[] } => {
  const seats = state.agents.filter((seat) => seat.role === role);
  const revived = seats.filter(({ agentId }) => isResting(state, agentId)).slice(0, count);
  return {
    revived: revived.map(({ agentId }) => agentId),
    enrolled: Array.from({ length: count - revived.length }, (_, index) => ({
      agentId: ids.create('agt'),
      role,
      name: seatName(role, seats.length + index + 1),
    })),
  };
};

const toEvent = (state: ProjectState, { pool, situation, decision }: Decided, ids: Ids): readonly ProjectEvent[] => {
  const { role } = pool;
  const size = situation.agents.length;
  switch (decision.type) {
    case 'grow': {
      const { to, reason } = decision;
      const recruits = recruit(state, role, to - size, ids);
      return [{ type: 'pool.grew', role, reason, ...recruits, ...figuresOf(situation, to) }];
    }
    case 'shrink': {
      const { agentIds: rested, reason } = decision;
      return [{ type: 'pool.shrank', role, reason, rested, ...figuresOf(situation, size - rested.length) }];
    }
    case 'hold':
      return [];
  }
};

/** What follows for the pools from the queue and the time. A rule of `advance`, after the free agents were given tasks. */
export const resizePools = (
  state: ProjectState,
  { now, ids }: { readonly now: number; readonly ids: Ids },
): readonly ProjectEvent[] => {
  // One after the other, since they share what the workspace granted.
  for (const decided of decideAll(state, now)) {
    const events = toEvent(state, decided, ids);
    if (events.length > 0) return events;
  }
  return [];
};

const shortOf = ({ decision }: Decided): number => (decision.type === 'hold' ? decision.short : 0);

/** Agents that are there, and those that pools want beyond what was granted. */
export const wantedAgents = (state: ProjectState): number =>
  decideAll(state, state.updatedAt).reduce((sum, decided) => sum + shortOf(decided), activeSeats(state).length);

/** A project that has ended needs no more than the minimum, at once; whoever still holds a task stays. */
export const restAtEnd = (state: ProjectState): readonly ProjectEvent[] =>
  isFinalStatus(state.status)
    ? (state.pools ?? []).flatMap((pool): readonly ProjectEvent[] => {
        const situation = situationOf(state, pool, 0, 0);
        const surplus = situation.agents.length - pool.minimum;
        const idle = situation.agents.filter(({ holds }) => !holds).map(({ agentId }) => agentId);
        const rested = surplus > 0 ? idle.slice(-surplus) : [];
        const { role } = pool;
        const to = situation.agents.length - rested.length;
        return rested.length === 0
          ? []
          : [{ type: 'pool.shrank', role, reason: 'project_ended', rested, ...figuresOf(situation, to) }];
      })
    : [];

/** When time alone may change a pool; undefined when it changes none. */
export const nextPoolChangeAt = (state: ProjectState): number | undefined => {
  const dues = decideAll(state, state.updatedAt).flatMap(({ decision }) =>
    decision.type === 'hold' && decision.dueAt !== undefined ? [decision.dueAt] : [],
  );
  return dues.length === 0 ? undefined : Math.min(...dues);
};

/** The pools as they are, in the order in which they were set. */
export const viewPools = (state: ProjectState, now: number): readonly PoolView[] =>
  decideAll(state, now).map((decided): PoolView => {
    const { pool, situation } = decided;
    const { since: _since, lastChange, ...settings } = pool;
    const { from: agents, working, queued } = figuresOf(situation, 0);
    const resting = state.agents.filter(({ agentId, role }) => role === pool.role && isResting(state, agentId)).length;
    const short = shortOf(decided);
    return {
      ...settings,
      agents,
      working,
      resting,
      queued,
      short,
      ...(lastChange === undefined ? {} : { lastChange }),
    };
  });
