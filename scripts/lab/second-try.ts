/**
 * A module that is being evaluated gets no timers and no random values from the runtime. Test files that ask for some are
 * run once more in another format, and the two reports become one.
 */
import type { TestReport } from '../../shared/rpc/sandbox.ts';
import type { LabAnswer } from './laboratory.ts';

const refusal = 'Disallowed operation called within global scope';

/** Files that could not be loaded because of what the runtime refuses to a module. */
export const refusedAtLoading = (report: TestReport | undefined): readonly string[] =>
  (report?.loadFailures ?? []).filter(({ failure }) => failure.message.includes(refusal)).map(({ file }) => file);

const statusOf = (
  counts: TestReport['counts'],
  loadFailures: TestReport['loadFailures'],
  parts: readonly TestReport[],
): TestReport['status'] => {
  const bad = parts.find(({ status }) => status === 'crashed' || status === 'timed_out')?.status;
  if (bad !== undefined) return bad;
  const hasEmpty = parts.some(({ emptyFiles = [] }) => emptyFiles.length > 0);
  if (counts.failed > 0 || loadFailures.length > 0) return 'failed';
  if (counts.passed === 0) return 'empty';
  return hasEmpty ? 'failed' : 'passed';
};

/** The first answer with what the second try says of the files that were tried again. */
export const withSecondTry = (first: LabAnswer, again: readonly string[], second: LabAnswer): LabAnswer => {
  if (first.report === undefined || second.report === undefined) return first;
  const parts = [first.report, second.report];
  const loadFailures = [
    ...first.report.loadFailures.filter(({ file }) => !again.includes(file)),
    ...second.report.loadFailures,
  ];
  const counts = { passed: 0, failed: 0, skipped: 0, todo: 0 };
  for (const part of parts) {
    for (const key of ['passed', 'failed', 'skipped', 'todo'] as const) counts[key] += part.counts[key];
  }
  const reasons = new Set(parts.flatMap(({ reason }) => reason ?? []));
  return {
    ...first,
    buildMs: first.buildMs + second.buildMs,
    missing: [...first.missing, ...second.missing],
    report: {
      ...first.report,
      status: statusOf(counts, loadFailures, parts),
      tests: parts.flatMap(({ tests }) => tests),
      loadFailures,
      counts,
      console: parts.flatMap((part) => part.console),
      durationMs: first.report.durationMs + second.report.durationMs,
      snapshots: parts.flatMap(({ snapshots = [] }) => snapshots),
      unusedSnapshots: parts.flatMap(({ unusedSnapshots = [] }) => unusedSnapshots),
      emptyFiles: parts.flatMap(({ emptyFiles = [] }) => emptyFiles),
      ...(reasons.size === 0 ? {} : { reason: [...reasons].join('; ') }),
    },
  };
};
