/** From what the isolate said, or from its end, to the report of the run. */
import type { TestReport, TestRunRequest } from '../../../shared/rpc/sandbox.ts';
import type { GuestReport } from '../guard/guest-report.ts';

/** A run whose isolate never answered. */
export function brokenReport(
  runId: string,
  status: 'crashed' | 'timed_out',
  reason: string,
  durationMs: number,
): TestReport {
  const counts = { passed: 0, failed: 0, skipped: 0, todo: 0 };
  return { runId, status, tests: [], loadFailures: [], counts, console: [], durationMs, reason };
}

/**
 * The status follows from the results alone. A run in which no test ran (all skipped, or none there) is `empty`:
 * it proves nothing.
 */
export function finishedReport(
  request: TestRunRequest,
  guest: GuestReport,
  files: readonly string[],
  loadFailures: TestReport['loadFailures'],
  durationMs: number,
): TestReport {
  const counts = { passed: 0, failed: 0, skipped: 0, todo: 0 };
  for (const test of guest.tests) counts[test.status] += 1;
  const allLoadFailures = [...loadFailures, ...guest.loadFailures];
  const known = new Set([...guest.tests, ...allLoadFailures].map(({ file }) => file));
  const emptyFiles = request.wantedName === undefined ? files.filter((file) => !known.has(file)) : [];
  const hasEmpty = emptyFiles.length > 0 && guest.tests.length > 0;
  const hasFailed = counts.failed > 0 || allLoadFailures.length > 0 || hasEmpty;
  const isEmpty = counts.passed + counts.failed === 0;
  const status = guest.isTimeUp ? 'timed_out' : hasFailed ? 'failed' : isEmpty ? 'empty' : 'passed';
  return {
    runId: request.runId,
    status,
    tests: guest.tests,
    loadFailures: allLoadFailures,
    counts,
    console: guest.console,
    durationMs,
    snapshots: guest.snapshots,
    unusedSnapshots: guest.unusedSnapshots,
    emptyFiles,
    ...(hasEmpty && !guest.isTimeUp ? { reason: emptyReason(emptyFiles) } : {}),
    ...(guest.hits === undefined ? {} : { hits: guest.hits }),
    ...(guest.outside.length === 0 ? {} : { outside: guest.outside }),
    ...(guest.isTimeUp ? { reason: `The run took longer than ${String(request.limits.runTimeoutMs)} ms` } : {}),
  };
}

const emptyReason = (files: readonly string[]): string =>
  `These files declare no test: ${files.slice(0, 10).join(', ')}${files.length > 10 ? ` and ${String(files.length - 10)} more` : ''}`;

/** How bad an outcome is; the worst one of several isolates is that of the run. */
const severity: Readonly<Record<TestReport['status'], number>> = {
  passed: 1,
  empty: 0,
  failed: 2,
  timed_out: 3,
  crashed: 4,
};

/** The reports of several isolates as one, in their order. */
export function joinedReport(runId: string, parts: readonly TestReport[], durationMs: number): TestReport {
  const counts = { passed: 0, failed: 0, skipped: 0, todo: 0 };
  for (const part of parts) {
    for (const key of ['passed', 'failed', 'skipped', 'todo'] as const) counts[key] += part.counts[key];
  }
  const status = parts.reduce<TestReport['status']>(
    (worst, part) => (severity[part.status] > severity[worst] ? part.status : worst),
    'empty',
  );
  const emptyFiles = parts.flatMap((part) => part.emptyFiles ?? []);
  const hasEmpty = emptyFiles.length > 0 && parts.some(({ tests }) => tests.length > 0);
  const reasons = new Set(parts.flatMap(({ reason }) => reason ?? []));
  if (hasEmpty) reasons.add(emptyReason(emptyFiles));
  return {
    runId,
    status: hasEmpty && status === 'passed' ? 'failed' : status,
    emptyFiles,
    tests: parts.flatMap(({ tests }) => tests),
    loadFailures: parts.flatMap(({ loadFailures }) => loadFailures),
    counts,
    console: parts.flatMap((part) => part.console),
    durationMs,
    snapshots: parts.flatMap(({ snapshots }) => snapshots ?? []),
    unusedSnapshots: parts.flatMap(({ unusedSnapshots }) => unusedSnapshots ?? []),
    ...joinedHits(parts),
    ...(reasons.size === 0 ? {} : { reason: [...reasons].join('; ') }),
  };
}

/** All isolates of a run count the same places, so their counts add up. */
function joinedHits(parts: readonly TestReport[]): Pick<TestReport, 'hits'> {
  const counted = parts.flatMap(({ hits }) => (hits === undefined ? [] : [hits]));
  const [first] = counted;
  return first === undefined
    ? {}
    : { hits: first.map((_, index) => counted.reduce((sum, hits) => sum + (hits[index] ?? 0), 0)) };
}
