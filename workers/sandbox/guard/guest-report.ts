/** What a test isolate answered, taken over field by field: bounded text and numbers, everything else refused. */
import type {
  ReachedOutside,
  SnapshotChange,
  TestFailure,
  TestReport,
  TestResult,
} from '../../../shared/rpc/sandbox.ts';
import { limits } from './limits.ts';

export interface GuestReport {
  readonly tests: readonly TestResult[];
  readonly loadFailures: TestReport['loadFailures'];
  readonly console: TestReport['console'];
  readonly snapshots: readonly SnapshotChange[];
  readonly unusedSnapshots: readonly { readonly file: string; readonly name: string }[];
  readonly isTimeUp: boolean;
  /** Counts of a measured run. */
  readonly hits?: readonly number[];
  readonly outside: readonly ReachedOutside[];
}

/** Undefined when the answer is not a report, or a longer one: then the run counts as crashed. */
export function readGuestReport(
  answer: unknown,
  maxCharacters: number = limits.reportCharacters,
): GuestReport | undefined {
  if (typeof answer !== 'string' || answer.length > maxCharacters) return undefined;
  let report: unknown;
  try {
    report = JSON.parse(answer);
  } catch {
    // Not JSON: no report.
    return undefined;
  }
  try {
    return readReport(fieldsOf(report));
  } catch (cause) {
    if (cause instanceof MalformedReport) return undefined;
    throw cause;
  }
}

class MalformedReport extends Error {}

type Fields = ReadonlyMap<string, unknown>;

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new MalformedReport();
  return new Map(Object.entries(value));
}

function textOf(fields: Fields, key: string): string {
  const value = fields.get(key);
  if (typeof value !== 'string') throw new MalformedReport();
  return value;
}

function numberOf(fields: Fields, key: string): number {
  const value = fields.get(key);
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw new MalformedReport();
  return value;
}

function listOf<Item>(fields: Fields, key: string, read: (item: Fields) => Item): readonly Item[] {
  const value = fields.get(key);
  if (!Array.isArray(value)) throw new MalformedReport();
  return value.map((item) => read(fieldsOf(item)));
}

function numbersOf(fields: Fields, key: string): readonly number[] {
  const value = fields.get(key);
  if (!Array.isArray(value)) throw new MalformedReport();
  return value.map((item: unknown) => {
    if (typeof item !== 'number' || !Number.isSafeInteger(item) || item < 0) throw new MalformedReport();
    return item;
  });
}

function readReport(report: Fields): GuestReport {
  return {
    tests: listOf(report, 'tests', readTest),
    loadFailures: listOf(report, 'loadFailures', (item) => ({
      file: textOf(item, 'file'),
      failure: readFailure(fieldsOf(item.get('failure'))),
    })),
    console: listOf(report, 'console', (item) => ({
      level: textOf(item, 'level'),
      text: textOf(item, 'text'),
      ...(item.has('test') ? { test: textOf(item, 'test') } : {}),
    })),
    snapshots: listOf(report, 'snapshots', readSnapshot),
    unusedSnapshots: listOf(report, 'unusedSnapshots', (item) => ({
      file: textOf(item, 'file'),
      name: textOf(item, 'name'),
    })),
    outside: report.has('outside')
      ? listOf(report, 'outside', (item) => ({ file: textOf(item, 'file'), reached: numbersOf(item, 'reached') }))
      : [],
    ...(report.has('hits') ? { hits: numbersOf(report, 'hits') } : {}),
    isTimeUp: report.get('isTimeUp') === true,
  };
}

function readSnapshot(item: Fields): SnapshotChange {
  return {
    file: textOf(item, 'file'),
    kind: textOf(item, 'kind') === 'inline' ? 'inline' : 'file',
    name: textOf(item, 'name'),
    value: textOf(item, 'value'),
    line: numberOf(item, 'line'),
    isUpdate: item.get('isUpdate') === true,
  };
}

function readTest(item: Fields): TestResult {
  const status = item.get('status');
  if (status !== 'passed' && status !== 'failed' && status !== 'skipped' && status !== 'todo')
    throw new MalformedReport();
  const failure = item.get('failure');
  return {
    file: textOf(item, 'file'),
    name: textOf(item, 'name'),
    status,
    durationMs: numberOf(item, 'durationMs'),
    assertions: numberOf(item, 'assertions'),
    steps: numberOf(item, 'steps'),
    retries: numberOf(item, 'retries'),
    ...(failure === undefined ? {} : { failure: readFailure(fieldsOf(failure)) }),
    ...(item.has('reached') ? { reached: numbersOf(item, 'reached') } : {}),
  };
}

function readFailure(item: Fields): TestFailure {
  return {
    message: textOf(item, 'message'),
    ...(item.has('file') ? { file: textOf(item, 'file') } : {}),
    ...(item.has('line') ? { line: numberOf(item, 'line') } : {}),
    ...(item.has('expected') ? { expected: textOf(item, 'expected') } : {}),
    ...(item.has('actual') ? { actual: textOf(item, 'actual') } : {}),
  };
}
