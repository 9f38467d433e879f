/** The laboratory as a person uses it: the program, a folder, and what it prints. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = join(import.meta.dirname, '..', '..', 'scripts', 'lab', 'index.ts');
let folder = '';

const write = (files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
};

const lab = (...args: string[]): Promise<{ readonly exitCode: number; readonly output: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { maxBuffer: 1e8 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ exitCode, output: stdout + stderr });
    });
  });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aidevos-lab-test-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('npm run lab', () => {
  it('runs the tests of a folder with its packages, writes snapshots and JUnit XML, and shows what failed', async () => {
    write({
      'project/package.json': '{"name": "project"}',
      'project/node_modules/adder/package.json': '{"main": "main.js"}',
      'project/node_modules/adder/main.js': 'exports.add = (a, b) => a + b;',
      'project/src/sum.ts': `import { add } from 'adder';\nexport const sum = (...values: number[]): number => values.reduce(add, 0);\n`,
      'project/test/sum.test.ts': [
        `import { expect, it } from 'vitest';`,
        `import { sum } from '../src/sum.ts';`,
        `it('adds', () => { expect(sum(1, 2, 3)).toBe(6); expect({ sum: sum(1) }).toMatchSnapshot(); });`,
        `it('proves nothing', () => { sum(1); });`,
      ].join('\n'),
      'project/test/wrong.test.js': `const { add } = require('adder');\nit('is wrong', () => {\n  expect({ first: 'a'.repeat(70), sum: add(1, 1) }).toEqual({ first: 'a'.repeat(70), sum: 3 });\n});\n`,
    });
    const junit = join(folder, 'junit.xml');
    const lcov = join(folder, 'lcov.info');
    const failed = await lab('run', join(folder, 'project'), '--junit', junit, '--lcov', lcov);
    expect(failed.exitCode, failed.output).toBe(1);
    expect(failed.output).toContain('FAILED test/wrong.test.js > is wrong');
    expect(failed.output).toContain('at test/wrong.test.js:3');
    expect(failed.output).toMatch(/-\s+sum: 3\n\s+\+\s+sum: 2/);
    expect(failed.output).toContain('test/sum.test.ts > proves nothing');
    expect(failed.output).toContain('Snapshots written: 1');
    expect(failed.output).toContain('failed: 2 passed, 1 failed, 0 skipped, 0 to do');
    expect(readFileSync(junit, 'utf8')).toContain('<testsuites tests="3" failures="1"');
    // Both isolates came by the source, and neither tests nor packages are in it.
    expect(readFileSync(lcov, 'utf8')).toMatch(
      /^TN:\nSF:src\/sum\.ts\n(?:[^S].*\n)*DA:2,3\nLF:1\nLH:1\nend_of_record\n$/,
    );
    const snapshot = join(folder, 'project/test/__snapshots__/sum.test.ts.snap');
    expect(readFileSync(snapshot, 'utf8')).toContain('exports[`adds 1`] = `\n{\n  "sum": 1,\n}\n`;');
    const passed = await lab('run', join(folder, 'project'), '--files', 'sum.test', '--ci', '--json');
    expect(passed.exitCode, passed.output).toBe(0);
    expect(JSON.parse(passed.output)).toMatchObject({ report: { status: 'passed', counts: { passed: 2 } } });
  }, 240_000);

  it('tells exercises whose tests pass on the example and fail on the stub from others', async () => {
    const exercise = (name: string, example: string, stub: string): void =>
      write({
        [`track/exercises/practice/${name}/.meta/config.json`]: JSON.stringify({
          files: { solution: ['it.js'], test: ['it.spec.js'], example: ['.meta/proof.ci.js'] },
        }),
        [`track/exercises/practice/${name}/.meta/proof.ci.js`]: example,
        [`track/exercises/practice/${name}/it.js`]: stub,
        [`track/exercises/practice/${name}/it.spec.js`]: `import { expect, test, xtest } from '@jest/globals';\nimport { two } from './it';\ntest('exists', () => { expect(two).toBeDefined(); });\nxtest('is two', () => { expect(two()).toBe(2); });\n`,
      });
    exercise('good', 'export const two = () => 2;', 'export const two = () => { throw new Error("do it"); };');
    exercise('loops', 'export const two = () => 2;', 'export const two = () => { for (;;) {} };');
    exercise('solved', 'export const two = () => 1 + 1;', 'export const two = () => 2;');
    exercise('bad', 'export const two = () => 3;', 'export const two = () => 0;');
    const { exitCode, output } = await lab('exercises', join(folder, 'track'));
    expect(exitCode, output).toBe(1);
    expect(output).toContain('3 of 4 exercises as expected');
    expect(output).toMatch(/FAILED exercises\/practice\/bad/);
    expect(output).toContain(
      '1 bring a stub that passes already, and fail without its code: exercises/practice/solved',
    );
  }, 240_000);

  it('tells exercises by their names where nothing else says which file is what', async () => {
    write({
      'named/1_sum/sum.js': 'const sum = () => {};\nmodule.exports = sum;\n',
      'named/1_sum/sum.spec.js': `const sum = require('./sum');\ntest('of none', () => { expect(sum()).toBe(0); });\ntest.skip('of two', () => { expect(sum(1, 2)).toBe(3); });\n`,
      'named/1_sum/solution/sum-solution.js':
        'module.exports = (...values) => values.reduce((left, right) => left + right, 0);\n',
      'named/generators/helpers.js': 'this is no exercise',
      'other/exercises/two/.meta/config.json':
        '{"files": {"solution": ["two.py"], "test": ["two_test.py"], "example": [".meta/example.py"]}}',
      'other/exercises/two/.meta/example.py': '',
      'other/exercises/two/two_test.py': '',
    });
    const named = await lab('exercises', join(folder, 'named'));
    expect(named.exitCode, named.output).toBe(0);
    expect(named.output).toMatch(/1_sum +passed \(2 passed, 0 failed\) +failed \(0 passed, 2 failed\)/);
    const other = await lab('exercises', join(folder, 'other'));
    expect(other.output).toContain('of its tests (two_test.py) none is there in JavaScript or TypeScript');
  }, 240_000);

  it('runs what it can of a stranger’s project, and says what it cannot and why', async () => {
    write({
      'stranger/package.json': '{"name": "stranger"}',
      'stranger/vitest.config.ts': `export default { test: { include: ['src/**/test.ts'], setupFiles: ['./setup.ts'] } };`,
      'stranger/setup.ts': 'globalThis.isSetUp = true;\n',
      'stranger/other.test.ts': 'throw new Error("not one of the tests");\n',
      'stranger/src/good/test.ts': [
        `import { expect, it } from 'vitest';`,
        `import { Shape, size } from '../all.ts';`,
        `const timer = setTimeout(() => undefined, 1);`,
        `it('has what the project says', () => { clearTimeout(timer); const it: Shape = { a: 1 }; expect([isSetUp, size(it)]).toEqual([true, 1]); });`,
      ].join('\n'),
      'stranger/src/all.ts': `export { Shape, size } from './shape.ts';\n`,
      'stranger/src/shape.ts':
        'export interface Shape { readonly a: number }\nexport const size = (shape: Shape): number => shape.a;\n',
      'stranger/src/runner/test.ts': `import test from 'ava';\ntest('a', (t) => t.pass());\n`,
      'stranger/src/missing/test.ts': `import { it } from 'vitest';\nimport { left } from 'left-pad';\nit('pads', () => { left('a'); });\n`,
      'stranger/src/broken/test.ts': 'export const = 1;\n',
    });
    const { exitCode, output } = await lab('run', join(folder, 'stranger'));
    expect(exitCode, output).toBe(1);
    expect(output).toContain('"ava" has a test runner of its own, which is not here');
    expect(output).toContain('"left-pad" is not installed in this folder or one above it');
    expect(output).toContain('FAILED src/broken/test.ts (it could not be loaded)');
    expect(output).toContain('failed: 1 passed, 0 failed, 0 skipped, 0 to do, 3 files not loaded');
  }, 240_000);

  it('says what to do when it is asked for something that is not there', async () => {
    expect(await lab('run', join(folder, 'nowhere'))).toMatchObject({ exitCode: 2 });
    expect((await lab('walk', folder)).output).toContain('"walk" is not a command');
    write({ 'empty/readme.md': '#' });
    expect((await lab('run', join(folder, 'empty'))).output).toContain('there is no test file');
    expect((await lab('exercises', join(folder, 'empty'))).output).toContain('holds no exercise');
    expect((await lab('--help')).output).toContain('npm run lab -- exercises FOLDER');
  }, 120_000);
});
