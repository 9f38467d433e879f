/** The matchers behind `expect(value)`: each answers whether it holds and how to say so. */
import { describeValue, errorText, readText } from './describe-value.ts';
import type { Strictness } from './equality.ts';
import { equals } from './equality.ts';
import { mockMatchers } from './mock-matchers.ts';
import type { Matcher, Verdict } from './verdict.ts';
import { compared, plain, short } from './verdict.ts';
import { asText, execPattern, hasOwn, includesText, isArray, isSame, splitText } from './primordials.ts';

type PlainMatcher = (received: unknown, values: readonly unknown[]) => Verdict;

function equality(verb: string, strictness: Strictness): Matcher {
  return (received, values) => compared(equals(received, values[0], strictness), verb, values[0]);
}

function order(symbol: string, holds: (a: number | bigint, b: number | bigint) => boolean): Matcher {
  return (received, values) => {
    const limit = values[0];
    const isComparable = isNumeric(received) && isNumeric(limit);
    return plain(isComparable && holds(received, limit), `to be ${symbol} ${short(limit)}`);
  };
}

const isNumeric = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

/** Whether what a function threw is what the test expects: nothing, text, a pattern, a class, or an error like it. */
function matchesThrown(thrown: unknown, expected: unknown): boolean {
  if (expected === undefined) return true;
  const message = messageOf(thrown);
  if (typeof expected === 'string') return includesText(message, expected);
  if (expected instanceof RegExp) return testPattern(expected, message);
  if (typeof expected === 'function') return thrown instanceof (expected as new () => unknown);
  if (expected instanceof Error) return message === messageOf(expected);
  return equals(thrown, expected, 'subset');
}

function messageOf(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null) return readText(thrown, 'message') ?? '';
  return typeof thrown === 'string' ? thrown : describeValue(thrown);
}

export function testPattern(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0;
  return execPattern(pattern, text) !== null;
}

export function contains(received: unknown, item: unknown, same: (a: unknown, b: unknown) => boolean): boolean {
  if (typeof received === 'string') return typeof item === 'string' && includesText(received, item);
  if (typeof received !== 'object' || received === null) return false;
  if (isArray(received) || ArrayBuffer.isView(received)) {
    const list = received as ArrayLike<unknown>;
    for (let index = 0; index < list.length; index += 1) if (same(list[index], item)) return true;
    return false;
  }
  if (Symbol.iterator in received) {
    for (const member of received as Iterable<unknown>) if (same(member, item)) return true;
  }
  return false;
}

function lengthOf(received: unknown): unknown {
  return received === null || received === undefined ? undefined : (received as { length?: unknown }).length;
}

/** The value at a path (`a.b[0].c`, or a list of keys), or undefined with `found` false. */
function propertyAt(received: unknown, path: unknown): { found: boolean; value: unknown } {
  if (typeof path === 'string' && typeof received === 'object' && received !== null && hasOwn(received, path)) {
    return { found: true, value: (received as Record<string, unknown>)[path] };
  }
  const keys = isArray(path) ? (path as unknown[]) : splitText(asText(path).replaceAll(/\[(\w+)\]/g, '.$1'), '.');
  let value = received;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as PropertyKey;
    if (value === null || value === undefined) return { found: false, value: undefined };
    const holder = Object(value) as Record<PropertyKey, unknown>;
    if (!hasOwn(holder, key) && !(key in holder)) return { found: false, value: undefined };
    value = holder[key];
  }
  return { found: true, value };
}

const toHaveProperty: Matcher = (received, values) => {
  const { found, value } = propertyAt(received, values[0]);
  const name = isArray(values[0]) ? short(values[0]) : asText(values[0]);
  if (values.length < 2) return plain(found, `to have the property ${name}`);
  return plain(found && equals(value, values[1]), `to have the property ${name} with the value ${short(values[1])}`);
};

export const toBeCloseTo: PlainMatcher = (received, values) => {
  const digits = typeof values[1] === 'number' ? values[1] : 2;
  const target = values[0];
  const holds =
    typeof received === 'number' &&
    typeof target === 'number' &&
    (isSame(received, target) || Math.abs(received - target) < 10 ** -digits / 2);
  return { holds, phrase: `to be close to ${short(target)} (${digits} digits)`, expected: target, compares: true };
};

const toMatch: Matcher = (received, values) => {
  const pattern = values[0];
  const holds =
    typeof received === 'string' &&
    (pattern instanceof RegExp ? testPattern(pattern, received) : includesText(received, asText(pattern)));
  return plain(holds, `to match ${short(pattern)}`);
};

const toBeInstanceOf: Matcher = (received, values) => {
  const wanted = values[0];
  if (typeof wanted !== 'function') throw new TypeError('toBeInstanceOf needs a class');
  return plain(received instanceof (wanted as new () => unknown), `to be an instance of ${short(wanted)}`);
};

const toThrow: Matcher = (received, values) => {
  if (typeof received !== 'function') throw new TypeError('toThrow needs a function: expect(() => …).toThrow()');
  let thrown: unknown;
  let didThrow = false;
  try {
    (received as () => unknown)();
  } catch (cause) {
    thrown = cause;
    didThrow = true;
  }
  const what = values.length === 0 || values[0] === undefined ? 'to throw' : `to throw ${wantedError(values[0])}`;
  const outcome = didThrow ? `, but it threw ${thrownText(thrown)}` : ', but it did not throw';
  return plain(didThrow && matchesThrown(thrown, values[0]), `${what}${outcome}`);
};

function wantedError(expected: unknown): string {
  return expected instanceof Error ? errorText(expected) : short(expected);
}

function thrownText(thrown: unknown): string {
  return thrown instanceof Error ? errorText(thrown) : short(thrown);
}

export const matchers: Readonly<Record<string, Matcher>> = {
  toBe: (received, values) => compared(isSame(received, values[0]), 'to be', values[0]),
  toEqual: equality('to equal', 'loose'),
  toStrictEqual: equality('to strictly equal', 'strict'),
  toMatchObject: equality('to match the object', 'subset'),
  toContain: (received, values) => plain(contains(received, values[0], isSame), `to contain ${short(values[0])}`),
  toContainEqual: (received, values) =>
    plain(
      contains(received, values[0], (a, b) => equals(a, b)),
      `to contain something equal to ${short(values[0])}`,
    ),
  toHaveLength: (received, values) => {
    const length = lengthOf(received);
    return plain(length === values[0], `to have the length ${short(values[0])}, but it is ${short(length)}`);
  },
  toHaveProperty,
  toThrow,
  toThrowError: toThrow,
  toBeNull: (received) => plain(received === null, 'to be null'),
  toBeUndefined: (received) => plain(received === undefined, 'to be undefined'),
  toBeDefined: (received) => plain(received !== undefined, 'to be defined'),
  toBeNullable: (received) => plain(received === null || received === undefined, 'to be null or undefined'),
  toBeTruthy: (received) => plain(Boolean(received), 'to be truthy'),
  toBeFalsy: (received) => plain(!received, 'to be falsy'),
  toBeNaN: (received) => plain(isSame(received, Number.NaN), 'to be NaN'),
  toBeGreaterThan: order('greater than', (a, b) => a > b),
  toBeGreaterThanOrEqual: order('greater than or equal to', (a, b) => a >= b),
  toBeLessThan: order('less than', (a, b) => a < b),
  toBeLessThanOrEqual: order('less than or equal to', (a, b) => a <= b),
  toBeCloseTo,
  toMatch,
  toBeInstanceOf,
  toBeTypeOf: (received, values) => plain(typeof received === values[0], `to be of type ${asText(values[0])}`),
  toBeOneOf: (received, values) =>
    plain(
      contains(values[0], received, (a, b) => equals(b, a)),
      `to be one of ${short(values[0])}`,
    ),
  toSatisfy: (received, values) => {
    const predicate = values[0] as (value: unknown) => unknown;
    return plain(Boolean(predicate(received)), 'to satisfy the predicate');
  },
  ...mockMatchers,
};
