import { EventStore, ManagedObject, type Aggregate } from '../../durable-objects/platform/index.ts';

/** The size of an agent's usual event: a message of some two hundred characters. */
type BenchEvent = { readonly type: 'noted'; readonly text: string };
interface BenchState {
  readonly count: number;
  readonly last: string;
}

const aggregate: Aggregate<BenchState, BenchEvent> = {
  initial: { count: 0, last: '' },
  stateVersion: 1,
  evolve: (state, event) => ({ count: state.count + 1, last: event.text }),
};

const text = 'The quick brown fox jumps over the lazy dog. '.repeat(4);

/** One event log under measurement. Times in milliseconds. */
export class LogBench extends ManagedObject {
  /** Never a snapshot by itself, so that a replay is one of the whole log. */
  readonly #log = new EventStore(this.storage, aggregate, { snapshotEvery: Number.MAX_SAFE_INTEGER });

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env, { migrations: [{ id: 1, name: 'bare', up: 'CREATE TABLE bare (value TEXT NOT NULL) STRICT;' }] });
  }

  override fetch(request: Request): Response {
    return this.sockets.accept(request);
  }

  /**
   * Milliseconds for one event in a transaction of its own: written, and forced to disk before the next; and for a bare
   * row that is forced likewise. Averages of twenty, since the clock here counts whole milliseconds, in turns.
   */
  async persist(rounds: number): Promise<{
    readonly writtenMs: number[];
    readonly forcedMs: number[];
    readonly bareForcedMs: number[];
  }> {
    const writtenMs: number[] = [];
    const forcedMs: number[] = [];
    const bareForcedMs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      writtenMs.push(await this.#average(async () => void this.append(1)));
      await this.storage.sync();
      forcedMs.push(
        await this.#average(async () => {
          this.append(1);
          await this.storage.sync();
        }),
      );
      bareForcedMs.push(
        await this.#average(async () => {
          this.storage.sql.exec('INSERT INTO bare (value) VALUES (?)', text);
          await this.storage.sync();
        }),
      );
    }
    return { writtenMs, forcedMs, bareForcedMs };
  }

  async #average(work: () => Promise<void>): Promise<number> {
    const startedAt = performance.now();
    for (let count = 0; count < 20; count += 1) await work();
    return (performance.now() - startedAt) / 20;
  }

  /** Adds events in one transaction. */
  append(count: number): number {
    return this.transact(() => {
      const events = Array.from({ length: count }, (): BenchEvent => ({ type: 'noted', text }));
      return this.#log.append(events, this.now()).length;
    });
  }

  /** Adds events, a thousand in a transaction, until there are that many. */
  async fill(total: number): Promise<void> {
    while (this.#log.sequence < total) {
      this.append(Math.min(1_000, total - this.#log.sequence));
      await this.storage.sync();
    }
  }

  /** The state from nothing but the rows, as after a crash. */
  replay(times: number): readonly number[] {
    return Array.from({ length: times }, () => {
      this.#log.invalidate();
      const startedAt = performance.now();
      const { count } = this.#log.state;
      const elapsedMs = performance.now() - startedAt;
      if (count !== this.#log.sequence) throw new Error(`replayed ${count} of ${this.#log.sequence} events`);
      return elapsedMs;
    });
  }

  /** Writes a snapshot, as every agent does by itself after some hundred events. */
  saveSnapshot(): number {
    return this.transact(() => this.#log.snapshot(this.now()));
  }

  count(): number {
    return this.#log.state.count;
  }

  /** Ends this instance as a crash does. */
  crash(): void {
    this.ctx.abort('the benchmark ends this instance');
  }
}
