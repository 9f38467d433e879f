/** What a project offers about its pools over Workers RPC. */
import type { Result } from '../errors/result.ts';
import type { GrowthReason, PoolFigures, PoolSettings, ShrinkReason } from '../protocol/pools.ts';

/** The last change of a pool. */
export interface PoolChange extends PoolFigures {
  readonly direction: 'grew' | 'shrank';
  readonly reason: GrowthReason | ShrinkReason;
  readonly at: number;
}

/** A pool and how it is now. */
export interface PoolView extends PoolSettings {
  /** Agents that are not at rest. */
  readonly agents: number;
  readonly working: number;
  readonly resting: number;
  /** Ready tasks that wait for an agent of the role. */
  readonly queued: number;
  /** Agents that it wants and the workspace's quota does not grant. */
  readonly short: number;
  /** Absent while the pool is as large as it began. */
  readonly lastChange?: PoolChange;
}

export interface ProjectPoolsRpc {
  /** In the order in which they were set; none unless somebody set some. */
  pools(): Promise<Result<readonly PoolView[]>>;
  /** Replaces the settings of all pools. `resource.conflict` for a project that has ended. */
  setPools(command: {
    readonly commandId: string;
    readonly pools: readonly PoolSettings[];
    readonly by: string;
  }): Promise<Result<readonly PoolView[]>>;
}
