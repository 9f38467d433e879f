/** The report of a run as JSON text, written by hand: no `toJSON`, getter or prototype of the guest takes part. */
import type { Failure } from './attempt.ts';
import type { ConsoleLine } from './console-capture.ts';
import type { List } from './primordials.ts';
import { allHits } from './measure.ts';
import { itemAt, quote, sliceText } from './primordials.ts';
import type { ReachedOutside, TestOutcome } from './run-suite.ts';

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
  outside: List<ReachedOutside>,
): string {
  const budget = { left: maxFailureCharacters };
  const loads = joinItems(
    loadFailures,
    ({ file, failure }) => `{"file":${quote(file)},"failure":${failureText(failure, budget)}}`,
  );
  const tests = joinItems(outcomes, (outcome) => outcomeText(outcome, budget));
  const output = joinItems(lines, ({ level, text }) => `{"level":${quote(level)},"text":${quote(text)}}`);
  const hits = allHits();
  const measured = hits === undefined ? '' : `"hits":${numbersText(hits)},`;
  const reached = joinItems(outside, (item) => `{"file":${quote(item.file)},"reached":${numbersText(item.reached)}}`);
  return `{${measured}"outside":[${reached}],"tests":[${tests}],"loadFailures":[${loads}],"console":[${output}],"isTimeUp":${isTimeUp ? 'true' : 'false'}}`;
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
  const { reached, steps } = outcome;
  const measured = reached === undefined ? '' : `,"reached":${numbersText(reached)},"steps":${steps ?? 0}`;
  return `{"file":${quote(outcome.file)},"name":${name},"status":${quote(outcome.status)},"durationMs":${rounded(outcome.durationMs)}${failure}${measured}}`;
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
