import { offlineChat } from '../../../../shared/domain/offline-engineer/chat/chat.ts';
import { budgetNotCounted } from '../../../../shared/protocol/openai/error.ts';
import type { AppContext } from '../../app-environment.ts';
import type { ChatModel } from '../../chat-models.ts';
import { openAiError } from '../../errors/openai-error.ts';
import { problem } from '../../errors/problem.ts';
import { askWorkspace } from '../workspaces/target.ts';

/**
 * Calls of this API are not counted in any budget yet. So that a limit stays hard, a workspace that has one may not
 * make them, except to the model that costs nothing.
 */
export const refuseByBudget = async (context: AppContext, found: ChatModel): Promise<Response | undefined> => {
  if (found.type === 'translated' && found.client === offlineChat) return undefined;
  const { workspaceId } = context.var.principal;
  const budget = await askWorkspace(context, workspaceId, (workspace) => workspace.budget());
  if (!budget.ok) return problem(context, budget.error);
  return Object.keys(budget.value.limits).length === 0 ? undefined : openAiError(context, budgetNotCounted);
};
