/** What happens to the budget of a project; part of its events. */
import type { BudgetScope, ProjectBudget } from '../domain/budget/amounts.ts';
import type { BudgetDimension } from '../domain/budget/exhaustion.ts';
import type { AgentId, TaskId } from '../domain/ids.ts';

export type BudgetEvent =
  | { readonly type: 'budget.changed'; readonly budget: ProjectBudget }
  | {
      readonly type: 'budget.exhausted';
      readonly scope: BudgetScope;
      readonly dimension: BudgetDimension;
      readonly limit: number;
      readonly used: number;
      readonly unpricedModel?: string;
      /** Whose run met the limit. */
      readonly agentId?: AgentId;
      readonly taskId?: TaskId;
    };
