/** Conversations of the caller's own workspace, as the routes use them. */
import { err, ok, type AppError, type Result } from '../../../../../shared/errors/result.ts';
import { fromAppError } from '../../../../../shared/protocol/openai/app-error.ts';
import type { OpenAiRefusal } from '../../../../../shared/protocol/openai/error.ts';
import { conversationNotFound } from '../../../../../shared/protocol/responses/refusals.ts';
import type { ConversationItemsRpc } from '../../../../../shared/rpc/conversation-items.ts';
import { storedItemSchema, type ConversationItem } from '../../../../../shared/schemas/conversations.ts';
import type { AppContext } from '../../../app-environment.ts';
import type { ConversationPlace } from '../../../conversation-ids.ts';
import { askConversation } from '../responses/stored.ts';

/** What was asked of the conversation. One that is gone is not found in OpenAI's words. */
export const askPlace = async <Value>(
  context: AppContext,
  place: ConversationPlace,
  call: (conversation: ConversationItemsRpc) => Promise<Result<Value>>,
): Promise<Result<Value, OpenAiRefusal>> => {
  const answer = await askConversation(context, place, call);
  if (answer.ok) return answer;
  return err(answer.error.type === 'resource.not_found' ? conversationNotFound(place.id) : fromAppError(answer.error));
};

/** Where the conversation is kept; refused when it cannot be one of the caller's. */
export const findConversation = async (
  context: AppContext,
  id: string,
): Promise<Result<ConversationPlace, OpenAiRefusal>> => {
  const { services, principal } = context.var;
  const place = await services.conversationIds.find(principal.workspaceId, id);
  return place === undefined ? err(conversationNotFound(id)) : ok(place);
};

const unreadable: AppError = { type: 'state.unreadable', detail: 'A stored item cannot be read by this version.' };

/** Items as they were stored. */
export const readItems = (texts: readonly string[]): Result<readonly ConversationItem[], OpenAiRefusal> => {
  const items: ConversationItem[] = [];
  for (const text of texts) {
    const parsed = storedItemSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return err(fromAppError(unreadable));
    items.push(parsed.data);
  }
  return ok(items);
};
