/** The pools of a project: how many agents of a role it has at a time, as set by persons and as told in its log. */
import type { AgentId } from '../domain/ids.ts';
import type { AgentSeat } from './project-events.ts';
import type { RoleName } from './stages.ts';

/** How many agents of one role a project keeps at work. */
export interface PoolSettings {
  readonly role: RoleName;
  /** Agents that are there also when nothing waits; 1 to `maxPoolSize`. */
  readonly minimum: number;
  /** Agents that are there at most; `minimum` to `maxPoolSize`. */
  readonly maximum: number;
  /** Ready tasks that may wait for each agent before the pool grows; 0.1 to 100. */
  readonly targetLoad: number;
  /** How long an agent is idle before it may go, and how long after a change its opposite waits; 1 to 3,600. */
  readonly coolDownSeconds: number;
}

/** Why a pool changed. */
export type GrowthReason =
  /** Fewer agents than the minimum: the settings are new. */
  | 'below_minimum'
  /** More ready tasks wait than the agents are meant to have before them. */
  | 'queue';

export type ShrinkReason =
  /** More agents than the maximum: the settings are new. */
  | 'above_maximum'
  /** Agents were idle for the cool-down. */
  | 'idle'
  | 'project_ended';

/** What the decision was made from. */
export interface PoolFigures {
  /** Agents of the pool before and after. */
  readonly from: number;
  readonly to: number;
  /** Ready tasks that waited for an agent of the role. */
  readonly queued: number;
  /** Agents of the pool that held a task. */
  readonly working: number;
}

export type PoolEvent =
  | {
      /** Replaces the settings of all pools. */
      readonly type: 'pools.configured';
      readonly pools: readonly PoolSettings[];
      /** Who set them; absent when they came with the project. */
      readonly by?: string;
    }
  | {
      /** The workspace grants another number of agents, of those that the pools want. */
      readonly type: 'agents.granted';
      readonly agents: number;
      readonly wanted: number;
    }
  | ({
      readonly type: 'pool.grew';
      readonly role: RoleName;
      readonly reason: GrowthReason;
      /** Agents that were at rest. */
      readonly revived: readonly AgentId[];
      /** Agents that are new. */
      readonly enrolled: readonly AgentSeat[];
    } & PoolFigures)
  | ({
      readonly type: 'pool.shrank';
      readonly role: RoleName;
      readonly reason: ShrinkReason;
      /** Agents that rest from now on. None of them held a task. */
      readonly rested: readonly AgentId[];
    } & PoolFigures);

/** Agents of one role. */
export const maxPoolSize = 50;

/** What a pool is given where nothing else was said. */
export const defaultTargetLoad = 2;
export const defaultCoolDownSeconds = 60;
