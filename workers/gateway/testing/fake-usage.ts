import { noAmounts, type ProjectBudget } from '../../../shared/domain/budget/amounts.ts';
import { noCalls } from '../../../shared/domain/budget/usage.ts';
import type { ProjectId } from '../../../shared/domain/ids.ts';
import type { ProjectUsage } from '../../../shared/rpc/usage.ts';

/** One call of the offline model, under the limits that were given. */
export const fakeUsage = (projectId: ProjectId, budget: ProjectBudget): ProjectUsage => {
  const totals = { ...noCalls, answered: 1, inputTokens: 900, outputTokens: 100 };
  return {
    projectId,
    ...totals,
    steps: 2,
    reserved: noAmounts,
    wallMs: 5,
    agents: [],
    models: [{ model: 'offline/engineer', ...totals }],
    budget,
    remaining: {},
  };
};
