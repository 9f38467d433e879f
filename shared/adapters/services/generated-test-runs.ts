/** Runs of generated tests: which of them pass each time, and why the others do not. */
import type { TestLayout } from '../../domain/quality/generation/layout.ts';
import type { GenerationReport, RefutedTest } from '../../domain/quality/generation/report.ts';
import { err, ok, type Result } from '../../errors/result.ts';
import { defaultTestRunLimits, type SandboxRpc, type TestReport } from '../../rpc/sandbox.ts';
import type { SourceFiles, ToolchainRpc } from '../../rpc/toolchain.ts';

export interface TestRunParts {
  readonly toolchain: Pick<ToolchainRpc, 'build'>;
  readonly sandbox: Pick<SandboxRpc, 'runTests'>;
  readonly runId: string;
  readonly host: string;
}

export interface SettledTests {
  readonly steady: readonly TestLayout[];
  readonly refuted: readonly RefutedTest[];
  /** Files of which nothing could be learnt. */
  readonly dropped: GenerationReport['dropped'];
}

/** How often a test has to pass before it is believed. */
const passes = 3;
const limits = { ...defaultTestRunLimits, runTimeoutMs: 120_000 };

/** The code together with the tests that are still to be written. */
export const withLayouts = (files: SourceFiles, layouts: readonly TestLayout[]): SourceFiles => ({
  ...files,
  ...Object.fromEntries(layouts.map(({ path, write, tests }) => [path, write(tests)])),
});

/** Builds and runs test files; an error only when they do not build. */
export const runFiles = async (
  { toolchain, sandbox, runId, host }: TestRunParts,
  files: SourceFiles,
  entries: readonly string[],
): Promise<Result<TestReport>> => {
  const built = await toolchain.build({ files, entries, purpose: 'tests' });
  if (!built.ok) {
    const first = built.error[0];
    const place = first === undefined ? 'no reason given' : `${first.file}:${first.line}: ${first.message}`;
    return err({ type: 'resource.conflict', detail: `The code does not build: ${place}. Mend it first.` });
  }
  const run = { runId: `${runId}:generate`, host, built: built.value, testFiles: entries, limits };
  return ok(await sandbox.runTests({ ...run, isolation: 'file' }));
};

interface FileRun {
  readonly layout: TestLayout;
  readonly tests: TestReport['tests'];
  /** Why nothing was learnt about the file. */
  readonly reason?: string;
}

const readRun = (layout: TestLayout, report: TestReport): FileRun => {
  const failure = report.loadFailures.find(({ file }) => file === layout.path)?.failure.message;
  const tests = report.tests.filter(({ file }) => file === layout.path);
  return { layout, tests, ...(failure === undefined ? {} : { reason: `it cannot be loaded: ${failure}` }) };
};

/** One file that takes its run down does not take the others with it: each half is run again, down to that file. */
const runEach = async (
  parts: TestRunParts,
  files: SourceFiles,
  layouts: readonly TestLayout[],
): Promise<Result<readonly FileRun[]>> => {
  const report = await runFiles(
    parts,
    withLayouts(files, layouts),
    layouts.map(({ path }) => path),
  );
  if (!report.ok) return report;
  const { status, reason = status } = report.value;
  if (status !== 'crashed' && status !== 'timed_out') return ok(layouts.map((layout) => readRun(layout, report.value)));
  if (layouts.length === 1)
    return ok(layouts.map((layout) => ({ layout, tests: [], reason: `its run did not end: ${reason}` })));
  const half = Math.ceil(layouts.length / 2);
  const first = await runEach(parts, files, layouts.slice(0, half));
  if (!first.ok) return first;
  const second = await runEach(parts, files, layouts.slice(half));
  return second.ok ? ok([...first.value, ...second.value]) : second;
};

/** The tests that pass each time, and the first failures of the others. */
export const settleTests = async (
  parts: TestRunParts,
  files: SourceFiles,
  layouts: readonly TestLayout[],
): Promise<Result<SettledTests>> => {
  const refuted: RefutedTest[] = [];
  const dropped: { path: string; reason: string }[] = [];
  let steady = layouts.filter(({ tests }) => tests.length > 0);
  for (let round = 0; round < passes && steady.length > 0; round += 1) {
    const runs = await runEach(parts, files, steady);
    if (!runs.ok) return runs;
    for (const { layout, tests, reason } of runs.value) {
      if (reason !== undefined) dropped.push({ path: layout.path, reason: reason.slice(0, 500) });
      for (const { file, name, status, failure } of tests)
        if (status === 'failed') refuted.push({ file, name, message: (failure?.message ?? 'failed').slice(0, 500) });
    }
    steady = runs.value
      .map(({ layout, tests }) => {
        const passed = new Set(tests.filter(({ status }) => status === 'passed').map(({ name }) => name));
        return { ...layout, tests: layout.tests.filter(({ name }) => passed.has(name)) };
      })
      .filter(({ tests }) => tests.length > 0);
  }
  return ok({ steady, refuted, dropped });
};
