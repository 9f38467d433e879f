/** From counters to coverage: per file, over all files, and of the lines that a change touched. */
import type { FileCoverageMap, SourceRange } from './coverage-map.ts';
import { counterCount } from './coverage-map.ts';

export interface Share {
  readonly covered: number;
  readonly total: number;
}

export interface CoverageTotals {
  readonly statements: Share;
  readonly branches: Share;
  readonly functions: Share;
  readonly lines: Share;
}

export interface FileCoverage extends CoverageTotals {
  readonly file: string;
  /** Times that the statement on each line ran which ran most; lines without a statement are not there. */
  readonly lineHits: ReadonlyMap<number, number>;
  readonly uncoveredFunctions: readonly string[];
  /** Ways of branches that were never taken. */
  readonly uncoveredBranches: readonly SourceRange[];
}

const share = (hits: readonly number[]): Share => ({
  covered: hits.filter((count) => count > 0).length,
  total: hits.length,
});

/** The coverage of one file. Counters that are missing count as 0. */
export const fileCoverage = (map: FileCoverageMap, counters: readonly number[]): FileCoverage => {
  const own = Array.from({ length: counterCount(map) }, (_, index) => counters[map.firstCounter + index] ?? 0);
  const functionsFrom = map.statements.length;
  const branchesFrom = functionsFrom + map.functions.length;
  const branchHits = own.slice(branchesFrom);
  const lineHits = new Map<number, number>();
  map.statements.forEach(({ startLine }, index) => {
    lineHits.set(startLine, Math.max(lineHits.get(startLine) ?? 0, own[index] ?? 0));
  });
  const paths = map.branches.flatMap((branch) => branch.paths);
  return {
    file: map.file,
    statements: share(own.slice(0, functionsFrom)),
    functions: share(own.slice(functionsFrom, branchesFrom)),
    branches: share(branchHits),
    lines: share([...lineHits.values()]),
    lineHits,
    uncoveredFunctions: map.functions
      .filter((_, index) => (own[functionsFrom + index] ?? 0) === 0)
      .map(({ name }) => name),
    uncoveredBranches: paths.filter((_, index) => (branchHits[index] ?? 0) === 0),
  };
};

const add = (a: Share, b: Share): Share => ({ covered: a.covered + b.covered, total: a.total + b.total });
const nothing: Share = { covered: 0, total: 0 };

/** The sums over files. */
export const totalCoverage = (files: readonly CoverageTotals[]): CoverageTotals => ({
  statements: files.reduce((sum, { statements }) => add(sum, statements), nothing),
  branches: files.reduce((sum, { branches }) => add(sum, branches), nothing),
  functions: files.reduce((sum, { functions }) => add(sum, functions), nothing),
  lines: files.reduce((sum, { lines }) => add(sum, lines), nothing),
});

/** Percent with two decimals, cut and not rounded, so that 100 means all; 100 when there is nothing to cover. */
export const percentOf = ({ covered, total }: Share): number =>
  total === 0 ? 100 : Math.floor((covered / total) * 10_000) / 100;

export interface ChangeCoverage extends Share {
  readonly file: string;
  readonly uncoveredLines: readonly number[];
}

/** Coverage of the lines that were added or changed; lines without a statement do not count. Ordered by file. */
export const changeCoverage = (
  files: readonly FileCoverage[],
  changedLines: ReadonlyMap<string, ReadonlySet<number>>,
): readonly ChangeCoverage[] =>
  files
    .filter(({ file }) => changedLines.has(file))
    .map(({ file, lineHits }) => {
      const changed = [...lineHits].filter(([line]) => changedLines.get(file)?.has(line) === true);
      const uncoveredLines = changed.filter(([, hits]) => hits === 0).map(([line]) => line);
      return {
        file,
        covered: changed.length - uncoveredLines.length,
        total: changed.length,
        uncoveredLines: uncoveredLines.sort((a, b) => a - b),
      };
    })
    .sort((a, b) => (a.file < b.file ? -1 : 1));
