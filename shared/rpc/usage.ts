/** What was used and what may be used, as projects and workspaces show it. */
import type { Amounts, BudgetLimits, ProjectBudget } from '../domain/budget/amounts.ts';
import type { GrantRequest, Statement } from '../domain/budget/giver.ts';
import type { CallTotals, UsageRequest } from '../domain/budget/usage.ts';
import type { AgentId, ProjectId, TaskId } from '../domain/ids.ts';
import type { QualityTotals } from '../domain/model/quality/totals.ts';
import type { RoleName } from '../protocol/stages.ts';

/** What is left of each limit, never below zero; absent where nothing is limited. */
export interface Remaining {
  readonly tokens?: number;
  readonly costMicros?: number;
  readonly steps?: number;
  readonly wallMs?: number;
}

export interface UsageView extends CallTotals {
  /** Calls of models and of tools. */
  readonly steps: number;
  /** Set aside for calls under way. */
  readonly reserved: Amounts;
}

/** As far as the agents have reported: at each step, and at the end of each run. */
export interface ProjectUsage extends UsageView {
  readonly projectId: ProjectId;
  /** Time since the project was made, without pauses. */
  readonly wallMs: number;
  readonly agents: readonly (UsageView & {
    readonly agentId: AgentId;
    readonly name: string;
    readonly role: RoleName;
  })[];
  readonly models: readonly (CallTotals & { readonly model: string })[];
  readonly budget: ProjectBudget;
  /** Of the project's own limits. */
  readonly remaining: Remaining;
}

/** An agent asks its project for its next call. */
export interface ExtendAgentGrant extends UsageRequest {
  readonly agentId: AgentId;
  readonly taskId: TaskId;
  readonly fencingToken: number;
}

/** A project asks its workspace. */
export interface ExtendProjectGrant extends GrantRequest {
  readonly projectId: ProjectId;
}

export interface ProjectStatement extends Statement {
  readonly projectId: ProjectId;
  /** What its calls and tasks say of models, since its beginning. */
  readonly quality?: QualityTotals;
}

export interface WorkspaceBudget {
  readonly limits: BudgetLimits;
  readonly used: Amounts;
  readonly reserved: Amounts;
  /** Time since the wall time was first limited. */
  readonly wallMs: number;
  readonly remaining: Remaining;
  readonly projects: readonly { readonly projectId: ProjectId; readonly used: Amounts; readonly reserved: Amounts }[];
  /** Of the calls of `/v1`; part of `used` and `reserved` above. */
  readonly api: { readonly used: Amounts; readonly reserved: Amounts };
}
