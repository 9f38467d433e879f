/** What the platform measures itself, on the head of main: the whole test suite, the types, and the security scan. */
import type { GuardedSandbox } from '../../shared/adapters/services/guarded-sandbox.ts';
import { describeFinding, isBlocking } from '../../shared/domain/security/finding.ts';
import type { State } from '../../shared/domain/quality/figures/change.ts';
import type { Figures } from '../../shared/domain/quality/judge/gate.ts';
import { isTestFile } from '../../shared/domain/tool/check-tools.ts';
import type { Result } from '../../shared/errors/result.ts';
import type { Measurement } from '../../shared/protocol/project-events.ts';
import type { RepositoryRpc } from '../../shared/rpc/repository.ts';
import { defaultTestRunLimits, type TestReport } from '../../shared/rpc/sandbox.ts';
import type { Diagnostic, ScanReport, SourceFiles, ToolchainRpc } from '../../shared/rpc/toolchain.ts';
import { figureKinds, measureFigures, type FigureInput } from './figures/measure-figures.ts';

const maxFailures = 20;
const maxFindings = 50;
const runLimits = { ...defaultTestRunLimits, runTimeoutMs: 60_000 };

export interface MeasuringParts {
  readonly repository: RepositoryRpc;
  readonly toolchain: ToolchainRpc;
  readonly sandbox: GuardedSandbox;
  readonly runId: string;
  readonly host: string;
  /** The version released before a commit. */
  readonly released: (commit: string) => Promise<Result<State | undefined>>;
  readonly testMutants: FigureInput['testMutants'];
  readonly keepLcov: FigureInput['keepLcov'];
}

const describeDiagnostic = ({ file, line, message }: Diagnostic): string => `${file}:${line}: ${message}`;

const toMeasurement = (commit: string, report: TestReport): Measurement => {
  const { passed, failed, skipped } = report.counts;
  const broken = report.loadFailures.map(({ file, failure }) => ({ file, name: 'the file', message: failure.message }));
  const failing = report.tests
    .filter(({ status }) => status === 'failed')
    .map(({ file, name, failure }) => ({ file, name, message: failure?.message ?? 'failed' }));
  const reason = report.reason === undefined ? [] : [{ file: 'run', name: report.status, message: report.reason }];
  return {
    kind: 'tests',
    commit,
    status: report.status,
    counts: { passed, failed: failed + broken.length, skipped },
    durationMs: report.durationMs,
    failures: [...reason, ...broken, ...failing].slice(0, maxFailures),
  };
};

const measureTests = async (
  parts: MeasuringParts,
  commit: string,
  files: SourceFiles,
): Promise<{ readonly measurement: Measurement; readonly report?: TestReport }> => {
  const entries = Object.keys(files).filter(isTestFile);
  const built = await parts.toolchain.build({ files, entries, purpose: 'tests' });
  if (!built.ok) {
    const measurement: Measurement = {
      kind: 'tests',
      commit,
      status: 'failed',
      counts: { passed: 0, failed: built.error.length, skipped: 0 },
      durationMs: 0,
      failures: built.error
        .slice(0, maxFailures)
        .map((diagnostic) => ({ file: diagnostic.file, name: 'build', message: describeDiagnostic(diagnostic) })),
    };
    return { measurement };
  }
  const report = await parts.sandbox.runTests({
    runId: parts.runId,
    host: parts.host,
    built: built.value,
    testFiles: entries,
    limits: runLimits,
  });
  return { measurement: toMeasurement(commit, report), report };
};

const measureTypes = async (
  { toolchain }: MeasuringParts,
  commit: string,
  files: SourceFiles,
): Promise<Measurement> => {
  const { diagnostics, filesChecked } = await toolchain.check(files);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return {
    kind: 'types',
    commit,
    errors: errors.length,
    filesChecked,
    findings: errors.slice(0, maxFindings).map(describeDiagnostic),
  };
};

/** What of a scan keeps a version back. */
export const securityOf = (commit: string, { findings }: ScanReport): Measurement => ({
  kind: 'security',
  commit,
  findings: findings.filter(isBlocking).slice(0, maxFindings).map(describeFinding),
});

/** All measurements of a validation, on one commit, with the figures of the kinds that gates ask for. Rejects when the repository or the toolchain is not available. */
export const measureMain = async (
  parts: MeasuringParts,
  wanted: ReadonlySet<string>,
): Promise<{
  readonly figures: readonly Figures[];
  readonly commit: string;
  readonly measurements: readonly Measurement[];
  readonly scan: ScanReport;
  /** Absent when the tests do not build. */
  readonly report?: TestReport;
}> => {
  const snapshot = await parts.repository.snapshot({ ref: 'main' });
  if (!snapshot.ok) throw new Error(snapshot.error.detail);
  const { commit, files } = snapshot.value;
  const [tests, types, scan] = await Promise.all([
    measureTests(parts, commit, files),
    measureTypes(parts, commit, files),
    parts.toolchain.scan(files),
  ]);
  const figures: Figures[] = [];
  const kinds = figureKinds.filter((kind) => wanted.has(kind));
  if (kinds.length > 0) {
    const before = await parts.released(commit);
    if (!before.ok) throw new Error(before.error.detail);
    // One after the other: they share the isolates of the sandbox.
    const input = { ...parts, after: snapshot.value, before: before.value };
    for (const kind of kinds) figures.push(await measureFigures(kind, input));
  }
  const { measurement, report } = tests;
  const measurements = [measurement, types, securityOf(commit, scan)];
  return { commit, measurements, scan, figures, ...(report === undefined ? {} : { report }) };
};
