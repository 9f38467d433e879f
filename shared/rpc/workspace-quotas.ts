/** What a Workspace object offers about its quotas. Times are milliseconds since the epoch. */
import type { ProjectId } from '../domain/ids.ts';
import type { HoldRequest } from '../domain/quota/decide-hold.ts';
import type { QuotaAmounts, QuotaName } from '../domain/quota/quotas.ts';
import type { Result } from '../errors/result.ts';

export interface QuotaView {
  readonly quota: QuotaName;
  readonly limit: number;
  /** Who says so: the workspace's own setting, the platform's variable, or the table of defaults. */
  readonly source: 'workspace' | 'platform' | 'default';
  readonly used: number;
  /** The oldest statement that the figure is made of; absent where nobody holds anything. */
  readonly oldestStatementAt?: number;
  /** Who set the workspace's own limit. */
  readonly setBy?: string;
}

/** For the projects of the workspace. */
export interface WorkspaceHoldings {
  /**
   * Asks for totals of quotas, or states them. Repeating it is harmless. What was held before the project was
   * registered is given back when there is no such project ten minutes later.
   * @returns what the project holds now; `quota.exceeded` only in the mode `all`.
   */
  holdQuota(command: HoldRequest & { readonly projectId: ProjectId }): Promise<Result<QuotaAmounts>>;
}

/** For the edge. */
export interface WorkspaceQuotas extends WorkspaceHoldings {
  quotas(): Promise<Result<readonly QuotaView[]>>;
  /** Sets limits of the workspace's own; null takes one away. Others stay. What is held above a new limit stays held. */
  setQuotas(command: {
    readonly commandId: string;
    readonly limits: Readonly<Partial<Record<QuotaName, number | null>>>;
    readonly by: string;
  }): Promise<Result<readonly QuotaView[]>>;
}
