/** The agent's mailbox: every message it received and sent, with the acknowledgement. */
import type { Message } from '../../shared/domain/message/envelope.ts';
import { statement, type Storage } from '../platform/index.ts';

export interface MailboxEntry {
  readonly sequence: number;
  readonly direction: 'received' | 'sent';
  readonly message: Message;
  readonly acknowledgedAt?: number;
}

type MessageRow = { sequence: number; direction: string; message: string; acknowledged_at: number | null };

const insertMessage = statement<[messageId: string, direction: string, message: string, acknowledgedAt: number | null]>`
  INSERT INTO message (message_id, direction, message, acknowledged_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (message_id) DO NOTHING`;
const acknowledge = statement<[at: number, messageId: string]>`
  UPDATE message SET acknowledged_at = ? WHERE message_id = ? AND acknowledged_at IS NULL`;
const selectMessages = statement<[after: number, limit: number], MessageRow>`
  SELECT sequence, direction, message, acknowledged_at FROM message WHERE sequence > ? ORDER BY sequence LIMIT ?`;
const selectMessage = statement<[messageId: string], MessageRow>`
  SELECT sequence, direction, message, acknowledged_at FROM message WHERE message_id = ?`;

const fromRow = (row: MessageRow): MailboxEntry => ({
  sequence: row.sequence,
  direction: row.direction === 'sent' ? 'sent' : 'received',
  // SAFETY: the column is written only by `add`.
  message: JSON.parse(row.message) as Message,
  ...(row.acknowledged_at === null ? {} : { acknowledgedAt: row.acknowledged_at }),
});

export class AgentStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Keeps a message; a received one counts as acknowledged from then on. */
  add(direction: 'received' | 'sent', message: Message, now: number): void {
    const acknowledgedAt = direction === 'received' ? now : null;
    this.#storage.run(insertMessage, message.messageId, direction, JSON.stringify(message), acknowledgedAt);
  }

  acknowledge(messageId: string, at: number): void {
    this.#storage.run(acknowledge, at, messageId);
  }

  message(messageId: string): MailboxEntry | undefined {
    const row = this.#storage.first(selectMessage, messageId);
    return row === undefined ? undefined : fromRow(row);
  }

  messages(after: number, limit: number): readonly MailboxEntry[] {
    return this.#storage.all(selectMessages, after, limit).map(fromRow);
  }
}
