/** The conversation that a request goes on with: what is stored before it, and its own items with references resolved. */
import { err, ok, type Result } from '../../../../../shared/errors/result.ts';
import { fromAppError } from '../../../../../shared/protocol/openai/app-error.ts';
import { invalidValue, type OpenAiRefusal } from '../../../../../shared/protocol/openai/error.ts';
import { conversationIdOf } from '../../../../../shared/protocol/responses/conversation.ts';
import type { PlacedItem } from '../../../../../shared/protocol/responses/input.ts';
import { responseOfItem } from '../../../../../shared/protocol/responses/item-ids.ts';
import {
  eitherConversationOrPrevious,
  itemNotFound,
  previousFailed,
  previousNotFound,
} from '../../../../../shared/protocol/responses/refusals.ts';
import { inputItems, type KeptItem } from '../../../../../shared/protocol/responses/stored-input.ts';
import type { InputItem, ResponsesRequest } from '../../../../../shared/schemas/responses.ts';
import type { AppContext } from '../../../app-environment.ts';
import type { ResponsePlace } from '../../../response-ids.ts';
import { readItems } from '../conversations/place.ts';
import { readContext, type ConversationContext } from './conversation-context.ts';
import { askConversation, findPlace, parseItems, readLine, readStored, type ReadTurn } from './stored.ts';

export interface History {
  /** The response that is continued. */
  readonly previous: ResponsePlace | undefined;
  /** The conversation that the answer is added to. */
  readonly conversation: ConversationContext | undefined;
  /** The request's own items. */
  readonly input: readonly KeptItem[];
  /** All of the conversation, those at its end. */
  readonly items: readonly PlacedItem[];
}

/** Responses that the references of one request may be spread over: each is one more call. */
const maxReferredResponses = 100;

/** Looks up items that are referred to; each response is read once. */
class References {
  readonly #context: AppContext;
  readonly #turns = new Map<string, Promise<Result<ReadTurn, OpenAiRefusal>>>();
  #lookups = 0;

  constructor(context: AppContext) {
    this.#context = context;
  }

  async find(id: string, param: string): Promise<Result<KeptItem, OpenAiRefusal>> {
    const missing = itemNotFound(id, param);
    const responseId = responseOfItem(id);
    if (responseId === undefined) return err(missing);
    if (!this.#turns.has(responseId) && this.#turns.size >= maxReferredResponses) {
      return err(
        invalidValue('input', `References to items of more than ${maxReferredResponses} responses are too many.`),
      );
    }
    const reading = this.#turns.get(responseId) ?? readStored(this.#context, responseId, missing);
    this.#turns.set(responseId, reading);
    const turn = await reading;
    // Another reference to the same response may have been missing first; this one is told of its own place.
    if (!turn.ok && turn.error.status !== 404) return turn;
    const items = turn.ok ? [...turn.value.response.output, ...turn.value.input] : [];
    const stored = items.find((item) => 'id' in item && item.id === id) ?? (await this.#inConversation(responseId, id));
    if (stored === undefined) return err(missing);
    const parsed = parseItems([stored]);
    if (!parsed.ok) return err(fromAppError(parsed.error));
    const [item] = parsed.value;
    return item === undefined || item.type === 'item_reference' ? err(missing) : ok(item);
  }

  /** An item that was added to a conversation, or is there still when its answer is not. */
  async #inConversation(responseId: string, itemId: string): Promise<object | undefined> {
    this.#lookups += 1;
    if (this.#lookups > maxReferredResponses) return undefined;
    const place = await findPlace(this.#context, responseId);
    if (!place.ok) return undefined;
    const found = await askConversation(this.#context, place.value, (object) => object.readItem({ itemId }));
    const items = found.ok && found.value.item !== null ? readItems([found.value.item]) : undefined;
    return items?.ok === true ? items.value[0] : undefined;
  }
}

/** Items with what references refer to in their place. `param` is where the request has them. */
export const resolveReferences = async (
  context: AppContext,
  items: readonly InputItem[],
  param: 'input' | 'items' = 'input',
): Promise<Result<readonly KeptItem[], OpenAiRefusal>> => {
  const references = new References(context);
  const kept: KeptItem[] = [];
  for (const [index, item] of items.entries()) {
    if (item.type === 'item_reference') {
      const found = await references.find(item.id, `${param}[${index}].id`);
      if (!found.ok) return found;
      kept.push(found.value);
    } else kept.push(item);
  }
  return ok(kept);
};

/** The items of stored turns, whose faults are those of the response that is continued. */
const placedBefore = (turns: readonly ReadTurn[]): Result<readonly PlacedItem[], OpenAiRefusal> => {
  const parsed = parseItems(turns.flatMap(({ input, response }) => [...input, ...response.output]));
  if (!parsed.ok) return err(fromAppError(parsed.error));
  return ok(parsed.value.map((item) => ({ item, param: 'previous_response_id' })));
};

const continued = async (
  context: AppContext,
  previousId: string,
  moreCharacters: number,
): Promise<Result<{ readonly place: ResponsePlace; readonly items: readonly PlacedItem[] }, OpenAiRefusal>> => {
  const missing = previousNotFound(previousId);
  const place = await findPlace(context, previousId, missing);
  if (!place.ok) return place;
  const line = await readLine(context, place.value, missing, moreCharacters);
  if (!line.ok) return line;
  if (line.value.at(-1)?.response.status === 'failed') return err(previousFailed);
  const items = placedBefore(line.value);
  return items.ok ? ok({ place: place.value, items: items.value }) : items;
};

/** What a request says of the conversation that it goes on with. */
type Continuation = Pick<ResponsesRequest, 'input' | 'previous_response_id' | 'conversation' | 'store'>;

/** The conversation of a request. */
export const readHistory = async (
  context: AppContext,
  request: Continuation,
): Promise<Result<History, OpenAiRefusal>> => {
  const previousId = request.previous_response_id ?? undefined;
  const conversationId = conversationIdOf(request);
  if (previousId !== undefined && conversationId !== undefined) return err(eitherConversationOrPrevious);
  const input = await resolveReferences(context, inputItems(request.input));
  if (!input.ok) return input;
  const own = input.value.map((item, index): PlacedItem => ({ item, param: `input[${index}]` }));
  const history = { previous: undefined, conversation: undefined, input: input.value, items: own };
  if (conversationId !== undefined) {
    const read = await readContext(context, conversationId, input.value);
    if (!read.ok) return read;
    return ok({ ...history, conversation: read.value.conversation, items: [...read.value.items, ...own] });
  }
  if (previousId === undefined) return ok(history);
  const remembered = context.get('turnMemory')?.find(previousId);
  if (remembered !== undefined) {
    // Nothing before it is stored, so where this answer is, all of the conversation is stored as what it was asked.
    const kept = request.store === false ? input.value : [...remembered, ...input.value];
    const before = remembered.map((item): PlacedItem => ({ item, param: 'previous_response_id' }));
    return ok({ ...history, input: kept, items: [...before, ...own] });
  }
  const before = await continued(context, previousId, JSON.stringify(input.value).length);
  if (!before.ok) return before;
  return ok({ ...history, previous: before.value.place, items: [...before.value.items, ...own] });
};
