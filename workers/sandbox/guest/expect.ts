/** `expect`: matchers on a value, negated or awaited, once or until they hold. */
import { Any, Anything, ArrayOf, containers, customAsymmetric } from './asymmetric.ts';
import { AssertionError } from './assertion-error.ts';
import { chaiWords } from './chai-words.ts';
import type { CustomMatcher } from './custom-matchers.ts';
import { customMatcher } from './custom-matchers.ts';
import { describeValue } from './describe-value.ts';
import { addEqualityTesters } from './equality.ts';
import { countAssertion, currentTestName, keepSoftFailure, wantAssertions } from './expect-state.ts';
import type { Matcher, Verdict } from './verdict.ts';
import { matchers } from './matchers.ts';
import { bare, defineProperty, hasOwn, now, propertyOf, schedule } from './primordials.ts';
import { addSnapshotSerializer, snapshotMatchers } from './snapshots.ts';

type Awaiting = 'none' | 'resolves' | 'rejects';

interface Settings {
  readonly label: string;
  readonly negated: boolean;
  readonly awaiting: Awaiting;
  /** A failure is kept for the end of the test. */
  readonly soft: boolean;
  readonly poll: { readonly timeoutMs: number; readonly intervalMs: number } | undefined;
}

const plainSettings: Settings = bare({ label: '', negated: false, awaiting: 'none', soft: false, poll: undefined });

export class Assertion {
  readonly #received: unknown;
  readonly #settings: Settings;

  constructor(received: unknown, settings: Settings) {
    this.#received = received;
    this.#settings = settings;
  }

  get not(): Assertion {
    return new Assertion(this.#received, bare({ ...this.#settings, negated: !this.#settings.negated }));
  }

  get resolves(): Assertion {
    return new Assertion(this.#received, bare({ ...this.#settings, awaiting: 'resolves' }));
  }

  get rejects(): Assertion {
    return new Assertion(this.#received, bare({ ...this.#settings, awaiting: 'rejects' }));
  }

  /** Runs one matcher; the assertion is passed as an argument so that no public method exposes the parts. */
  static check(assertion: Assertion, name: string, matcher: Matcher, values: readonly unknown[]): unknown {
    countAssertion();
    const settings = assertion.#settings;
    const work = (): unknown => {
      if (settings.poll !== undefined) return poll(assertion.#received, matcher, values, settings);
      if (settings.awaiting === 'none') return judge(assertion.#received, matcher, values, settings);
      return settle(assertion.#received, name, matcher, values, settings);
    };
    if (!settings.soft) return work();
    try {
      const result = work();
      return result instanceof Promise ? result.then(undefined, keepSoftFailure) : result;
    } catch (cause) {
      keepSoftFailure(cause);
      return undefined;
    }
  }
}

async function settle(
  received: unknown,
  name: string,
  matcher: Matcher,
  values: readonly unknown[],
  settings: Settings,
): Promise<void> {
  const promise = typeof received === 'function' ? (received as () => unknown)() : received;
  let value: unknown;
  let rejected = false;
  try {
    value = await promise;
  } catch (cause) {
    value = cause;
    rejected = true;
  }
  if (rejected !== (settings.awaiting === 'rejects')) {
    const outcome = rejected
      ? `was rejected with ${describeValue(value, 500)}`
      : `resolved to ${describeValue(value, 500)}`;
    throw new AssertionError(
      `${settings.label}expected the promise to ${rejected ? 'resolve' : 'be rejected'}, but it ${outcome}`,
    );
  }
  const isThrow = name === 'toThrow' || name === 'toThrowError' || name.startsWith('toThrowErrorMatching');
  await judge(isThrow && rejected ? throwing(value) : value, matcher, values, settings);
}

async function poll(
  received: unknown,
  matcher: Matcher,
  values: readonly unknown[],
  settings: Settings,
): Promise<void> {
  if (typeof received !== 'function') throw new TypeError('expect.poll needs a function');
  const { timeoutMs, intervalMs } = settings.poll ?? { timeoutMs: 1_000, intervalMs: 50 };
  const endsAt = now() + timeoutMs;
  for (;;) {
    try {
      await judge(await (received as () => unknown)(), matcher, values, settings);
      return;
    } catch (cause) {
      if (now() >= endsAt) throw cause;
    }
    await new Promise<void>((resolve) => {
      schedule(() => resolve(), intervalMs);
    });
  }
}

function throwing(value: unknown): () => never {
  return () => {
    throw value;
  };
}

function judge(received: unknown, matcher: Matcher, values: readonly unknown[], settings: Settings): unknown {
  const verdict = matcher(received, values, settings);
  if (verdict instanceof Promise) {
    return (verdict as Promise<Verdict>).then((later) => decide(received, later, settings));
  }
  decide(received, verdict as Verdict, settings);
  return undefined;
}

function decide(received: unknown, verdict: Verdict, { negated, label }: Settings): void {
  if (verdict.holds !== negated) return;
  if (verdict.message !== undefined) throw new AssertionError(`${label}${verdict.message}`);
  const subject = typeof received === 'function' ? 'the function' : describeValue(received, 200);
  const message = `${label}expected ${subject} ${negated ? 'not ' : ''}${verdict.phrase}`;
  if (verdict.compares !== true || negated) throw new AssertionError(message);
  const side = (value: unknown): string => (verdict.isText === true ? String(value) : sideText(value));
  throw new AssertionError(message, side(verdict.expected), side(verdict.isText === true ? verdict.actual : received));
}

/** On one line while that is short, else with a line for each field, so that a difference can be shown line by line. */
function sideText(value: unknown): string {
  const line = describeValue(value, 4_000);
  return line.length <= 72 ? line : describeValue(value, 4_000, true);
}

function addMatcher(name: string, matcher: Matcher): void {
  // Left out of enumeration, and never to be replaced: results hang on them.
  const value = function matcherMethod(this: Assertion, ...values: unknown[]): unknown {
    return Assertion.check(this, name, matcher, values);
  };
  defineProperty(Assertion.prototype, name, bare({ value }));
}

for (const [name, matcher] of Object.entries({ ...matchers, ...snapshotMatchers })) addMatcher(name, matcher);
for (const name of ['not', 'resolves', 'rejects', 'constructor']) {
  const property = propertyOf(Assertion.prototype, name);
  if (property !== undefined) defineProperty(Assertion.prototype, name, bare({ ...property, configurable: false }));
}
chaiWords(Assertion, (assertion, name, matcher, values) => Assertion.check(assertion, name, matcher, values));

function createAssertion(value: unknown, message?: string): Assertion {
  return new Assertion(value, bare({ ...plainSettings, label: typeof message === 'string' ? `${message}: ` : '' }));
}

function fail(message?: unknown): never {
  throw new AssertionError(typeof message === 'string' ? message : 'expect.fail() was called');
}

function extend(added: Record<string, CustomMatcher>): void {
  for (const [name, matcher] of Object.entries(added)) {
    const known = propertyOf(Assertion.prototype, name);
    if (known !== undefined && known.configurable !== true) {
      throw new Error(`expect.extend cannot replace the matcher ${name}: take another name for it`);
    }
    const value = function custom(this: Assertion, ...values: unknown[]): unknown {
      return Assertion.check(this, name, customMatcher(matcher), values);
    };
    defineProperty(Assertion.prototype, name, bare({ value, configurable: true }));
    for (const [holder, negated] of [
      [expect, false],
      [expect.not, true],
    ] as const) {
      if (hasOwn(holder, name) && propertyOf(holder, name)?.configurable !== true) continue;
      const make = (...values: unknown[]): unknown => customAsymmetric(name, matcher, values, negated);
      defineProperty(holder, name, bare({ value: make, configurable: true }));
    }
  }
}

const statics = {
  any: (wanted: unknown) => new Any(wanted),
  anything: () => new Anything(),
  arrayOf: (wanted: unknown) => new ArrayOf(wanted, false),
  ...containers(false),
  not: fixed({ ...containers(true), arrayOf: (wanted: unknown) => new ArrayOf(wanted, true) }),
  soft: (value: unknown, message?: string) =>
    new Assertion(
      value,
      bare({ ...plainSettings, soft: true, label: typeof message === 'string' ? `${message}: ` : '' }),
    ),
  poll: (work: unknown, options: { timeout?: number; interval?: number; message?: string } = {}) =>
    new Assertion(
      work,
      bare({
        ...plainSettings,
        label: options.message === undefined ? '' : `${options.message}: `,
        poll: { timeoutMs: options.timeout ?? 1_000, intervalMs: options.interval ?? 50 },
      }),
    ),
  fail,
  unreachable: fail,
  assertions: (count: number): void => wantAssertions(count),
  hasAssertions: (): void => wantAssertions('some'),
  extend,
  addEqualityTesters,
  addSnapshotSerializer,
  getState: () => ({ currentTestName: currentTestName() }),
  setState: (): void => undefined,
};

/** Fields that the guest cannot replace, on an object to which custom matchers may still be added. */
function fixed<Fields extends object>(fields: Fields, target: object = {}): Fields {
  for (const [name, value] of Object.entries(fields)) defineProperty(target, name, bare({ value, enumerable: true }));
  // SAFETY: the fields were just defined.
  return target as Fields;
}

export const expect: typeof createAssertion & typeof statics = fixed(
  statics,
  createAssertion,
) as typeof createAssertion & typeof statics;
