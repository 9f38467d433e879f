/** The results of the experiment as the table that stands in the documentation. */
import { catchers, type Catcher } from './fate.ts';
import type { RunResult } from './project-run.ts';

export interface RateSummary {
  readonly rate: number;
  readonly hollow: boolean;
  readonly runs: number;
  readonly completed: number;
  readonly faults: number;
  readonly caught: Readonly<Record<Catcher, number>>;
  readonly inProduction: number;
  /** Runs whose production fails a test of a faultless build. */
  readonly noticeable: number;
  /** Runs whose production fails a scenario of the specification. */
  readonly criterionFails: number;
}

const summarize = (rate: number, hollow: boolean, runs: readonly RunResult[]): RateSummary => {
  const fates = runs.flatMap((run) => run.fates);
  const count = (catcher: Catcher): number => fates.filter(({ caughtBy }) => caughtBy.includes(catcher)).length;
  return {
    rate,
    hollow,
    runs: runs.length,
    completed: runs.filter(({ status }) => status === 'completed').length,
    faults: fates.length,
    // SAFETY: the entries are those of the list that the type is made of.
    caught: Object.fromEntries(catchers.map((name) => [name, count(name)])) as Record<Catcher, number>,
    inProduction: fates.filter(({ inProduction }) => inProduction).length,
    noticeable: runs.filter(({ failingTests }) => failingTests.length > 0).length,
    criterionFails: runs.filter(({ failingCriteria }) => failingCriteria.length > 0).length,
  };
};

/** One summary for each rate and kind of tests, the tests that show something first. */
export const summarizeRuns = (runs: readonly RunResult[]): readonly RateSummary[] =>
  [false, true].flatMap((hollow) =>
    [...new Set(runs.map(({ rate }) => rate))].flatMap((rate) => {
      const own = runs.filter((run) => run.hollow === hollow && run.rate === rate);
      return own.length === 0 ? [] : [summarize(rate, hollow, own)];
    }),
  );

/** Markdown. */
export const faultsTable = (summaries: readonly RateSummary[]): string => {
  const header = [
    'tests',
    'rate',
    'runs',
    'completed',
    'faults',
    ...catchers,
    'in production',
    'noticeable',
    'criterion fails',
  ];
  const rows = summaries.map((each) => [
    each.hollow ? 'hollow' : 'real',
    each.rate,
    each.runs,
    each.completed,
    each.faults,
    ...catchers.map((name) => each.caught[name]),
    each.inProduction,
    each.noticeable,
    each.criterionFails,
  ]);
  return [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
};
