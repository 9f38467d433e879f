/** An answer is kept before it is said to be whole. It may be tried again: the same answer is kept once. */
import { ok, type Result } from '../../../../../shared/errors/result.ts';
import { toNewItems, toStoredItems } from '../../../../../shared/protocol/responses/conversation.ts';
import { toStoredInput, withoutReferences } from '../../../../../shared/protocol/responses/stored-input.ts';
import type { AppContext } from '../../../app-environment.ts';
import type { ResponseCall } from './answer.ts';
import type { ConversationContext } from './conversation-context.ts';
import { askConversation, parseItems } from './stored.ts';

/** To its conversation, whether the answer itself is to be stored or not; nothing of one that failed. */
const keepIn = async (
  context: AppContext,
  call: ResponseCall,
  conversation: ConversationContext,
): Promise<Result<unknown>> => {
  const { responseId } = call.place;
  const response = call.writer.whole();
  const isAdded = response.status !== 'failed';
  if (!isAdded && !call.store) return ok(undefined);
  const command = {
    responseId,
    through: conversation.through,
    input: toStoredItems(toNewItems(responseId, call.input)),
    output: toStoredItems(response.output),
    isAdded,
    ...(call.store ? { response: JSON.stringify(response) } : {}),
  };
  return await askConversation(context, conversation, (object) => object.takeAnswer(command));
};

/** On a connection that remembers its last answers, one that is not stored can be continued as well. */
const remember = (context: AppContext, { place, items, writer }: ResponseCall): Result<unknown> => {
  const memory = context.get('turnMemory');
  if (memory === undefined) return ok(undefined);
  const output = parseItems(writer.whole().output);
  if (!output.ok) return output;
  memory.keep(place.responseId, withoutReferences([...items.map(({ item }) => item), ...output.value]));
  return ok(undefined);
};

/** Keeps the answer where that was asked for. */
export const keepAnswer = async (context: AppContext, call: ResponseCall): Promise<Result<unknown>> => {
  if (call.conversation !== undefined) {
    const added = await keepIn(context, call, call.conversation);
    if (!added.ok || call.store) return added;
  }
  if (!call.store) return remember(context, call);
  const { responseId } = call.place;
  const command = {
    responseId,
    ...(call.previous === undefined ? {} : { previousResponseId: call.previous.responseId }),
    input: JSON.stringify(toStoredInput(responseId, call.input)),
    response: JSON.stringify(call.writer.whole()),
  };
  return await askConversation(context, call.place, (conversation) => conversation.keep(command));
};
