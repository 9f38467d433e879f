/** A clock that stands still until it is told to go on, and the waits on it: no test has to sleep. */
export interface FakeTime {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly every: (ms: number, work: () => void) => () => void;
  /** Lets time pass up to this instant, waking each sleeper at its own time, in order. */
  readonly runUntil: (at: number) => Promise<void>;
}

interface Waiter {
  readonly dueAt: number;
  readonly wake: () => void;
}

const everythingElseFirst = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** A fake clock that starts at this instant, in milliseconds. */
export const createFakeTime = (startAt = 0): FakeTime => {
  let now = startAt;
  /** By due time; in each, in the order of going to sleep. */
  const waiters = new Map<number, Waiter[]>();
  const add = (waiter: Waiter): void => {
    const same = waiters.get(waiter.dueAt);
    if (same === undefined) waiters.set(waiter.dueAt, [waiter]);
    else same.push(waiter);
  };
  const every = (ms: number, work: () => void): (() => void) => {
    let isStopped = false;
    const again = (): void => {
      if (isStopped) return;
      work();
      add({ dueAt: now + ms, wake: again });
    };
    add({ dueAt: now + ms, wake: again });
    return () => {
      isStopped = true;
    };
  };
  return {
    now: () => now,
    sleep: (ms) =>
      new Promise((resolve) => {
        add({ dueAt: now + Math.max(0, ms), wake: resolve });
      }),
    every,
    runUntil: async (at) => {
      for (;;) {
        await everythingElseFirst();
        const next = Math.min(...waiters.keys());
        if (next > at || waiters.size === 0) break;
        now = Math.max(now, next);
        const due = waiters.get(next) ?? [];
        waiters.delete(next);
        for (const { wake } of due) wake();
      }
      now = Math.max(now, at);
    },
  };
};
