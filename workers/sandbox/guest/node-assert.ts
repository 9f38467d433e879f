/** `node:assert` with its calls counted, so that a test without any assertion can be told. */
import assert from 'node:assert';
import { countAssertion } from './expect-state.ts';
import { applyFunction, defineProperty, freeze } from './primordials.ts';

type AnyFunction = (...values: unknown[]) => unknown;

function counted(target: object, source: object, seen: Map<object, object>): object {
  seen.set(source, target);
  for (const name of Object.keys(source)) {
    const value = (source as Record<string, unknown>)[name];
    const isClass = name === 'AssertionError' || name === 'CallTracker' || name === 'Assert';
    defineProperty(target, name, {
      value: isClass || typeof value !== 'function' ? value : (seen.get(value) ?? wrap(value as AnyFunction, seen)),
      writable: true,
      configurable: true,
      enumerable: true,
    });
  }
  return target;
}

function wrap(original: AnyFunction, seen: Map<object, object>): AnyFunction {
  const call = function assertion(this: unknown, ...values: unknown[]): unknown {
    countAssertion();
    return applyFunction(original, this, values);
  };
  return counted(call, original, seen) as AnyFunction;
}

// SAFETY: every function is wrapped by one of the same parameters, and classes are kept.
const wrapped = wrap(assert as unknown as AnyFunction, new Map()) as unknown as typeof assert;

export default wrapped;
export const strict = wrapped.strict;
export const {
  AssertionError,
  deepEqual,
  deepStrictEqual,
  doesNotMatch,
  doesNotReject,
  doesNotThrow,
  equal,
  fail,
  ifError,
  match,
  notDeepEqual,
  notDeepStrictEqual,
  notEqual,
  notStrictEqual,
  ok,
  rejects,
  strictEqual,
  throws,
} = freeze({ ...wrapped });
