/** Items that a request brings to a conversation. */
import { ok, type Result } from '../../../../../shared/errors/result.ts';
import type { OpenAiRefusal } from '../../../../../shared/protocol/openai/error.ts';
import { checkNewItems, toNewItems } from '../../../../../shared/protocol/responses/conversation.ts';
import type { InputItem } from '../../../../../shared/schemas/responses.ts';
import type { AppContext } from '../../../app-environment.ts';
import type { ConversationPlace } from '../../../conversation-ids.ts';
import { resolveReferences } from '../responses/history.ts';

/** With ids, and with what references refer to in their place. A repeated command brings the same ids. */
export const readNewItems = async (
  context: AppContext,
  place: ConversationPlace,
  sent: readonly InputItem[],
): Promise<Result<readonly object[], OpenAiRefusal>> => {
  const { services, principal, commandId } = context.var;
  const items = await resolveReferences(context, sent, 'items');
  if (!items.ok) return items;
  const checked = checkNewItems(items.value);
  if (!checked.ok) return checked;
  // An id like that of a response leads back to the object, so that the items can be referred to.
  const own = (await services.hash.sign(`items/${commandId}`)).slice(0, 16);
  const { responseId } = await services.responseIds.create(principal.workspaceId, place.conversationId, own);
  return ok(toNewItems(responseId, checked.value));
};
