import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob } from './glob.ts';

const fits = (glob: string, path: string): boolean => {
  const compiled = compileGlob(glob);
  if (!compiled.ok) throw new Error(compiled.error);
  return compiled.value(path);
};

describe('compileGlob', () => {
  it.each([
    ['*.ts', 'a.ts', true],
    ['*.ts', 'src/deep/a.ts', true],
    ['src/*.ts', 'src/a.ts', true],
    ['src/*.ts', 'src/deep/a.ts', false],
    ['src/**/*.ts', 'src/a.ts', true],
    ['src/**/*.ts', 'src/deep/er/a.ts', true],
    ['**/test/**', 'src/test/a.ts', true],
    ['**/test/**', 'src/latest/a.ts', false],
    ['src/**', 'src/a/b', true],
    ['src/**', 'srca/b', false],
    ['a?.ts', 'ab.ts', true],
    ['a?.ts', 'a/.ts', false],
    ['[ab].ts', 'b.ts', true],
    ['[!ab].ts', 'b.ts', false],
    ['*.{ts,tsx}', 'x.tsx', true],
    ['a.b', 'aXb', false],
    ['./src/a.ts', 'src/a.ts', true],
    ['a(b)+$.ts', 'a(b)+$.ts', true],
  ])('%s %s', (glob, path, expected) => {
    expect(fits(glob, path)).toBe(expected);
  });

  it.each([
    ['', 'is empty'],
    ['[ab', 'bracket'],
    ['{a,b', 'bracket'],
    ['a}', 'bracket'],
    ['a\nb', 'line break'],
  ])('refuses %j', (glob, reason) => {
    expect(compileGlob(glob)).toMatchObject({ ok: false, error: expect.stringContaining(reason) });
  });

  it('never throws', () => {
    assert(
      property(string(), string(), (glob, path) => {
        const compiled = compileGlob(glob);
        if (compiled.ok) compiled.value(path);
      }),
    );
  });
});
