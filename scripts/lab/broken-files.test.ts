import { describe, expect, it } from 'vitest';
import type { TestReport } from '../../shared/rpc/sandbox.ts';
import { withBrokenFiles } from './broken-files.ts';
import type { LabAnswer } from './laboratory.ts';
import { refusedAtLoading, withSecondTry } from './second-try.ts';

const report = (more: Partial<TestReport>): TestReport => ({
  runId: 'lab-1',
  status: 'passed',
  tests: [],
  loadFailures: [],
  counts: { passed: 1, failed: 0, skipped: 0, todo: 0 },
  console: [],
  durationMs: 1,
  ...more,
});

const answer = (more: Partial<LabAnswer>): LabAnswer => ({ buildMs: 1, diagnostics: [], missing: [], ...more });

const refused = {
  file: 'a.test.js',
  failure: { message: 'Error: Disallowed operation called within global scope. And more.' },
};

describe('files that could not be run', () => {
  it('fail a run that passed without them, and say what to install or that their runner is another one', () => {
    const missing = (name: string) => ({
      file: 'b.test.ts',
      line: 2,
      column: 1,
      code: 'import',
      message: 'as the toolchain says it',
      severity: 'error' as const,
      package: name,
    });
    const told = withBrokenFiles(
      answer({ report: report({}), broken: { 'b.test.ts': [missing('left-pad')], 'c.test.ts': [missing('ava')] } }),
    );
    expect(told.report?.status).toBe('failed');
    expect(told.report?.loadFailures.map(({ file, failure }) => [file, failure.message])).toEqual([
      ['b.test.ts', expect.stringContaining('"left-pad" is not installed')],
      ['c.test.ts', expect.stringContaining('"ava" has a test runner of its own')],
    ]);
  });

  it('leave a run as it is when there are none', () => {
    const plain = answer({ report: report({}) });
    expect(withBrokenFiles(plain)).toEqual(plain);
  });
});

describe('a second try', () => {
  it('takes the place of what was refused, and only of that', () => {
    const other = { file: 'b.test.js', failure: { message: 'SyntaxError' } };
    const first = answer({ report: report({ status: 'failed', loadFailures: [refused, other] }) });
    expect(refusedAtLoading(first.report)).toEqual(['a.test.js']);
    const joined = withSecondTry(first, ['a.test.js'], answer({ report: report({ durationMs: 2 }) }));
    expect(joined.report).toMatchObject({
      status: 'failed',
      loadFailures: [other],
      counts: { passed: 2 },
      durationMs: 3,
    });
  });

  it('passes when all passed, and is no pass when it timed out or nothing ran', () => {
    const first = answer({ report: report({ status: 'failed', loadFailures: [refused] }) });
    const statusAfter = (second: TestReport): string | undefined =>
      withSecondTry(first, ['a.test.js'], answer({ report: second })).report?.status;
    expect(statusAfter(report({}))).toBe('passed');
    expect(statusAfter(report({ status: 'timed_out' }))).toBe('timed_out');
    expect(statusAfter(report({ emptyFiles: ['a.test.js'] }))).toBe('failed');
    const nothing = report({ counts: { passed: 0, failed: 0, skipped: 0, todo: 0 } });
    const none = { ...first, report: { ...nothing, loadFailures: [refused] } };
    expect(withSecondTry(none, ['a.test.js'], answer({ report: nothing })).report?.status).toBe('empty');
  });
});
