/**
 * Generates tests for a project and keeps those that are worth it. Candidates come from the types of its functions and
 * from what its code does; each has to pass, again and again, and the kept ones notice mutants that nothing noticed before.
 */
import { characterisationTests, propertyTests } from '../../domain/quality/generation/function-tests.ts';
import { layOut, type TestLayout } from '../../domain/quality/generation/layout.ts';
import {
  readProbe,
  stableObservations,
  writeProbe,
  type Observation,
  type ProbedFunction,
} from '../../domain/quality/generation/probe.ts';
import type { GenerationReport, KeptFile } from '../../domain/quality/generation/report.ts';
import type { GenerationRequest } from '../../domain/quality/generation/request.ts';
import { makeCalls } from '../../domain/quality/generation/source-values.ts';
import { keepsTest } from '../../domain/quality/mutation/keep-test.ts';
import { mutantKey } from '../../domain/quality/mutation/mutant.ts';
import type { MutantPlan } from '../../domain/quality/mutation/select-tests.ts';
import type { Verdict, Verdicts } from '../../domain/quality/mutation/verdicts.ts';
import { ok, type Result } from '../../errors/result.ts';
import type { SandboxRpc } from '../../rpc/sandbox.ts';
import type { SourceFiles, ToolchainRpc } from '../../rpc/toolchain.ts';
import { runFiles, settleTests, withLayouts } from './generated-test-runs.ts';
import { prepareMutation, runMutantBatch, type PreparedMutation } from './mutation-testing.ts';

export interface GenerationParts {
  readonly toolchain: Pick<ToolchainRpc, 'signatures' | 'build' | 'mutate'>;
  readonly sandbox: Pick<SandboxRpc, 'runTests' | 'runMutants'>;
  readonly runId: string;
  readonly host: string;
  /** Told how far it is, between 0 and 1. */
  readonly progress?: (share: number) => void;
}

const folder = 'test/generated';
const callsPerFunction = 24;
const probesPerRun = 12;
const batchSize = 50;

/** What cannot be done at all is an error; a function without a test is in the report. */
export const generateTests = async (
  parts: GenerationParts,
  request: GenerationRequest,
): Promise<Result<GenerationReport>> => {
  const { functions, skipped } = await parts.toolchain.signatures({ files: request.files, sources: request.sources });
  const probed = functions.flatMap((signature): readonly ProbedFunction[] => {
    const calls = makeCalls(signature, callsPerFunction, request.seed);
    return calls.length === 0 ? [] : [{ signature, calls }];
  });
  const observations = await observe(parts, request.files, probed);
  parts.progress?.(0.2);
  const candidates = [...propertyTests(functions), ...characterisationTests(observations, functions)];
  const layouts = [...layOut(folder, candidates), ...(request.more ?? [])];
  const settled = await settleTests(parts, request.files, layouts);
  if (!settled.ok) return settled;
  parts.progress?.(0.4);
  const { steady, refuted, dropped } = settled.value;
  const kept = await keepUseful(parts, request, steady);
  if (!kept.ok) return kept;
  return ok({
    functions: functions.length,
    skipped: [
      ...skipped,
      ...functions
        .filter(({ file, name }) => !probed.some(({ signature }) => signature.file === file && signature.name === name))
        .map(({ file, name }) => ({ file, name, reason: 'no value of one of its parameters can be made' })),
    ],
    candidates: layouts.reduce((sum, { tests }) => sum + tests.length, 0),
    refuted,
    ...kept.value,
    dropped: [...dropped, ...kept.value.dropped],
  });
};

/** Calls functions twice, some at a time; a run that dies has shown nothing about its functions. */
const observe = async (
  parts: GenerationParts,
  files: SourceFiles,
  probed: readonly ProbedFunction[],
): Promise<readonly Observation[]> => {
  const found: Observation[] = [];
  for (let start = 0; start < probed.length; start += probesPerRun) {
    const some = probed.slice(start, start + probesPerRun).map((each, index) => ({
      each,
      tag: String(start + index),
      path: `${folder}/probe-${start + index}.test.ts`,
    }));
    const probes = Object.fromEntries(some.map(({ each, tag, path }) => [path, writeProbe(folder, tag, each)]));
    const seen: (readonly Observation[])[] = [];
    for (let round = 0; round < 2; round += 1) {
      const report = await runFiles(parts, { ...files, ...probes }, Object.keys(probes));
      seen.push(report.ok ? some.flatMap(({ each, tag }) => readProbe(tag, each, report.value.console)) : []);
    }
    found.push(...stableObservations(seen[0] ?? [], seen[1] ?? []));
  }
  return found;
};

const isNoticed = (verdict: Verdict | undefined): boolean =>
  verdict?.status === 'killed' || verdict?.status === 'timeout';

/** Verdicts of the plans with only the tests of some files. */
const verdictsWith = async (
  parts: GenerationParts,
  { build }: PreparedMutation,
  plans: readonly MutantPlan[],
  isWanted: (file: string) => boolean,
): Promise<Verdicts> => {
  const narrowed = plans.map((plan) => ({ ...plan, tests: plan.tests.filter(({ file }) => isWanted(file)) }));
  const verdicts = new Map<string, Verdict>();
  for (const { mutant, tests } of narrowed)
    if (tests.length === 0) verdicts.set(mutantKey(mutant), { status: 'no_coverage' });
  const open = narrowed.filter(({ tests }) => tests.length > 0);
  for (let start = 0; start < open.length; start += batchSize) {
    const found = await runMutantBatch(parts, build, open.slice(start, start + batchSize));
    for (const [key, verdict] of found) verdicts.set(key, verdict);
  }
  return verdicts;
};

type Kept = Pick<GenerationReport, 'mutants' | 'survivedBefore' | 'noticedNow' | 'files' | 'dropped'>;

const prepare = (
  parts: GenerationParts,
  { files, tests, sources, limit }: GenerationRequest,
  layouts: readonly TestLayout[],
): Promise<Result<PreparedMutation>> =>
  prepareMutation(parts, {
    files: withLayouts(files, layouts),
    entries: [...tests, ...layouts.map(({ path }) => path)],
    sources,
    limit,
    seed: 'generate',
  });

/** Of the tests that pass, those that notice something new; then the files that hold them are judged by the rule. */
const keepUseful = async (
  parts: GenerationParts,
  request: GenerationRequest,
  steady: readonly TestLayout[],
): Promise<Result<Kept>> => {
  if (steady.length === 0) return ok({ mutants: 0, survivedBefore: 0, noticedNow: 0, files: [], dropped: [] });
  const prepared = await prepare(parts, request, steady);
  if (!prepared.ok) return prepared;
  const isOld = (file: string): boolean => request.tests.includes(file);
  const before = await verdictsWith(parts, prepared.value, prepared.value.plans, isOld);
  parts.progress?.(0.6);
  const open = prepared.value.plans.filter(({ mutant }) => !isNoticed(before.get(mutantKey(mutant))));
  const first = await verdictsWith(parts, prepared.value, open, (file) => !isOld(file));
  parts.progress?.(0.8);
  const killers = new Set(
    [...first.values()].map(({ killedBy }) => `${killedBy?.file ?? ''}\n${killedBy?.name ?? ''}`),
  );
  const useful = steady
    .map((layout) => ({ ...layout, tests: layout.tests.filter(({ name }) => killers.has(`${layout.path}\n${name}`)) }))
    .filter(({ tests }) => tests.length > 0);
  return judgeFiles(parts, request, useful, { mutants: prepared.value.plans.length, before });
};

const judgeFiles = async (
  parts: GenerationParts,
  request: GenerationRequest,
  useful: readonly TestLayout[],
  { mutants, before }: { readonly mutants: number; readonly before: Verdicts },
): Promise<Result<Kept>> => {
  const survivedBefore = [...before.values()].filter((verdict) => !isNoticed(verdict)).length;
  if (useful.length === 0) return ok({ mutants, survivedBefore, noticedNow: 0, files: [], dropped: [] });
  const prepared = await prepare(parts, request, useful);
  if (!prepared.ok) return prepared;
  const open = prepared.value.plans.filter(({ mutant }) => !isNoticed(before.get(mutantKey(mutant))));
  const files: KeptFile[] = [];
  const dropped: { path: string; reason: string }[] = [];
  const noticed = new Set<string>();
  for (const layout of useful) {
    const after = await verdictsWith(parts, prepared.value, open, (file) => file === layout.path);
    const report = await runFiles(parts, withLayouts(request.files, useful), [layout.path]);
    if (!report.ok) return report;
    const judged = keepsTest(report.value, before, after);
    if (!judged.keep) dropped.push({ path: layout.path, reason: judged.reason });
    else {
      for (const key of judged.kills) noticed.add(key);
      files.push({
        path: layout.path,
        content: layout.write(layout.tests),
        tests: layout.tests.map(({ name, kind }) => ({ name, kind })),
        kills: judged.kills.length,
      });
    }
  }
  return ok({ mutants, survivedBefore, noticedNow: noticed.size, files, dropped });
};
