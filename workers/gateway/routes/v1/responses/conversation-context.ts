/** The conversation that a request is part of: its items stand before the request's own. */
import { err, ok, type Result } from '../../../../../shared/errors/result.ts';
import { fromAppError } from '../../../../../shared/protocol/openai/app-error.ts';
import type { OpenAiRefusal } from '../../../../../shared/protocol/openai/error.ts';
import type { PlacedItem } from '../../../../../shared/protocol/responses/input.ts';
import { duplicateItem } from '../../../../../shared/protocol/responses/refusals.ts';
import type { KeptItem } from '../../../../../shared/protocol/responses/stored-input.ts';
import type { AppContext } from '../../../app-environment.ts';
import type { ConversationPlace } from '../../../conversation-ids.ts';
import { askPlace, findConversation, readItems } from '../conversations/place.ts';
import { parseItems } from './stored.ts';

/** A conversation as a request found it. */
export interface ConversationContext extends ConversationPlace {
  /** Its last item then. */
  readonly through: number;
}

export interface ReadContext {
  readonly conversation: ConversationContext;
  readonly items: readonly PlacedItem[];
}

/** Refused where the conversation is not the caller's, or has no room for the input, before a model is asked. */
export const readContext = async (
  context: AppContext,
  id: string,
  input: readonly KeptItem[],
): Promise<Result<ReadContext, OpenAiRefusal>> => {
  const place = await findConversation(context, id);
  if (!place.ok) return place;
  const more = { moreItems: input.length, moreCharacters: JSON.stringify(input).length };
  const read = await askPlace(context, place.value, (conversation) => conversation.readContext(more));
  if (!read.ok) return read;
  const stored = readItems(read.value.items);
  if (!stored.ok) return stored;
  const known = new Set(stored.value.map((item) => item.id));
  const double = input.findIndex((item) => typeof item.id === 'string' && known.has(item.id));
  if (double >= 0) return err(duplicateItem(input[double]?.id ?? '', `input[${double}].id`));
  const parsed = parseItems(stored.value);
  if (!parsed.ok) return err(fromAppError(parsed.error));
  const items = parsed.value.map((item) => ({ item, param: 'conversation' }));
  return ok({ conversation: { ...place.value, through: read.value.through }, items });
};
