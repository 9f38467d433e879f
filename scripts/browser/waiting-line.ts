/** Lets so many do something at once; the others wait their turn, up to a limit. */

export interface WaitingLine {
  /** Resolves with a function that makes room again, or with undefined when no room came in time. */
  readonly enter: (timeoutMs: number) => Promise<(() => void) | undefined>;
}

export const createWaitingLine = (places: number): WaitingLine => {
  let free = places;
  const waiting: (() => void)[] = [];
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  const once = (): (() => void) => {
    let isIn = true;
    return () => {
      if (isIn) leave();
      isIn = false;
    };
  };
  return {
    enter: (timeoutMs) => {
      if (free > 0) {
        free -= 1;
        return Promise.resolve(once());
      }
      return new Promise((resolve) => {
        const admit = (): void => {
          clearTimeout(timer);
          resolve(once());
        };
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(admit), 1);
          resolve(undefined);
        }, timeoutMs);
        waiting.push(admit);
      });
    },
  };
};
