/** Tries a test that was written for mutants which no test noticed: it is kept only if it notices one. */
import { keepsTest, type KeptTest } from '../../domain/quality/mutation/keep-test.ts';
import { mutantKey } from '../../domain/quality/mutation/mutant.ts';
import { selectTests } from '../../domain/quality/mutation/select-tests.ts';
import type { Verdicts } from '../../domain/quality/mutation/verdicts.ts';
import { defaultTestRunLimits } from '../../rpc/sandbox.ts';
import type { MutantsRequest } from '../../rpc/toolchain.ts';
import { type MutationParts, runMutantBatch } from './mutation-testing.ts';

/** The new test file, by a path that no file of the project has. */
export interface NewTest {
  readonly path: string;
  readonly content: string;
}

/**
 * `request` is the one that `before` came from, so that the mutants are the same. Only those that survived are run, and
 * only with the new test.
 */
export const tryTest = async (
  parts: MutationParts,
  request: MutantsRequest,
  before: Verdicts,
  { path, content }: NewTest,
): Promise<KeptTest> => {
  if (Object.hasOwn(request.files, path)) return { keep: false, reason: `there is a file ${path} already` };
  const mutated = await parts.toolchain.mutate({
    ...request,
    files: { ...request.files, [path]: content },
    entries: [path],
  });
  if (!mutated.ok) {
    const first = mutated.error[0];
    return {
      keep: false,
      reason: `it does not build: ${first === undefined ? '' : `${first.file}:${first.line}: ${first.message}`}`,
    };
  }
  const build = mutated.value;
  const { counters, built } = build;
  const report = await parts.sandbox.runTests({
    runId: `${parts.runId}:new-test`,
    host: parts.host,
    built,
    testFiles: [path],
    limits: { ...defaultTestRunLimits, runTimeoutMs: 60_000 },
    measure: { counters, activeMutant: 0, perTest: true, stopAtFailure: false },
  });
  if (report.status !== 'passed') return keepsTest(report, before, new Map());
  const survived = selectTests(build, report).filter(({ mutant, tests }) => {
    const status = before.get(mutantKey(mutant))?.status;
    return tests.length > 0 && (status === 'survived' || status === 'no_coverage');
  });
  const after = survived.length === 0 ? new Map() : await runMutantBatch(parts, build, survived.slice(0, 500));
  return keepsTest(report, before, after);
};
