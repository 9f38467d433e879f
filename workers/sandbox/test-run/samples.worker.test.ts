import { describe, expect, it } from 'vitest';
import { runText } from '../testing/run-files.ts';
import nodeTest from '../testing/samples/node-test.test.ts.txt?raw';
import sqlite from '../testing/samples/sqlite.test.ts.txt?raw';
import vitestStyle from '../testing/samples/vitest.test.ts.txt?raw';

describe('sample tests that also pass under Node', () => {
  it.each([
    ['node:sqlite', sqlite],
    ['node:test', nodeTest],
    ['vitest', vitestStyle],
  ])('%s', async (_name, text) => {
    const report = await runText(text);
    expect(report.loadFailures).toEqual([]);
    expect(report.tests.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(report.status).toBe('passed');
  });
});
