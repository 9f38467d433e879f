import { describe, expect, it } from 'vitest';
import { summarize } from './test-summary.ts';

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
    expect(summarize(report({}), 0)).toEqual({ line: '3 passed, 0 failed', exitCode: 0, notes: [] });
  });

  it('counts skipped tests and those to be written', () => {
    expect(summarize(report({ numPendingTests: 1, numTodoTests: 2 }), 0).line).toBe('3 passed, 0 failed, 3 skipped');
  });

  it('keeps the exit code of vitest when a test failed', () => {
    expect(summarize(report({ numFailedTests: 2 }), 1)).toMatchObject({ line: '3 passed, 2 failed', exitCode: 1 });
  });

  it('counts a file that could not be loaded as a failure', () => {
    const testResults = [
      { name: 'a.test.ts', status: 'failed', assertionResults: [] },
      { name: 'b.test.ts', status: 'failed', assertionResults: [{ status: 'failed' }] },
    ];
    const summary = summarize(report({ numFailedTests: 1, testResults }), 1);
    expect(summary.line).toBe('3 passed, 2 failed');
    expect(summary.notes).toEqual(['failed outside of a test: a.test.ts']);
  });

  it('never passes off an error of vitest itself as success', () => {
    expect(summarize(report({}), 1)).toMatchObject({ line: '3 passed, 1 failed', exitCode: 1 });
    expect(summarize(undefined, 0)).toMatchObject({ line: '0 passed, 1 failed', exitCode: 1 });
  });
});
