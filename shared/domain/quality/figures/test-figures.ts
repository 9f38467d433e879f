/** Coverage, mutation score and resource use as figures that gates look at. */
import type { TestReport } from '../../../rpc/sandbox.ts';
import type { ChangeCoverage, CoverageTotals } from '../coverage/summarize.ts';
import { percentOf } from '../coverage/summarize.ts';
import type { Figures } from '../judge/gate.ts';
import type { MutationScore } from '../mutation/verdicts.ts';

const listed = (change: readonly ChangeCoverage[]): string => {
  const open = change.filter(({ uncoveredLines }) => uncoveredLines.length > 0);
  const named = open.slice(0, 3).map(({ file, uncoveredLines }) => `${file}:${uncoveredLines.slice(0, 5).join(',')}`);
  return open.length === 0 ? '' : `; not covered: ${named.join(' ')}${open.length > 3 ? ' …' : ''}`;
};

/** `change` is the coverage of the added and changed lines, file by file. */
export const coverageFigures = (
  commit: string,
  totals: CoverageTotals,
  change: readonly ChangeCoverage[],
  since: string,
): Figures => {
  const changed = percentOf({
    covered: change.reduce((sum, { covered }) => sum + covered, 0),
    total: change.reduce((sum, { total }) => sum + total, 0),
  });
  const statements = percentOf(totals.statements);
  const branches = percentOf(totals.branches);
  return {
    kind: 'coverage',
    commit,
    figures: { statements, branches, changed },
    summary: `${changed} % of the changed lines (${since}), ${statements} % of all statements, ${branches} % of branches${listed(change)}`,
  };
};

/**
 * The score of the mutants on the lines of the change. `all` is the score of mutants of the whole code, where a run
 * tested them all; a gate on `score` then has its figure. Without a mutant there is nothing to kill: that is 100.
 */
export const mutationFigures = (
  commit: string,
  scores: { readonly changed: MutationScore; readonly all?: MutationScore },
  sample: { readonly tested: number; readonly found: number },
  since: string,
): Figures => {
  const { changed, all } = scores;
  const ofMutants = (score: MutationScore): number => score.percent ?? 100;
  const { tested, found } = sample;
  return {
    kind: 'mutation',
    commit,
    figures: {
      changed: ofMutants(changed),
      survived: changed.survived + changed.noCoverage,
      ...(all === undefined ? {} : { score: ofMutants(all) }),
    },
    summary: `${changed.killed + changed.timeout} of ${tested} mutants noticed (${since})${found > tested ? `, a sample of ${found}` : ''}; ${changed.survived} survived, ${changed.noCoverage} reached by no test`,
  };
};

/** What running all tests once took. Steps are loop turns and calls: they do not depend on the machine. */
export const resourceFigures = (commit: string, report: TestReport): Figures => {
  const steps = report.tests.reduce((sum, test) => sum + (test.steps ?? 0), 0);
  const [heaviest] = [...report.tests].sort((left, right) => (right.steps ?? 0) - (left.steps ?? 0));
  const most = heaviest?.steps ?? 0;
  return {
    kind: 'resources',
    commit,
    figures: { steps, heaviest: most, time: Math.round(report.durationMs) },
    summary: `${steps} steps in ${Math.round(report.durationMs)} ms for ${report.tests.length} tests${
      heaviest === undefined ? '' : `; most by ${heaviest.file} > ${heaviest.name}: ${most}`
    }. The runtime tells nobody how much memory an isolate uses`,
  };
};

/** A kind that was asked for and could not be measured: it has no figure, so its gate fails and says why. */
export const notMeasured = (kind: Figures['kind'], commit: string, why: string): Figures => ({
  kind,
  commit,
  figures: {},
  summary: `could not be measured: ${why.slice(0, 500)}`,
});
