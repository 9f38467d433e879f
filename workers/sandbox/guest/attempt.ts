/** Runs one piece of guest code with its own fuel and deadline, and says how it ended. */
import { describeValue, errorText, readText } from './describe-value.ts';
import { isFuelSpent, refuel, stepsSinceFilled } from './fuel.ts';
import { bare, now, propertyOf, schedule, sliceText, unschedule } from './primordials.ts';
import type { SourcePlace } from './source-place.ts';
import { placeOf } from './source-place.ts';

export interface Failure {
  readonly message: string;
  readonly place: SourcePlace | undefined;
  readonly expected: string | undefined;
  readonly actual: string | undefined;
}

export interface AttemptLimits {
  readonly timeoutMs: number;
  readonly fuel: number;
  /** On the clock of `now`; a piece of work is never given more time than is left until then. */
  readonly runEndsAt: number;
}

const maxMessageCharacters = 4_000;

const neverSignal = (): boolean => false;

let unhandled: Failure | undefined;
let lastSteps = 0;

/** Steps of the piece of work that was attempted last. */
export function stepsOfLastAttempt(): number {
  return lastSteps;
}

/** Makes a rejected promise that nobody handles the failure of the test that runs at that moment. */
export function watchRejections(): void {
  addEventListener('unhandledrejection', (event) => {
    event.preventDefault();
    const failure = failureOf(event.reason);
    unhandled ??= bare({ ...failure, message: `A promise was rejected and nobody handled it: ${failure.message}` });
  });
}

/**
 * The failure of the piece of work, or undefined when it ended well.
 * Whatever it throws is turned into text here, at once; the guest's objects are not looked at again.
 */
export async function attempt(
  work: () => unknown,
  limits: AttemptLimits,
  isSignal: (cause: unknown) => boolean = neverSignal,
): Promise<Failure | undefined> {
  refuel(limits.fuel);
  unhandled = undefined;
  let failure: Failure | undefined;
  let isSpent = false;
  try {
    const result = work();
    if (isThenable(result)) await beforeDeadline(result, limits);
    isSpent = isFuelSpent();
    lastSteps = stepsSinceFilled();
  } catch (cause) {
    isSpent = isFuelSpent();
    lastSteps = stepsSinceFilled();
    // Describing may call into guest code (a proxy, a stack getter), so it gets a little fuel of its own.
    refuel(10_000);
    if (isSpent || !isSignal(cause)) failure = failureOf(cause);
  }
  refuel(limits.fuel);
  if (isSpent) return spentFailure(limits.fuel, failure);
  return failure ?? unhandled;
}

/** The failure of work that used its steps up, whatever it made of the error that told it so. */
function spentFailure(steps: number, failure: Failure | undefined): Failure {
  const message = `The code ran for more than ${steps} steps: an endless loop or recursion?`;
  return bare({ message, place: failure?.place, expected: undefined, actual: undefined });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

async function beforeDeadline(work: PromiseLike<unknown>, limits: AttemptLimits): Promise<void> {
  const left = limits.runEndsAt - now();
  const delayMs = left < limits.timeoutMs ? left : limits.timeoutMs;
  let timer: unknown;
  const deadline = new Promise<undefined>((_resolve, reject) => {
    timer = schedule(
      () => reject(new TimeoutError(`Not finished after ${limits.timeoutMs} ms`)),
      delayMs > 0 ? delayMs : 0,
    );
  });
  try {
    await firstOf(settled(work), deadline);
  } finally {
    unschedule(timer);
  }
}

class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** Waits for guest work and drops its value, which could be anything. */
async function settled(work: PromiseLike<unknown>): Promise<undefined> {
  await work;
  return undefined;
}

function firstOf(work: Promise<undefined>, deadline: Promise<undefined>): Promise<undefined> {
  return new Promise((resolve, reject) => {
    const finish = (): void => resolve(undefined);
    work.then(finish, reject);
    deadline.then(finish, reject);
  });
}

/** Any thrown value as a failure. */
function failureOf(cause: unknown): Failure {
  const isObject = typeof cause === 'object' && cause !== null;
  return bare({
    message: sliceText(messageOf(cause), 0, maxMessageCharacters),
    place: placeOf(cause),
    expected: isObject ? sideOf(cause, 'expected') : undefined,
    actual: isObject ? sideOf(cause, 'actual') : undefined,
  });
}

function messageOf(cause: unknown): string {
  try {
    if (!(cause instanceof Error)) return `The code threw ${describeValue(cause, 500)}`;
    const isAssertion = readText(cause, 'code') === 'ERR_ASSERTION';
    return (isAssertion ? readText(cause, 'message') : undefined) ?? errorText(cause);
  } catch {
    return 'The code threw something that cannot be described';
  }
}

/** `expected` or `actual` of an assertion error, ours (already text) or that of `node:assert` (any value). */
function sideOf(cause: object, side: 'expected' | 'actual'): string | undefined {
  try {
    if (readText(cause, 'code') !== 'ERR_ASSERTION') return undefined;
    const value = propertyOf(cause, side)?.value as unknown;
    const isOurs = propertyOf(cause, 'operator') === undefined;
    if (isOurs) return typeof value === 'string' ? sliceText(value, 0, 2_000) : undefined;
    return describeValue(value);
  } catch {
    return undefined;
  }
}
