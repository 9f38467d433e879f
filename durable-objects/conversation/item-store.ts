/** All SQL of a conversation's items. */
import type { StoredItem } from '../../shared/rpc/conversation-items.ts';
import { cutText, statement, type Storage } from '../platform/index.ts';

interface NamedConversation extends Record<string, string | number> {
  readonly id: string;
  readonly metadata: string;
  readonly createdAt: number;
}

/** Sequences after the first and before the second. */
interface Range {
  readonly from: number;
  readonly before: number;
  readonly limit: number;
}

const statements = {
  create: statement<[id: string, metadata: string, createdAt: number]>`
    INSERT INTO conversation (id, metadata, created_at) VALUES (?, ?, ?)`,
  conversation: statement<[], NamedConversation>`
    SELECT id, metadata, created_at AS createdAt FROM conversation`,
  describe: statement<[metadata: string]>`UPDATE conversation SET metadata = ?`,
  erase: statement`DELETE FROM conversation`,
  eraseItems: statement`DELETE FROM item`,
  eraseParts: statement`DELETE FROM item_part`,
  insert: statement<[id: string, characters: number], { sequence: number }>`
    INSERT INTO item (id, characters) VALUES (?, ?) RETURNING sequence`,
  insertPart: statement<[sequence: number, part: number, content: string]>`
    INSERT INTO item_part (sequence, part, content) VALUES (?, ?, ?)`,
  sequenceOf: statement<[id: string], { sequence: number }>`SELECT sequence FROM item WHERE id = ?`,
  last: statement<[], { sequence: number | null }>`SELECT MAX(sequence) AS sequence FROM item`,
  size: statement<[through: number], { count: number; characters: number }>`
    SELECT COUNT(*) AS count, COALESCE(SUM(characters), 0) AS characters FROM item WHERE sequence <= ?`,
  forwards: statement<[from: number, before: number, limit: number], { sequence: number }>`
    SELECT sequence FROM item WHERE sequence > ? AND sequence < ? ORDER BY sequence LIMIT ?`,
  backwards: statement<[from: number, before: number, limit: number], { sequence: number }>`
    SELECT sequence FROM item WHERE sequence > ? AND sequence < ? ORDER BY sequence DESC LIMIT ?`,
  parts: statement<[from: number, to: number], { sequence: number; content: string }>`
    SELECT sequence, content FROM item_part WHERE sequence BETWEEN ? AND ? ORDER BY sequence, part`,
  delete: statement<[sequence: number]>`DELETE FROM item WHERE sequence = ?`,
  deleteParts: statement<[sequence: number]>`DELETE FROM item_part WHERE sequence = ?`,
};

const everything = Number.MAX_SAFE_INTEGER;

export class ItemStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Undefined when there is none: never made, or deleted. */
  conversation(): NamedConversation | undefined {
    return this.#storage.first(statements.conversation);
  }

  create(id: string, metadata: string, createdAt: number): void {
    this.#storage.run(statements.create, id, metadata, createdAt);
  }

  describe(metadata: string): void {
    this.#storage.run(statements.describe, metadata);
  }

  /** Erases the conversation and all items. Inside a transaction. */
  erase(): void {
    for (const all of [statements.erase, statements.eraseItems, statements.eraseParts]) this.#storage.run(all);
  }

  /** Adds items at the end. Inside a transaction. */
  add(items: readonly StoredItem[]): void {
    for (const { id, item } of items) {
      const row = this.#storage.first(statements.insert, id, item.length);
      if (row === undefined) throw new Error('An item that was inserted has no row.');
      for (const [part, content] of cutText(item).entries()) {
        this.#storage.run(statements.insertPart, row.sequence, part, content);
      }
    }
  }

  /** Of the items up to this one, of all of them unless told. */
  size(through = everything): { readonly count: number; readonly characters: number } {
    return this.#storage.first(statements.size, through) ?? { count: 0, characters: 0 };
  }

  /** The newest item's sequence, 0 when there is none. */
  last(): number {
    return this.#storage.first(statements.last)?.sequence ?? 0;
  }

  /** Undefined when there is no such item. */
  sequenceOf(id: string): number | undefined {
    return this.#storage.first(statements.sequenceOf, id)?.sequence;
  }

  /** The items up to this one, oldest first. */
  through(sequence: number): readonly string[] {
    return this.page('asc', { from: 0, before: sequence + 1, limit: everything });
  }

  page(order: 'asc' | 'desc', { from, before, limit }: Range): readonly string[] {
    const query = order === 'asc' ? statements.forwards : statements.backwards;
    const sequences = this.#storage.all(query, from, before, limit).map(({ sequence }) => sequence);
    const [first = 0, last = first] = [sequences[0], sequences.at(-1)];
    // Nothing lies between the items of a page, so one query reads them all.
    const texts = this.#texts(Math.min(first, last), Math.max(first, last));
    return sequences.map((sequence) => texts.get(sequence) ?? '');
  }

  text(sequence: number): string {
    return this.#texts(sequence, sequence).get(sequence) ?? '';
  }

  /** Inside a transaction. */
  delete(sequence: number): void {
    this.#storage.run(statements.delete, sequence);
    this.#storage.run(statements.deleteParts, sequence);
  }

  #texts(from: number, to: number): ReadonlyMap<number, string> {
    const parts = new Map<number, string[]>();
    for (const { sequence, content } of this.#storage.all(statements.parts, from, to)) {
      const known = parts.get(sequence);
      if (known === undefined) parts.set(sequence, [content]);
      else known.push(content);
    }
    return new Map([...parts].map(([sequence, contents]) => [sequence, contents.join('')]));
  }
}
