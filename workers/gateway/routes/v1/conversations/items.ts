/** `/v1/conversations/{id}/items`: listed in pages, added, shown and deleted one by one. */
import { conversationItemNotFound } from '../../../../../shared/protocol/responses/refusals.ts';
import { invalidValue, type OpenAiRefusal } from '../../../../../shared/protocol/openai/error.ts';
import { toStoredItems } from '../../../../../shared/protocol/responses/conversation.ts';
import { addItemsSchema } from '../../../../../shared/schemas/conversations.ts';
import { inputItemsQuerySchema } from '../../../../../shared/schemas/responses.ts';
import type { AppContext } from '../../../app-environment.ts';
import { openAiError } from '../../../errors/openai-error.ts';
import { shownItems } from '../included.ts';
import { readJsonBody, refusalOf } from '../request-body.ts';
import { readNewItems } from './new-items.ts';
import { readConversation } from './one.ts';
import { askPlace, findConversation, readItems } from './place.ts';

const idOf = (item: object | undefined): string =>
  item !== undefined && 'id' in item && typeof item.id === 'string' ? item.id : '';

/** OpenAI's document wants a text for the ids of an empty page as well. */
const page = (context: AppContext, items: readonly object[], hasMore: boolean): Response =>
  context.json({
    object: 'list',
    data: shownItems(context, items),
    first_id: idOf(items[0]),
    last_id: idOf(items.at(-1)),
    has_more: hasMore,
  });

/** The one thing about a page that only the conversation knows. */
const unlessAfter = (refusal: OpenAiRefusal): OpenAiRefusal =>
  refusal.status === 400 ? invalidValue('after', refusal.error.message) : refusal;

export const listItems = async (context: AppContext, id: string): Promise<Response> => {
  const query = inputItemsQuerySchema.safeParse(context.req.query());
  if (!query.success) return openAiError(context, refusalOf(query.error));
  const place = await findConversation(context, id);
  if (!place.ok) return openAiError(context, place.error);
  const { limit, order, after } = query.data;
  const asked = { limit, order, ...(after === undefined ? {} : { after }) };
  const listed = await askPlace(context, place.value, (conversation) => conversation.listItems(asked));
  if (!listed.ok) return openAiError(context, after === undefined ? listed.error : unlessAfter(listed.error));
  const items = readItems(listed.value.items);
  return items.ok ? page(context, items.value, listed.value.hasMore) : openAiError(context, items.error);
};

export const addItems = async (context: AppContext, id: string): Promise<Response> => {
  const read = readJsonBody(context);
  if (read instanceof Response) return read;
  const parsed = addItemsSchema.safeParse(read.value);
  if (!parsed.success) return openAiError(context, refusalOf(parsed.error));
  const place = await findConversation(context, id);
  if (!place.ok) return openAiError(context, place.error);
  const items = await readNewItems(context, place.value, parsed.data.items);
  if (!items.ok) return openAiError(context, items.error);
  const command = { commandId: context.var.commandId, items: toStoredItems(items.value) };
  const added = await askPlace(context, place.value, (conversation) => conversation.addItems(command));
  return added.ok ? page(context, items.value, false) : openAiError(context, added.error);
};

export const showItem = async (context: AppContext, id: string, itemId: string): Promise<Response> => {
  const place = await findConversation(context, id);
  if (!place.ok) return openAiError(context, place.error);
  const found = await askPlace(context, place.value, (conversation) => conversation.readItem({ itemId }));
  if (!found.ok) return openAiError(context, found.error);
  if (found.value.item === null) return openAiError(context, conversationItemNotFound(id, itemId));
  const items = readItems([found.value.item]);
  return items.ok ? context.json(shownItems(context, items.value)[0]) : openAiError(context, items.error);
};

export const deleteItem = async (context: AppContext, id: string, itemId: string): Promise<Response> => {
  const place = await findConversation(context, id);
  if (!place.ok) return openAiError(context, place.error);
  const command = { commandId: context.var.commandId, itemId };
  const done = await askPlace(context, place.value, (conversation) => conversation.deleteItem(command));
  if (!done.ok) return openAiError(context, done.error);
  if (!done.value.deleted) return openAiError(context, conversationItemNotFound(id, itemId));
  const conversation = await readConversation(context, place.value);
  return conversation.ok ? context.json(conversation.value) : openAiError(context, conversation.error);
};
