import { budgetNotCounted } from '../../../../shared/protocol/openai/error.ts';
import type { AppContext } from '../../app-environment.ts';
import { openAiError } from '../../errors/openai-error.ts';
import { problem } from '../../errors/problem.ts';
import { askWorkspace } from '../workspaces/target.ts';

/**
 * Calls of this API are not counted in any budget yet. So that a limit stays hard, a workspace that has one may not make
 * them, except to a model that costs nothing: undefined where the call may be made.
 */
export const refuseByBudget = async (context: AppContext): Promise<Response | undefined> => {
  const { workspaceId } = context.var.principal;
  const budget = await askWorkspace(context, workspaceId, (workspace) => workspace.budget());
  if (!budget.ok) return problem(context, budget.error);
  return Object.keys(budget.value.limits).length === 0 ? undefined : openAiError(context, budgetNotCounted);
};
