/**
 * The answers of one chain of the Responses API, each kept for 30 days. The edge names the object by the chain's root,
 * which the id of every response carries, within the caller's workspace; so a chain lives in one object, and another
 * workspace's id leads nowhere.
 */
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { ConversationRpc, StoredTurn } from '../../shared/rpc/conversation.ts';
import { ManagedObject } from '../platform/index.ts';
import { conversationMigrations, conversationTables } from './migrations.ts';
import { ConversationStore } from './store.ts';

const keptForMs = 30 * 24 * 60 * 60 * 1_000;

/** What a model is to be sent, and what one call between Workers can carry, in UTF-16 units. */
const maxLineCharacters = 12 * 1_048_576;
/** Of all branches together. */
const maxCharacters = 256 * 1_048_576;
const maxResponses = 10_000;

const notThere = err({ type: 'resource.not_found', detail: 'There is no such response.' } as const);

const tooLarge = (reason: string): Result<never> =>
  err({
    type: 'request.too_large',
    detail: `The conversation ${reason}. Start a new one with the part of it that matters.`,
    issues: [{ field: 'body.previous_response_id', reason }],
  });

/** A reply that was kept by the inbox is a `Result` itself. */
const flatten = <Value>(kept: Result<Result<Value>>): Result<Value> => (kept.ok ? kept.value : kept);

export class ConversationObject extends ManagedObject implements ConversationRpc {
  readonly #store: ConversationStore;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env, {
      migrations: conversationMigrations,
      openTables: conversationTables,
      irreversible:
        'what was answered was read. Go on from an earlier response with previous_response_id, or delete one with DELETE /v1/responses/{id}',
    });
    this.#store = new ConversationStore(this.storage);
    this.timers.on('sweep', () => this.transact(() => this.#sweep()));
  }

  async keep(command: Parameters<ConversationRpc['keep']>[0]): ReturnType<ConversationRpc['keep']> {
    const { responseId, previousResponseId, input, response } = command;
    return flatten(
      this.transact(() =>
        this.inbox.once(responseId, command, this.now(), (): Result<{ readonly expiresAt: number }> => {
          if (previousResponseId !== undefined && this.#store.line(previousResponseId).length === 0) return notThere;
          const room = this.#room(input.length + response.length);
          if (!room.ok) return room;
          const expiresAt = this.now() + keptForMs;
          this.#store.insert({ ...command, expiresAt });
          this.timers.ensure({ name: 'sweep', dueAt: expiresAt });
          return ok({ expiresAt });
        }),
      ),
    );
  }

  async turn(query: { readonly responseId: string }): Promise<Result<StoredTurn>> {
    return this.#store.isThere(query.responseId, this.now()) ? ok(this.#store.turn(query.responseId)) : notThere;
  }

  async line(query: Parameters<ConversationRpc['line']>[0]): ReturnType<ConversationRpc['line']> {
    if (!this.#store.isThere(query.responseId, this.now())) return notThere;
    const { moreCharacters = 0 } = query;
    const line = this.#store.line(query.responseId);
    const characters = line.reduce((sum, response) => sum + response.characters, moreCharacters);
    if (characters > maxLineCharacters) {
      return tooLarge(`has grown to ${characters} characters; at most ${maxLineCharacters} can be continued`);
    }
    const room = this.#room(moreCharacters);
    return room.ok ? ok(line.map(({ id }) => this.#store.turn(id))) : room;
  }

  async forget(command: Parameters<ConversationRpc['forget']>[0]): ReturnType<ConversationRpc['forget']> {
    return flatten(
      this.transact(() =>
        this.inbox.once(command.commandId, command, this.now(), (): Result<{ readonly deleted: true }> => {
          if (!this.#store.isThere(command.responseId, this.now())) return notThere;
          this.#store.markDeleted(command.responseId);
          this.#sweep();
          return ok({ deleted: true });
        }),
      ),
    );
  }

  #room(more: number): Result<{ readonly more: number }> {
    const { count, characters } = this.#store.size();
    if (count >= maxResponses) return tooLarge(`has ${count} responses, which is all it can have`);
    return characters + more > maxCharacters
      ? tooLarge(`would have more than ${maxCharacters} characters with all its branches`)
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
