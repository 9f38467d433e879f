import { describe, expect, it } from 'vitest';
import { build } from '../build/build.ts';
import { coverBuild } from './cover-build.ts';
import { coverSource } from './coverage/cover-source.ts';
import { mutantBuild } from './mutant-build.ts';

function mapOf(text: string, path = 'a.ts') {
  const covered = coverSource(path, text, 0);
  if (!covered.ok) throw new Error(covered.reason);
  return covered.source;
}

const rangesOf = (text: string): readonly string[] => {
  const lines = text.split('\n');
  return mapOf(text).map.statements.map(({ startLine, startColumn, endColumn }) =>
    (lines[startLine - 1] ?? '').slice(startColumn, endColumn),
  );
};

const mutantsOf = (text: string, more: Partial<Parameters<typeof mutantBuild>[0]> = {}) => {
  const files = { 'a.ts': text, 'a.test.ts': `import './a.ts';` };
  const result = mutantBuild({ files, entries: ['a.test.ts'], limit: 1_000, seed: '', ...more });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};

const changesOf = (text: string): readonly string[] =>
  mutantsOf(text).mutants.map(({ mutator, startOffset, endOffset, replacement }) => {
    return `${mutator}: ${text.slice(startOffset, endOffset)} → ${replacement}`;
  });

describe('coverage of a source', () => {
  it('counts statements where the TypeScript source has them', () => {
    expect(rangesOf('type T = 1;\nconst a: number = 1 as T;\nfoo();\nif (a) bar();')).toEqual([
      '1 as T',
      'foo();',
      'if (a) bar();',
      'bar();',
    ]);
  });

  it('counts both ways of branches, also those that are not written', () => {
    const { branches } = mapOf('if (a) b(); const c = a ? 1 : 2; const d = a || b && c; function f(x = 1) {}').map;
    expect(branches.map(({ kind, paths }) => `${kind} ${String(paths.length)}`)).toEqual([
      'if 2',
      'cond-expr 2',
      'binary-expr 3',
      'default-arg 1',
    ]);
  });

  it('leaves out what comments take out', () => {
    expect(rangesOf('/* istanbul ignore next */\nfoo();\nbar();')).toEqual(['bar();']);
    expect(mapOf('/* istanbul ignore else */\nif (a) b();').map.branches[0]?.paths).toHaveLength(1);
    expect(coverSource('a.ts', '/* istanbul ignore file */ foo();', 0).ok).toBe(false);
  });

  it('adds no line, and reads mixed line ends', () => {
    const { code, map } = mapOf('foo();\r\nbar();\nif (a)\r\n  b()\n');
    expect(code.split('\n')).toHaveLength(5);
    expect(map.statements.map(({ startLine }) => startLine)).toEqual([1, 2, 3, 4]);
  });

  it('describes sources that no test loads, and says what it cannot measure', () => {
    const files = {
      'a.ts': 'foo();',
      'broken.ts': 'const = ;',
      'a.test.ts': 'export {};',
      'huge.ts': ';'.repeat(5_000_000),
    };
    const result = coverBuild({ files, entries: ['a.test.ts'] });
    expect(result).toMatchObject({ ok: true, value: { counters: 1, maps: [{ file: 'a.ts' }] } });
    expect(result.ok ? result.value.unmeasured : []).toEqual([
      { file: 'broken.ts', reason: expect.stringContaining('does not parse') },
      { file: 'huge.ts', reason: expect.stringContaining('more than 1000000 characters') },
    ]);
  });
});

describe('mutants of a source', () => {
  it.each([
    ['a + b;', 'ArithmeticOperator: a + b → a - b'],
    ['a+-b;', 'ArithmeticOperator: a+-b → a- -b'],
    ['a < b;', 'EqualityOperator: a < b → a >= b'],
    ['a ?? b ?? c;', 'LogicalOperator: a ?? b ?? c → (a ?? b) && c'],
    ['a || b || c;', 'LogicalOperator: a || b || c → (a || b) && c'],
    ['a && b && c;', 'LogicalOperator: a && b && c → a && b || c'],
    ['a ||= b;', 'AssignmentOperator: a ||= b → a &&= b'],
    ['x = -a;', 'UnaryOperator: -a → +a'],
    ['a++;', 'UpdateOperator: a++ → a--'],
    ['x = !(a && b);', 'BooleanLiteral: !(a && b) → (a && b)'],
    ['x = "t";', 'StringLiteral: "t" → ""'],
    ['x = [1];', 'ArrayDeclaration: [1] → []'],
    ['x = new Array(1, 2);', 'ArrayDeclaration: new Array(1, 2) → new Array()'],
    ['x = { a: 1 };', 'ObjectLiteral: { a: 1 } → {}'],
    ['a?.b?.[c];', 'OptionalChaining: a?.b?.[c] → a?.b[c]'],
    ['x = (a + b).trim();', 'MethodExpression: (a + b).trim() → (a + b)'],
    ['x = a.toLowerCase();', 'MethodExpression: a.toLowerCase() → a.toUpperCase()'],
    ['foo();', 'CallExpression: foo(); → ;'],
    ['const f = (a: number) => a;', 'ArrowFunction: (a: number) => a → () => undefined'],
    ['function f() { g(); return a; }', 'ReturnValue: a → undefined'],
    ['for (;;) { a; }', 'ConditionalExpression:  →  false'],
    ['if (a) b;', 'ConditionalExpression: a → true'],
  ])('of %s', (text, change) => {
    expect(changesOf(text)).toContain(change);
  });

  it('leaves names, types and what comments take out alone', () => {
    expect(
      changesOf(
        `import './b.ts'; type T = 'a'; declare const x: 'b'; enum E { A = 'c' }`.replace(`import './b.ts';`, ''),
      ),
    ).toEqual([]);
    const { ignored, mutants } = mutantsOf('// Stryker disable next-line StringLiteral: words\nx = "t";\ny = "t";');
    expect(mutants.map(({ start }) => start.line)).toEqual([3]);
    expect(ignored).toEqual([{ file: 'a.ts', line: 2, mutator: 'StringLiteral', reason: 'words' }]);
  });

  it('builds with all of them switched in, whatever the source looks like', () => {
    const text = [
      'let x = a // no semicolon',
      '(b + c).slice(1)',
      'label: for (const y of z) { if (y?.w!.v) continue label }',
      'class A extends B { constructor(private p = "q") { super("r") } #s = (t) => t ?? `u${p}` }',
      'switch (a) { case "k": foo(); break; default: { throw new Error("m") } }',
      'export default async () => { for await (const n of o) yieldTo?.(n) }',
      'delete a["b"].c; [a["d"].e] = f("g"); a["h"].i++; tag`j${k + 1}`',
      'const p = async function* () { yield await (q || r) }',
    ].join('\n');
    const { built, unmeasured, mutants } = mutantsOf(text.replace('(b + c)', ';(b + c)'));
    expect(unmeasured).toEqual([]);
    expect(mutants.length).toBeGreaterThan(30);
    expect(mutants.every(({ site }) => site !== undefined)).toBe(true);
    expect(Object.keys(built.modules)).toContain('a.js');
  });

  it('takes the same sample for the same seed, and says how many there are', () => {
    const text = Array.from({ length: 50 }, (_, index) => `x${String(index)} = a + b;`).join('\n');
    const first = mutantsOf(text, { limit: 7 });
    expect(first.found).toBe(50);
    expect(first.mutants).toHaveLength(7);
    expect(mutantsOf(text, { limit: 7 }).mutants).toEqual(first.mutants);
    expect(mutantsOf(text, { limit: 7, seed: 'other' }).mutants).not.toEqual(first.mutants);
  });

  it('takes only the lines that it is told to', () => {
    expect(mutantsOf('a = b + c;\nd = e + f;', { lines: { 'a.ts': [2] } }).mutants).toMatchObject([
      { start: { line: 2 } },
    ]);
    expect(mutantsOf('a = b + c;', { lines: {} }).mutants).toEqual([]);
  });
});

it('leaves a plain build as it was', () => {
  const files = { 'a.ts': 'export const a = 1;' };
  expect(build({ files, entries: ['a.ts'] })).toMatchObject({ ok: true });
  const { modules } = (build({ files, entries: ['a.ts'] }) as { value: { modules: Record<string, string> } }).value;
  expect(modules['a.js']).not.toContain('hits');
});
