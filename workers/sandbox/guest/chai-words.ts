/** The words of chai's `expect`, which vitest has too: `expect(a).to.deep.equal(b)`. They stand for our own matchers. */
import { contains, matchers } from './matchers.ts';
import { equals } from './equality.ts';
import { bare, defineProperty, isSame } from './primordials.ts';
import type { Matcher } from './verdict.ts';
import { plain, short } from './verdict.ts';

type Check<Subject> = (assertion: Subject, name: string, matcher: Matcher, values: readonly unknown[]) => unknown;

/** Words that only read well. */
const fillers = [
  'to',
  'be',
  'been',
  'is',
  'that',
  'which',
  'and',
  'has',
  'have',
  'with',
  'at',
  'of',
  'same',
  'but',
  'does',
  'still',
  'also',
];

const named = (name: string): Matcher =>
  matchers[name] ??
  ((): never => {
    throw new Error(`There is no matcher ${name}`);
  });

const isEmpty = (value: unknown): boolean => {
  if (typeof value === 'string' || Array.isArray(value)) return value.length === 0;
  if (value instanceof Map || value instanceof Set) return value.size === 0;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
};

/** Asserted by being named: `expect(a).to.be.true`. */
const properties: Readonly<Record<string, Matcher>> = {
  true: (received) => plain(received === true, 'to be true'),
  false: (received) => plain(received === false, 'to be false'),
  null: named('toBeNull'),
  undefined: named('toBeUndefined'),
  NaN: named('toBeNaN'),
  ok: named('toBeTruthy'),
  finite: (received) => plain(Number.isFinite(received), 'to be finite'),
  extensible: (received) => plain(Object.isExtensible(received), 'to be extensible'),
  sealed: (received) => plain(Object.isSealed(received), 'to be sealed'),
  frozen: (received) => plain(Object.isFrozen(received), 'to be frozen'),
  exist: (received) => plain(received !== null && received !== undefined, 'to exist'),
  empty: (received) => plain(isEmpty(received), 'to be empty'),
  called: named('toHaveBeenCalled'),
  calledOnce: named('toHaveBeenCalledOnce'),
};

const typeOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1).toLowerCase();
const isA: Matcher = (received, values) =>
  plain(typeOf(received) === String(values[0]).toLowerCase(), `to be a ${String(values[0])}`);
const within: Matcher = (received, values) =>
  plain(
    Number(received) >= Number(values[0]) && Number(received) <= Number(values[1]),
    `to be within ${short(values)}`,
  );
const keys: Matcher = (received, values) => {
  const wanted = (values.flat() as unknown[]).map(String).toSorted();
  return plain(equals(Object.keys(received as object).toSorted(), wanted), `to have the keys ${short(wanted)}`);
};
const members: Matcher = (received, values) => {
  const [left, right] = [received as unknown[], values[0] as unknown[]];
  const holds =
    left.length === right.length && right.every((item) => contains(left, item, (a, b) => isSame(a, b) || equals(a, b)));
  return plain(holds, `to have the members ${short(right)}`);
};

const methods: Readonly<Record<string, Matcher>> = {
  equal: named('toBe'),
  equals: named('toBe'),
  eq: named('toBe'),
  eql: named('toStrictEqual'),
  eqls: named('toStrictEqual'),
  include: (received, values) =>
    typeof received === 'object' && received !== null && typeof values[0] === 'object' && !Array.isArray(received)
      ? named('toMatchObject')(received, values)
      : named('toContain')(received, values),
  contain: named('toContain'),
  includes: named('toContain'),
  contains: named('toContain'),
  a: isA,
  an: isA,
  above: named('toBeGreaterThan'),
  gt: named('toBeGreaterThan'),
  greaterThan: named('toBeGreaterThan'),
  least: named('toBeGreaterThanOrEqual'),
  gte: named('toBeGreaterThanOrEqual'),
  greaterThanOrEqual: named('toBeGreaterThanOrEqual'),
  below: named('toBeLessThan'),
  lt: named('toBeLessThan'),
  lessThan: named('toBeLessThan'),
  most: named('toBeLessThanOrEqual'),
  lte: named('toBeLessThanOrEqual'),
  lessThanOrEqual: named('toBeLessThanOrEqual'),
  within,
  closeTo: (received, values) =>
    plain(Math.abs(Number(received) - Number(values[0])) <= Number(values[1]), `to be close to ${short(values[0])}`),
  lengthOf: named('toHaveLength'),
  match: named('toMatch'),
  property: named('toHaveProperty'),
  instanceof: named('toBeInstanceOf'),
  instanceOf: named('toBeInstanceOf'),
  throw: named('toThrow'),
  throws: named('toThrow'),
  Throw: named('toThrow'),
  satisfy: named('toSatisfy'),
  satisfies: named('toSatisfy'),
  oneOf: named('toBeOneOf'),
  keys,
  members,
  string: named('toContain'),
};

const deepMethods: Readonly<Record<string, Matcher>> = {
  equal: named('toStrictEqual'),
  equals: named('toStrictEqual'),
  eq: named('toStrictEqual'),
  include: named('toContainEqual'),
  contain: named('toContainEqual'),
  members,
  property: named('toHaveProperty'),
};

/** Adds the words to the class of our assertions. */
export function chaiWords<Subject extends object>(
  Assertion: { readonly prototype: Subject },
  checkOnly: Check<Subject>,
): void {
  // Words go on after an assertion that held.
  const check: Check<Subject> = (assertion, name, matcher, values) => {
    const result = checkOnly(assertion, name, matcher, values);
    return result instanceof Promise ? result : assertion;
  };
  const define = (name: string, get: (assertion: Subject) => unknown): void => {
    const getter = function word(this: Subject): unknown {
      return get(this);
    };
    defineProperty(Assertion.prototype, name, bare({ get: getter }));
  };
  for (const word of fillers) define(word, (assertion) => assertion);
  for (const [word, matcher] of Object.entries(properties))
    define(word, (assertion) => check(assertion, word, matcher, []));
  for (const [word, matcher] of Object.entries(methods)) {
    if (word === 'a' || word === 'an') continue;
    const value = function wordMethod(this: Subject, ...values: unknown[]): unknown {
      return check(this, word, matcher, values);
    };
    defineProperty(Assertion.prototype, word, bare({ value }));
  }
  for (const word of ['a', 'an']) {
    define(word, (assertion) => {
      const call = (type: unknown): unknown => check(assertion, word, isA, [type]);
      return new Proxy(call, { get: (_target, key) => (assertion as Record<PropertyKey, unknown>)[key] });
    });
  }
  define('deep', (assertion) => {
    const entries = Object.entries(deepMethods).map(([word, matcher]) => [
      word,
      (...values: unknown[]) => check(assertion, word, matcher, values),
    ]);
    return Object.fromEntries(entries) as unknown;
  });
}
