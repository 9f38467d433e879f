import { describe, expect, it } from 'vitest';
import type { TestReport } from '../../../shared/rpc/sandbox.ts';
import { runFiles } from '../testing/run-files.ts';

const allPass = (report: TestReport, count: number): void => {
  expect(report.loadFailures).toEqual([]);
  expect(report.tests.filter(({ status }) => status !== 'passed').map(({ name, failure }) => [name, failure])).toEqual(
    [],
  );
  expect(report.counts.passed).toBe(count);
};

const passing = (body: string): string => `import { expect, it, vi } from 'vitest';\n${body}`;

describe('mocks of whole packages', () => {
  it('stand in __mocks__ at the top, for Node’s modules and for packages', async () => {
    const report = await runFiles({
      'a.test.js': `jest.mock('fs'); jest.mock('left-pad');
        const fs = require('fs'); const pad = require('left-pad');
        it('are mocked', () => { expect([fs.readFileSync('x'), pad('a')]).toEqual(['mocked', 'padded']); expect(fs.existsSync.mock.calls).toEqual([]); });`,
      '__mocks__/fs.js': `const fs = jest.createMockFromModule('fs'); fs.readFileSync = () => 'mocked'; module.exports = fs;`,
      '__mocks__/left-pad.js': `module.exports = () => 'padded';`,
      'node_modules/left-pad/index.js': `module.exports = () => 'real';`,
      'node_modules/left-pad/package.json': '{"name": "left-pad"}',
    });
    allPass(report, 1);
  });

  it('are modules still where they are spread into another object', async () => {
    const report = await runFiles({
      'a.test.js': `import by, { fruit } from './fruit';
        jest.mock('./fruit', () => ({ ...jest.createMockFromModule('./fruit'), ...jest.requireActual('./fruit'), default: jest.fn(() => 'mocked') }));
        it('is', () => { expect([by(), fruit]).toEqual(['mocked', 'apple']); });`,
      'fruit.js': `export const fruit = 'apple'; export default () => 'banana';`,
    });
    allPass(report, 1);
  });
});

describe('CommonJS', () => {
  it('is required, imported, and mixed with modules and JSON', async () => {
    const report = await runFiles({
      'a.test.cjs': `const { sum } = require('./lib/sum'); const data = require('./data.json'); const { word } = require('./module.mjs');
        const path = require('path'); const assert = require('node:assert');
        it('requires', () => { assert.equal(sum(1, data.two), 3); assert.equal(word, 'esm'); assert.equal(path.basename(__filename), 'a.test.cjs'); });
        it('says what is missing', () => { assert.throws(() => require('./nothing'), { code: 'MODULE_NOT_FOUND' }); assert.throws(() => require('left-pad'), /npm package/); });`,
      'b.test.ts':
        passing(`import sumFile, { sum } from './lib/sum.js'; import data from './data.json' with { type: 'json' };
        it('imports', () => { expect(sum(1, data.two)).toBe(3); expect(sumFile.sum).toBe(sum); });`),
      'lib/sum.js': `exports.sum = (a, b) => a + b; module.exports.other = this === module.exports;`,
      'data.json': '{"two": 2}',
      'module.mjs': `export const word = 'esm'; export default 1;`,
    });
    allPass(report, 3);
  });

  it('may go round in circles', async () => {
    const report = await runFiles({
      'a.test.js': `const a = require('./a'); it('knows both', () => { expect(a.name).toBe('a'); expect(a.b.sees()).toBe('a'); expect(a.b.early).toBe(undefined); });`,
      'a.js': `const b = require('./b'); exports.b = b; exports.name = 'a';`,
      'b.js': `const a = require('./a'); exports.early = a.name; exports.sees = () => a.name;`,
    });
    allPass(report, 1);
  });

  it('comes from packages by exports, main and index', async () => {
    const report = await runFiles({
      'test/a.test.ts':
        passing(`import main, { named } from 'by-main'; import { part } from '@scope/exported/part'; import { self } from 'own'; import { inner } from '#inner';
        it('finds them', () => { expect([main.named, named, part, self, inner]).toEqual([1, 1, 'part', 'self', 'inner']); });`),
      'package.json': '{"name": "own", "exports": "./src/self.js", "imports": {"#inner": "./src/inner.js"}}',
      'src/self.js': `export const self = 'self';`,
      'src/inner.js': `export const inner = 'inner';`,
      'node_modules/by-main/package.json': '{"name": "by-main", "main": "lib/x"}',
      'node_modules/by-main/lib/x.js': `module.exports = { named: require('nested').one };`,
      'node_modules/by-main/node_modules/nested/package.json': '{}',
      'node_modules/by-main/node_modules/nested/index.js': `exports.one = 1;`,
      'node_modules/@scope/exported/package.json':
        '{"exports": {"./*": {"import": "./esm/*.mjs", "require": "./cjs/*.cjs"}}}',
      'node_modules/@scope/exported/esm/part.mjs': `export const part = 'part';`,
    });
    allPass(report, 1);
  });

  it('offers names that only its run tells, and itself to a package of its own name', async () => {
    const report = await runFiles({
      'test/a.test.ts':
        passing(`import * as whole from 'by-loop'; import byDefault, { one, two as second } from 'by-loop';
        it('has them', () => { expect([whole.one, byDefault.two, one, second]).toEqual([1, 2, 1, 2]); expect(whole.default).toBe(byDefault); });`),
      'package.json': '{"name": "helper", "exports": "./nowhere.js"}',
      'node_modules/by-loop/index.js': `const names = { one: 1, two: require('helper').two }; for (const name of Object.keys(names)) module.exports[name] = names[name];`,
      'node_modules/by-loop/package.json': '{"name": "by-loop"}',
      'node_modules/helper/package.json': '{"name": "helper"}',
      'node_modules/helper/index.js': 'exports.two = 2;',
    });
    allPass(report, 1);
  });

  it('has mocha by its name', async () => {
    const report = await runFiles({
      'a.test.js': `import assert from 'node:assert'; import { describe, it, before } from 'mocha';
        let ready = false; before((done) => { ready = true; done(); });
        describe('mocha', function () { this.timeout(100); it('is there', (done) => { assert(ready); done(); }); });`,
      'b.test.cjs': `const { describe, it } = require('mocha'); describe('required', () => { it('is there', () => { require('node:assert')(true); }); });`,
    });
    allPass(report, 2);
  });

  it('is there in a module that requires, with what a file needs while it is loaded', async () => {
    const report = await runFiles({
      'a.test.ts':
        passing(`import { word } from './module.ts'; const { name } = require('./package.json'); const id = crypto.randomUUID();
        const timer = setTimeout(() => undefined, 1);
        it('has both', () => { clearTimeout(timer); expect([word, name, id.length]).toEqual(['esm', 'own', 36]); });`),
      'module.ts': `export const word: string = 'esm';`,
      'package.json': '{"name": "own"}',
    });
    allPass(report, 1);
  });

  it('points to the line in the file that was written', async () => {
    const report = await runFiles({
      'a.test.js': `const { fail } = require('./b');\nit('a', () => {\n  fail();\n});`,
      'b.js': `\n\nexports.fail = () => {\n  throw new Error('here');\n};`,
    });
    expect(report.tests[0]?.failure).toEqual({ message: 'Error: here', file: 'b.js', line: 4 });
  });
});

describe('replacing modules', () => {
  const files = {
    'src/mail.ts': `export const send = (to: string): string => 'sent to ' + to;\nexport default 'mail';\nexport class Box { open() { return 'open'; } }`,
    'src/order.ts': `import { send } from './mail.ts';\nexport const order = (to: string): string => send(to);`,
  };

  it('by a factory, hoisted over the imports', async () => {
    const report = await runFiles({
      ...files,
      'a.test.ts': passing(`import { order } from './src/order.ts';\nimport { send } from './src/mail.ts';
        const fake = vi.hoisted(() => ({ send: vi.fn(() => 'faked') }));
        vi.mock('./src/mail.ts', () => ({ send: fake.send, default: 'other' }));
        it('is replaced for everyone', () => { expect(order('a')).toBe('faked'); expect(send).toBe(fake.send); expect(fake.send).toHaveBeenCalledWith('a'); });
        it('has its default', async () => { const { default: name } = await import('./src/mail.ts'); expect(name).toBe('other'); });`),
    });
    allPass(report, 2);
  });

  it('in part, with the original, also asynchronously', async () => {
    const report = await runFiles({
      ...files,
      'a.test.ts': passing(`import { order } from './src/order.ts';\nimport name, { send } from './src/mail.ts';
        vi.mock(import('./src/mail.ts'), async (importOriginal) => ({ ...(await importOriginal()), send: vi.fn() }));
        it('keeps the rest', async () => {
          vi.mocked(send).mockReturnValue('x'); expect(order('a')).toBe('x'); expect(name).toBe('mail');
          const actual = await vi.importActual('./src/mail.ts'); expect(actual.send('b')).toBe('sent to b');
        });`),
    });
    allPass(report, 1);
  });

  it('automatically, by manual mocks, and with spies', async () => {
    const report = await runFiles({
      ...files,
      'src/__mocks__/order.ts': `export const order = () => 'manual';`,
      'a.test.ts': passing(`import { send, Box } from './src/mail.ts'; import { order } from './src/order.ts';
        vi.mock('./src/mail.ts'); vi.mock('./src/order.ts');
        it('automocks', () => { expect(send('a')).toBeUndefined(); expect(vi.isMockFunction(send)).toBe(true); expect(new Box().open()).toBeUndefined(); expect(order('x')).toBe('manual'); });`),
      'b.test.ts': passing(`import { send } from './src/mail.ts';
        vi.mock('./src/mail.ts', { spy: true });
        it('spies', () => { expect(send('a')).toBe('sent to a'); expect(send).toHaveBeenCalledTimes(1); });`),
      'c.test.ts': passing(
        `import { send } from './src/mail.ts'; it('is itself in other files', () => { expect(vi.isMockFunction(send)).toBe(false); });`,
      ),
    });
    allPass(report, 3);
  });

  it('in the words of jest', async () => {
    const report = await runFiles({
      ...files,
      'a.test.js': `import { jest, expect, test } from '@jest/globals';\nimport { order } from './src/order';
        jest.mock('./src/mail', () => ({ ...jest.requireActual('./src/mail'), send: jest.fn(() => 'jest') }));
        test('mocks', () => { expect(order('a')).toBe('jest'); });
        test('mocks what is not there', () => { jest.doMock('nowhere', () => ({ there: 1 }), { virtual: true }); expect(require('nowhere').there).toBe(1); });
        test('isolates', () => { let first; jest.isolateModules(() => { first = require('./src/order'); }); expect(require('./src/order')).not.toBe(first); });
        test('resets', () => { jest.resetModules(); jest.dontMock('./src/mail'); expect(require('./src/order').order('a')).toBe('sent to a'); });`,
    });
    allPass(report, 4);
  });

  it('keeps lines, also of what was hoisted', async () => {
    const report = await runFiles({
      ...files,
      'a.test.ts': `import { it, vi } from 'vitest';\nimport { order } from './src/order.ts';\n\nvi.mock('./src/mail.ts', () => ({\n  send: () => {\n    throw new Error('faked');\n  },\n}));\nit('a', () => {\n  order('x');\n});`,
    });
    expect(report.tests[0]?.failure).toEqual({ message: 'Error: faked', file: 'a.test.ts', line: 6 });
  });

  it('says why it cannot where it cannot', async () => {
    const report = await runFiles({
      'a.test.ts': passing(`const { mock } = vi; it('a', () => { mock('./b.ts'); });`),
    });
    expect(report.tests[0]?.failure?.message).toContain('only works as a plain call');
  });
});

describe('what a test reaches', () => {
  it('reads the files of the project, and stubs globals and the environment', async () => {
    const report = await runFiles(
      {
        'test/a.test.ts': passing(`import { readFileSync } from 'node:fs'; import path, { join } from 'node:path';
          it('reads', () => {
            expect(readFileSync('data/a.txt', 'utf8')).toBe('hello');
            expect(readFileSync(path.resolve('data/a.txt'), 'utf8')).toBe('hello');
            expect(readFileSync(join(import.meta.dirname, '../data/a.txt'), 'utf8')).toBe('hello');
            expect(readFileSync(new URL('../data/a.txt', import.meta.url), 'utf8')).toBe('hello');
          });
          it('stubs', () => {
            vi.stubGlobal('thing', 1); vi.stubEnv('NAME', 'x'); expect([globalThis.thing, process.env.NAME]).toEqual([1, 'x']);
            vi.unstubAllGlobals(); vi.unstubAllEnvs(); expect([globalThis.thing, process.env.NAME]).toEqual([undefined, undefined]);
          });`),
      },
      {},
      { data: { 'data/a.txt': 'hello' } },
    );
    allPass(report, 2);
  });

  it('starts scripts of the project and threads, and nothing else', async () => {
    const report = await runFiles({
      'a.test.js': `const { spawnSync, execFileSync } = require('child_process'); const { Worker } = require('node:worker_threads');
        it('runs node', () => {
          const { stdout, status } = spawnSync('node', [__dirname + '/tool.js', 'a', 'b']); expect(stdout.toString()).toBe('a-b\\n'); expect(status).toBe(3);
          expect(process.argv).not.toContain('b');
        });
        it('runs nothing else', () => { expect(() => execFileSync('/bin/sh', ['-c', 'true'])).toThrow('only scripts of the project'); });
        it('runs a thread', async () => { const worker = new Worker(__dirname + '/thread.js', { workerData: 4 }); expect(await new Promise((resolve) => worker.on('message', resolve))).toBe(8); });`,
      'tool.js': `const args = process.argv; console.log(args.slice(2).join('-')); process.exit(3); module.exports = require('./thread');`,
      'thread.js': `const { isMainThread, parentPort, workerData } = require('node:worker_threads'); if (!isMainThread) parentPort.postMessage(workerData * 2);`,
    });
    allPass(report, 3);
  });

  it('gives each file an isolate of its own when asked to', async () => {
    const counting = passing(
      `globalThis.count = (globalThis.count ?? 0) + 1; it('counts', () => { expect(globalThis.count).toBe(1); });`,
    );
    const files = { 'a.test.ts': counting, 'b.test.ts': counting };
    const apart = await runFiles(files, {}, { isolation: 'file' });
    expect(apart).toMatchObject({ status: 'passed', counts: { passed: 2, failed: 0 } });
    expect((await runFiles(files)).counts).toMatchObject({ passed: 1, failed: 1 });
  });

  it('is only the tests that are named', async () => {
    const report = await runFiles(
      { 'a.test.ts': passing(`it('one', () => {}); it('two', () => {});`) },
      {},
      { wantedName: 'two' },
    );
    expect(report.tests.map(({ name }) => name)).toEqual(['two']);
  });
});
