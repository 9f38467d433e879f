/**
 * What a Conversation object offers besides: a conversation that has a name, `conv_…`, and items of its own, to which answers
 * are added. There is one in an object, or none; where there is none, everything is `resource.not_found`. It is there until
 * it is deleted. Items are JSON texts, written and read by the edge.
 */
import type { Result } from '../errors/result.ts';

export interface StoredItem {
  /** No other item of the object ever had it. */
  readonly id: string;
  /** As JSON, with its id. */
  readonly item: string;
}

export interface ConversationItemsRpc {
  /** Makes the conversation, with its first items. A repeat changes nothing. */
  createConversation(command: {
    readonly id: string;
    /** JSON. */
    readonly metadata: string;
    readonly items: readonly StoredItem[];
  }): Promise<Result<{ readonly createdAt: number }>>;
  readConversation(): Promise<Result<{ readonly id: string; readonly metadata: string; readonly createdAt: number }>>;
  /** Other metadata in place of what there is. */
  describeConversation(command: {
    readonly commandId: string;
    readonly metadata: string;
  }): Promise<Result<{ readonly createdAt: number }>>;
  /** Erases it with all of its items. Answers that were made in it are kept for their time, without what was before them. */
  deleteConversation(command: { readonly commandId: string }): Promise<Result<{ readonly deleted: true }>>;
  /** Adds at the end. `request.too_large` when the conversation has no room for all of them; then none is added. */
  addItems(command: {
    readonly commandId: string;
    readonly items: readonly StoredItem[];
  }): Promise<Result<{ readonly added: number }>>;
  /** A page. `request.invalid` when there is no item `after`. */
  listItems(query: {
    readonly limit: number;
    readonly order: 'asc' | 'desc';
    readonly after?: string;
  }): Promise<Result<{ readonly items: readonly string[]; readonly hasMore: boolean }>>;
  /** One item; null when it is not there. */
  readItem(query: { readonly itemId: string }): Promise<Result<{ readonly item: string | null }>>;
  /** False when it is not there. */
  deleteItem(command: {
    readonly commandId: string;
    readonly itemId: string;
  }): Promise<Result<{ readonly deleted: boolean }>>;
  /**
   * All items, oldest first, for a model to be sent. `through` tells the edge's next command where they end.
   * `request.too_large` when they and what is to be added are too much to go on with.
   */
  readContext(query: {
    readonly moreItems: number;
    readonly moreCharacters: number;
  }): Promise<Result<{ readonly through: number; readonly items: readonly string[] }>>;
  /**
   * Takes an answer: what was asked and answered is added at the end, and the answer is kept for 30 days as `keep` keeps one,
   * both or nothing. Answers are added in the order in which they end. A repeat changes nothing.
   */
  takeAnswer(command: {
    readonly responseId: string;
    /** The last item that the model was given. */
    readonly through: number;
    readonly input: readonly StoredItem[];
    readonly output: readonly StoredItem[];
    /** False for an answer that failed: nothing of it is added. */
    readonly isAdded: boolean;
    /** The whole answer as JSON; absent: it is not kept. */
    readonly response?: string;
  }): Promise<Result<{ readonly added: number }>>;
}
