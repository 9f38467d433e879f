/**
 * Counters and the switch of measured code. Code built for coverage or mutation testing raises `hits` and compares
 * `active` with the numbers of its mutants; both names are chosen so that the text of the guest cannot contain them.
 * For mutation testing it also says which tests are to run, and ends the run with the first failure.
 */
import type { List } from './primordials.ts';
import { listOf, push } from './primordials.ts';

/** One counter for each place; set before the first module of the guest is loaded. */
export let hits = new Uint32Array(0);
/** Number of the mutant that is on; 0 for none. */
export let active = 0;

let isPerTest = false;
let endsWithFailure = false;
let hasEnded = false;
let isRepeated = false;
let chosen: List<ChosenTests> | undefined;

/** The tests of one file that are to run. */
export interface ChosenTests {
  readonly file: string;
  readonly names: readonly string[];
}

/** What a run measures. */
export interface MeasurePlan {
  readonly counters: number;
  readonly activeMutant: number;
  /** Says for each test which counters it raised, instead of all counts at the end. */
  readonly perTest: boolean;
  readonly stopAtFailure: boolean;
  /** Absent: all tests run. */
  readonly only?: readonly ChosenTests[];
}

export function openMeasure(plan: MeasurePlan): void {
  hits = new Uint32Array(plan.counters);
  active = plan.activeMutant;
  isPerTest = plan.perTest;
  endsWithFailure = plan.stopAtFailure;
  chosen = plan.only;
}

/** For one more run of the same tests in the same isolate, which ends with the first failure and tells no counts. */
export function switchMutant(mutant: number, only: List<ChosenTests>): void {
  active = mutant;
  chosen = only;
  isRepeated = true;
  endsWithFailure = true;
  hasEnded = false;
}

export function isChosen(file: string, name: string): boolean {
  if (hasEnded) return false;
  if (chosen === undefined) return true;
  for (let index = 0; index < chosen.length; index += 1) {
    const tests = chosen[index];
    if (tests?.file !== file) continue;
    for (let at = 0; at < tests.names.length; at += 1) if (tests.names[at] === name) return true;
  }
  return false;
}

/** Told of each failure: the verdict on a mutant needs one. */
export function noteFailure(): void {
  if (endsWithFailure) hasEnded = true;
}

/** The counters raised since the last call, when the run wants them test by test. */
export function takeReached(): List<number> | undefined {
  if (!isPerTest) return undefined;
  const reached = listOf<number>();
  for (let index = 0; index < hits.length; index += 1) {
    if (hits[index] === 0) continue;
    hits[index] = 0;
    push(reached, index);
  }
  return reached;
}

/** All counts of the run, when it does not want them test by test. */
export function allHits(): List<number> | undefined {
  if (isPerTest || isRepeated || hits.length === 0) return undefined;
  const counts = listOf<number>();
  for (let index = 0; index < hits.length; index += 1) push(counts, hits[index] ?? 0);
  return counts;
}
