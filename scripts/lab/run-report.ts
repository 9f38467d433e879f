/** A run of tests in words. */
import { sideBySide } from '../../shared/domain/quality/side-by-side.ts';
import type { TestFailure, TestReport } from '../../shared/rpc/sandbox.ts';
import type { LabAnswer } from './laboratory.ts';

const placeOf = ({ file, line }: TestFailure): string => (file === undefined ? '' : `\n    at ${file}:${line ?? '?'}`);

const failureLines = (title: string, failure: TestFailure): readonly string[] => {
  const { expected, actual } = failure;
  const difference = expected === undefined || actual === undefined ? [] : sideBySide(expected, actual);
  return [
    `FAILED ${title}`,
    `    ${failure.message.split('\n').join('\n    ')}${placeOf(failure)}`,
    ...(difference.length === 0 ? [] : ['    - expected, + received', ...difference.map((line) => `    ${line}`)]),
  ];
};

/** Files that fail for the same reason are told together. */
const loadFailureLines = ({ loadFailures }: TestReport): readonly string[] =>
  [...Map.groupBy(loadFailures, ({ failure }) => failure.message).values()].flatMap((group) => {
    const [first, ...others] = group;
    if (first === undefined) return [];
    const more = others.slice(0, 3).map(({ file }) => file);
    const rest = others.length > more.length ? ` and ${others.length - more.length} more` : '';
    return [
      ...failureLines(`${first.file} (it could not be loaded)`, first.failure),
      ...(more.length === 0 ? [] : [`    nor could, for the same reason: ${more.join(', ')}${rest}`]),
    ];
  });

/** Tests that passed without having asserted anything. */
export const withoutAssertion = (report: TestReport): readonly string[] =>
  report.tests
    .filter(({ status, assertions }) => status === 'passed' && assertions === 0)
    .map(({ file, name }) => `${file} > ${name}`);

const slowest = (report: TestReport): readonly string[] =>
  report.tests
    .filter(({ durationMs }) => durationMs >= 100)
    .toSorted((left, right) => right.durationMs - left.durationMs)
    .slice(0, 5)
    .map(({ file, name, durationMs }) => `    ${Math.round(durationMs)} ms  ${file} > ${name}`);

const shortList = (title: string, entries: readonly string[]): readonly string[] =>
  entries.length === 0
    ? []
    : [
        title,
        ...entries.slice(0, 10).map((entry) => `    ${entry}`),
        ...(entries.length > 10 ? [`    … ${entries.length - 10} more`] : []),
      ];

const reportLines = (report: TestReport): readonly string[] => {
  const { passed, failed, skipped, todo } = report.counts;
  const snapshots = report.snapshots ?? [];
  const unused = (report.unusedSnapshots ?? []).map(({ file, name }) => `${file}: ${name}`);
  return [
    ...loadFailureLines(report),
    ...report.tests.flatMap(({ file, name, failure, status }) =>
      status === 'failed' && failure !== undefined ? failureLines(`${file} > ${name}`, failure) : [],
    ),
    ...shortList('Passed without an assertion, which proves nothing:', withoutAssertion(report)),
    ...shortList('Snapshots that no test asked for:', unused),
    ...shortList('Slowest:', slowest(report)),
    ...(snapshots.length === 0 ? [] : [`Snapshots written: ${snapshots.length}`]),
    ...(report.reason === undefined ? [] : [report.reason]),
    `${report.status}: ${passed} passed, ${failed} failed, ${skipped} skipped, ${todo} to do` +
      `${report.loadFailures.length === 0 ? '' : `, ${report.loadFailures.length} files not loaded`} in ${Math.round(report.durationMs)} ms`,
  ];
};

/** All that a person needs to know of a run. */
export const describeAnswer = ({ diagnostics, report, buildMs }: LabAnswer): readonly string[] => {
  if (report === undefined) {
    return [
      ...diagnostics.map(({ file, line, column, message }) =>
        file === '' ? message : `${file}:${line}:${column} ${message}`,
      ),
      `not built: ${diagnostics.length} problems, ${buildMs} ms`,
    ];
  }
  return reportLines(report);
};
