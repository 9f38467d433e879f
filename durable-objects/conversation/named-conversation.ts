/** The rules of a conversation that has a name and items of its own. Everything runs inside a transaction of the object. */
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { ConversationItemsRpc, StoredItem } from '../../shared/rpc/conversation-items.ts';
import type { ItemStore } from './item-store.ts';
import { maxItems, maxLineCharacters, tooLarge } from './limits.ts';

type Asked<Method extends keyof ConversationItemsRpc> = Parameters<ConversationItemsRpc[Method]>[0];
type Answered<Method extends keyof ConversationItemsRpc> = Awaited<ReturnType<ConversationItemsRpc[Method]>>;

const notThere = err({ type: 'resource.not_found', detail: 'There is no such conversation.' } as const);

const noSuchItem = err({
  type: 'request.invalid',
  detail: 'There is no item of this id.',
  issues: [{ field: 'query.after', reason: 'is no item of the conversation' }],
} as const);

const addedBefore = err({
  type: 'resource.conflict',
  detail: 'Items of this command are in the conversation already. Use a new id for a new command.',
} as const);

/** Of texts as they are stored. */
export const charactersOf = (items: readonly StoredItem[]): number =>
  items.reduce((sum, { item }) => sum + item.length, 0);

export class NamedConversation {
  readonly #items: ItemStore;

  constructor(items: ItemStore) {
    this.#items = items;
  }

  create({ id, metadata, items }: Asked<'createConversation'>, createdAt: number): Answered<'createConversation'> {
    const room = this.#room('body.items', items.length, charactersOf(items));
    if (!room.ok) return room;
    this.#items.create(id, metadata, createdAt);
    this.#items.add(items);
    return ok({ createdAt });
  }

  read(): Answered<'readConversation'> {
    const conversation = this.#items.conversation();
    return conversation === undefined ? notThere : ok(conversation);
  }

  describe({ metadata }: Asked<'describeConversation'>): Answered<'describeConversation'> {
    const conversation = this.read();
    if (!conversation.ok) return conversation;
    this.#items.describe(metadata);
    return ok({ createdAt: conversation.value.createdAt });
  }

  erase(): Answered<'deleteConversation'> {
    const conversation = this.read();
    if (!conversation.ok) return conversation;
    this.#items.erase();
    return ok({ deleted: true });
  }

  add({ items }: Asked<'addItems'>): Answered<'addItems'> {
    const conversation = this.read();
    if (!conversation.ok) return conversation;
    // Ids follow from the command, whose reply is kept for a day only.
    if (items.some(({ id: itemId }) => this.#items.sequenceOf(itemId) !== undefined)) return addedBefore;
    const room = this.#room('body.items', items.length, charactersOf(items));
    if (!room.ok) return room;
    this.#items.add(items);
    return ok({ added: items.length });
  }

  list({ limit, order, after }: Asked<'listItems'>): Answered<'listItems'> {
    const conversation = this.read();
    if (!conversation.ok) return conversation;
    const start = after === undefined ? undefined : this.#items.sequenceOf(after);
    if (after !== undefined && start === undefined) return noSuchItem;
    const everything = { from: 0, before: Number.MAX_SAFE_INTEGER, limit: limit + 1 };
    const further = order === 'asc' ? { from: start ?? 0 } : { before: start ?? everything.before };
    const items = this.#items.page(order, { ...everything, ...further });
    return ok({ items: items.slice(0, limit), hasMore: items.length > limit });
  }

  item({ itemId }: Asked<'readItem'>): Answered<'readItem'> {
    const conversation = this.read();
    if (!conversation.ok) return conversation;
    const sequence = this.#items.sequenceOf(itemId);
    return ok({ item: sequence === undefined ? null : this.#items.text(sequence) });
  }

  remove({ itemId }: Asked<'deleteItem'>): Answered<'deleteItem'> {
    const conversation = this.read();
    if (!conversation.ok) return conversation;
    const sequence = this.#items.sequenceOf(itemId);
    if (sequence === undefined) return ok({ deleted: false });
    this.#items.delete(sequence);
    return ok({ deleted: true });
  }

  context({ moreItems, moreCharacters }: Asked<'readContext'>): Answered<'readContext'> {
    const conversation = this.read();
    if (!conversation.ok) return conversation;
    const room = this.#room('body.conversation', moreItems, moreCharacters);
    if (!room.ok) return room;
    const through = this.#items.last();
    return ok({ through, items: this.#items.through(through) });
  }

  /** The model was asked after there was room, so what it answered is taken even where it goes beyond that. */
  take({ input, output, isAdded }: Asked<'takeAnswer'>): Answered<'takeAnswer'> {
    const conversation = this.read();
    if (!conversation.ok) return conversation;
    const items = isAdded ? [...input, ...output] : [];
    this.#items.add(items);
    return ok({ added: items.length });
  }

  /** What can never be sent to a model is not taken either. */
  #room(field: string, moreItems: number, moreCharacters: number): Result<undefined> {
    const { count, characters } = this.#items.size();
    if (count + moreItems > maxItems) {
      return tooLarge(field, `would have ${count + moreItems} items; at most ${maxItems} can be in it`);
    }
    const length = characters + moreCharacters;
    return length > maxLineCharacters
      ? tooLarge(field, `has grown to ${length} characters; at most ${maxLineCharacters} can be continued`)
      : ok(undefined);
  }
}
