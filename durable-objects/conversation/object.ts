/**
 * The answers of one chain of the Responses API, each kept for 30 days, or a conversation with items of its own and the
 * answers that were made in it. The edge names the object by the root, which the id of every response and the
 * conversation's own carry, within the caller's workspace; so a chain lives in one object, what an answer adds to its
 * conversation is one transaction with keeping it, and another workspace's id leads nowhere.
 */
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { ConversationItemsRpc } from '../../shared/rpc/conversation-items.ts';
import type { ConversationRpc, StoredTurn } from '../../shared/rpc/conversation.ts';
import { ManagedObject } from '../platform/index.ts';
import { ItemStore } from './item-store.ts';
import { maxCharacters, maxLineCharacters, maxResponses, tooLarge } from './limits.ts';
import { conversationMigrations, conversationTables } from './migrations.ts';
import { charactersOf, NamedConversation } from './named-conversation.ts';
import { ConversationStore, type NewTurn } from './store.ts';

const keptForMs = 30 * 24 * 60 * 60 * 1_000;

const notThere = err({ type: 'resource.not_found', detail: 'There is no such response.' } as const);

const continued = 'body.previous_response_id';

type Asked<Method extends keyof ConversationItemsRpc> = Parameters<ConversationItemsRpc[Method]>[0];

/** A reply that was kept by the inbox is a `Result` itself. */
const flatten = <Value>(kept: Result<Result<Value>>): Result<Value> => (kept.ok ? kept.value : kept);

export class ConversationObject extends ManagedObject implements ConversationRpc, ConversationItemsRpc {
  readonly #store: ConversationStore;
  readonly #items: ItemStore;
  readonly #named: NamedConversation;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env, {
      migrations: conversationMigrations,
      openTables: conversationTables,
      irreversible:
        'what was answered was read. Go on from an earlier response with previous_response_id, or delete one with DELETE /v1/responses/{id}; items of a conversation are deleted with DELETE /v1/conversations/{id}/items/{item_id}',
    });
    this.#store = new ConversationStore(this.storage);
    this.#items = new ItemStore(this.storage);
    this.#named = new NamedConversation(this.#items);
    this.timers.on('sweep', () => this.transact(() => this.#sweep()));
  }

  async keep(command: Parameters<ConversationRpc['keep']>[0]): ReturnType<ConversationRpc['keep']> {
    const { responseId, previousResponseId, input, response } = command;
    return this.#once(responseId, command, (): Result<{ readonly expiresAt: number }> => {
      if (previousResponseId !== undefined && this.#store.line(previousResponseId).length === 0) return notThere;
      const room = this.#room(continued, input.length + response.length);
      if (!room.ok) return room;
      return ok({ expiresAt: this.#insert(command) });
    });
  }

  async turn(query: { readonly responseId: string }): Promise<Result<StoredTurn>> {
    return this.#store.isThere(query.responseId, this.now()) ? ok(this.#store.turn(query.responseId)) : notThere;
  }

  async line(query: Parameters<ConversationRpc['line']>[0]): ReturnType<ConversationRpc['line']> {
    if (!this.#store.isThere(query.responseId, this.now())) return notThere;
    const { moreCharacters = 0 } = query;
    const line = this.#store.line(query.responseId);
    const before = (through: number): number => (through === 0 ? 0 : this.#items.size(through).characters);
    const characters = line.reduce((sum, one) => sum + one.characters + before(one.through), moreCharacters);
    if (characters > maxLineCharacters) {
      return tooLarge(
        continued,
        `has grown to ${characters} characters; at most ${maxLineCharacters} can be continued`,
      );
    }
    const room = this.#room(continued, moreCharacters);
    if (!room.ok) return room;
    return ok(
      line.map(({ id, through }) => {
        const turn = this.#store.turn(id);
        return through === 0 ? turn : { ...turn, before: `[${this.#items.through(through).join(',')}]` };
      }),
    );
  }

  async forget(command: Parameters<ConversationRpc['forget']>[0]): ReturnType<ConversationRpc['forget']> {
    return this.#once(command.commandId, command, (): Result<{ readonly deleted: true }> => {
      if (!this.#store.isThere(command.responseId, this.now())) return notThere;
      this.#store.markDeleted(command.responseId);
      this.#sweep();
      return ok({ deleted: true });
    });
  }

  async createConversation(
    command: Asked<'createConversation'>,
  ): ReturnType<ConversationItemsRpc['createConversation']> {
    return this.#once(command.id, command, () => this.#named.create(command, this.now()));
  }

  async readConversation(): ReturnType<ConversationItemsRpc['readConversation']> {
    return this.#named.read();
  }

  async describeConversation(
    command: Asked<'describeConversation'>,
  ): ReturnType<ConversationItemsRpc['describeConversation']> {
    return this.#once(command.commandId, command, () => this.#named.describe(command));
  }

  async deleteConversation(
    command: Asked<'deleteConversation'>,
  ): ReturnType<ConversationItemsRpc['deleteConversation']> {
    return this.#once(command.commandId, command, () => this.#named.erase());
  }

  async addItems(command: Asked<'addItems'>): ReturnType<ConversationItemsRpc['addItems']> {
    return this.#once(command.commandId, command, () => this.#named.add(command));
  }

  async listItems(query: Asked<'listItems'>): ReturnType<ConversationItemsRpc['listItems']> {
    return this.#named.list(query);
  }

  async readItem(query: Asked<'readItem'>): ReturnType<ConversationItemsRpc['readItem']> {
    return this.#named.item(query);
  }

  async deleteItem(command: Asked<'deleteItem'>): ReturnType<ConversationItemsRpc['deleteItem']> {
    return this.#once(command.commandId, command, () => this.#named.remove(command));
  }

  async readContext(query: Asked<'readContext'>): ReturnType<ConversationItemsRpc['readContext']> {
    const room = this.#room('body.conversation', query.moreCharacters);
    return room.ok ? this.#named.context(query) : room;
  }

  async takeAnswer(command: Asked<'takeAnswer'>): ReturnType<ConversationItemsRpc['takeAnswer']> {
    const { responseId, through, input, response } = command;
    return this.#once(responseId, command, () => {
      const room = this.#room('body.conversation', charactersOf(input) + (response?.length ?? 0));
      if (!room.ok) return room;
      const taken = this.#named.take(command);
      if (!taken.ok || response === undefined) return taken;
      this.#insert({ responseId, input: `[${input.map(({ item }) => item).join(',')}]`, response, through });
      return taken;
    });
  }

  /** A command is done once; what it refuses changes nothing. */
  #once<Value>(commandId: string, command: object, handle: () => Result<Value>): Result<Value> {
    return flatten(this.transact(() => this.inbox.once(commandId, command, this.now(), handle)));
  }

  #insert(turn: Omit<NewTurn, 'expiresAt'>): number {
    const expiresAt = this.now() + keptForMs;
    this.#store.insert({ ...turn, expiresAt });
    this.timers.ensure({ name: 'sweep', dueAt: expiresAt });
    return expiresAt;
  }

  #room(field: string, more: number): Result<{ readonly more: number }> {
    const { count, characters } = this.#store.size();
    if (count >= maxResponses) return tooLarge(field, `has ${count} responses, which is all it can have`);
    return characters + this.#items.size().characters + more > maxCharacters
      ? tooLarge(field, `would have more than ${maxCharacters} characters with all its branches`)
      : ok({ more });
  }

  #sweep(): void {
    const now = this.now();
    this.#store.sweep(now);
    const dueAt = this.#store.nextExpiry(now);
    if (dueAt === undefined) this.timers.cancel('sweep');
    else this.timers.set({ name: 'sweep', dueAt });
  }
}
