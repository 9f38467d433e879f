/**
 * What a Conversation object offers to the edge: the answers of one chain, with what they answered. A chain may branch,
 * since any answer of it can be continued. Everything is addressed by the whole id of a response, and one that is not
 * there, was deleted or is past its time is `resource.not_found`.
 */
import type { Result } from '../errors/result.ts';

/** One request and its answer. Both texts are JSON, written and read by the edge. */
export interface StoredTurn {
  readonly responseId: string;
  /** A list of items. */
  readonly input: string;
  /** The whole answer. */
  readonly response: string;
  /**
   * A list of the items that its conversation had before it, as far as they are still there. Told only where it is part of
   * a line, and of an answer that was made in a conversation: see `conversation-items.ts`.
   */
  readonly before?: string;
}

export interface ConversationRpc {
  /**
   * Keeps an answer for 30 days. A repeat changes nothing; another answer under the same id is `idempotency.mismatch`.
   * `request.too_large` when the conversation has no room for it.
   */
  keep(
    command: StoredTurn & {
      /** Absent for the first of a chain. */
      readonly previousResponseId?: string;
    },
  ): Promise<Result<{ readonly expiresAt: number }>>;
  /** One answer. */
  turn(query: { readonly responseId: string }): Promise<Result<StoredTurn>>;
  /**
   * Everything from the start of the chain up to this answer, oldest first; also what was deleted meanwhile, which is
   * kept as long as an answer needs it. `request.too_large` when that and `moreCharacters` are too much to go on with.
   */
  line(query: {
    readonly responseId: string;
    readonly moreCharacters?: number;
  }): Promise<Result<readonly StoredTurn[]>>;
  /** Deletes one answer. What answers that continue it need of it goes with the last of them. */
  forget(command: {
    readonly commandId: string;
    readonly responseId: string;
  }): Promise<Result<{ readonly deleted: true }>>;
}
