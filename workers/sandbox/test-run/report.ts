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
  loadFailures: TestReport['loadFailures'],
  durationMs: number,
): TestReport {
  const counts = { passed: 0, failed: 0, skipped: 0, todo: 0 };
  for (const test of guest.tests) counts[test.status] += 1;
  const allLoadFailures = [...loadFailures, ...guest.loadFailures];
  const hasFailed = counts.failed > 0 || allLoadFailures.length > 0;
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
    ...(guest.hits === undefined ? {} : { hits: guest.hits }),
    ...(guest.outside.length === 0 ? {} : { outside: guest.outside }),
    ...(guest.isTimeUp ? { reason: `The run took longer than ${String(request.limits.runTimeoutMs)} ms` } : {}),
  };
}
