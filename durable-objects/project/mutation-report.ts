/** Puts together what a run of mutation testing found, with the coverage of the same commit. */
import type { MutationParts, PreparedMutation } from '../../shared/adapters/services/mutation-testing.ts';
import { changeCoverage, fileCoverage, totalCoverage } from '../../shared/domain/quality/coverage/summarize.ts';
import { mutationScore, scoreByFile, survivors, type Verdicts } from '../../shared/domain/quality/mutation/verdicts.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { MutationReport } from '../../shared/rpc/mutation.ts';
import { defaultTestRunLimits } from '../../shared/rpc/sandbox.ts';
import type { SourceFiles, ToolchainRpc } from '../../shared/rpc/toolchain.ts';

const maxSurvivors = 50;

export interface ReportInput extends MutationParts {
  readonly toolchain: ToolchainRpc;
  readonly commit: string;
  readonly files: SourceFiles;
  readonly entries: readonly string[];
  readonly prepared: PreparedMutation;
  readonly verdicts: Verdicts;
  readonly changed: ReadonlyMap<string, ReadonlySet<number>> | undefined;
}

export const reportMutation = async (input: ReportInput): Promise<Result<MutationReport>> => {
  const { files, entries, verdicts, changed, prepared, commit } = input;
  const { mutants, found, ignored, unmeasured } = prepared.build;
  const covered = await input.toolchain.cover({ files, entries });
  if (!covered.ok) return err({ type: 'resource.conflict', detail: 'The code does not build. Mend it first.' });
  const { built, counters, maps } = covered.value;
  const run = await input.sandbox.runTests({
    runId: `${input.runId}:coverage`,
    host: input.host,
    built,
    testFiles: entries,
    limits: { ...defaultTestRunLimits, runTimeoutMs: 120_000 },
    measure: { counters, activeMutant: 0, perTest: false, stopAtFailure: false },
  });
  if (run.hits === undefined && counters > 0) {
    return err({
      type: 'resource.conflict',
      detail: `The coverage could not be measured: ${run.reason ?? run.status}.`,
    });
  }
  const coverage = maps.map((map) => fileCoverage(map, run.hits ?? []));
  const scores = new Map(scoreByFile(mutants, verdicts).map(({ file, score }) => [file, score]));
  return ok({
    commit,
    found,
    tested: mutants.length,
    score: mutationScore(mutants, verdicts),
    coverage: totalCoverage(coverage),
    ...(changed === undefined ? {} : { change: changeCoverage(coverage, changed) }),
    files: coverage.map(({ file, statements, branches, functions, lines }) => {
      const score = scores.get(file);
      return { file, statements, branches, functions, lines, ...(score === undefined ? {} : { score }) };
    }),
    survivors: survivors(prepared.plans, verdicts, files, maxSurvivors),
    ignored: ignored.length,
    unmeasured,
  });
};
