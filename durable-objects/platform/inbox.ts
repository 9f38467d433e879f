/**
 * Commands that may arrive more than once: from a client that saw no answer, or from the platform's own retries.
 * The reply is kept with the command's id in the transaction that made the change, so a repeat changes nothing and
 * reads the same reply.
 */

import { err, ok, type Result } from '../../shared/errors/result.ts';
import { decodeJson, encodeRowJson, hashJson, PayloadRefused } from './json-text.ts';
import { statement, type Storage } from './storage.ts';

const keptForMs = 24 * 60 * 60 * 1_000;
const prunedAtOnce = 50;
const maxCommandIdLength = 200;

const selectReply = statement<[commandId: string], { body_hash: string; reply: string }>`
  SELECT body_hash, reply FROM inbox WHERE command_id = ?`;
const insertReply = statement<[commandId: string, bodyHash: string, reply: string, recordedAt: number]>`
  INSERT INTO inbox (command_id, body_hash, reply, recorded_at) VALUES (?, ?, ?, ?)`;
const prune = statement<[before: number, limit: number]>`
  DELETE FROM inbox WHERE command_id IN (
    SELECT command_id FROM inbox WHERE recorded_at < ? ORDER BY recorded_at LIMIT ?)`;

/** A repeated command id answers the first reply; the same id with another body is refused. Inside a transaction. */
export class Inbox {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /**
   * Runs `handle` for a new command id and keeps its reply (plain JSON, at most 1 MB) for 24 hours; answers the kept
   * reply for a known one. A throw of `handle` undoes the transaction and keeps nothing, so the command can come again.
   * A refusal that `handle` returns is a reply like any other and is kept.
   * @returns `idempotency.mismatch` when the id came before with another body, `request.invalid` when the id or the body
   *   cannot be kept.
   */
  once<Reply>(commandId: string, body: unknown, now: number, handle: () => Reply): Result<Reply> {
    this.#storage.requireTransaction('Inbox.once');
    if (commandId.length === 0 || commandId.length > maxCommandIdLength) {
      return invalid('commandId', `is ${commandId.length} characters long; 1 to ${maxCommandIdLength} are allowed`);
    }
    let bodyHash: string;
    try {
      bodyHash = hashJson(body, 'The body');
    } catch (thrown) {
      if (thrown instanceof PayloadRefused) return invalid('body', thrown.message);
      throw thrown;
    }
    const known = this.#storage.first(selectReply, commandId);
    if (known !== undefined && known.body_hash !== bodyHash) {
      return err({
        type: 'idempotency.mismatch',
        detail: `Command ${commandId} came before with another body. Use a new id for a new command.`,
        issues: [{ field: 'commandId', reason: 'was used with another body' }],
      });
    }
    const reply = known?.reply ?? this.#first(commandId, bodyHash, now, handle);
    // SAFETY: the text was written from a Reply of this command; the first answer is read back too, so that all are equal.
    return ok((decodeJson(reply, `The reply to command ${commandId}`) as { value: Reply }).value);
  }

  /** True while the reply to this command is kept. */
  knows(commandId: string): boolean {
    return this.#storage.first(selectReply, commandId) !== undefined;
  }

  #first(commandId: string, bodyHash: string, now: number, handle: () => unknown): string {
    const reply = encodeRowJson({ value: handle() }, `The reply to command ${commandId}`);
    this.#storage.run(insertReply, commandId, bodyHash, reply, now);
    this.#storage.run(prune, now - keptForMs, prunedAtOnce);
    return reply;
  }
}

const invalid = (field: string, reason: string): Result<never> =>
  err({
    type: 'request.invalid',
    detail: `The command cannot be taken: ${field} ${reason}.`,
    issues: [{ field, reason }],
  });
