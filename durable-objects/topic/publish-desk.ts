/**
 * Publishing: everything that arrives while the disk is busy goes into one transaction, so a topic's rate is not bound to
 * one forced write for each event. A delivery that came before is answered as it was then.
 */
import { take } from '../../shared/domain/limits/gcra.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { Published } from '../../shared/rpc/event-bus.ts';
import { statement, type Storage } from '../platform/index.ts';
import type { EncodedCommand } from './encode-events.ts';
import type { TopicLog } from './topic-log.ts';

const keptForMs = 24 * 3_600_000;
const prunedAtOnce = 100;
/** Commands of one transaction. */
const commandsAtOnce = 256;

type DeliveryRow = { first_sequence: number; last_sequence: number; body_hash: string };

const statements = {
  find: statement<[deliveryId: string], DeliveryRow>`
    SELECT first_sequence, last_sequence, body_hash FROM delivery WHERE delivery_id = ?`,
  insert: statement<[number, number, string, string, number]>`
    INSERT INTO delivery (first_sequence, last_sequence, delivery_id, body_hash, recorded_at) VALUES (?, ?, ?, ?, ?)`,
  // By position, not by time: rows lie in the order they were written.
  oldest: statement<[], { first_sequence: number; recorded_at: number }>`
    SELECT first_sequence, recorded_at FROM delivery ORDER BY first_sequence LIMIT 1`,
  prune: statement<[before: number, limit: number]>`
    DELETE FROM delivery WHERE first_sequence IN (
      SELECT first_sequence FROM delivery ORDER BY first_sequence LIMIT ?2) AND recorded_at < ?1`,
};

export interface PublishDeskParts {
  readonly storage: Storage;
  readonly log: TopicLog;
  readonly now: () => number;
  readonly eventsPerSecond: () => number;
  /** Called in each transaction that added events, before it ends. */
  readonly added: () => void;
}

interface Waiting {
  readonly command: EncodedCommand;
  readonly answer: (result: Result<Published>) => void;
  readonly fail: (cause: unknown) => void;
}

export class PublishDesk {
  readonly #parts: PublishDeskParts;
  #waiting: Waiting[] = [];
  #running = false;
  /** Until when what was published is paid for, at the topic's rate; see `gcra.ts`. */
  #paidAt: number | undefined;

  constructor(parts: PublishDeskParts) {
    this.#parts = parts;
  }

  /** Resolves when the events are written; the runtime holds the answer back until they are on disk. */
  publish(command: EncodedCommand): Promise<Result<Published>> {
    const { promise, resolve, reject } = Promise.withResolvers<Result<Published>>();
    this.#waiting.push({ command, answer: resolve, fail: reject });
    if (!this.#running) void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      // A microtask later: the call that began this is in the first batch with whatever came with it.
      await Promise.resolve();
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.splice(0, commandsAtOnce);
        this.#flush(batch);
        // What arrives until the disk has it goes into the next batch.
        await this.#parts.storage.sync();
      }
    } catch (thrown) {
      for (const { fail } of this.#waiting.splice(0)) fail(thrown);
    } finally {
      this.#running = false;
    }
  }

  /** One transaction for all; should it fail, one for each, so that nobody pays for another's failure. */
  #flush(batch: readonly Waiting[]): void {
    try {
      const results = this.#write(batch.map(({ command }) => command));
      for (const [index, { answer, fail }] of batch.entries()) {
        const result = results[index];
        if (result === undefined) fail(new Error('A command of the batch was not answered.'));
        else answer(result);
      }
    } catch (thrown) {
      if (batch.length === 1) batch[0]?.fail(thrown);
      else for (const one of batch) this.#flush([one]);
    }
  }

  #write(commands: readonly EncodedCommand[]): readonly Result<Published>[] {
    const { storage, log, now, added } = this.#parts;
    const paidAt = this.#paidAt;
    try {
      return storage.transaction(() => {
        const before = log.sequence;
        const at = now();
        const results = commands.map((command) => this.#writeOne(command, at));
        if (log.sequence > before) {
          log.save();
          this.#prune(at);
          added();
        }
        return results;
      });
    } catch (thrown) {
      this.#paidAt = paidAt;
      throw thrown;
    }
  }

  #writeOne({ deliveryId, bodyHash, events }: EncodedCommand, now: number): Result<Published> {
    const { storage, log, eventsPerSecond } = this.#parts;
    const known = storage.first(statements.find, deliveryId);
    if (known !== undefined) {
      return known.body_hash === bodyHash
        ? ok({ first: known.first_sequence, last: known.last_sequence, duplicate: true })
        : err({
            type: 'idempotency.mismatch',
            detail: `Delivery ${deliveryId} came before with other events. Use a new id for new events.`,
            issues: [{ field: 'deliveryId', reason: 'was used with other events' }],
          });
    }
    const rate = { limit: eventsPerSecond(), periodMs: 1_000 };
    const verdict = take(this.#paidAt, now, rate, events.length);
    if (!verdict.admitted) {
      return err({
        type: 'rate.limited',
        detail: `The topic takes ${rate.limit} events a second. Nothing was added; try again later.`,
        retryAfterMs: Math.ceil(verdict.retryAfterMs),
      });
    }
    this.#paidAt = verdict.paidAt;
    const first = log.append(events, now);
    const last = log.sequence;
    storage.run(statements.insert, first, last, deliveryId, bodyHash, now);
    return ok({ first, last, duplicate: false });
  }

  #prune(now: number): void {
    const { storage } = this.#parts;
    const oldest = storage.first(statements.oldest);
    if (oldest !== undefined && oldest.recorded_at < now - keptForMs) {
      storage.run(statements.prune, now - keptForMs, prunedAtOnce);
    }
  }
}
