import { describe, expect, it } from 'vitest';
import nodeTestSample from '../../sandbox/testing/samples/node-test.test.ts.txt?raw';
import sqliteSample from '../../sandbox/testing/samples/sqlite.test.ts.txt?raw';
import vitestSample from '../../sandbox/testing/samples/vitest.test.ts.txt?raw';
import { check } from './check.ts';

const codes = async (files: Record<string, string>): Promise<readonly string[]> =>
  (await check(files)).diagnostics.map(({ code, file, line }) => `${code} ${file}:${String(line)}`);

describe('check', () => {
  it('finds a type error with its place', async () => {
    const { diagnostics, filesChecked } = await check({
      'src/a.ts': `export const x: number = 1;\nexport const y: number = 'a';\n`,
      'README.md': '# text',
    });
    expect(filesChecked).toBe(1);
    expect(diagnostics).toEqual([
      {
        file: 'src/a.ts',
        line: 2,
        column: 14,
        code: 'TS2322',
        message: `Type 'string' is not assignable to type 'number'.`,
        severity: 'error',
      },
    ]);
  });

  it('follows imports with and without extension, also of JSON', async () => {
    const files = {
      'a.ts': `import { b } from './lib/b.ts';\nimport { b as c } from './lib/b';\nimport data from './d.json' with { type: 'json' };\nexport const sum: number = b + c + data.n;`,
      'lib/b.ts': 'export const b = 1;',
      'd.json': '{ "n": 1 }',
    };
    expect(await codes(files)).toEqual([]);
    expect(await codes({ ...files, 'lib/b.ts': `export const b = 'text';` })).toEqual(['TS2322 a.ts:4']);
    expect(await codes({ 'a.ts': `import './nowhere.ts';` })).toEqual(['TS2882 a.ts:1']);
  });

  it('follows the aliases of the tsconfig at the root, and notices when they change', async () => {
    const files = {
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
      'src/b.ts': 'export const b = 1;',
      'lib/b.ts': `export const b = 'text';`,
      'a.ts': `import { b } from '@/b';\nexport const n: number = b;`,
    };
    expect(await codes(files)).toEqual([]);
    const moved = { ...files, 'tsconfig.json': files['tsconfig.json'].replace('src', 'lib') };
    expect(await codes(moved)).toEqual(['TS2322 a.ts:2']);
    expect(await codes({ ...files, 'tsconfig.json': '{}' })).toEqual(['TS2307 a.ts:1']);
  });

  it('is strict', async () => {
    expect(await codes({ 'a.ts': `export const first = (list: string[]): string => list[0];` })).toEqual([
      'TS2322 a.ts:1',
    ]);
    expect(await codes({ 'a.ts': `export const f = (x) => x;` })).toEqual(['TS7006 a.ts:1']);
    expect(await codes({ 'a.ts': `export const s = (x: string | null): number => x.length;` })).toEqual([
      'TS18047 a.ts:1',
    ]);
    expect(await codes({ 'a.ts': `export enum Kind { A }` })).toEqual(['TS1294 a.ts:1']);
  });

  it('calls what is left over a warning', async () => {
    const { diagnostics } = await check({ 'a.ts': `const unused = 1;\nexport {};` });
    expect(diagnostics).toMatchObject([{ code: 'TS6133', severity: 'warning' }]);
  });

  it('knows the Workers runtime', async () => {
    const app = `
      import { DurableObject } from 'cloudflare:workers';
      import { createHash } from 'node:crypto';
      export class App extends DurableObject {
        override async fetch(request: Request): Promise<Response> {
          const url = new URL(request.url);
          this.ctx.storage.transactionSync(() => this.ctx.storage.sql.exec('insert into t values (?)', url.pathname));
          const rows = this.ctx.storage.sql.exec<{ n: number }>('select n from t').toArray();
          const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(await request.text()));
          const headers = new Headers({ 'x-hash': createHash('sha256').update('a').digest('hex') });
          setTimeout(() => console.log(structuredClone(rows)), 1);
          await new Promise((resolve) => setTimeout(resolve, 1));
          return Response.json({ rows, id: crypto.randomUUID(), size: digest.byteLength }, { status: 201, headers });
        }
      }`;
    expect(await codes({ 'src/app.ts': app })).toEqual([]);
    expect(await codes({ 'src/app.ts': app.replace('Promise<Response>', 'Promise<string>') })).not.toEqual([]);
    expect(await codes({ 'a.ts': `new Response(1); fetch(); document.title;` })).toEqual([
      'TS2345 a.ts:1',
      'TS2554 a.ts:1',
      'TS2584 a.ts:1',
    ]);
  });

  it.each([
    ['node:sqlite', sqliteSample],
    ['node:test', nodeTestSample],
    ['vitest', vitestSample],
  ])('knows the tests of %s', async (_name, text) => {
    const { diagnostics } = await check({ 'a.test.ts': text });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('answers the same after an edit and its undoing, whatever was checked in between', async () => {
    const files = {
      'a.ts': `import { b } from './b.ts';\nexport const a: number = b;`,
      'b.ts': 'export const b = 1;',
      'c.ts': '',
    };
    const broken = { ...files, 'b.ts': `export const b = 'x';` };
    for (let round = 0; round < 3; round += 1) {
      expect(await codes(files)).toEqual([]);
      expect(await codes({ 'other.ts': `export const o: string = 1;` })).toEqual(['TS2322 other.ts:1']);
      expect(await codes(broken)).toEqual(['TS2322 a.ts:2']);
      expect(await codes({ 'more.ts': `export {};` })).toEqual([]);
    }
    const { 'b.ts': _gone, ...rest } = files;
    expect(await codes(rest)).toEqual(['TS2307 a.ts:1']);
  });

  it('survives hostile files', async () => {
    expect(await codes({ '../a.ts': '' })).toEqual(['path ../a.ts:1']);
    expect(await codes({ 'a.ts': 'let x = ;' })).toContain('TS1109 a.ts:1');
    expect((await check({ 'a.ts': 'x;'.repeat(2_000) })).diagnostics.length).toBe(500);
    expect(await check({})).toEqual({ diagnostics: [], filesChecked: 0 });
  });
});
