/** `expect`: matchers on a value, negated or awaited, and the checks on how many of them a test ran. */
import { Any, Anything, containers } from './asymmetric.ts';
import { AssertionError } from './assertion-error.ts';
import { describeValue } from './describe-value.ts';
import type { Matcher } from './matchers.ts';
import { matchers } from './matchers.ts';
import { defineProperty, freeze } from './primordials.ts';

type Awaiting = 'none' | 'resolves' | 'rejects';

let assertionsMade = 0;
let assertionsWanted: number | 'some' | undefined;

/** Called by the runner before each test. */
export function startCounting(): void {
  assertionsMade = 0;
  assertionsWanted = undefined;
}

/** Called by the runner after each test: why the number of assertions is wrong, or undefined. */
export function countingProblem(): string | undefined {
  if (assertionsWanted === undefined) return undefined;
  if (assertionsWanted === 'some')
    return assertionsMade > 0 ? undefined : 'expected at least one assertion, but none ran';
  if (assertionsWanted === assertionsMade) return undefined;
  return `expected ${assertionsWanted} assertions, but ${assertionsMade} ran`;
}

class Assertion {
  readonly #received: unknown;
  readonly #negated: boolean;
  readonly #awaiting: Awaiting;
  readonly #label: string;

  constructor(received: unknown, label: string, negated: boolean, awaiting: Awaiting) {
    this.#received = received;
    this.#label = label;
    this.#negated = negated;
    this.#awaiting = awaiting;
  }

  get not(): Assertion {
    return new Assertion(this.#received, this.#label, !this.#negated, this.#awaiting);
  }

  get resolves(): Assertion {
    return new Assertion(this.#received, this.#label, this.#negated, 'resolves');
  }

  get rejects(): Assertion {
    return new Assertion(this.#received, this.#label, this.#negated, 'rejects');
  }

  /** Runs one matcher; the assertion is passed as an argument so that no public method exposes the parts. */
  static check(assertion: Assertion, name: string, matcher: Matcher, values: readonly unknown[]): unknown {
    assertionsMade += 1;
    if (assertion.#awaiting === 'none') {
      return judge(assertion.#received, matcher, values, assertion.#negated, assertion.#label);
    }
    return Assertion.#settle(assertion, name, matcher, values);
  }

  static async #settle(
    assertion: Assertion,
    name: string,
    matcher: Matcher,
    values: readonly unknown[],
  ): Promise<void> {
    const received = assertion.#received;
    const promise = typeof received === 'function' ? (received as () => unknown)() : received;
    let value: unknown;
    let rejected = false;
    try {
      value = await promise;
    } catch (cause) {
      value = cause;
      rejected = true;
    }
    if (rejected !== (assertion.#awaiting === 'rejects')) {
      const outcome = rejected
        ? `was rejected with ${describeValue(value, 500)}`
        : `resolved to ${describeValue(value, 500)}`;
      throw new AssertionError(
        `${assertion.#label}expected the promise to ${rejected ? 'resolve' : 'be rejected'}, but it ${outcome}`,
      );
    }
    const isThrow = name === 'toThrow' || name === 'toThrowError';
    const subject = isThrow && rejected ? throwing(value) : value;
    judge(subject, matcher, values, assertion.#negated, assertion.#label);
  }
}

function throwing(value: unknown): () => never {
  return () => {
    throw value;
  };
}

function judge(received: unknown, matcher: Matcher, values: readonly unknown[], negated: boolean, label: string): void {
  const verdict = matcher(received, values);
  if (verdict.holds !== negated) return;
  const subject = typeof received === 'function' ? 'the function' : describeValue(received, 200);
  const message = `${label}expected ${subject} ${negated ? 'not ' : ''}${verdict.phrase}`;
  if (verdict.compares !== true || negated) throw new AssertionError(message);
  throw new AssertionError(message, describeValue(verdict.expected), describeValue(received));
}

for (const [name, matcher] of Object.entries(matchers)) {
  defineProperty(Assertion.prototype, name, {
    value(this: Assertion, ...values: unknown[]): unknown {
      return Assertion.check(this, name, matcher, values);
    },
  });
}
freeze(Assertion.prototype);

function createAssertion(value: unknown, message?: string): Assertion {
  return new Assertion(value, typeof message === 'string' ? `${message}: ` : '', false, 'none');
}

function fail(message?: string): never {
  throw new AssertionError(typeof message === 'string' ? message : 'expect.fail() was called');
}

export const expect = freeze(
  Object.assign(createAssertion, {
    any: (wanted: unknown) => new Any(wanted),
    anything: () => new Anything(),
    ...containers(false),
    not: freeze(containers(true)),
    fail,
    unreachable: fail,
    assertions: (count: number): void => {
      assertionsWanted = count;
    },
    hasAssertions: (): void => {
      assertionsWanted = 'some';
    },
    extend: (): never => {
      throw new Error('expect.extend is not available here: write the check as a function of the test');
    },
  }),
);
