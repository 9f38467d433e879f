/** Matchers that tests bring themselves by `expect.extend`. */
import { describeValue } from './describe-value.ts';
import { equals } from './equality.ts';
import { currentTestName } from './expect-state.ts';
import type { Matcher, Verdict } from './verdict.ts';

interface CustomResult {
  /** Any value; its truth counts. */
  readonly pass: unknown;
  readonly message?: (() => string) | string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

export type CustomMatcher = (this: object, received: unknown, ...values: unknown[]) => unknown;

const print = (value: unknown): string => describeValue(value, 1_000);

/** What a matcher finds on `this`, as far as vitest and jest agree on it. */
export function matcherContext(isNot: boolean, promise: string): object {
  return {
    isNot,
    promise,
    currentTestName: currentTestName(),
    environment: 'node',
    equals: (a: unknown, b: unknown, _testers?: unknown, isStrict?: boolean) =>
      equals(a, b, isStrict === true ? 'strict' : 'loose'),
    customTesters: [],
    utils: {
      printReceived: print,
      printExpected: print,
      stringify: print,
      diff: (a: unknown, b: unknown) => `- Expected\n+ Received\n\n- ${print(a)}\n+ ${print(b)}`,
      matcherHint: (name: string, received = 'received', expected = 'expected', options: { isNot?: boolean } = {}) =>
        `expect(${received})${options.isNot === true ? '.not' : ''}.${name}(${expected})`,
      matcherErrorMessage: (hint: string, generic: string, specific = '') => `${hint}\n\n${generic}\n\n${specific}`,
      EXPECTED_COLOR: String,
      RECEIVED_COLOR: String,
      INVERTED_COLOR: String,
      BOLD_WEIGHT: String,
      DIM_COLOR: String,
      iterableEquality: (a: unknown, b: unknown) => equals(a, b),
      subsetEquality: (a: unknown, b: unknown) => equals(a, b, 'subset'),
    },
  };
}

/** A guest's matcher as one of ours. */
export function customMatcher(matcher: CustomMatcher): Matcher {
  return (received, values, settings) => {
    const isNot = settings?.negated === true;
    const context = matcherContext(isNot, settings?.awaiting === 'none' ? '' : (settings?.awaiting ?? ''));
    const result = matcher.apply(context, [received, ...values]);
    return result instanceof Promise ? result.then(verdictOf) : verdictOf(result);
  };
}

function verdictOf(result: unknown): Verdict {
  if (typeof result !== 'object' || result === null || !('pass' in result)) {
    throw new TypeError('A matcher of expect.extend must return { pass, message }');
  }
  // SAFETY: whatever the fields hold, they are only turned into truth and text below.
  const { pass, message } = result as CustomResult;
  const text = typeof message === 'function' ? message() : message;
  return { holds: Boolean(pass), phrase: '', message: typeof text === 'string' ? text : 'The custom matcher failed' };
}
