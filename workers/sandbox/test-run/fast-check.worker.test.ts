import { describe, expect, it } from 'vitest';
import { runText } from '../testing/run-files.ts';

describe('fast-check in tests', () => {
  it('is there without a package, finds a counterexample and shrinks it', async () => {
    const report = await runText(`import * as fc from 'fast-check';
      import all from 'fast-check';
      import { expect, test } from 'vitest';
      test('holds', () => { fc.assert(fc.property(fc.integer(), fc.string(), (a, b) => typeof (a + b) === 'string')); });
      test('does not hold', () => { fc.assert(fc.property(fc.nat(), (n) => n < 10), { seed: 7 }); });
      test('is asynchronous', async () => { await all.assert(all.asyncProperty(all.uuid(), async (id) => { expect(id).toHaveLength(36); })); });`);
    expect(report.loadFailures).toEqual([]);
    expect(report.tests.map(({ name, status }) => [name, status])).toEqual([
      ['holds', 'passed'],
      ['does not hold', 'failed'],
      ['is asynchronous', 'passed'],
    ]);
    expect(report.tests[1]?.failure?.message).toContain('Counterexample: [10]');
  });
});
