/** Runs all tests of a project on a build that counts, once: coverage of every file. */
import { fileCoverage, type FileCoverage } from '../../domain/quality/coverage/summarize.ts';
import { err, ok, type Result } from '../../errors/result.ts';
import { defaultTestRunLimits, type SandboxRpc, type TestReport } from '../../rpc/sandbox.ts';
import type { CoveredBuild, SourceFiles, ToolchainRpc } from '../../rpc/toolchain.ts';

export interface CoverageRun {
  readonly build: CoveredBuild;
  readonly report: TestReport;
  /** In the order of the paths. */
  readonly files: readonly FileCoverage[];
}

const runTimeoutMs = 120_000;

/** Refused when the code does not build or the run gave no counts; failing tests are no reason. */
export const measureCoverage = async (
  parts: {
    readonly toolchain: Pick<ToolchainRpc, 'cover'>;
    readonly sandbox: Pick<SandboxRpc, 'runTests'>;
    readonly runId: string;
    readonly host: string;
  },
  files: SourceFiles,
  entries: readonly string[],
): Promise<Result<CoverageRun>> => {
  const covered = await parts.toolchain.cover({ files, entries, purpose: 'tests' });
  if (!covered.ok) {
    const [first] = covered.error;
    const place = first === undefined ? '' : `: ${first.file}:${first.line}: ${first.message}`;
    return err({ type: 'resource.conflict', detail: `The code does not build${place}. Mend it first.` });
  }
  const { built, counters, maps } = covered.value;
  const report = await parts.sandbox.runTests({
    runId: `${parts.runId}:coverage`,
    host: parts.host,
    built,
    testFiles: entries,
    limits: { ...defaultTestRunLimits, runTimeoutMs },
    measure: { counters, activeMutant: 0, perTest: false, stopAtFailure: false },
  });
  if (report.hits === undefined && counters > 0) {
    const detail = `The coverage could not be measured: ${report.reason ?? report.status}.`;
    return err({ type: 'resource.conflict', detail });
  }
  return ok({ build: covered.value, report, files: maps.map((map) => fileCoverage(map, report.hits ?? [])) });
};
