import { describe, expect, it } from 'vitest';
import type { BuildRequest, BuiltModules, Diagnostic } from '../../../shared/rpc/toolchain.ts';
import { build } from './build.ts';

function built(files: BuildRequest['files'], ...entries: string[]): BuiltModules {
  const result = build({ files, entries: entries.length > 0 ? entries : ['a.ts'] });
  if (!result.ok) throw new Error(JSON.stringify(result.error, undefined, 2));
  return result.value;
}

function refused(files: BuildRequest['files'], ...entries: string[]): readonly Diagnostic[] {
  const result = build({ files, entries: entries.length > 0 ? entries : ['a.ts'] });
  if (result.ok) throw new Error('The build succeeded');
  return result.error;
}

const code = (text: string): string => built({ 'a.ts': text }).modules['a.js'] ?? '';

describe('build', () => {
  it('builds what the entries reach, and nothing else', () => {
    const { modules, moduleBySource } = built({
      'a.ts': `import { b } from './lib/b.ts'; export const a = b;`,
      'lib/b.ts': `export * from '../c'; export const b = 1;`,
      'c.js': 'export const c = 1;',
      'other.ts': 'this is no code',
    });
    expect(moduleBySource).toEqual({ 'a.ts': 'a.js', 'lib/b.ts': 'lib/b.js', 'c.js': 'c.js' });
    expect(Object.keys(modules).sort()).toEqual(['a.js', 'c.js', 'lib/b.js']);
    expect(modules['a.js']).toContain(`from "/lib/b.js"`);
    expect(modules['lib/b.js']).toContain(`from "/c.js"`);
  });

  it.each([
    ['./b.ts', 'b.ts'],
    ['./b', 'b.ts'],
    ['./b.js', 'b.ts'],
    ['./x.mjs', 'x.mts'],
    ['./folder', 'folder/index.ts'],
    ['./folder/', 'folder/index.ts'],
    ['./folder/index', 'folder/index.ts'],
    ['./d.json', 'd.json'],
    ['././folder/../b.ts', 'b.ts'],
  ])('resolves %s', (specifier, source) => {
    const files = { 'b.ts': '', 'x.mts': '', 'folder/index.ts': '', 'd.json': '{}' };
    const { moduleBySource } = built({ ...files, 'a.ts': `import ${JSON.stringify(specifier)};` });
    expect(Object.keys(moduleBySource)).toContain(source);
  });

  it('follows the aliases of a tsconfig, also in CommonJS, and those that the caller gives', () => {
    const files = {
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
      'src/b.ts': 'export const b = 1;',
      'src/c.cjs': `module.exports = require('@/d.cjs');`,
      'src/d.cjs': 'module.exports = 2;',
      'test/twin.ts': 'export const b = 3;',
    };
    const importing = `import { b } from '@/b'; export { default } from '@/c.cjs'; b;`;
    const { moduleBySource } = built({ ...files, 'a.ts': importing });
    expect(Object.keys(moduleBySource).sort()).toEqual(['a.ts', 'src/b.ts', 'src/c.cjs', 'src/d.cjs']);
    const twin = build({
      files: { ...files, 'a.ts': `export { b } from '@/b';` },
      entries: ['a.ts'],
      aliases: { '@/b': ['test/twin.ts'] },
    });
    expect(twin.ok && Object.keys(twin.value.moduleBySource)).toEqual(['a.ts', 'test/twin.ts']);
    expect(refused({ ...files, 'a.ts': `import '@/nothing';` })).toMatchObject([{ code: 'import' }]);
  });

  it('allows cycles, and sources that differ by extension only', () => {
    const { modules } = built({
      'a.ts': `import './b.ts'; import './b.js'; import './b.json';`,
      'b.ts': `import './a.ts';`,
      'b.js': `import './a.ts';`,
      'b.json': '1',
    });
    expect(Object.keys(modules).sort()).toEqual(['a.js', 'b.js', 'b.json.js', 'b.ts.js']);
  });

  it.each([
    ['vitest', '/@sandbox/vitest.js'],
    ['node:test', '/@sandbox/node-test.js'],
    ['node:sqlite', '/@sandbox/node-sqlite.js'],
    ['cloudflare:workers', '/@sandbox/cloudflare-workers.js'],
    ['node:assert/strict', '/@sandbox/node-assert-strict.js'],
    ['path', 'node:path'],
  ])('maps %s', (specifier, target) => {
    expect(code(`import ${JSON.stringify(specifier)};`)).toContain(`import ${JSON.stringify(target)};`);
  });

  it('keeps every statement on its line', () => {
    const source = [
      `import type { T } from './nowhere.ts';`,
      `import data from './d.json' with {`,
      `  type: 'json',`,
      `};`,
      `interface Shape {`,
      `  readonly a: number;`,
      `}`,
      `enum Kind { A, B }`,
      `abstract class Base<Value> {`,
      `  declare other: string;`,
      `  constructor(private readonly value: Value) {}`,
      `  abstract area(): number;`,
      `}`,
      `export const mark = data as unknown as Shape satisfies Shape;`,
      `for (const x of [1])`,
      `  if (x) mark;`,
      `export { Kind, Base };`,
    ].join('\n');
    const lines = (built({ 'a.ts': source, 'd.json': '{}' }).modules['a.js'] ?? '').split('\n');
    const lineOf = (text: string): number => lines.findIndex((line) => line.includes(text)) + 1;
    expect([
      lineOf('enum') || lineOf('Kind'),
      lineOf('class Base'),
      lineOf('mark ='),
      lineOf('for (const x'),
      lineOf('if (x)'),
    ]).toEqual([8, 9, 14, 15, 16]);
  });

  it('adds fuel to every loop, function and catch clause', () => {
    const burns = (text: string): number => code(text).split('__burn()').length - 1;
    expect(burns('for (;;) {}')).toBe(1);
    expect(burns('for (const a in {}) for (const b of []) b;')).toBe(2);
    expect(burns('while (false); do void 0; while (false)')).toBe(2);
    expect(burns('function f() {} const g = () => 1, h = async (x: number) => ({ x });')).toBe(3);
    expect(burns('class A { m() {} get x() { return 1; } static async *g() {} #p = () => 1; constructor() {} }')).toBe(
      5,
    );
    expect(burns('try { throw 1; } catch { void 0; } finally {}')).toBe(1);
  });

  it('takes another name for the fuel when the source has it', () => {
    expect(code('export const __burn = () => 1;')).toContain('import { burn as __burn_ }');
    expect(code('export const __b\\u0075rn = 1;')).toContain('import { burn as __burn_ }');
  });

  it('makes JSON a module, also with a key named __proto__', () => {
    const module = built({ 'a.ts': `import d from './d.json'; export default d;`, 'd.json': '{"__proto__": 1}' })
      .modules['d.json.js'];
    expect(module?.split('\n')[0]).toBe('export default JSON.parse("{\\"__proto__\\": 1}");');
  });

  it('accepts a hashbang, top-level await and an empty file', () => {
    expect(code('#!/usr/bin/env node\nawait null;')).toMatch(/^#!/);
    expect(built({ 'a.ts': '' }).modules['a.js']).toBeDefined();
  });
});

describe('names that are types', () => {
  it('are not asked for where they are passed on or imported for nothing', () => {
    const { modules } = built({
      'a.ts': `import { Shape, used } from './all.ts'; export { Shape }; export { Kind, value as other } from './all.ts'; export const it = used;`,
      'all.ts': `export * from './types.ts'; export { Kind, type Third, used } from './more.ts';`,
      'types.ts': 'export interface Shape { readonly a: number } export const value = 1;',
      'more.ts': 'export type Kind = 1; export type Third = 2; export const [used] = [3];',
    });
    expect(modules['a.js']).toMatch(
      /^import {\s*used } from "\/all\.js"; export { Shape }; export { value as other } from/,
    );
    expect(modules['a.js']).toContain('var Shape;');
    expect(modules['all.js']).toMatch(/export \* from "\/types\.js"; export { used } from "\/more\.js"/);
  });

  it('stay where they are used: then the link says what is missing', () => {
    const { modules } = built({
      'a.ts': `import { gone } from './b.ts'; export const it = gone;`,
      'b.ts': 'export interface Other { readonly a: 1 }',
    });
    expect(modules['a.js']).toContain('import { gone } from "/b.js"');
  });

  it('are lines like all others', () => {
    const text = code(`export {\n  one,\n  two,\n} from './a.ts';\nexport const last = 1;`);
    expect(text.split('\n')[4]).toContain('export const last = 1;');
  });
});

describe('a build that leaves broken entries', () => {
  const files = {
    'good.test.ts': `import './shared.ts';`,
    'bad.test.ts': `import './shared.ts'; import './broken.ts'; import 'left-pad';`,
    'shared.ts': 'export const a = 1;',
    'broken.ts': 'export const = 1;',
  };

  it('builds the others, and tells why these are broken', () => {
    const result = build({ files, entries: ['bad.test.ts', 'good.test.ts'], purpose: 'tests', leavesBroken: true });
    if (!result.ok) throw new Error('refused');
    expect(Object.keys(result.value.modules).sort()).toEqual(['good.test.js', 'shared.js']);
    const told = result.value.broken?.['bad.test.ts']?.map(({ file, package: name }) => [file, name]);
    expect(told).toEqual([
      ['bad.test.ts', 'left-pad'],
      ['broken.ts', undefined],
    ]);
    expect(Object.keys(result.value.broken ?? {})).toEqual(['bad.test.ts']);
  });

  it('is refused when no entry is left, and when nobody asked for it', () => {
    expect(build({ files, entries: ['bad.test.ts'], purpose: 'tests', leavesBroken: true }).ok).toBe(false);
    expect(build({ files, entries: ['bad.test.ts', 'good.test.ts'], purpose: 'tests' }).ok).toBe(false);
  });
});

describe('a refused build', () => {
  it('names file, line and column of every parse error', () => {
    expect(
      refused({ 'a.ts': 'const x: number = ;\n', 'b.ts': '\n  let y = 1;\n  let y = 2;\n' }, 'a.ts', 'b.ts'),
    ).toEqual([
      { file: 'a.ts', line: 1, column: 19, code: 'parse', message: 'Unexpected token', severity: 'error' },
      {
        file: 'b.ts',
        line: 3,
        column: 7,
        code: 'parse',
        message: `Identifier 'y' has already been declared`,
        severity: 'error',
      },
    ]);
  });

  it.each([
    [`import zod from 'zod'; zod;`, /"zod" is an npm package/],
    [`import './missing.ts';`, /"\.\/missing\.ts" is not a file of the project/],
    [`import '../../outside.ts';`, /points outside of the project/],
    [`import '/etc/passwd';`, /absolute path/],
    [`import 'https://example.com/x.js';`, /only relative files are/],
    [`import 'node:vm';`, /not available/],
    [`import 'node:module';`, /not available/],
    [`import '/@sandbox/fuel.js';`, /absolute path/],
    [`import './@sandbox/fuel.js';`, /not a file of the project/],
    [`import './style.css';`, /only \.ts/],
    [`export * from 'lodash';`, /npm package/],
    [`await import('lodash');`, /npm package/],
    [`const x = './b.ts'; await import(x);`, /needs a plain string/],
  ])('says why %s cannot be', (text, message) => {
    const [diagnostic] = refused({ 'a.ts': `\n${text}`, 'b.ts': '', 'style.css': '' });
    expect(diagnostic).toMatchObject({ file: 'a.ts', line: 2, code: 'import', severity: 'error' });
    expect(diagnostic?.message).toMatch(message);
  });

  it.each([
    ['../a.ts', /"\.\."/],
    ['/a.ts', /relative/],
    ['a//b.ts', /empty/],
    ['@sandbox/fuel.ts', /reserved/],
    ['a\\b.ts', /backslash/],
  ])('refuses the path %s', (path, message) => {
    const [diagnostic] = refused({ 'a.ts': '', [path]: '' });
    expect(diagnostic).toMatchObject({ file: path, code: 'path' });
    expect(diagnostic?.message).toMatch(message);
  });

  it('needs entries that exist', () => {
    expect(refused({ 'a.ts': '' }, 'b.ts')).toMatchObject([{ file: 'b.ts', code: 'entry' }]);
    expect(refused({ 'a.md': '' }, 'a.md')).toMatchObject([{ file: 'a.md', code: 'entry' }]);
    const none = build({ files: {}, entries: [] });
    expect(none).toMatchObject({ ok: false, error: [{ code: 'entry' }] });
  });

  it('survives text that is nested without end', () => {
    for (const text of ['('.repeat(100_000), '['.repeat(100_000), 'a('.repeat(50_000), '{'.repeat(100_000)]) {
      expect(refused({ 'a.ts': text })).toMatchObject([{ file: 'a.ts', code: 'parse' }]);
    }
    expect(refused({ 'a.ts': `import './d.json';`, 'd.json': '[' })).toMatchObject([{ file: 'd.json', code: 'parse' }]);
  });
});
