/**
 * Mutation testing of one state of a project: the toolchain makes the mutants, the sandbox runs the tests, and what to
 * run is decided by `shared/domain/quality/mutation`. A run that was cut off is prepared again, which is the same each
 * time, and goes on with the mutants that have no verdict yet.
 */
import { err, ok, type Result } from '../../errors/result.ts';
import { mutantKey } from '../../domain/quality/mutation/mutant.ts';
import type { MutantPlan } from '../../domain/quality/mutation/select-tests.ts';
import { selectTests } from '../../domain/quality/mutation/select-tests.ts';
import type { Verdict } from '../../domain/quality/mutation/verdicts.ts';
import type { MutantOutcome, SandboxRpc, TestReport } from '../../rpc/sandbox.ts';
import { defaultTestRunLimits } from '../../rpc/sandbox.ts';
import type { MutantsRequest, MutatedBuild, ToolchainRpc } from '../../rpc/toolchain.ts';

export interface MutationParts {
  readonly toolchain: Pick<ToolchainRpc, 'mutate'>;
  readonly sandbox: Pick<SandboxRpc, 'runTests' | 'runMutants'>;
  readonly runId: string;
  readonly host: string;
}

export interface PreparedMutation {
  readonly build: MutatedBuild;
  readonly plans: readonly MutantPlan[];
}

/** Builds the mutants and runs all tests once without any. Refused when there is no test, or when one fails. */
export const prepareMutation = async (
  parts: MutationParts,
  request: MutantsRequest,
): Promise<Result<PreparedMutation>> => {
  if (request.entries.length === 0)
    return refused('There is no test. Write a test file (a name that ends in .test.ts).');
  const mutated = await parts.toolchain.mutate(request);
  if (!mutated.ok) {
    const first = mutated.error[0];
    const place = first === undefined ? '' : `: ${first.file}:${first.line}: ${first.message}`;
    return refused(`The code does not build${place}. Mend it first.`);
  }
  const build = mutated.value;
  const dryRun = await parts.sandbox.runTests({
    runId: `${parts.runId}:dry`,
    host: parts.host,
    built: build.built,
    testFiles: request.entries,
    limits: { ...defaultTestRunLimits, runTimeoutMs: 120_000 },
    measure: { counters: build.counters, activeMutant: 0, perTest: true, stopAtFailure: false },
  });
  const problem = problemOf(dryRun);
  return problem === undefined ? ok({ build, plans: selectTests(build, dryRun) }) : refused(problem);
};

const refused = (detail: string): Result<never> => err({ type: 'resource.conflict', detail });

/** Mutants prove something only about a suite that passes. */
const problemOf = (report: TestReport): string | undefined => {
  if (report.status === 'passed') return undefined;
  const failed = report.tests.find(({ status }) => status === 'failed');
  const load = report.loadFailures[0];
  const first =
    failed !== undefined
      ? `${failed.file} > ${failed.name}: ${failed.failure?.message ?? 'failed'}`
      : load !== undefined
        ? `${load.file}: ${load.failure.message}`
        : (report.reason ?? 'no test ran');
  return `The suite must pass first: run ${report.status}; first: ${first.slice(0, 500)}`;
};

/** Runs some mutants and answers a verdict for each. */
export const runMutantBatch = async (
  parts: MutationParts,
  build: MutatedBuild,
  batch: readonly MutantPlan[],
): Promise<ReadonlyMap<string, Verdict>> => {
  const outcomes = await outcomesOf(parts, build, batch);
  return new Map(
    batch.map(({ mutant }, index) => {
      const outcome = outcomes[index];
      if (outcome === undefined) return [mutantKey(mutant), { status: 'error' }];
      const { status, killedBy } = outcome;
      return [mutantKey(mutant), killedBy === undefined ? { status } : { status, killedBy }];
    }),
  );
};

/**
 * A batch whose sandbox died is run again mutant by mutant; one that takes the sandbox down alone as well counts as
 * timed out, as an endless run does.
 */
const outcomesOf = async (
  parts: MutationParts,
  build: MutatedBuild,
  batch: readonly MutantPlan[],
): Promise<readonly MutantOutcome[]> => {
  try {
    const { counters, built, reaches } = build;
    const mutants = batch.map(({ mutant: { id }, tests, limits, isStatic, usualMs }) => {
      return { id, tests, limits, isStatic, usualMs };
    });
    const { runId, host } = parts;
    const result = await parts.sandbox.runMutants({ runId, host, built, counters, reaches, mutants });
    if (!result.ok) throw new Error(result.error.detail);
    return result.value;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : 'the sandbox died';
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) {
      return [{ id: only.mutant.id, status: 'timeout', killedBy: { file: '', message }, testsRun: 0, durationMs: 0 }];
    }
    const outcomes: MutantOutcome[] = [];
    for (const plan of batch) outcomes.push(...(await outcomesOf(parts, build, [plan])));
    return outcomes;
  }
};
