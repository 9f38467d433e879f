import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathProblem, segmentProblem, utf8Length } from './path.ts';

describe('pathProblem', () => {
  it.each([
    'README.md',
    'src/app.ts',
    '.gitignore',
    '.github/workflows/ci.yml',
    'src/routes/[id].ts',
    'docs/über uns.md',
    'a/...b',
    '日本語/ファイル.txt',
    'git/~1',
    'constructor',
    `${'d/'.repeat(255)}xx`,
  ])('accepts %j', (path) => {
    expect(pathProblem(path)).toBeUndefined();
  });

  it.each([
    '',
    '/',
    '/a',
    '//server/share',
    '..',
    '../a',
    'a/..',
    'a/../../b',
    '.',
    'a/./b',
    'a\\..\\b',
    'C:\\a',
    'c:a',
    'Z:/a',
    '.git',
    '.Git/config',
    'a/.git/hooks/post-checkout',
    '.git./x',
    '.git /x',
    '.git::$INDEX_ALLOCATION/x',
    'GIT~1/config',
    '.g\u200Cit/config',
    '\u202Egpj.exe',
    '．git/x',
    '‥/a',
    'a\u2028b',
    'a\u0085b',
    'a\u007Fb',
    'con. ',
    'trailing.',
    'a//b',
    'a/',
    '\uDFFF',
    '__proto__',
    'ü'.repeat(128),
    'x'.repeat(100_000_0),
  ])('refuses %j', (path) => {
    expect(pathProblem(path)).toEqual(expect.any(String));
  });

  it('never lets a path out of the folder it is put in', () => {
    const piece = fc.constantFrom('.', '..', '/', '\\', 'a', '.git', ' ', '\0', ':', 'C', '%2e', '~1', '\u200B', '．');
    const property = fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const path = pieces.join('');
      if (pathProblem(path) !== undefined) return;
      const segments = path.split('/');
      expect(segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..')).toBe(true);
      expect(path).not.toMatch(/\\|\0|^[a-z]:/iu);
      expect(segments.map((segment) => segment.toLowerCase())).not.toContain('.git');
    });
    fc.assert(property, { numRuns: 2000 });
  });
});

describe('utf8Length', () => {
  it('counts as an encoder does', () => {
    const property = fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
    });
    fc.assert(property);
  });
});

it('segmentProblem refuses a slash, which a tree object could hold', () => {
  expect(segmentProblem('a/b')).toMatch(/slash/u);
});
