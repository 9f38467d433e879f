import { describe, expect, it } from 'vitest';
import { prepareMutation, runMutantBatch } from '../../../shared/adapters/services/mutation-testing.ts';
import { tryTest } from '../../../shared/adapters/services/test-for-survivors.ts';
import type { Verdict } from '../../../shared/domain/quality/mutation/verdicts.ts';
import {
  mutationScore,
  nextBatch,
  survivors,
  verdictsWithoutRun,
} from '../../../shared/domain/quality/mutation/verdicts.ts';
import { mutantKey } from '../../../shared/domain/quality/mutation/mutant.ts';
import type { SourceFiles } from '../../../shared/rpc/toolchain.ts';
import { mutantBuild } from '../../toolchain/measure/mutant-build.ts';
import { sandbox } from '../testing/run-files.ts';

const parts = {
  sandbox,
  toolchain: { mutate: (request: Parameters<typeof mutantBuild>[0]) => Promise.resolve(mutantBuild(request)) },
  runId: 'mutation',
  host: 'workspace/project',
};

const requestFor = (files: SourceFiles) => ({
  files,
  entries: Object.keys(files).filter((file) => file.includes('.test.')),
  limit: 500,
  seed: '',
});

async function mutationOf(files: SourceFiles) {
  const prepared = await prepareMutation(parts, requestFor(files));
  if (!prepared.ok) throw new Error(prepared.error.detail);
  const { build, plans } = prepared.value;
  const verdicts = new Map<string, Verdict>(verdictsWithoutRun(plans));
  for (let batch = nextBatch(plans, verdicts, 20); batch.length > 0; batch = nextBatch(plans, verdicts, 20)) {
    for (const [key, verdict] of await runMutantBatch(parts, build, batch)) verdicts.set(key, verdict);
  }
  const table = plans.map(({ mutant, isStatic }) => ({
    what: `${mutant.file}:${String(mutant.start.line)} ${mutant.mutator} ${mutant.replacement}`,
    status: verdicts.get(mutantKey(mutant))?.status,
    isStatic,
  }));
  return { build, plans, verdicts, table, files };
}

const calculator = {
  'calculator.ts': [
    'export const rate: number = 2;',
    'export function add(a: number, b: number): number {',
    '  return a + b;',
    '}',
    'export function clamp(value: number): number {',
    '  if (value > 10) {',
    '    return 10;',
    '  }',
    '  return value;',
    '}',
    'export function countDown(from: number): number {',
    '  let turns = 0;',
    '  for (let left = from; left > 0; left--) turns++;',
    '  return turns;',
    '}',
    'export const never = (): string => "unused";',
    '// Stryker disable next-line StringLiteral: only for people',
    'export const title = "calculator";',
    'export const flags = [1, 2];',
  ].join('\n'),
  'calculator.test.ts': [
    `import { expect, it } from 'vitest';`,
    `import { add, clamp, countDown, flags } from './calculator.ts';`,
    `it('adds', () => { expect(add(2, 3)).toBe(5); });`,
    `it('clamps', () => { expect(clamp(20)).toBe(10); });`,
    `it('counts', () => { expect(countDown(3)).toBe(3); });`,
    `it('has flags', () => { expect(flags.length).toBe(2); });`,
  ].join('\n'),
};

const letters = 'abcdefghijklm'.split('');
const list = JSON.stringify(letters);
const check = `if (globalThis.loads > 1) expect(values.join('')).toBe('${letters.join('')}');`;
const count = 'globalThis.loads = (globalThis.loads ?? 0) + 1;';

const loadedForms: readonly (readonly [string, SourceFiles])[] = [
  [
    'modules',
    {
      'values/a.ts': `export const values = ${list};`,
      'tests/of/values.test.ts': `import { expect, it } from 'vitest'; import { values } from '../../values/a.ts'; ${count} it('is', () => { ${check} });`,
    },
  ],
  [
    'modules that import each other and wait',
    {
      'values.ts': `import { also } from './also.ts'; export const values = ${list}; export const other = () => also;`,
      'also.ts': `import { values } from './values.ts'; export const also = await Promise.resolve(1); export const later = () => values;`,
      'values.test.ts': `import { expect, it } from 'vitest'; import { later } from './also.ts'; const { other } = await import('./values.ts'); ${count} it('is', () => { const values = later(); other(); ${check} });`,
    },
  ],
  [
    'CommonJS files',
    {
      'values.cjs': `exports.values = ${list};`,
      'values.test.cjs': `const { expect, it } = require('vitest'); const { values } = require('./values.cjs'); ${count} it('is', () => { ${check} });`,
    },
  ],
  [
    'a module that imports a CommonJS file',
    {
      'values.cjs': `module.exports = { values: ${list} };`,
      'values.test.ts': `import { expect, it } from 'vitest'; import { values } from './values.cjs'; ${count} it('is', () => { ${check} });`,
    },
  ],
  [
    'a CommonJS file that requires a module',
    {
      'values.mjs': `export const values = ${list};`,
      'values.test.cjs': `const { expect, it } = require('vitest'); const { values } = require('./values.mjs'); ${count} it('is', () => { ${check} });`,
    },
  ],
  [
    'files whose modules a test replaces',
    {
      'values.ts': `import { also } from './also.ts'; export const values = [...${list}, ...also];`,
      'also.ts': `export const also: string[] = [];`,
      'values.test.ts': `import { expect, it, vi } from 'vitest'; import { values } from './values.ts'; vi.mock('./also.ts', () => ({ also: [] })); ${count} it('is', () => { ${check} });`,
    },
  ],
];

describe('mutation testing', () => {
  it('tells killed, survived, timed out and uncovered mutants apart', async () => {
    const { table, build, verdicts } = await mutationOf(calculator);
    const statusOf = (what: string) => table.find((row) => row.what.includes(what))?.status;
    expect(statusOf(':3 ArithmeticOperator a - b')).toBe('killed');
    expect(statusOf(':6 EqualityOperator value >= 10')).toBe('survived');
    expect(statusOf(':6 EqualityOperator value <= 10')).toBe('killed');
    expect(statusOf(':13 UpdateOperator left++')).toBe('timeout');
    expect(statusOf(':16 StringLiteral')).toBe('no_coverage');
    expect(build.ignored).toEqual([
      { file: 'calculator.ts', line: 18, mutator: 'StringLiteral', reason: 'only for people' },
    ]);
    const score = mutationScore(build.mutants, verdicts);
    expect(score.killed + score.timeout + score.survived + score.noCoverage).toBe(build.mutants.length);
    expect(score.errors).toBe(0);
  });

  it('loads the code anew for a mutant of a place that is run while loading', async () => {
    const { table } = await mutationOf(calculator);
    expect(table.find((row) => row.what.includes(':19 ArrayDeclaration'))).toMatchObject({
      status: 'killed',
      isStatic: true,
    });
  });

  it.each([
    ['count how often they ran', 'let runs = 0;', 'runs += 1; if (runs > 1) throw new Error("again");'],
    ['fail every other time', 'let runs = 0;', 'runs += 1; if (runs % 2 === 0) throw new Error("even");'],
    [
      'fail when others have run before',
      'const seen = new Set();',
      'if (seen.size > 1) throw new Error("late"); seen.add(1).add({});',
    ],
  ])('is not deceived by tests that %s', async (_what, before, inside) => {
    const code = Array.from(
      { length: 8 },
      (_, index) => `export const f${String(index)} = (a: number, b: number): number => a + b + ${String(index)};`,
    );
    const calls = code.map((_, index) => `f${String(index)}(1, 1);`).join(' ');
    const names = code.map((_, index) => `f${String(index)}`).join(', ');
    const { table } = await mutationOf({
      'many.ts': code.join('\n'),
      'many.test.ts': [
        `import { it } from 'vitest';`,
        `import { ${names} } from './many.ts';`,
        before,
        `it('looks at nothing', () => { ${inside} ${calls} });`,
      ].join('\n'),
    });
    expect(table.length).toBeGreaterThan(16);
    expect(new Set(table.map(({ status }) => status))).toEqual(new Set(['survived']));
  });

  it.each([
    ['count how often they are loaded', 'globalThis.loads > 1'],
    ['fail every other time that they are loaded', 'globalThis.loads % 2 === 0'],
  ])('is not deceived by tests that %s', async (_what, condition) => {
    const count = 'globalThis.loads = (globalThis.loads ?? 0) + 1;';
    for (const inside of [false, true]) {
      const fail = `if (${condition}) throw new Error('again');`;
      const { table } = await mutationOf({
        'values.ts': `export const values = ${JSON.stringify(letters)};`,
        'values.test.ts': [
          `import { it } from 'vitest'; import { values } from './values.ts';`,
          inside ? count : `${count} ${fail}`,
          `it('looks at nothing', () => { values.at(0); ${inside ? fail : ''} });`,
        ].join('\n'),
      });
      expect(table.every(({ isStatic }) => isStatic)).toBe(true);
      expect(table.length).toBeGreaterThan(12);
      expect(new Set(table.map(({ status }) => status))).toEqual(new Set(['survived']));
    }
  });

  it.each(loadedForms)('loads copies of %s in one isolate, each with its own mutant', async (_what, files) => {
    const { table } = await mutationOf(files);
    const loaded = table.filter(({ isStatic, what }) => isStatic && what.startsWith('values'));
    expect(loaded.length).toBeGreaterThan(12);
    // The tests notice a mutant only where another copy was loaded before it.
    expect(loaded.filter(({ status }) => status === 'killed').length).toBeGreaterThan(loaded.length - 3);
  });

  it('shows a survivor as a diff of the source with the test that comes by', async () => {
    const { plans, verdicts, files } = await mutationOf(calculator);
    const [first] = survivors(plans, verdicts, files, 10);
    expect(first).toMatchObject({ status: 'survived', nearestTests: [{ file: 'calculator.test.ts', name: 'clamps' }] });
    expect(first?.diff).toContain('-  if (value > 10) {');
    expect(first?.diff).toMatch(/\+ {2}if \(.*\) \{/);
  });

  it('keeps a test written for survivors only when it passes and notices one', async () => {
    const { verdicts } = await mutationOf(calculator);
    const test = (body: string) => ({
      path: 'new.test.ts',
      content: `import { expect, it } from 'vitest'; import { clamp } from './calculator.ts'; it('new', () => { ${body} });`,
    });
    const attempt = (body: string) => tryTest(parts, requestFor(calculator), verdicts, test(body));
    expect(await attempt('expect(clamp(3)).toBe(3);')).toMatchObject({ keep: true });
    expect(await attempt('expect(clamp(30)).toBe(10);')).toMatchObject({ keep: false });
    expect(await attempt('expect(clamp(3)).toBe(4);')).toMatchObject({
      keep: false,
      reason: expect.stringContaining('does not pass'),
    });
  });

  it.each([
    ['no test', { 'a.ts': 'export const a = 1;' }, /no test/],
    [
      'a failing test',
      {
        'a.ts': 'export const a = 1;',
        'a.test.ts': `import { it } from 'vitest'; import { a } from './a.ts'; it('fails', () => { throw new Error(String(a)); });`,
      },
      /The suite must pass first.*a\.test\.ts > fails/,
    ],
    ['code that does not build', { 'a.ts': 'const = 1', 'a.test.ts': `import './a.ts';` }, /does not build: a\.ts:1/],
  ])('refuses %s', async (_name, files, message) => {
    const prepared = await prepareMutation(parts, requestFor(files));
    expect(prepared).toMatchObject({ ok: false, error: { detail: expect.stringMatching(message) } });
  });
});
