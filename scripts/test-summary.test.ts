import { describe, expect, it } from 'vitest';
import { combine, summarize, summaryLine } from './test-summary.ts';

const report = (more: object): object => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
  ...more,
});

describe('summarize', () => {
  it('says only what there is', () => {
    const summary = summarize(report({}), 0);
    expect(summary).toEqual({ passed: 3, failed: 0, skipped: 0, exitCode: 0, notes: [] });
    expect(summaryLine(summary)).toBe('3 passed, 0 failed');
  });

  it('counts skipped tests and those to be written', () => {
    const summary = summarize(report({ numPendingTests: 1, numTodoTests: 2 }), 0);
    expect(summaryLine(summary)).toBe('3 passed, 0 failed, 3 skipped');
  });

  it('keeps the exit code of vitest when a test failed', () => {
    expect(summarize(report({ numFailedTests: 2 }), 1)).toMatchObject({ passed: 3, failed: 2, exitCode: 1 });
  });

  it('counts a file that could not be loaded as a failure', () => {
    const testResults = [
      { name: 'a.test.ts', status: 'failed', assertionResults: [] },
      { name: 'b.test.ts', status: 'failed', assertionResults: [{ status: 'failed' }] },
    ];
    const summary = summarize(report({ numFailedTests: 1, testResults }), 1);
    expect(summaryLine(summary)).toBe('3 passed, 2 failed');
    expect(summary.notes).toEqual(['failed outside of a test: a.test.ts']);
  });

  it('tells which tests passed only when they were tried again', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'a fork is told', failureMessages: ['expected 1 to be 2\nat line 7'] },
      { status: 'passed', fullName: 'a fork ends', failureMessages: [] },
    ];
    const testResults = [{ name: 'a.test.ts', status: 'passed', assertionResults }];
    const summary = summarize(report({ testResults }), 0);
    expect(summary).toMatchObject({ passed: 3, failed: 0, exitCode: 0 });
    expect(summary.notes).toEqual(['passed when it was tried again: a fork is told (at first: expected 1 to be 2)']);
  });

  it('never passes off an error of vitest itself as success', () => {
    expect(summarize(report({}), 1)).toMatchObject({ passed: 3, failed: 1, exitCode: 1 });
    expect(summarize(undefined, 0)).toMatchObject({ passed: 0, failed: 1, exitCode: 1 });
  });

  it('fails as a whole when one of several runs failed, or did not report', () => {
    const runs = [summarize(report({}), 0), summarize(undefined, 137), summarize(report({ numTodoTests: 1 }), 0)];
    expect(combine(runs)).toMatchObject({ passed: 6, failed: 1, skipped: 1, exitCode: 137 });
    expect(combine(runs).notes).toHaveLength(1);
  });
});
