/** What makes a test fail or skip beyond what its body throws. */
import type { AttemptLimits, Failure } from './attempt.ts';
import { attempt } from './attempt.ts';
import { assertionsMade, firstSoftFailure } from './expect-state.ts';
import { bare } from './primordials.ts';
import type { TestCase } from './suite.ts';
import { isSkipSignal } from './suite.ts';
import type { TestRun } from './test-context.ts';

export function isSkip(cause: unknown, state: TestRun): boolean {
  if (isSkipSignal(cause)) state.skipped = true;
  return state.skipSignalled || isSkipSignal(cause);
}

export async function softFailure(limits: AttemptLimits): Promise<Failure | undefined> {
  const soft = firstSoftFailure();
  if (soft === undefined) return undefined;
  const failure = await attempt(() => {
    throw soft.cause;
  }, limits);
  if (failure === undefined || soft.count === 1) return failure;
  return bare({ ...failure, message: `${failure.message} (and ${soft.count - 1} more soft expectations failed)` });
}

export function planProblem(state: TestRun): string | undefined {
  if (state.planned === undefined) return undefined;
  const made = assertionsMade() + state.subtestsRun;
  return made === state.planned ? undefined : `planned ${state.planned} assertions and subtests, but ${made} ran`;
}

export function plainFailure(message: string, test?: TestCase): Failure {
  return bare({ message, place: test?.place, expected: undefined, actual: undefined });
}

export function withPlace(failure: Failure, test: TestCase): Failure {
  return failure.place === undefined ? bare({ ...failure, place: test.place }) : failure;
}
