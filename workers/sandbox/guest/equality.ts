/** Deep equality as test authors expect it: by value, cycles allowed, with matchers like `expect.any` inside. */
import { className, describeValue, readText, setLabel } from './describe-value.ts';
import type { List } from './primordials.ts';
import {
  applyFunction,
  dateValue,
  hasOwn,
  isArray,
  isSame,
  listOf,
  mapForEach,
  mapGet,
  mapHas,
  ownKeys,
  patternText,
  propertyOf,
  prototypeOf,
  push,
  setForEach,
  setHas,
  tagOf,
  weakSetAdd,
  weakSetHas,
} from './primordials.ts';

export type Strictness = 'loose' | 'strict' | 'subset';

const asymmetricMatchers = new WeakSet();

/** A value that decides by itself what equals it; stands anywhere inside an expected value. */
export abstract class AsymmetricMatcher {
  /** By this mark other libraries know such a value. */
  readonly $$typeof = Symbol.for('jest.asymmetricMatcher');
  readonly sample: unknown;
  readonly #label: string;

  constructor(label: string, wanted?: unknown) {
    weakSetAdd(asymmetricMatchers, this);
    setLabel(this, label, wanted);
    this.#label = label;
    this.sample = wanted;
  }
  abstract matches(value: unknown): boolean;

  asymmetricMatch(value: unknown): boolean {
    return this.matches(value);
  }

  /** As snapshots print it: `ObjectContaining`. */
  toString(): string {
    const [first = '', ...rest] = this.#label.split('not.').at(-1) ?? '';
    return `${this.#label.startsWith('not.') ? 'Not' : ''}${first.toUpperCase()}${rest.join('')}`;
  }

  toAsymmetricMatcher(): string {
    const { sample } = this;
    const name = typeof sample === 'function' ? sample.name : describeValue(sample);
    return sample === undefined ? this.toString() : `${this.toString()}<${name}>`;
  }
}

/** Ours, and what other libraries made with a method `asymmetricMatch`. */
function asMatcher(value: unknown): { matches: (value: unknown) => boolean } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (weakSetHas(asymmetricMatchers, value)) return value as AsymmetricMatcher;
  const match = propertyOf((prototypeOf(value) as object) ?? value, 'asymmetricMatch')?.value as unknown;
  if (typeof match !== 'function') return undefined;
  return { matches: (other) => Boolean(applyFunction(match, value, [other])) };
}

/** Answers undefined when it does not know the values. */
type EqualityTester = (this: object, a: unknown, b: unknown, testers: readonly unknown[]) => boolean | undefined;

const testers: List<EqualityTester> = listOf();

/** `expect.addEqualityTesters`. */
export function addEqualityTesters(added: readonly EqualityTester[]): void {
  for (let index = 0; index < added.length; index += 1) push(testers, added[index] as EqualityTester);
}

function byTesters(actual: unknown, expected: unknown): boolean | undefined {
  for (let index = 0; index < testers.length; index += 1) {
    const tester = testers[index] as EqualityTester;
    const verdict = applyFunction(tester, { equals }, [actual, expected, []]) as boolean | undefined;
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

/**
 * `loose`: undefined properties and classes do not count (`toEqual`). `strict`: both count (`toStrictEqual`).
 * `subset`: the actual objects may have more properties (`toMatchObject`).
 */
export function equals(actual: unknown, expected: unknown, strictness: Strictness = 'loose'): boolean {
  return compare(actual, expected, strictness, listOf());
}

type Pairs = List<readonly [object, object]>;

function compare(actual: unknown, expected: unknown, strictness: Strictness, seen: Pairs): boolean {
  const matcher = asMatcher(expected);
  if (matcher !== undefined) return matcher.matches(actual);
  const reversed = asMatcher(actual);
  if (reversed !== undefined) return reversed.matches(expected);
  const decided = testers.length === 0 ? undefined : byTesters(actual, expected);
  if (decided !== undefined) return decided;
  if (isSame(actual, expected)) return true;
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null) return false;
  const tag = tagOf(actual);
  const expectedTag = tagOf(expected);
  // A plain object stands for the fields of any object, of an error for example.
  const isPattern = strictness === 'subset' && expectedTag === '[object Object]' && !isArray(actual);
  if (tag !== expectedTag && !isPattern) return false;
  if (strictness === 'strict' && prototypeOf(actual) !== prototypeOf(expected)) return false;
  for (let index = 0; index < seen.length; index += 1) {
    const pair = seen[index];
    if (pair !== undefined && pair[0] === actual && pair[1] === expected) return true;
  }
  push(seen, [actual, expected]);
  const result = isPattern
    ? compareFields(actual, expected, strictness, seen)
    : compareObjects(actual, expected, tag, strictness, seen);
  seen.length -= 1;
  return result;
}

function compareObjects(actual: object, expected: object, tag: string, strictness: Strictness, seen: Pairs): boolean {
  if (actual instanceof Error && expected instanceof Error) return compareErrors(actual, expected, strictness, seen);
  switch (tag) {
    case '[object Date]':
      return isSame(dateValue(actual), dateValue(expected));
    case '[object RegExp]':
      return patternText(actual) === patternText(expected);
    case '[object Map]':
      return compareMaps(actual as Map<unknown, unknown>, expected as Map<unknown, unknown>, strictness, seen);
    case '[object Set]':
      return compareSets(actual as Set<unknown>, expected as Set<unknown>, strictness, seen);
    case '[object Number]':
    case '[object String]':
    case '[object Boolean]':
      return isSame((actual as { valueOf(): unknown }).valueOf(), (expected as { valueOf(): unknown }).valueOf());
    case '[object ArrayBuffer]':
      return compareArrays(
        new Uint8Array(actual as ArrayBuffer),
        new Uint8Array(expected as ArrayBuffer),
        strictness,
        seen,
      );
    case '[object URL]':
      return (actual as URL).href === (expected as URL).href;
    case '[object Promise]':
    case '[object WeakMap]':
    case '[object WeakSet]':
      return false;
    default:
  }
  if (isArray(actual) || ArrayBuffer.isView(actual)) {
    return compareArrays(actual as ArrayLike<unknown>, expected as ArrayLike<unknown>, strictness, seen);
  }
  return compareFields(actual, expected, strictness, seen);
}

function compareErrors(actual: Error, expected: Error, strictness: Strictness, seen: Pairs): boolean {
  return (
    readText(actual, 'name') === readText(expected, 'name') &&
    readText(actual, 'message') === readText(expected, 'message') &&
    className(actual) === className(expected) &&
    compare(actual.cause, expected.cause, strictness, seen)
  );
}

function compareArrays(
  actual: ArrayLike<unknown>,
  expected: ArrayLike<unknown>,
  strictness: Strictness,
  seen: Pairs,
): boolean {
  if (actual.length !== expected.length) return false;
  for (let index = 0; index < expected.length; index += 1) {
    if (strictness === 'strict' && hasOwn(actual, index) !== hasOwn(expected, index)) return false;
    if (!compare(actual[index], expected[index], strictness, seen)) return false;
  }
  return true;
}

function compareMaps(
  actual: Map<unknown, unknown>,
  expected: Map<unknown, unknown>,
  strictness: Strictness,
  seen: Pairs,
): boolean {
  if (actual.size !== expected.size) return false;
  let same = true;
  mapForEach(expected, (value: unknown, key: unknown) => {
    if (!same) return;
    if (mapHas(actual, key)) {
      same = compare(mapGet(actual, key), value, strictness, seen);
      return;
    }
    let found = false;
    mapForEach(actual, (otherValue: unknown, otherKey: unknown) => {
      found ||= compare(otherKey, key, strictness, seen) && compare(otherValue, value, strictness, seen);
    });
    same = found;
  });
  return same;
}

function compareSets(actual: Set<unknown>, expected: Set<unknown>, strictness: Strictness, seen: Pairs): boolean {
  if (actual.size !== expected.size) return false;
  let same = true;
  setForEach(expected, (value: unknown) => {
    if (!same || setHas(actual, value)) return;
    let found = false;
    setForEach(actual, (other: unknown) => {
      found ||= compare(other, value, strictness, seen);
    });
    same = found;
  });
  return same;
}

function isEnumerable(value: object, key: PropertyKey): boolean {
  return propertyOf(value, key)?.enumerable === true;
}

function compareFields(actual: object, expected: object, strictness: Strictness, seen: Pairs): boolean {
  const left = actual as Record<PropertyKey, unknown>;
  const right = expected as Record<PropertyKey, unknown>;
  const expectedKeys = ownKeys(expected);
  for (let index = 0; index < expectedKeys.length; index += 1) {
    const key = expectedKeys[index] as string;
    if (!isEnumerable(expected, key)) continue;
    const isMissing = strictness === 'subset' ? !(key in actual) : !hasOwn(actual, key);
    if (isMissing && (strictness !== 'loose' || right[key] !== undefined)) return false;
    if (!compare(left[key], right[key], strictness, seen)) return false;
  }
  if (strictness === 'subset') return true;
  const actualKeys = ownKeys(actual);
  for (let index = 0; index < actualKeys.length; index += 1) {
    const key = actualKeys[index] as string;
    if (!isEnumerable(actual, key) || hasOwn(expected, key)) continue;
    if (strictness === 'strict' || left[key] !== undefined) return false;
  }
  return true;
}
