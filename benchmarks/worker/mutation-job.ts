/** Mutation testing of the files that it is given, as a project's mutants are tested, with the time of each part. */
import { prepareMutation, runMutantBatch } from '../../shared/adapters/services/mutation-testing.ts';
import { mutantKey } from '../../shared/domain/quality/mutation/mutant.ts';
import type { Verdict } from '../../shared/domain/quality/mutation/verdicts.ts';
import { nextBatch, verdictsWithoutRun } from '../../shared/domain/quality/mutation/verdicts.ts';
import type { SandboxRpc } from '../../shared/rpc/sandbox.ts';
import type { MutantsRequest } from '../../shared/rpc/toolchain.ts';
import { coverBuild } from '../../workers/toolchain/measure/cover-build.ts';
import { mutantBuild } from '../../workers/toolchain/measure/mutant-build.ts';
import { build } from '../../workers/toolchain/build/build.ts';
import { defaultTestRunLimits } from '../../shared/rpc/sandbox.ts';

export interface MutationJob {
  readonly request: MutantsRequest;
  readonly batchSize: number;
}

const mutate = (request: MutantsRequest) => Promise.resolve(mutantBuild(request));

/** Times one run of all tests without counters and with them, in turns, and answers the medians' raw values. */
const measureCoverage = async (sandbox: SandboxRpc, { files, entries, sources }: MutantsRequest) => {
  const plain = build({ files, entries });
  const covered = coverBuild({ files, entries, ...(sources === undefined ? {} : { sources }) });
  if (!plain.ok || !covered.ok) throw new Error('the files do not build');
  const times: { readonly plainMs: number; readonly coveredMs: number }[] = [];
  let hits: readonly number[] = [];
  const run = async (isCovered: boolean): Promise<number> => {
    const startedAt = performance.now();
    const report = await sandbox.runTests({
      runId: 'coverage',
      host: 'bench',
      built: isCovered ? covered.value.built : plain.value,
      testFiles: entries,
      limits: { ...defaultTestRunLimits, runTimeoutMs: 60_000 },
      ...(isCovered
        ? { measure: { counters: covered.value.counters, activeMutant: 0, perTest: false, stopAtFailure: false } }
        : {}),
    });
    if (report.status !== 'passed') throw new Error(`the run ${report.status}: ${report.reason ?? ''}`);
    hits = report.hits ?? hits;
    return performance.now() - startedAt;
  };
  for (let round = 0; round < 11; round += 1) times.push({ plainMs: await run(false), coveredMs: await run(true) });
  return { times, hits, maps: covered.value.maps };
};

export const runMutationJob = async (sandbox: SandboxRpc, { request, batchSize }: MutationJob) => {
  const parts = { toolchain: { mutate }, sandbox, runId: 'mutation', host: 'bench' };
  const startedAt = performance.now();
  const prepared = await prepareMutation(parts, request);
  if (!prepared.ok) throw new Error(prepared.error.detail);
  const { build: mutated, plans } = prepared.value;
  const preparedMs = performance.now() - startedAt;
  const verdicts = new Map<string, Verdict>(verdictsWithoutRun(plans));
  for (
    let batch = nextBatch(plans, verdicts, batchSize);
    batch.length > 0;
    batch = nextBatch(plans, verdicts, batchSize)
  ) {
    for (const [key, verdict] of await runMutantBatch(parts, mutated, batch)) verdicts.set(key, verdict);
  }
  const totalMs = performance.now() - startedAt;
  return {
    preparedMs,
    totalMs,
    mutants: mutated.mutants.map((mutant) => ({ ...mutant, verdict: verdicts.get(mutantKey(mutant)) })),
    coverage: await measureCoverage(sandbox, request),
  };
};
