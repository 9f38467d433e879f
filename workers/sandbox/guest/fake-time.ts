/** Fake timers and clocks: `@sinonjs/fake-timers`, loaded only into isolates whose files ask for it. */

/** What is used of the library. */
interface Clock {
  now: number;
  readonly tick: (milliseconds: number) => number;
  readonly tickAsync: (milliseconds: number) => Promise<number>;
  readonly next: () => number;
  readonly nextAsync: () => Promise<number>;
  readonly runAll: () => number;
  readonly runAllAsync: () => Promise<number>;
  readonly runToLast: () => number;
  readonly runToLastAsync: () => Promise<number>;
  readonly runToFrame: () => number;
  readonly runMicrotasks: () => void;
  readonly reset: () => void;
  readonly uninstall: () => void;
  readonly setSystemTime: (time?: number | Date) => void;
  readonly countTimers: () => number;
}
export interface TimeLibrary {
  readonly install: (options: object) => Clock;
}

const RealDate = Date;
const realNow = Date.now;

/** As vitest and jest have them; microtasks stay real, or nothing that is awaited would go on. */
const faked = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'Date',
  'performance',
] as const;

let library: TimeLibrary | undefined;
let clock: Clock | undefined;
/** Set by `setSystemTime` while timers are real. */
let onlyDate: Clock | undefined;

/** Called before guest code is loaded. */
export function setTimeLibrary(loaded: TimeLibrary): void {
  library = loaded;
}

function installed(options: Record<string, unknown>, names: readonly string[]): Clock {
  if (library === undefined) throw new Error('The fake timers were not loaded: call useFakeTimers by its name');
  return library.install({ now: realNow(), loopLimit: 10_000, ...options, toFake: names, ignoreMissingTimers: true });
}

function useFakeTimers(given: unknown): void {
  const options = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  const { toFake, doNotFake, toNotFake, advanceTimers, timerLimit, now, ...others } = options;
  const left = (doNotFake ?? toNotFake ?? []) as readonly string[];
  const wanted = ((toFake ?? faked) as readonly string[]).filter((name) => !left.includes(name));
  useRealTimers();
  clock = installed(
    {
      ...others,
      ...(now === undefined ? {} : { now: now instanceof RealDate ? now.getTime() : now }),
      ...(typeof timerLimit === 'number' ? { loopLimit: timerLimit } : {}),
      ...(advanceTimers === undefined || advanceTimers === false
        ? {}
        : { shouldAdvanceTime: true, advanceTimeDelta: advanceTimers === true ? 20 : advanceTimers }),
    },
    wanted,
  );
}

function useRealTimers(): void {
  clock?.uninstall();
  onlyDate?.uninstall();
  clock = undefined;
  onlyDate = undefined;
}

function running(): Clock {
  if (clock === undefined) throw new Error('Timers are real at this moment: call useFakeTimers() first');
  return clock;
}

function setSystemTime(time: unknown): void {
  const milliseconds = time === undefined ? realNow() : new RealDate(time as number | string | Date).getTime();
  if (clock !== undefined) clock.setSystemTime(milliseconds);
  else if (onlyDate !== undefined) onlyDate.setSystemTime(milliseconds);
  else onlyDate = installed({ now: milliseconds }, ['Date']);
}

export const fakeTime = {
  isFake: (): boolean => clock !== undefined,
  advanceAsync: async (milliseconds: number): Promise<void> => {
    await clock?.tickAsync(milliseconds);
  },
  /** Called between files. */
  reset: useRealTimers,
  calls: (flavour: 'vitest' | 'jest', self: () => unknown) => {
    const sync = (work: (clock: Clock, value: number) => unknown) => (value?: number) => {
      work(running(), value ?? 1);
      return self();
    };
    const later = (work: (clock: Clock, value: number) => Promise<unknown>) => async (value?: number) => {
      await work(running(), value ?? 1);
      return self();
    };
    const repeat = (count: number, work: () => unknown): void => {
      for (let done = 0; done < count; done += 1) work();
    };
    return {
      useFakeTimers: (options?: unknown) => {
        useFakeTimers(options);
        return self();
      },
      useRealTimers: () => {
        useRealTimers();
        return self();
      },
      isFakeTimers: () => clock !== undefined,
      setSystemTime: (time?: unknown) => {
        setSystemTime(time);
        return self();
      },
      getRealSystemTime: () => realNow(),
      getMockedSystemTime: () => (clock === undefined && onlyDate === undefined ? null : new globalThis.Date()),
      now: () => (clock === undefined ? realNow() : clock.now),
      getTimerCount: () => running().countTimers(),
      clearAllTimers: sync((time) => time.reset()),
      advanceTimersByTime: sync((time, milliseconds) => time.tick(milliseconds)),
      advanceTimersByTimeAsync: later((time, milliseconds) => time.tickAsync(milliseconds)),
      advanceTimersToNextTimer: sync((time, count) => repeat(count, () => time.next())),
      advanceTimersToNextTimerAsync: later(async (time, count) => {
        for (let done = 0; done < count; done += 1) await time.nextAsync();
      }),
      advanceTimersToNextFrame: sync((time) => time.runToFrame()),
      runAllTimers: sync((time) => time.runAll()),
      runAllTimersAsync: later((time) => time.runAllAsync()),
      runOnlyPendingTimers: sync((time) => time.runToLast()),
      runOnlyPendingTimersAsync: later((time) => time.runToLastAsync()),
      runAllTicks: sync((time) => time.runMicrotasks()),
      runAllImmediates: sync((time) => time.tick(0)),
      ...(flavour === 'jest' ? { advanceTimersByTimeToNextTimer: sync((time) => time.next()) } : {}),
    };
  },
};
