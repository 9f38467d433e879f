/**
 * Publishing: everything that arrives while the disk is busy goes into one transaction, so a topic's rate is not bound to
 * one forced write for each event. A delivery that came before is answered as it was then.
 */
import { take } from '../../shared/domain/limits/gcra.ts';
import { err, ok, type AppError, type Result } from '../../shared/errors/result.ts';
import type { Published } from '../../shared/rpc/event-bus.ts';
import { hashText, statement, type Storage } from '../platform/index.ts';
import type { EncodedCommand } from './encode-events.ts';
import type { TopicLog } from './topic-log.ts';

const keptForMs = 24 * 3_600_000;
/** One look at the deliveries for each so many commands, at so many of them: more than come meanwhile. */
const commandsPerSweep = 64;
const sweptAtOnce = 256;
/** Commands of one transaction. */
const commandsAtOnce = 256;

type DeliveryRow = { first_sequence: number; last_sequence: number; body_hash: string };

const statements = {
  find: statement<[deliveryId: string], DeliveryRow>`
    SELECT first_sequence, last_sequence, body_hash FROM delivery WHERE delivery_id = ?`,
  insert: statement<[number, number, string, string, number]>`
    INSERT INTO delivery (first_sequence, last_sequence, delivery_id, body_hash, recorded_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (delivery_id) DO NOTHING`,
  // From id to id, since one index by time more would be a write for each event.
  sweepEnd: statement<[after: string, limit: number], { delivery_id: string | null; rows: number }>`
    SELECT MAX(delivery_id) AS delivery_id, COUNT(*) AS rows FROM (
      SELECT delivery_id FROM delivery WHERE delivery_id > ? ORDER BY delivery_id LIMIT ?)`,
  sweep: statement<[after: string, upTo: string, before: number]>`
    DELETE FROM delivery WHERE delivery_id > ? AND delivery_id <= ? AND recorded_at < ?`,
};

export interface PublishDeskParts {
  readonly storage: Storage;
  readonly log: TopicLog;
  readonly now: () => number;
  readonly eventsPerSecond: () => number;
  /** Called in each transaction that added events, before it ends. */
  readonly added: () => void;
}

/** What earlier versions hashed, by SHA-256. */
const bodyText = (events: EncodedCommand['events']): string =>
  events.map(({ type, key = '', data }) => `${type}\n${key}\n${data}`).join('\n');

interface Waiting {
  readonly command: EncodedCommand;
  readonly answer: (result: Result<Published>) => void;
  readonly fail: (cause: unknown) => void;
}

export class PublishDesk {
  readonly #parts: PublishDeskParts;
  #waiting: Waiting[] = [];
  #running = false;
  /** Commands since the last look at the deliveries, and up to which id it went. */
  #unswept = 0;
  #sweptTo = '';
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
          this.#unswept += commands.length;
          if (this.#unswept >= commandsPerSweep) this.#sweep(at);
          added();
        }
        return results;
      });
    } catch (thrown) {
      this.#paidAt = paidAt;
      throw thrown;
    }
  }

  #writeOne(command: EncodedCommand, now: number): Result<Published> {
    const { deliveryId, bodyHash, events } = command;
    const { storage, log, eventsPerSecond } = this.#parts;
    const rate = { limit: eventsPerSecond(), periodMs: 1_000 };
    const verdict = take(this.#paidAt, now, rate, events.length);
    if (!verdict.admitted) {
      const refusal: AppError = {
        type: 'rate.limited',
        detail: `The topic takes ${rate.limit} events a second. Nothing was added; try again later.`,
        retryAfterMs: Math.ceil(verdict.retryAfterMs),
      };
      return this.#answerKnown(command) ?? err(refusal);
    }
    const first = log.sequence + 1;
    const last = log.sequence + events.length;
    if (storage.write(statements.insert, first, last, deliveryId, bodyHash, now) === 0) {
      const known = this.#answerKnown(command);
      if (known === undefined) throw new Error(`Delivery ${deliveryId} is neither new nor known.`);
      return known;
    }
    this.#paidAt = verdict.paidAt;
    log.append(events, now);
    return ok({ first, last, duplicate: false });
  }

  /** The answer to a delivery that came before; undefined for one that did not. */
  #answerKnown({ deliveryId, bodyHash, events }: EncodedCommand): Result<Published> | undefined {
    const known = this.#parts.storage.first(statements.find, deliveryId);
    if (known === undefined) return undefined;
    const isSame = known.body_hash === bodyHash || known.body_hash === hashText(bodyText(events));
    return isSame
      ? ok({ first: known.first_sequence, last: known.last_sequence, duplicate: true })
      : err({
          type: 'idempotency.mismatch',
          detail: `Delivery ${deliveryId} came before with other events. Use a new id for new events.`,
          issues: [{ field: 'deliveryId', reason: 'was used with other events' }],
        });
  }

  /** Drops the deliveries among the next ones that are too old to come again. */
  #sweep(now: number): void {
    const { storage } = this.#parts;
    const end = storage.first(statements.sweepEnd, this.#sweptTo, sweptAtOnce);
    if (end !== undefined && end.delivery_id !== null) {
      storage.run(statements.sweep, this.#sweptTo, end.delivery_id, now - keptForMs);
    }
    this.#sweptTo = end?.rows === sweptAtOnce ? (end.delivery_id ?? '') : '';
    this.#unswept = 0;
  }
}
