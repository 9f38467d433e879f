/** What a running test has asserted so far; the runner reads it when the test has ended. */
import type { List } from './primordials.ts';
import { listOf, push } from './primordials.ts';

let made = 0;
let wanted: number | 'some' | undefined;
let softFailures: List<unknown> = listOf();
let testName = '';

/** Called by the runner before each test. */
export function startCounting(name: string): void {
  made = 0;
  wanted = undefined;
  softFailures = listOf();
  testName = name;
}

export function currentTestName(): string {
  return testName;
}

export function countAssertion(): void {
  made += 1;
}

export function assertionsMade(): number {
  return made;
}

export function wantAssertions(count: number | 'some'): void {
  wanted = count;
}

export function keepSoftFailure(cause: unknown): void {
  push(softFailures, cause);
}

/** What the first soft expectation that failed threw; undefined when all held. */
export function firstSoftFailure(): { readonly cause: unknown; readonly count: number } | undefined {
  return softFailures.length === 0 ? undefined : { cause: softFailures[0], count: softFailures.length };
}

/** Called by the runner after each test: why the number of assertions is wrong, or undefined. */
export function countingProblem(): string | undefined {
  if (wanted === undefined) return undefined;
  if (wanted === 'some') return made > 0 ? undefined : 'expected at least one assertion, but none ran';
  if (wanted === made) return undefined;
  return `expected ${wanted} assertions, but ${made} ran`;
}
