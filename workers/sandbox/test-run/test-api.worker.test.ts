import { describe, expect, it } from 'vitest';
import type { TestReport } from '../../../shared/rpc/sandbox.ts';
import { runFiles, runText } from '../testing/run-files.ts';

const outcomes = (report: TestReport) => {
  expect(report.loadFailures).toEqual([]);
  return report.tests.map(({ name, status }) => `${name}: ${status}`);
};

/** All pass; the first failure is shown otherwise. */
const allPass = (report: TestReport, count: number): void => {
  expect(report.loadFailures).toEqual([]);
  expect(report.tests.filter(({ status }) => status !== 'passed').map(({ name, failure }) => [name, failure])).toEqual(
    [],
  );
  expect(report.counts.passed).toBe(count);
};

describe('declaring tests', () => {
  it('fills tables of lists, objects and templates into names and arguments', async () => {
    const report = await runText(`import { describe, expect, test } from 'vitest';
      test.each([[1, 2, 3], [2, 2, 4]])('%i + %i = %i (%#)', (a, b, sum) => { expect(a + b).toBe(sum); });
      test.each([{ word: 'a', is: { long: false } }])('$word is long: $is.long', ({ is }) => { expect(is.long).toBe(false); });
      test.each\`
        a    | b    | sum
        \${1} | \${1} | \${2}
        \${2} | \${3} | \${5}
      \`('$a and $b make $sum', ({ a, b, sum }) => { expect(a + b).toBe(sum); });
      describe.each([['x'], ['y']])('suite %s', (letter) => { test('has its letter', () => { expect(letter).toMatch(/[xy]/); }); });
      test.for([[1, 2]])('for %i', ([a, b], { expect: own }) => { own(a + b).toBe(3); });`);
    expect(outcomes(report)).toEqual([
      '1 + 2 = 3 (0): passed',
      '2 + 2 = 4 (1): passed',
      'a is long: false: passed',
      '1 and 1 make 2: passed',
      '2 and 3 make 5: passed',
      'suite x > has its letter: passed',
      'suite y > has its letter: passed',
      'for 1: passed',
    ]);
  });

  it('knows all variants, also one upon another', async () => {
    const report = await runText(`import { describe, expect, it, test } from 'vitest';
      it.skipIf(true)('a', () => {});
      it.runIf(false)('b', () => {});
      it.runIf(true).fails('c', () => { expect(1).toBe(2); });
      describe.skip.each([[1]])('d %i', () => { it('e', () => {}); });
      it.concurrent('f', async () => {});
      describe.concurrent('g', () => { it.sequential('h', () => {}); });
      it('i', { retry: 2, timeout: 100 }, () => { globalThis.tries = (globalThis.tries ?? 0) + 1; expect(globalThis.tries).toBe(3); });
      it('j', { repeats: 3 }, () => { globalThis.times = (globalThis.times ?? 0) + 1; });
      it('k', () => { expect(globalThis.times).toBe(4); });
      it.todo('l');
      test.skip.each([1, 2])('m %i', () => {});`);
    expect(outcomes(report)).toEqual([
      'a: skipped',
      'b: skipped',
      'c: passed',
      'd 1 > e: skipped',
      'f: passed',
      'g > h: passed',
      'i: passed',
      'j: passed',
      'k: passed',
      'l: todo',
      'm 1: skipped',
      'm 2: skipped',
    ]);
    expect(report.tests[6]?.retries).toBe(2);
  });

  it('runs hooks of every level in the order of vitest, and of jest where jest is imported', async () => {
    const hooks = (
      library: string,
    ): string => `import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '${library}';
      const log = [];
      beforeAll(() => { log.push('all'); });
      afterAll(() => { console.log(log.join(' ')); });
      beforeEach(() => { log.push('each'); });
      afterEach(() => { log.push('after 1'); });
      afterEach(() => { log.push('after 2'); });
      describe('in', () => {
        beforeAll(async () => { await null; log.push('all-in'); });
        beforeEach((done) => { log.push('each-in'); typeof done === 'function' && done(); });
        afterEach(() => { log.push('after-in'); });
        afterAll(() => { log.push('last-in'); });
        it('a', () => { log.push('a'); });
      });
      it('b', () => { log.push('b'); });`;
    const printed = async (library: string): Promise<string> => (await runText(hooks(library))).console[0]?.text ?? '';
    expect(await printed('vitest')).toBe(
      'all all-in each each-in a after-in after 2 after 1 last-in each b after 2 after 1',
    );
    expect(await printed('@jest/globals')).toBe(
      'all all-in each each-in a after-in after 1 after 2 last-in each b after 1 after 2',
    );
  });

  it('needs no import, in the styles of jest, vitest and mocha', async () => {
    const report = await runFiles({
      'jest.test.js': `describe('jest', () => {
        const seen = jest.fn();
        beforeEach(() => { seen(); });
        it('calls back', (done) => { setTimeout(() => { expect(seen).toHaveBeenCalledTimes(1); done(); }, 1); });
        it('fails by its callback', (done) => { done(new Error('no')); });
      });`,
      'vitest.test.ts': `it('has a context', ({ expect: own }) => { own(vi.fn()).not.toHaveBeenCalled(); });`,
      'mocha.test.js': `const assert = require('assert');
        describe('mocha', function () {
          this.timeout(500);
          before(function () { this.slow(10); });
          context('in', () => { specify('asserts', function () { assert.strictEqual(1, 1); }); });
          it('skips', function () { this.skip(); });
        });`,
    });
    expect(outcomes(report)).toEqual([
      'jest > calls back: passed',
      'jest > fails by its callback: failed',
      'has a context: passed',
      'mocha > in > asserts: passed',
      'mocha > skips: skipped',
    ]);
  });

  it('makes fixtures for the tests that name them, and undoes them', async () => {
    const report = await runText(`import { expect, test as base } from 'vitest';
      const log = [];
      const test = base.extend({
        one: async ({}, use) => { log.push('make'); await use(1); log.push('undo'); },
        two: async ({ one }, use) => { await use(one + 1); },
        plain: 5,
      });
      test('needs none', () => { expect(log).toEqual([]); });
      test('needs two', ({ two, plain }) => { expect([two, plain]).toEqual([2, 5]); expect(log).toEqual(['make']); });
      test('sees that it is undone', () => { expect(log).toEqual(['make', 'undo']); });`);
    allPass(report, 3);
  });

  it('flags what proves nothing and measures what a test does', async () => {
    const report = await runText(`import { expect, it } from 'vitest'; import assert from 'node:assert';
      it('nothing', () => {});
      it('two', () => { expect(1).toBe(1); assert.ok(true); });
      it('works', () => { for (let i = 0; i < 1000; i++); expect(1).toBe(1); });`);
    expect(report.tests.map(({ assertions }) => assertions)).toEqual([0, 2, 1]);
    expect(report.tests[2]?.steps).toBeGreaterThan(999);
    expect(report.tests[2]?.steps).toBeLessThan(1_010);
  });
});

describe('expecting', () => {
  it('has the matchers of vitest and jest', async () => {
    const report = await runText(`import { expect, it, vi } from 'vitest';
      it('asymmetric', () => {
        expect({ a: 'xyz', b: [1, 2], c: 0.1 + 0.2, d: () => 1 }).toEqual({
          a: expect.stringContaining('y'), b: expect.arrayOf(expect.any(Number)), c: expect.closeTo(0.3), d: expect.any(Function),
        });
        expect([1, 2, 3]).toEqual(expect.not.arrayContaining([4]));
        expect({ a: 1 }).toEqual(expect.not.objectContaining({ b: 1 }));
        class Four { asymmetricMatch(value) { return value === 4; } }
        expect({ four: 4 }).toEqual({ four: new Four() });
        expect({ four: 5 }).not.toEqual({ four: new Four() });
      });
      it('mocks', async () => {
        const first = vi.fn((x) => x * 2); const second = vi.fn().mockResolvedValue('done');
        first(1); await second(); first(2);
        expect(first).toHaveBeenNthCalledWith(2, 2);
        expect(first).toHaveReturnedTimes(2);
        expect(first).toHaveLastReturnedWith(4);
        expect(first).toHaveNthReturnedWith(1, 2);
        expect(second).toHaveResolvedWith('done');
      });
      it('order', () => { const [a, b] = [vi.fn(), vi.fn()]; a(); b(); expect(a).toHaveBeenCalledBefore(b); expect(b).toHaveBeenCalledAfter(a); });
      it('classes', () => {
        class Dog { bark() { return 'wau'; } }
        const Spy = vi.fn(Dog); const dog = new Spy();
        expect(dog).toBeInstanceOf(Dog); expect(dog.bark()).toBe('wau'); expect(Spy.mock.instances[0]).toBe(dog);
      });
      it('promises', async () => {
        await expect(Promise.resolve(3)).resolves.toBe(3);
        await expect(Promise.reject(new TypeError('bad'))).rejects.toThrow(TypeError);
        await expect(Promise.reject(new Error('bad'))).rejects.toMatchObject({ message: 'bad' });
      });
      it('chai words', () => {
        expect({ a: [1] }).to.deep.equal({ a: [1] }); expect('abc').to.be.a('string').and.include('b'); expect([]).to.be.empty; expect(true).to.be.true; expect(3).to.be.above(2);
      });
      it('waits', async () => { let n = 0; await vi.waitFor(() => { n += 1; expect(n).toBe(3); }, { interval: 1 }); await expect.poll(() => (n += 1), { interval: 1 }).toBeGreaterThan(5); });`);
    allPass(report, 7);
  });

  it('takes matchers of the test itself, and gives none of its own away', async () => {
    const report = await runText(`import { expect, it } from 'vitest';
      expect.extend({
        toBeEven(received) { return { pass: received % 2 === 0, message: () => 'expected ' + this.utils.printReceived(received) + (this.isNot ? ' not' : '') + ' to be even' }; },
        async toBeLater(received, wanted) { return { pass: (await received) === wanted, message: () => 'later' }; },
      });
      it('holds', async () => { expect(2).toBeEven(); expect(3).not.toBeEven(); expect({ a: 4 }).toEqual({ a: expect.toBeEven() }); await expect(Promise.resolve(1)).toBeLater(1); });
      it('fails', () => { expect(3).toBeEven(); });
      it('cannot be replaced', () => { expect(() => expect.extend({ toBe: () => ({ pass: true }) })).toThrow('cannot replace the matcher toBe'); });`);
    expect(outcomes(report)).toEqual(['holds: passed', 'fails: failed', 'cannot be replaced: passed']);
    expect(report.tests[1]?.failure?.message).toBe('expected 3 to be even');
  });

  it('keeps soft failures for the end', async () => {
    const report = await runText(`import { expect, it } from 'vitest';
      it('a', () => { expect.soft(1).toBe(2); expect.soft(2).toBe(3); console.log('went on'); });`);
    expect(report.console[0]).toMatchObject({ text: 'went on', test: 'a' });
    expect(report.tests[0]?.failure?.message).toBe('expected 1 to be 2 (and 1 more soft expectations failed)');
  });

  it('shows large values with a line for each field', async () => {
    const report = await runText(`import { expect, it } from 'vitest';
      it('a', () => { expect({ first: 'x'.repeat(60), second: [1, 2] }).toEqual({ first: 'x'.repeat(60), second: [1, 3] }); });`);
    expect(report.tests[0]?.failure?.actual).toBe(
      `{\n  first: "${'x'.repeat(60)}",\n  second: [\n    1,\n    2\n  ]\n}`,
    );
  });
});

describe('time', () => {
  it('stands still and is moved', async () => {
    const report = await runText(`import { afterEach, expect, it, vi } from 'vitest';
      afterEach(() => { vi.useRealTimers(); });
      it('timers', () => {
        vi.useFakeTimers(); const seen = vi.fn(); setTimeout(seen, 1000); setInterval(seen, 400);
        vi.advanceTimersByTime(999); expect(seen).toHaveBeenCalledTimes(2);
        vi.advanceTimersByTime(1); expect(seen).toHaveBeenCalledTimes(3);
        expect(vi.getTimerCount()).toBe(1); vi.clearAllTimers(); expect(vi.getTimerCount()).toBe(0);
      });
      it('dates', () => {
        vi.useFakeTimers({ now: new Date('2020-01-01') }); expect(new Date().getFullYear()).toBe(2020);
        vi.setSystemTime('2021-06-01'); expect(new Date().getMonth()).toBe(5);
      });
      it('only the date', () => { vi.setSystemTime(new Date(0)); expect(Date.now()).toBe(0); });
      it('promises', async () => {
        vi.useFakeTimers(); const done = new Promise((resolve) => setTimeout(() => resolve('x'), 5000));
        await vi.advanceTimersByTimeAsync(5000); expect(await done).toBe('x');
      });
      it('all', async () => { vi.useFakeTimers(); let n = 0; setTimeout(() => { n = 1; setTimeout(() => { n = 2; }, 9); }, 9); await vi.runAllTimersAsync(); expect(n).toBe(2); });
      it('is real again', async () => { expect(vi.isFakeTimers()).toBe(false); expect(Date.now()).toBeGreaterThan(1e12); await new Promise((r) => setTimeout(r, 1)); });`);
    allPass(report, 6);
  });

  it('cannot be taken from the runner', async () => {
    const report = await runText(
      `import { it, vi } from 'vitest'; it('never ends', async () => { vi.useFakeTimers(); await new Promise((resolve) => setTimeout(resolve, 10)); }); it('goes on', () => {});`,
      { testTimeoutMs: 100 },
    );
    expect(outcomes(report)).toEqual(['never ends: failed', 'goes on: passed']);
  });
});
