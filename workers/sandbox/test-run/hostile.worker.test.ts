import { describe, expect, it } from 'vitest';
import { runFiles, runText, sandbox, built } from '../testing/run-files.ts';

/** Two tests after the hostile one: the run has to go on. */
const around = (hostile: string): string => `
import { expect, it } from 'vitest';
it('before', () => { expect(1).toBe(1); });
${hostile}
it('after', () => { expect(1).toBe(1); });
`;

async function outcomeOf(hostile: string) {
  const report = await runText(around(hostile), { testTimeoutMs: 200, fuelPerTest: 200_000 });
  const statuses = Object.fromEntries(report.tests.map(({ name, status }) => [name, status]));
  expect(statuses).toMatchObject({ before: 'passed', after: 'passed' });
  const test = report.tests.find(({ name }) => name === 'hostile');
  return { report, test, message: test?.failure?.message ?? '' };
}

describe('a hostile test', () => {
  it.each([
    ['an endless loop', 'for (;;) {}', /200000 steps/],
    ['an endless loop without a body', 'let n = 0; while (n >= 0) n += 1;', /200000 steps/],
    ['a loop that swallows every error', 'for (;;) { try { for (;;) {} } catch { continue; } }', /200000 steps/],
    ['a loop that ends in finally', 'for (;;) { try { for (;;) {} } finally { continue; } }', /200000 steps/],
    ['a loop of awaits', 'return (async () => { for (;;) await null; })();', /200000 steps/],
    [
      'a rejection that is swallowed natively',
      'return Promise.allSettled([(async () => { for (;;) {} })()]);',
      /200000 steps/,
    ],
    ['endless recursion', 'const f = (): void => { f(); }; f();', /Maximum call stack size|200000 steps/],
    [
      'exponential recursion',
      'const f = (n: number): number => n < 1 ? 1 : f(n - 1) + f(n - 1); f(60);',
      /200000 steps/,
    ],
    ['an endless iterator', 'const g = function* () { for (;;) yield 1; }; [...g()];', /200000 steps/],
    ['a promise that never settles', 'return new Promise(() => {});', /Not finished after 200 ms/],
    ['a fake promise', 'return { then() {} } as unknown as Promise<void>;', /Not finished after 200 ms/],
    ['eval', '(0, eval)("1");', /Code generation from strings disallowed/],
    [
      'a thrown proxy',
      'throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; }, ownKeys() { throw 3; } });',
      /threw|cannot be described/,
    ],
    [
      'an error with hostile getters',
      'throw Object.defineProperty(new Error("x"), "stack", { get() { for (;;) {} } });',
      /x/,
    ],
    [
      'an unhandled rejection',
      'void Promise.reject(new Error("lost")); return new Promise((r) => setTimeout(r, 5));',
      /nobody handled it: Error: lost/,
    ],
  ])('with %s fails alone', async (_name, body, message) => {
    const outcome = await outcomeOf(`it('hostile', () => { ${body} });`);
    expect(outcome.test?.status).toBe('failed');
    expect(outcome.message).toMatch(message);
    expect(outcome.report.status).toBe('failed');
  });

  it.each([
    ['fetch', `await fetch('http://127.0.0.1:9/');`],
    [
      'a socket',
      `const { connect } = await import('node:net'); await new Promise((_r, reject) => connect(9, '127.0.0.1').on('error', reject));`,
    ],
    [
      'a WebSocket',
      `await new Promise((_r, reject) => { new WebSocket('ws://127.0.0.1:9/').addEventListener('error', reject); });`,
    ],
  ])('cannot reach the network by %s', async (_name, body) => {
    const { message } = await outcomeOf(`it('hostile', async () => { ${body} });`);
    expect(message).toMatch(/not permitted|ErrorEvent|error/i);
    expect(message).not.toMatch(/ECONNREFUSED|refused/);
  });

  it('sees no environment, storage or other file', async () => {
    const { test } = await outcomeOf(`it('hostile', async () => {
      const workers = await import('cloudflare:workers');
      expect(Object.keys(workers.env)).toEqual([]);
      const { readdirSync } = await import('node:fs');
      expect(() => readdirSync('/etc')).toThrow();
    });`);
    expect(test?.failure).toBeUndefined();
  });

  it('floods the console in vain', async () => {
    const { report } = await outcomeOf(
      `it('hostile', () => { for (let i = 0; i < 10_000; i++) console.log('x'.repeat(1_000)); });`,
    );
    const characters = report.console.reduce((sum, { text }) => sum + text.length, 0);
    expect(characters).toBeLessThan(70_000);
    expect(report.console.at(-1)?.text).toBe('More output was cut off here.');
  });

  it('floods the report in vain', async () => {
    const text = `
      import { it, expect } from 'vitest';
      for (let i = 0; i < 1_000; i++) it('t' + i, () => { expect('x'.repeat(100_000)).toBe('y'.repeat(100_000)); });
    `;
    const report = await runText(text);
    expect(report.counts.failed).toBe(1_000);
    expect(JSON.stringify(report).length).toBeLessThan(2_000_000);
  });

  it('declares too many tests in vain', async () => {
    const report = await runText(`import { it } from 'vitest'; for (let i = 0; i < 6_000; i++) it('t', () => {});`);
    expect(report.status).toBe('failed');
    expect(report.loadFailures[0]?.failure.message).toContain('More than 5000 tests');
  });

  it('ends its isolate in vain', async () => {
    const report = await runText(`
      import * as workers from 'cloudflare:workers';
      import { it } from 'vitest';
      it('a', () => { (workers as any).abortIsolate('gone'); });
    `);
    expect(report).toMatchObject({ status: 'failed', counts: { failed: 1 } });
    expect((await runText(around(''))).status).toBe('passed');
  });

  it('exits the process in vain', async () => {
    const { message } = await outcomeOf(`it('hostile', () => { process.exit(0); });`);
    expect(message).toContain('process.exit() was called');
  });
});

describe('a faked result', () => {
  it.each([
    [
      'toJSON on every prototype',
      `Object.prototype.toJSON = () => ({ status: 'passed' }); String.prototype.toJSON = () => 'passed'; Array.prototype.toJSON = () => [];`,
    ],
    [
      'fields on Object.prototype',
      `Object.prototype.status = 'passed'; Object.prototype.failure = undefined; Object.prototype.mode = 'skip';`,
    ],
    [
      'a then on Object.prototype',
      `Object.defineProperty(Object.prototype, 'then', { configurable: true, get() { return undefined; } });`,
    ],
    ['setters on Array.prototype', `Object.defineProperty(Array.prototype, '0', { set() {}, configurable: true });`],
    ['other JSON', `JSON.stringify = () => '{"tests":[],"loadFailures":[],"console":[],"isTimeUp":false}';`],
    ['another Object.is', `Object.is = () => true;`],
    [
      'other array and map methods',
      `Array.prototype.push = () => 0; Map.prototype.set = () => new Map(); Array.prototype.some = () => true;`,
    ],
    ['another Promise.prototype.then', `try { Promise.prototype.then = () => new Promise(() => {}); } catch {}`],
    [
      'other matchers',
      `try { Object.getPrototypeOf(expect(1)).toBe = () => {}; } catch {} try { expect.fail = () => {}; } catch {}`,
    ],
    [
      'other globals',
      `globalThis.Promise = class {}; globalThis.setTimeout = () => 0; globalThis.String = () => 'passed'; globalThis.Error = class {};`,
    ],
    ['another console', `globalThis.console = { log() {} };`],
  ])('by %s stays a failure', async (_name, pollution) => {
    const report = await runFiles({
      'a.test.js': `import { expect, it } from 'vitest';\n${pollution}\nit('lies', () => { expect(1).toBe(2); });\nit('holds', () => { expect(1).toBe(1); });`,
    });
    expect(report.loadFailures).toEqual([]);
    expect(report.tests.map(({ name, status }) => [name, status])).toEqual([
      ['lies', 'failed'],
      ['holds', 'passed'],
    ]);
    expect(report.tests[0]?.failure).toMatchObject({
      message: 'expected 1 to be 2',
      file: 'a.test.js',
      expected: '2',
      actual: '1',
    });
    expect(report.status).toBe('failed');
  });

  it('cannot be handed to the runner: its modules are out of reach', async () => {
    const modules = built({ 'a.test.ts': `import { it } from 'vitest'; it('a', () => {});` });
    const forged = {
      ...modules,
      modules: { ...modules.modules, '@sandbox/run-suite.js': 'export const runFile = () => {}' },
    };
    const limits = { testTimeoutMs: 100, runTimeoutMs: 1_000, fuelPerTest: 1_000 };
    const report = await sandbox.runTests({ runId: 'r', host: 'h', built: forged, testFiles: ['a.test.ts'], limits });
    expect(report).toMatchObject({ status: 'crashed', reason: expect.stringContaining('reserved') });
  });
});

describe('a run', () => {
  it('goes on after files that do not load', async () => {
    const report = await runFiles(
      {
        'a.test.ts': `throw new Error('top level');`,
        'b.test.ts': `for (;;) {}`,
        'c.test.ts': `await new Promise(() => {});`,
        'd.test.ts': `import { it } from 'vitest';\nit('works', () => {});`,
      },
      { testTimeoutMs: 200, fuelPerTest: 100_000 },
    );
    expect(report.loadFailures.map(({ file, failure }) => [file, failure.message, failure.line])).toEqual([
      ['a.test.ts', 'Error: top level', 1],
      ['b.test.ts', expect.stringContaining('100000 steps'), 1],
      ['c.test.ts', expect.stringMatching(/unsettled|Not finished/), undefined],
    ]);
    expect(report.tests).toMatchObject([{ file: 'd.test.ts', status: 'passed' }]);
    expect(report.status).toBe('failed');
  });

  it('reports a module that is missing in what was built', async () => {
    const modules = built({
      'a.test.ts': `import './b.ts'; import { it } from 'vitest'; it('a', () => {});`,
      'b.ts': '',
    });
    const { 'b.js': _left, ...others } = modules.modules;
    const limits = { testTimeoutMs: 500, runTimeoutMs: 5_000, fuelPerTest: 1_000 };
    const report = await sandbox.runTests({
      runId: 'r',
      host: 'h',
      built: { ...modules, modules: others },
      testFiles: ['a.test.ts', 'z.test.ts'],
      limits,
    });
    expect(report.status).toBe('failed');
    expect(report.loadFailures).toMatchObject([
      { file: 'z.test.ts', failure: { message: 'The file is not among the built modules' } },
      { file: 'a.test.ts', failure: { message: expect.stringContaining('No such module "b.js"') } },
    ]);
  });

  it('without a test that ran is empty', async () => {
    expect((await runText('export const nothing = 1;')).status).toBe('empty');
    expect((await runText(`import { it } from 'vitest'; it.skip('a', () => {}); it.todo('b');`)).status).toBe('empty');
  });

  it('ends at its own deadline with what it has', async () => {
    const report = await runText(
      `import { it } from 'vitest'; it('quick', () => {}); it('slow', () => new Promise(() => {})); it('late', () => {});`,
      { testTimeoutMs: 5_000, runTimeoutMs: 100 },
    );
    expect(report.status).toBe('timed_out');
    expect(report.tests.map(({ name, status }) => [name, status])).toEqual([
      ['quick', 'passed'],
      ['slow', 'failed'],
      ['late', 'failed'],
    ]);
  });

  it('starts from nothing each time, also many at once', async () => {
    const text = `
      import { expect, it } from 'vitest';
      import { DatabaseSync } from 'node:sqlite';
      it('is alone', () => {
        expect(globalThis.seen).toBeUndefined();
        globalThis.seen = true;
        const db = new DatabaseSync(':memory:');
        db.exec('create table only_here (a)');
      });
    `;
    const reports = await Promise.all(Array.from({ length: 20 }, () => runText(text)));
    expect(reports.map(({ status }) => status)).toEqual(reports.map(() => 'passed'));
  });

  it('is refused with the reason when its limits make no sense', async () => {
    const limits = { testTimeoutMs: 0, runTimeoutMs: 1, fuelPerTest: 1 };
    const report = await sandbox.runTests({
      runId: 'r',
      host: 'h',
      built: built({ 'a.test.ts': '' }),
      testFiles: ['a.test.ts'],
      limits,
    });
    expect(report).toMatchObject({ status: 'crashed', reason: expect.stringContaining('limits.testTimeoutMs') });
  });
});

describe('bad input', () => {
  const limits = { testTimeoutMs: 300, fuelPerTest: 200_000 };
  const good = `import { expect, it } from 'vitest'; it('holds', () => { expect(1).toBe(1); });`;

  it('a file that declares no test fails a run of others', async () => {
    const files = { 'a.test.ts': good, 'b.test.ts': 'export {};' };
    for (const isolation of ['run', 'file'] as const) {
      const report = await runFiles(files, {}, { isolation });
      expect(report).toMatchObject({ status: 'failed', emptyFiles: ['b.test.ts'], counts: { passed: 1, failed: 0 } });
      expect(report.reason).toBe('These files declare no test: b.test.ts');
    }
  });

  it('a cyclic import works as far as the language says, and tells where it does not', async () => {
    const report = await runFiles({
      'a.test.ts': `import { expect, it } from 'vitest'; import { even } from './even.ts'; it('goes round', () => { expect(even(10)).toBe(true); });`,
      'even.ts': `import { odd } from './odd.ts'; export const even = (n: number): boolean => n === 0 || odd(n - 1);`,
      'odd.ts': `import { even } from './even.ts'; export const odd = (n: number): boolean => n !== 0 && even(n - 1);`,
      'b.test.ts': `import { it } from 'vitest'; import './early.ts'; it('is never reached', () => {});`,
      'early.ts': `import { late } from './late.ts'; export const early = 1; late;`,
      'late.ts': `import { early } from './early.ts';\nexport const late = early + 1;`,
    });
    expect(report.tests).toMatchObject([{ name: 'goes round', status: 'passed' }]);
    expect(report.loadFailures).toMatchObject([{ file: 'b.test.ts', failure: { file: 'late.ts', line: 2 } }]);
    expect(report.loadFailures[0]?.failure.message).toMatch(/before initialization/);
  });

  it.each([
    [
      'a hook that loops',
      `import { beforeEach, it } from 'vitest'; beforeEach(() => { for (;;) {} }); it('a', () => {});`,
    ],
    [
      'a describe that loops',
      `import { describe, it } from 'vitest'; describe('x', () => { for (;;) {} }); it('a', () => {});`,
    ],
    [
      'a matcher that loops',
      `import { expect, it } from 'vitest'; expect.extend({ toLoop() { for (;;) {} } }); it('a', () => { expect(1).toLoop(); });`,
    ],
    [
      'a snapshot serializer that loops',
      `import { expect, it } from 'vitest'; expect.addSnapshotSerializer({ test: () => true, serialize: () => { for (;;) {} } }); it('a', () => { expect(1).toMatchSnapshot(); });`,
    ],
    [
      'timers that set each other',
      `import { it, vi } from 'vitest'; it('a', () => { vi.useFakeTimers(); const again = () => { setTimeout(again, 1); }; again(); vi.runAllTimers(); });`,
    ],
    [
      'a thenable without end',
      `import { expect, it } from 'vitest'; it('a', async () => { await expect({ then() {} }).resolves.toBe(1); });`,
    ],
    [
      'a factory that loops',
      `import { it, vi } from 'vitest'; import { b } from './b.ts'; vi.mock('./b.ts', () => { for (;;) {} }); it('a', () => { b; });`,
    ],
  ])('%s ends as a failure, and the next file runs', async (_name, text) => {
    const report = await runFiles({ 'a.test.ts': text, 'b.ts': 'export const b = 1;', 'z.test.ts': good }, limits);
    expect(report.status).toBe('failed');
    expect(report.tests.filter(({ file }) => file === 'z.test.ts')).toMatchObject([
      { name: 'holds', status: 'passed' },
    ]);
  });

  it.each([
    [
      'assertions that count themselves',
      `Object.defineProperty(Object.getPrototypeOf(expect(1)), 'toBe', { value() {} });`,
    ],
    ['a matcher of the test in place of ours', `expect.extend({ toBe: () => ({ pass: true, message: () => '' }) });`],
    ['another equality', `expect.addEqualityTesters([() => { throw new Error('no'); }]);`],
    [
      'printed results',
      `console.log(JSON.stringify({ tests: [{ file: 'a.test.js', name: 'lies', status: 'passed' }] }));`,
    ],
    ['a global expect', `globalThis.expect = () => ({ toBe() {} });`],
    ['a spy on the runner', `vi.spyOn(Promise, 'resolve').mockReturnValue({ then() {} });`],
    ['process.exit in a timer', `setTimeout(() => process.exit(0), 0);`],
  ])('%s cannot make a failing test pass', async (_name, pollution) => {
    const report = await runFiles(
      {
        'a.test.js': `import { expect, it, vi } from 'vitest';\ntry { ${pollution} } catch {}\nit('lies', () => { expect(1).toBe(2); });`,
      },
      limits,
    );
    expect(report.status).toBe('failed');
    expect(report.counts.passed).toBe(0);
  });

  it('a module of the sandbox is out of reach for CommonJS as well', async () => {
    const report = await runFiles({
      'a.test.js': `const assert = require('assert'); const name = '/@sandbox/fuel.js';
        it('a', async () => {
          assert.throws(() => require('/@sandbox/fuel.js')); assert.throws(() => require(name)); assert.throws(() => require('module'));
          assert.throws(() => require('node:vm')); assert.throws(() => require('../../etc/passwd'));
        });`,
    });
    expect(report.tests).toMatchObject([{ status: 'passed', assertions: 5 }]);
  });

  it('snapshots do not grow without end', async () => {
    const report = await runFiles(
      {
        'a.test.ts': `import { expect, it } from 'vitest'; it('a', () => { expect('x'.repeat(3_000_000)).toMatchSnapshot(); });`,
      },
      {},
      { snapshotMode: 'new' },
    );
    expect(JSON.stringify(report).length).toBeLessThan(1_000_000);
  });
});
