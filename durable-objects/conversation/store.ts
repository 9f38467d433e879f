/** All SQL of a conversation. */
import type { StoredTurn } from '../../shared/rpc/conversation.ts';
import { cutText, statement, type Storage } from '../platform/index.ts';

export interface NewTurn extends StoredTurn {
  readonly previousResponseId?: string;
  /** The last item of the object's conversation that was there before. */
  readonly through?: number;
  readonly expiresAt: number;
}

/** From a response back to the first of its chain; `distance` counts from 0. */
interface LineRow extends Record<string, string | number> {
  readonly id: string;
  readonly characters: number;
  /** 0 where nothing of a conversation's items was before. */
  readonly through: number;
}

const statements = {
  insert: statement<
    [id: string, previousId: string | null, characters: number, expiresAt: number, through: number | null]
  >`
    INSERT INTO response (id, previous_id, characters, expires_at, given_through) VALUES (?, ?, ?, ?, ?)`,
  insertPart: statement<[id: string, side: string, part: number, content: string]>`
    INSERT INTO response_part (response_id, side, part, content) VALUES (?, ?, ?, ?)`,
  isThere: statement<[id: string, now: number], { id: string }>`
    SELECT id FROM response WHERE id = ? AND deleted = 0 AND expires_at > ?`,
  line: statement<[id: string], LineRow>`
    WITH RECURSIVE line (id, previous_id, characters, through, distance) AS (
      SELECT id, previous_id, characters, COALESCE(given_through, 0), 0 FROM response WHERE id = ?
      UNION ALL
      SELECT response.id, response.previous_id, response.characters, COALESCE(response.given_through, 0), line.distance + 1
      FROM response JOIN line ON response.id = line.previous_id
    )
    SELECT id, characters, through FROM line ORDER BY distance DESC`,
  parts: statement<[id: string, side: string], { content: string }>`
    SELECT content FROM response_part WHERE response_id = ? AND side = ? ORDER BY part`,
  size: statement<[], { count: number; characters: number }>`
    SELECT COUNT(*) AS count, COALESCE(SUM(characters), 0) AS characters FROM response`,
  markDeleted: statement<[id: string]>`UPDATE response SET deleted = 1 WHERE id = ?`,
  sweep: statement<[now: number]>`
    WITH RECURSIVE needed (id, previous_id) AS (
      SELECT id, previous_id FROM response WHERE deleted = 0 AND expires_at > ?
      UNION
      SELECT response.id, response.previous_id FROM response JOIN needed ON response.id = needed.previous_id
    )
    DELETE FROM response WHERE id NOT IN (SELECT id FROM needed)`,
  sweepParts: statement`DELETE FROM response_part WHERE response_id NOT IN (SELECT id FROM response)`,
  nextExpiry: statement<[now: number], { expires_at: number | null }>`
    SELECT MIN(expires_at) AS expires_at FROM response WHERE expires_at > ?`,
};

export class ConversationStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Inside a transaction. */
  insert(turn: NewTurn): void {
    const { responseId, previousResponseId, input, response, expiresAt, through } = turn;
    const characters = input.length + response.length;
    this.#storage.run(
      statements.insert,
      responseId,
      previousResponseId ?? null,
      characters,
      expiresAt,
      through ?? null,
    );
    for (const [side, text] of [['input', input] as const, ['response', response] as const]) {
      for (const [part, content] of cutText(text).entries()) {
        this.#storage.run(statements.insertPart, responseId, side, part, content);
      }
    }
  }

  /** True while the response can be asked for. */
  isThere(responseId: string, now: number): boolean {
    return this.#storage.first(statements.isThere, responseId, now) !== undefined;
  }

  /** The ids of the line that ends with the response, oldest first, with their sizes. */
  line(responseId: string): readonly Pick<LineRow, 'id' | 'characters' | 'through'>[] {
    return this.#storage.all(statements.line, responseId);
  }

  turn(responseId: string): StoredTurn {
    return { responseId, input: this.#text(responseId, 'input'), response: this.#text(responseId, 'response') };
  }

  /** Of everything that is kept. */
  size(): { readonly count: number; readonly characters: number } {
    return this.#storage.first(statements.size) ?? { count: 0, characters: 0 };
  }

  markDeleted(responseId: string): void {
    this.#storage.run(statements.markDeleted, responseId);
  }

  /** Drops what nobody can ask for any more, except what an answer that can be asked for continues. */
  sweep(now: number): void {
    this.#storage.run(statements.sweep, now);
    this.#storage.run(statements.sweepParts);
  }

  /** When the next response is past its time; undefined when there is none. */
  nextExpiry(now: number): number | undefined {
    return this.#storage.first(statements.nextExpiry, now)?.expires_at ?? undefined;
  }

  #text(responseId: string, side: string): string {
    return this.#storage
      .all(statements.parts, responseId, side)
      .map(({ content }) => content)
      .join('');
  }
}
