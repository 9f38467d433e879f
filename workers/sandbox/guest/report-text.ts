/** The report of a run as JSON text, written by hand: no `toJSON`, getter or prototype of the guest takes part. */
import type { Failure } from './attempt.ts';
import type { ConsoleLine } from './console-capture.ts';
import type { List } from './primordials.ts';
import { allHits } from './measure.ts';
import { itemAt, quote, sliceText } from './primordials.ts';
import type { ReachedOutside, TestOutcome } from './run-hooks.ts';
import type { SnapshotChange } from './snapshots.ts';

export interface LoadFailure {
  readonly file: string;
  readonly failure: Failure;
}

/** Characters for failure texts of the whole report; when they are used up, texts are cut to a line. */
const maxFailureCharacters = 500_000;

export function reportText(
  outcomes: List<TestOutcome>,
  loadFailures: List<LoadFailure>,
  lines: List<ConsoleLine>,
  isTimeUp: boolean,
  snapshots: SnapshotReport,
  outside: List<ReachedOutside>,
): string {
  const budget = { left: maxFailureCharacters };
  const loads = joinItems(
    loadFailures,
    ({ file, failure }) => `{"file":${quote(file)},"failure":${failureText(failure, budget)}}`,
  );
  const tests = joinItems(outcomes, (outcome) => outcomeText(outcome, budget));
  const output = joinItems(lines, ({ level, text, test }) => {
    const named = test === undefined ? '' : `,"test":${quote(sliceText(test, 0, 500))}`;
    return `{"level":${quote(level)},"text":${quote(text)}${named}}`;
  });
  const changes = joinItems(snapshots.changes, changeText);
  const unused = joinItems(
    snapshots.unused,
    ({ file, name }) => `{"file":${quote(file)},"name":${quote(sliceText(name, 0, 1_000))}}`,
  );
  const hits = allHits();
  const measured = hits === undefined ? '' : `"hits":${numbersText(hits)},`;
  const reached = joinItems(outside, (item) => `{"file":${quote(item.file)},"reached":${numbersText(item.reached)}}`);
  return `{${measured}"outside":[${reached}],"tests":[${tests}],"loadFailures":[${loads}],"console":[${output}],"snapshots":[${changes}],"unusedSnapshots":[${unused}],"isTimeUp":${isTimeUp ? 'true' : 'false'}}`;
}

/** What became of the snapshots of the run. */
export interface SnapshotReport {
  readonly changes: List<SnapshotChange>;
  readonly unused: List<{ readonly file: string; readonly name: string }>;
}

/** Longer ones are not kept: a report is no store of files. */
const maxSnapshotCharacters = 200_000;

function changeText(change: SnapshotChange): string {
  const value = quote(sliceText(change.value, 0, maxSnapshotCharacters));
  const name = quote(sliceText(change.name, 0, 1_000));
  return `{"file":${quote(change.file)},"kind":${quote(change.kind)},"name":${name},"value":${value},"line":${change.line},"isUpdate":${change.isUpdate ? 'true' : 'false'}}`;
}

function joinItems<Item>(items: List<Item>, write: (item: Item) => string): string {
  let text = '';
  for (let index = 0; index < items.length; index += 1) text += (index === 0 ? '' : ',') + write(itemAt(items, index));
  return text;
}

function numbersText(numbers: List<number>): string {
  return `[${joinItems(numbers, (number) => `${number}`)}]`;
}

function outcomeText(outcome: TestOutcome, budget: { left: number }): string {
  const failure = outcome.failure === undefined ? '' : `,"failure":${failureText(outcome.failure, budget)}`;
  const name = quote(sliceText(outcome.name, 0, 500));
  const reached = outcome.reached === undefined ? '' : `,"reached":${numbersText(outcome.reached)}`;
  return `{"file":${quote(outcome.file)},"name":${name},"status":${quote(outcome.status)},"durationMs":${rounded(outcome.durationMs)},"assertions":${outcome.assertions},"steps":${outcome.steps},"retries":${outcome.retries}${failure}${reached}}`;
}

function rounded(milliseconds: number): string {
  return `${(milliseconds * 100 - ((milliseconds * 100) % 1)) / 100}`;
}

function failureText(failure: Failure, budget: { left: number }): string {
  const cut = (text: string): string => {
    const kept = sliceText(text, 0, budget.left > 0 ? text.length : 200);
    budget.left -= kept.length;
    return quote(kept);
  };
  let text = `{"message":${cut(failure.message)}`;
  if (failure.place !== undefined) text += `,"file":${quote(failure.place.file)},"line":${failure.place.line}`;
  if (failure.expected !== undefined) text += `,"expected":${cut(failure.expected)}`;
  if (failure.actual !== undefined) text += `,"actual":${cut(failure.actual)}`;
  return `${text}}`;
}
