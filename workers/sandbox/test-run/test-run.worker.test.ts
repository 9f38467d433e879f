import { describe, expect, it } from 'vitest';
import { runFiles, runText } from '../testing/run-files.ts';

const outcomes = async (text: string) => {
  const report = await runText(text, { testTimeoutMs: 300 });
  expect(report.loadFailures).toEqual([]);
  return report.tests.map(({ name, status }) => [name, status]);
};

describe('a test run', () => {
  it('reports each test with its suite, status, place and both sides', async () => {
    const report = await runFiles({
      'src/sum.ts': 'export const sum = (a: number, b: number): number => a + b;\n',
      'test/sum.test.ts': [
        `import { describe, expect, it } from 'vitest';`,
        `import { sum } from '../src/sum.ts';`,
        `describe('sum', () => {`,
        `  it('adds', () => { expect(sum(1, 2)).toBe(3); });`,
        `  it('fails', () => {`,
        `    expect({ a: sum(1, 1) }).toEqual({ a: 3 });`,
        `  });`,
        `  it.skip('later', () => {});`,
        `  it.todo('never');`,
        `});`,
      ].join('\n'),
    });
    expect(report.status).toBe('failed');
    expect(report.counts).toEqual({ passed: 1, failed: 1, skipped: 1, todo: 1 });
    expect(report.tests.map(({ name, status }) => [name, status])).toEqual([
      ['sum > adds', 'passed'],
      ['sum > fails', 'failed'],
      ['sum > later', 'skipped'],
      ['sum > never', 'todo'],
    ]);
    expect(report.tests[1]?.failure).toEqual({
      message: 'expected { a: 2 } to equal { a: 3 }',
      file: 'test/sum.test.ts',
      line: 6,
      expected: '{ a: 3 }',
      actual: '{ a: 2 }',
    });
  });

  it('names the place in the source where the code threw, not where the test called it', async () => {
    const report = await runFiles({
      'src/deep.ts': `interface Shape {\n  readonly a: number;\n}\nexport const deep = (shape: Shape): number => {\n  if (shape.a > 1) throw new Error('too deep');\n  return 1;\n};\n`,
      'a.test.ts': `import { it } from 'vitest';\nimport { deep } from './src/deep.ts';\nit('a', () => {\n  deep({ a: 2 });\n});`,
    });
    expect(report.tests[0]?.failure).toEqual({ message: 'Error: too deep', file: 'src/deep.ts', line: 5 });
  });

  it('gives both sides of node:assert', async () => {
    const report = await runText(
      `import test from 'node:test';\nimport assert from 'node:assert/strict';\ntest('a', () => {\n  assert.deepEqual({ a: 1 }, { a: 2 });\n});`,
    );
    expect(report.tests[0]?.failure).toMatchObject({
      file: 'a.test.ts',
      line: 4,
      expected: '{ a: 2 }',
      actual: '{ a: 1 }',
    });
  });

  it('points to the test when there is no other place', async () => {
    const report = await runText(`import { it } from 'vitest';\n\nit('never ends', () => new Promise(() => {}));`, {
      testTimeoutMs: 50,
    });
    expect(report.tests[0]?.failure).toEqual({
      message: 'TimeoutError: Not finished after 50 ms',
      file: 'a.test.ts',
      line: 3,
    });
  });

  it('runs only what is marked, file by file', async () => {
    const report = await runFiles({
      'a.test.ts': `import { describe, it } from 'vitest';
        it('a', () => {});
        describe('b', () => { it('c', () => {}); it.only('d', () => {}); });
        describe.only('e', () => { it('f', () => {}); describe('g', () => { it('h', () => {}); }); });`,
      'b.test.ts': `import { it } from 'vitest'; it('i', () => {});`,
    });
    expect(report.tests.map(({ name, status }) => [name, status])).toEqual([
      ['a', 'skipped'],
      ['b > c', 'skipped'],
      ['b > d', 'passed'],
      ['e > f', 'passed'],
      ['e > g > h', 'passed'],
      ['i', 'passed'],
    ]);
  });

  it('skips suites with all inside, and does not run their hooks', async () => {
    const text = `import { beforeAll, describe, expect, it } from 'vitest';
      let ran = false;
      describe.skip('a', () => { beforeAll(() => { ran = true; }); it('b', () => {}); describe('c', () => { it('d', () => {}); }); });
      describe.todo('e', () => { it('f', () => {}); });
      it('g', ({ skip }) => { skip(); });
      it('h', () => { expect(ran).toBe(false); });`;
    expect(await outcomes(text)).toEqual([
      ['a > b', 'skipped'],
      ['a > c > d', 'skipped'],
      ['e > f', 'todo'],
      ['g', 'skipped'],
      ['h', 'passed'],
    ]);
  });

  it('fails the tests whose hooks fail, and only those', async () => {
    const text = `import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'vitest';
      describe('all', () => { beforeAll(() => { throw new Error('x'); }); it('a', () => {}); describe('in', () => { it('b', () => {}); }); });
      describe('each', () => { beforeEach(() => { throw new Error('x'); }); it('c', () => {}); });
      describe('after each', () => { afterEach(() => new Promise(() => {})); it('d', () => {}); });
      describe('after all', () => { afterAll(() => { throw new Error('x'); }); it('e', () => {}); });
      it('f', () => {});`;
    expect(await outcomes(text)).toEqual([
      ['all > a', 'failed'],
      ['all > in > b', 'failed'],
      ['each > c', 'failed'],
      ['after each > d', 'failed'],
      ['after all > e', 'passed'],
      ['after all > afterAll', 'failed'],
      ['f', 'passed'],
    ]);
  });

  it('fails a test that makes another number of assertions than it says', async () => {
    const text = `import { expect, it } from 'vitest';
      it('a', () => { expect.assertions(2); expect(1).toBe(1); });
      it('b', () => { expect.hasAssertions(); });
      it.fails('c', () => { expect(1).toBe(1); });`;
    expect(await outcomes(text)).toEqual([
      ['a', 'failed'],
      ['b', 'failed'],
      ['c', 'failed'],
    ]);
  });

  it('gives hooks and tests of node:test mocks that end with the test', async () => {
    const report = await runFiles({
      'a.test.cjs': `const test = require('node:test'); const assert = require('node:assert/strict');
        const { describe, beforeEach, it } = require('node:test'); const target = { say: () => 'real' };
        describe('mocks', () => {
          let spy;
          beforeEach((t) => { spy = t.mock.method(target, 'say', () => 'mock'); });
          it('are those of its hook', (t) => { assert.equal(target.say(), 'mock'); assert.equal(spy.mock.callCount(), 1); assert.equal(t.mock.fn().mock.callCount(), 0); });
        });
        test('are gone after it', () => { assert.equal(target.say(), 'real'); });`,
    });
    expect(report.loadFailures).toEqual([]);
    expect(report.tests.map(({ name, status, failure }) => [name, status, failure?.message])).toEqual([
      ['mocks > are those of its hook', 'passed', undefined],
      ['are gone after it', 'passed', undefined],
    ]);
  });

  it('knows what day it is while the tests are declared', async () => {
    const report = await runText(`import { expect, it, vi } from 'vitest';
      const loadedAt = Date.now(); const date = new Date(); const year = Date().slice(11, 15); class Day extends Date {} const day = new Day();
      it('is today', () => {
        expect(Math.abs(Date.now() - loadedAt)).toBeLessThan(600_000);
        expect([date.getFullYear(), day.getFullYear()]).toEqual([Number(year), Number(year)]);
        expect([date.constructor === Date, date instanceof Date, day instanceof Day, new Date(0).getTime(), Date.UTC(1970, 0)]).toEqual([true, true, true, 0, 0]);
      });
      it('is any other day', () => { vi.useFakeTimers({ now: 5 }); expect([Date.now(), new Date().getTime()]).toEqual([5, 5]); vi.useRealTimers(); expect(Date.now()).toBeGreaterThan(5); });`);
    expect(report.tests.map(({ name, status, failure }) => [name, status, failure?.message])).toEqual([
      ['is today', 'passed', undefined],
      ['is any other day', 'passed', undefined],
    ]);
  });

  it('reads files that are no text', async () => {
    const text = `import { readFileSync } from 'node:fs'; import { expect, it } from 'vitest';
      it('reads', () => { expect([...readFileSync('data/a.bin')]).toEqual([0, 255, 1]); });`;
    const report = await runFiles({ 'a.test.ts': text }, {}, { binaryData: { 'data/a.bin': 'AP8B' } });
    expect(report.tests.map(({ status, failure }) => [status, failure?.message])).toEqual([['passed', undefined]]);
  });

  it('declares as many tests as its caller allows', async () => {
    const text = `import { it } from 'vitest'; for (let index = 0; index < 6_000; index += 1) it('t', () => {});`;
    const report = await runText(text, { tests: 6_000, runTimeoutMs: 60_000 });
    expect(report.counts.passed).toBe(6_000);
  });

  it('reports subtests of node:test and fails their parent', async () => {
    const text = `import test from 'node:test';
      test('parent', async (t) => {
        await t.test('good', () => {});
        await t.test('bad', () => { throw new Error('x'); });
        await t.test('skipped', { skip: true }, () => {});
        await t.test('loops', () => { for (;;) {} });
      });
      test('todo', { todo: true }, () => {});
      test('marks itself', (t) => { t.todo(); throw new Error('not yet'); });`;
    expect(await outcomes(text)).toEqual([
      ['parent > good', 'passed'],
      ['parent > bad', 'failed'],
      ['parent > skipped', 'skipped'],
      ['parent > loops', 'failed'],
      ['parent', 'failed'],
      ['todo', 'todo'],
      ['marks itself', 'todo'],
    ]);
  });

  it('keeps console lines, with levels and their test', async () => {
    const report = await runText(`import { it } from 'vitest';
      it('a', () => { console.log('hello', { a: [1, new Map([[1, 2]])] }); console.error(new Error('x')); });`);
    expect(report.console).toEqual([
      { level: 'log', text: 'hello { a: [1, Map { 1 => 2 }] }', test: 'a' },
      { level: 'error', text: 'Error: x', test: 'a' },
    ]);
  });

  it('lets one database follow another, and says so when both are used', async () => {
    const text = `import { expect, it } from 'vitest';
      import { DatabaseSync } from 'node:sqlite';
      it('a', () => {
        const first = new DatabaseSync(':memory:');
        first.exec('create table t (a)');
        const second = new DatabaseSync(':memory:');
        second.exec('create table t (a)');
        expect(() => first.exec('select 1')).toThrow('another DatabaseSync was opened after it');
        expect(() => new DatabaseSync('file.db')).toThrow("Only new DatabaseSync(':memory:') works here");
      });`;
    expect(await outcomes(text)).toEqual([['a', 'passed']]);
  });

  it('measures time', async () => {
    const report = await runText(`import { it } from 'vitest'; it('a', () => new Promise((r) => setTimeout(r, 20)));`);
    expect(report.tests[0]?.durationMs).toBeGreaterThan(10);
    expect(report.durationMs).toBeGreaterThan(10);
  });
});
