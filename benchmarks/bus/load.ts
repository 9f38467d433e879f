/** The load that every contender gets: the same as `worker/entry.ts` gives the bus. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Contender {
  /** Resolves when the server has acknowledged. */
  readonly publish: (payload: string) => Promise<void>;
  /** Milliseconds from publishing to each subscriber having it. */
  readonly deliver: (subscribers: number, events: number) => Promise<readonly number[]>;
  readonly close: () => Promise<void>;
}

const payload = JSON.stringify({ order: 'o-1', total: 1_299, note: 'x'.repeat(100) });

/** Events a second of so many publishers, each with one event at a time; the median of rounds of a second. */
export const measureRate = async ({ publish }: Contender, callers: number): Promise<readonly number[]> => {
  const rates: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const startedAt = performance.now();
    let count = 0;
    await Promise.all(
      Array.from({ length: callers }, async () => {
        while (performance.now() - startedAt < 1_000) {
          await publish(payload);
          count += 1;
        }
      }),
    );
    // The first round warms it up.
    if (round > 0) rates.push((count * 1_000) / (performance.now() - startedAt));
  }
  return rates;
};

/** Publishes one event after the other; each begins when every subscriber has the one before. */
export const measureDeliveries = async (
  subscribers: number,
  events: number,
  publish: (payload: string) => Promise<void>,
  follow: (told: () => void) => Promise<void>,
): Promise<readonly number[]> => {
  const times: number[] = [];
  let startedAt = 0;
  let left = 0;
  let all = Promise.withResolvers<void>();
  await follow(() => {
    times.push(performance.now() - startedAt);
    left -= 1;
    if (left === 0) all.resolve();
  });
  await sleep(200);
  for (let event = 0; event < events; event += 1) {
    left = subscribers;
    all = Promise.withResolvers<void>();
    startedAt = performance.now();
    await publish(payload);
    await all.promise;
    await sleep(2);
  }
  return times.slice(subscribers * 10);
};
