/**
 * An isolate in which a program does the same in each run: the clock stands still, chance comes from a seed, there are
 * no timers, and printing is kept.
 */

const mostLines = 1_000;
const longestLine = 2_000;

/** A 32-bit state from a text (FNV-1a). */
function stateOf(seed: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < seed.length; index += 1) {
    state = Math.imul(state ^ seed.charCodeAt(index), 0x01000193);
  }
  return state >>> 0;
}

/** Numbers from 0 to below 1 (Mulberry32). */
function randomFrom(seed: string): () => number {
  let state = stateOf(seed);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function fixClock(startedAt: number): void {
  const Real = Date;
  const Fixed = function date(this: unknown, ...parts: unknown[]): Date | string {
    if (new.target === undefined) return new Real(startedAt).toString();
    const made: unknown = Reflect.construct(Real, parts.length === 0 ? [startedAt] : parts, new.target);
    return made as Date;
  };
  Fixed.prototype = Real.prototype;
  Object.assign(Fixed, { now: () => startedAt, parse: Real.parse, UTC: Real.UTC });
  Object.defineProperty(globalThis, 'Date', { value: Fixed });
  Object.defineProperty(performance, 'now', { value: () => 0 });
}

function fixChance(random: () => number): void {
  Math.random = random;
  const fill = <View extends ArrayBufferView>(view: View): View => {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    for (let index = 0; index < bytes.length; index += 1) bytes[index] = Math.floor(random() * 256);
    return view;
  };
  Object.defineProperty(crypto, 'getRandomValues', { value: fill });
  Object.defineProperty(crypto, 'randomUUID', {
    value: () => {
      const bytes = fill(new Uint8Array(16));
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
    },
  });
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // Something that contains itself, or a getter that throws: its kind is all there is to show.
    return Object.prototype.toString.call(value);
  }
}

/** Sets the isolate up; the lines that the program prints are added to the answer. */
export function makeRepeatable(plan: { readonly startedAt: number; readonly seed: string }): string[] {
  fixClock(plan.startedAt);
  fixChance(randomFrom(plan.seed));
  const refuse = (): never => {
    throw new Error('There are no timers in a program: its clock stands still');
  };
  for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
    Object.defineProperty(globalThis, name, { value: refuse });
  }
  Object.defineProperty(globalThis, 'scheduler', { value: { wait: refuse } });
  const printed: string[] = [];
  const print = (...values: unknown[]): void => {
    if (printed.length < mostLines) printed.push(values.map(shown).join(' ').slice(0, longestLine));
    else if (printed.length === mostLines) printed.push(`[only the first ${String(mostLines)} lines are kept]`);
  };
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) console[level] = print;
  return printed;
}
