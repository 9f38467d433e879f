/** Puts together what a run of mutation testing found, with the coverage of the same commit. */
import type { PreparedMutation } from '../../shared/adapters/services/mutation-testing.ts';
import { changeCoverage, totalCoverage, type FileCoverage } from '../../shared/domain/quality/coverage/summarize.ts';
import { linesOfChange, sinceText, type State } from '../../shared/domain/quality/figures/change.ts';
import { coverageFigures, mutationFigures } from '../../shared/domain/quality/figures/test-figures.ts';
import type { Figures } from '../../shared/domain/quality/judge/gate.ts';
import { mutationScore, scoreByFile, survivors, type Verdicts } from '../../shared/domain/quality/mutation/verdicts.ts';
import type { MutationReport } from '../../shared/rpc/mutation.ts';

const maxSurvivors = 50;

export interface ReportInput {
  readonly after: State;
  readonly prepared: PreparedMutation;
  readonly verdicts: Verdicts;
  readonly coverage: readonly FileCoverage[];
  /** With `since`: only mutants of these lines were made. */
  readonly changed: ReadonlyMap<string, ReadonlySet<number>> | undefined;
}

export const reportMutation = ({ after, prepared, verdicts, coverage, changed }: ReportInput): MutationReport => {
  const { mutants, found, ignored, unmeasured } = prepared.build;
  const scores = new Map(scoreByFile(mutants, verdicts).map(({ file, score }) => [file, score]));
  return {
    commit: after.commit,
    found,
    tested: mutants.length,
    score: mutationScore(mutants, verdicts),
    coverage: totalCoverage(coverage),
    ...(changed === undefined ? {} : { change: changeCoverage(coverage, changed) }),
    files: coverage.map(({ file, statements, branches, functions, lines }) => {
      const score = scores.get(file);
      return { file, statements, branches, functions, lines, ...(score === undefined ? {} : { score }) };
    }),
    survivors: survivors(prepared.plans, verdicts, after.files, maxSurvivors),
    ignored: ignored.length,
    unmeasured,
  };
};

/**
 * The figures of a run over all mutants, or over those of the change since the version before; a run over other lines
 * says nothing of the change.
 */
export const figuresOfMutation = (input: ReportInput, before: State | undefined): readonly Figures[] => {
  const { after, prepared, verdicts, coverage, changed } = input;
  const { commit } = after;
  const lines = linesOfChange(before, after);
  const { mutants, found } = prepared.build;
  const ofChange = mutants.filter(({ file, start }) => lines.get(file)?.has(start.line) === true);
  const scores = {
    changed: mutationScore(ofChange, verdicts),
    ...(changed === undefined ? { all: mutationScore(mutants, verdicts) } : {}),
  };
  const since = sinceText(before);
  return [
    mutationFigures(
      commit,
      scores,
      { tested: ofChange.length, found: Math.max(ofChange.length, found - mutants.length + ofChange.length) },
      since,
    ),
    coverageFigures(commit, totalCoverage(coverage), changeCoverage(coverage, lines), since),
  ];
};
