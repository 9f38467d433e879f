/** The Project's own tables: the specification as it was given, the messages that passed through, and the read model's cursor. */
import type { Message } from '../../shared/domain/message/envelope.ts';
import { statement, type Storage } from '../platform/index.ts';

export interface StoredMessage {
  readonly sequence: number;
  readonly message: Message;
  readonly acknowledgedAt?: number;
}

type MessageRow = { sequence: number; message: string; acknowledged_at: number | null };

const insertSpecification = statement<[path: string, content: string]>`
  INSERT INTO specification (id, path, content) VALUES (1, ?, ?)`;
const selectSpecification = statement<[], { path: string; content: string }>`SELECT path, content FROM specification`;
const insertMessage = statement<[messageId: string, recipient: string, message: string]>`
  INSERT INTO message (message_id, recipient, message) VALUES (?, ?, ?)
  ON CONFLICT (message_id, recipient) DO NOTHING`;
const acknowledge = statement<[at: number, messageId: string, recipient: string], { sequence: number }>`
  UPDATE message SET acknowledged_at = ? WHERE message_id = ? AND recipient = ? AND acknowledged_at IS NULL
  RETURNING sequence`;
const noteAcknowledged = statement<[messageSequence: number]>`
  INSERT OR IGNORE INTO directory_acknowledged (message_sequence) VALUES (?)`;
const forgetAcknowledged = statement<[messageSequence: number]>`
  DELETE FROM directory_acknowledged WHERE message_sequence = ?`;
const selectAcknowledged = statement<[limit: number], MessageRow>`
  SELECT sequence, message, acknowledged_at FROM directory_acknowledged JOIN message ON sequence = message_sequence
  ORDER BY sequence LIMIT ?`;
const selectMessage = statement<[messageId: string, recipient: string], MessageRow>`
  SELECT sequence, message, acknowledged_at FROM message WHERE message_id = ? AND recipient = ?`;
const selectMessages = statement<[after: number, limit: number], MessageRow>`
  SELECT sequence, message, acknowledged_at FROM message WHERE sequence > ? ORDER BY sequence LIMIT ?`;
const selectCursor = statement<[], { event_sequence: number; message_sequence: number }>`
  SELECT event_sequence, message_sequence FROM directory_cursor`;
const updateCursor = statement<[eventSequence: number, messageSequence: number]>`
  UPDATE directory_cursor SET event_sequence = ?, message_sequence = ?`;

const fromRow = (row: MessageRow): StoredMessage => ({
  sequence: row.sequence,
  // SAFETY: the column is written only by `addMessage`.
  message: JSON.parse(row.message) as Message,
  ...(row.acknowledged_at === null ? {} : { acknowledgedAt: row.acknowledged_at }),
});

export class ProjectStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  addSpecification(path: string, content: string): void {
    this.#storage.run(insertSpecification, path, content);
  }

  specification(): { readonly path: string; readonly content: string } | undefined {
    return this.#storage.first(selectSpecification);
  }

  /** Keeps a message for one recipient; a repeat changes nothing. */
  addMessage(message: Message): void {
    this.#storage.run(insertMessage, message.messageId, message.recipient, JSON.stringify(message));
  }

  /** Notes it for the read model too, whose row may have been written before. */
  acknowledgeMessage(messageId: string, recipient: string, at: number): void {
    const changed = this.#storage.first(acknowledge, at, messageId, recipient);
    if (changed !== undefined) this.#storage.run(noteAcknowledged, changed.sequence);
  }

  /** Messages that were acknowledged and whose row in the read model may not say so. */
  acknowledgedMessages(limit: number): readonly StoredMessage[] {
    return this.#storage.all(selectAcknowledged, limit).map(fromRow);
  }

  forgetAcknowledged(messages: readonly StoredMessage[]): void {
    for (const { sequence } of messages) this.#storage.run(forgetAcknowledged, sequence);
  }

  message(messageId: string, recipient: string): StoredMessage | undefined {
    const row = this.#storage.first(selectMessage, messageId, recipient);
    return row === undefined ? undefined : fromRow(row);
  }

  messages(after: number, limit: number): readonly StoredMessage[] {
    return this.#storage.all(selectMessages, after, limit).map(fromRow);
  }

  directoryCursor(): { readonly event: number; readonly message: number } {
    const row = this.#storage.first(selectCursor);
    return { event: row?.event_sequence ?? 0, message: row?.message_sequence ?? 0 };
  }

  moveDirectoryCursor(event: number, message: number): void {
    this.#storage.run(updateCursor, event, message);
  }
}
