import { ManagedObject } from '../../durable-objects/platform/index.ts';

/** Times the same number of bare durable inserts and of journaled steps, in turns, so that both see the same machine. */
export class StepBench extends ManagedObject {
  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env, { migrations: [{ id: 1, name: 'bare', up: 'CREATE TABLE bare (value TEXT NOT NULL) STRICT;' }] });
  }

  /** Milliseconds per operation, from `rounds` turns of `count` each. */
  async measure(rounds: number, count: number): Promise<{ readonly bareMs: number[]; readonly stepMs: number[] }> {
    const bareMs: number[] = [];
    const stepMs: number[] = [];
    const run = crypto.randomUUID();
    for (let round = 0; round < rounds; round += 1) {
      let startedAt = performance.now();
      for (let index = 0; index < count; index += 1) {
        this.storage.sql.exec('INSERT INTO bare (value) VALUES (?)', `${run}/${round}/${index}`);
        await this.storage.sync();
      }
      bareMs.push((performance.now() - startedAt) / count);
      startedAt = performance.now();
      for (let index = 0; index < count; index += 1) {
        await this.journal.run({
          key: `${run}/${round}/${index}`,
          effectClass: 'idempotent',
          execute: () => Promise.resolve(index),
        });
        await this.storage.sync();
      }
      stepMs.push((performance.now() - startedAt) / count);
    }
    return { bareMs, stepMs };
  }

  /** So many operations one after the other, each on disk before the next; answers how long they took. */
  async work(kind: 'bare' | 'step', count: number): Promise<number> {
    const run = crypto.randomUUID();
    const startedAt = performance.now();
    for (let index = 0; index < count; index += 1) {
      if (kind === 'bare') this.storage.sql.exec('INSERT INTO bare (value) VALUES (?)', `${run}/${index}`);
      else {
        const key = `${run}/${index}`;
        await this.journal.run({ key, effectClass: 'idempotent', execute: () => Promise.resolve(index) });
      }
      await this.storage.sync();
    }
    return performance.now() - startedAt;
  }
}
