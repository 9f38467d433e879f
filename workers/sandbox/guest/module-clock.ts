/**
 * While a module is evaluated the runtime's clock stands at zero. Tests are declared in that time, and a date that one is
 * given then has to be today's: it is that of the moment in which the isolate was opened.
 */
import { bare, defineProperty } from './primordials.ts';

const { construct } = Reflect;

/** Called once, before any guest code is loaded, in a call into the isolate: there the clock goes. */
export function giveTimeToModules(): void {
  const RealDate = Date;
  const realNow = Date.now;
  const openedAt = realNow();
  const timeNow = (): number => {
    const time = realNow();
    return time > 0 ? time : openedAt;
  };
  defineProperty(RealDate, 'now', bare({ value: timeNow, writable: true, configurable: true }));
  const dated = new Proxy(
    RealDate,
    bare({
      construct: (target: DateConstructor, values: unknown[], newTarget: Function): object =>
        construct(target, values.length === 0 ? [timeNow()] : values, newTarget) as object,
      apply: (): string => new RealDate(timeNow()).toString(),
    }),
  );
  // A date says of itself what made it, and code compares that with the global.
  defineProperty(RealDate.prototype, 'constructor', bare({ value: dated, writable: true, configurable: true }));
  defineProperty(globalThis, 'Date', bare({ value: dated, writable: true, configurable: true }));
}
