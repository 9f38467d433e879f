import { describe, expect, it } from 'vitest';
import { failureOf } from '../api/client.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../output/print.ts';
import { placeOf } from './export.ts';
import { treeLines } from './files.ts';

describe('treeLines', () => {
  it('draws folders before files', () => {
    expect(treeLines(['README.md', 'src/a.ts', 'src/http/b.ts'])).toEqual([
      '├── src/',
      '│   ├── http/',
      '│   │   └── b.ts',
      '│   └── a.ts',
      '└── README.md',
    ]);
  });

  it('draws nothing of nothing', () => {
    expect(treeLines([])).toEqual([]);
  });
});

describe('placeOf', () => {
  it('keeps files below the folder', () => {
    expect(placeOf('/tmp/out', 'src/a.ts')).toBe('/tmp/out/src/a.ts');
  });

  it.each(['../a', 'src/../../a', '/etc/passwd', '..', '.', '', 'a\0b'])('refuses the path %j', (path) => {
    expect(() => placeOf('/tmp/out', path)).toThrow('not safe');
  });
});

describe('failureOf', () => {
  it('takes code, detail and fields from a problem', () => {
    const body = JSON.stringify({
      code: 'request.invalid',
      detail: 'no',
      errors: [{ field: 'body.name', reason: 'empty' }],
    });
    expect(failureOf(400, body)).toMatchObject({
      exitCode: exitCodes.usage,
      code: 'request.invalid',
      message: 'no',
      issues: [{ field: 'body.name', reason: 'empty' }],
    });
  });

  it.each([
    [401, exitCodes.unauthorised],
    [403, exitCodes.unauthorised],
    [404, exitCodes.notFound],
    [409, exitCodes.usage],
    [429, exitCodes.platformFailed],
    [502, exitCodes.platformFailed],
  ])('gives status %i the exit code %i, also without a problem document', (status, exitCode) => {
    expect(failureOf(status, '<html>')).toMatchObject({ exitCode, code: `http.${status}` });
  });
});

describe('table', () => {
  it('aligns columns and cleans cells', () => {
    expect(table(['A', 'B'], [['long\u001Bcell', 'x']])).toBe('A          B\nlong cell  x');
  });
});
