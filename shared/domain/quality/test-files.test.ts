import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TestReport } from '../../rpc/sandbox.ts';
import { affectedTests } from './affected-tests.ts';
import { toJUnit } from './junit.ts';
import { toLcov } from './lcov.ts';
import { sideBySide } from './side-by-side.ts';
import { parseSnapshotFile, snapshotPathOf, writeInlineSnapshot, writeSnapshotFile } from './snapshot-file.ts';

describe('a snapshot file', () => {
  it('comes back as it was written, whatever is in it', () => {
    const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll(/\r\n?/g, '\n'));
    fc.assert(
      fc.property(fc.dictionary(text, text), (entries) => {
        const written = writeSnapshotFile('', new Map(Object.entries(entries)));
        expect(parseSnapshotFile(written).entries).toEqual(new Map(Object.entries(entries)));
      }),
    );
  });

  it('keeps the entries and the writer that were there', () => {
    const jest =
      '// Jest Snapshot v1, https://goo.gl/fbAQLP\n\nexports[`a b 1`] = `\nObject {\n  "a": \\`x\\`,\n}\n`;\n';
    expect(parseSnapshotFile(jest)).toEqual({
      entries: new Map([['a b 1', '\nObject {\n  "a": `x`,\n}\n']]),
      separator: ' ',
    });
    const next = writeSnapshotFile(jest, new Map([['a 1', '"x"']]));
    expect(next.startsWith('// Jest Snapshot v1')).toBe(true);
    expect([...parseSnapshotFile(next).entries.keys()]).toEqual(['a 1', 'a b 1']);
    expect(snapshotPathOf('test/a.test.ts')).toBe('test/__snapshots__/a.test.ts.snap');
  });

  it('stands in the test itself, in place of what stood there', () => {
    const source = 'it(() => {\n  expect(x).toMatchInlineSnapshot();\n});\n';
    const once = writeInlineSnapshot(source, 2, '{\n  "a": `1`,\n}');
    expect(once).toBe(
      'it(() => {\n  expect(x).toMatchInlineSnapshot(`\n    {\n      "a": \\`1\\`,\n    }\n  `);\n});\n',
    );
    expect(writeInlineSnapshot(once ?? '', 2, '2')).toBe('it(() => {\n  expect(x).toMatchInlineSnapshot(`2`);\n});\n');
    expect(writeInlineSnapshot('a; b;', 1, 'x')).toBeUndefined();
    expect(writeInlineSnapshot('e(x).toMatchInlineSnapshot(other)', 1, 'x')).toBeUndefined();
  });
});

describe('the tests that a change reaches', () => {
  const graph = { 'a.test.ts': ['a.ts'], 'a.ts': ['deep.ts'], 'deep.ts': ['a.ts'], 'b.test.ts': ['b.ts'], 'b.ts': [] };
  const tests = ['a.test.ts', 'b.test.ts'];

  it('follows imports backwards, also round in circles', () => {
    expect(affectedTests(graph, tests, ['deep.ts'])).toEqual(['a.test.ts']);
    expect(affectedTests(graph, tests, ['b.test.ts'])).toEqual(['b.test.ts']);
    expect(affectedTests(graph, tests, ['b.ts', 'a.ts'])).toEqual(tests);
    expect(affectedTests(graph, tests, [])).toEqual([]);
  });

  it('is all of them when a changed file is not known', () => {
    expect(affectedTests(graph, tests, ['data.json'])).toEqual(tests);
  });
});

describe('a report as JUnit XML', () => {
  const report: TestReport = {
    runId: 'r',
    status: 'failed',
    tests: [
      {
        file: 'a.test.ts',
        name: 'x > "y" & <z>',
        status: 'failed',
        durationMs: 12,
        failure: { message: 'a\u0000<b>\nc', expected: '1', actual: '2', file: 'a.ts', line: 3 },
      },
      { file: 'a.test.ts', name: 'ok', status: 'passed', durationMs: 1 },
      { file: 'a.test.ts', name: 'later', status: 'todo', durationMs: 0 },
    ],
    loadFailures: [{ file: 'b.test.ts', failure: { message: 'no' } }],
    counts: { passed: 1, failed: 1, skipped: 0, todo: 1 },
    console: [{ level: 'log', text: 'said ]]>', test: 'ok' }],
    durationMs: 20,
  };

  it('counts every test once and escapes what XML does not allow', () => {
    const xml = toJUnit(report);
    expect(xml).toContain('<testsuites tests="4" failures="1" errors="1" skipped="1" time="0.020">');
    expect(xml).toContain('name="x &gt; &quot;y&quot; &amp; &lt;z&gt;"');
    expect(xml).toContain('message="a\uFFFD&lt;b&gt;&#10;c"');
    expect(xml).toContain('<system-out>said ]]&gt;</system-out>');
    expect(xml.match(/<testcase/g)).toHaveLength(4);
  });

  it('is an error and not an empty success when nothing ran', () => {
    const lost = { ...report, status: 'crashed' as const, tests: [], loadFailures: [], reason: 'gone' };
    expect(toJUnit(lost)).toContain('errors="1"');
    expect(toJUnit(lost)).toContain('message="gone"');
  });
});

it('a difference is shown with what is around it', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  const other = lines.with(10, 'changed');
  expect(sideBySide(lines.join('\n'), other.join('\n'))).toEqual([
    ...['line 0', 'line 1', 'line 2'].map((line) => `  ${line}`),
    '  …',
    ...['line 7', 'line 8', 'line 9'].map((line) => `  ${line}`),
    '- line 10',
    '+ changed',
    ...['line 11', 'line 12', 'line 13'].map((line) => `  ${line}`),
    '  …',
    ...['line 17', 'line 18', 'line 19'].map((line) => `  ${line}`),
  ]);
});

it('coverage is written as lcov reads it', () => {
  const at = (startLine: number) => ({ startLine });
  const file = {
    file: 'src/a.ts',
    firstCounter: 1,
    statements: [at(1), at(2), at(2)],
    functions: [{ name: 'a,b', range: at(1) }],
    branches: [
      { range: at(2), paths: [at(2), at(3)] },
      { range: at(9), paths: [at(9)] },
    ],
  };
  expect(toLcov([file], [99, 1, 0, 4, 3, 0, 2]).split('\n')).toEqual([
    'TN:',
    'SF:src/a.ts',
    'FN:1,a_b#1',
    'FNDA:3,a_b#1',
    'FNF:1',
    'FNH:1',
    'BRDA:2,0,0,0',
    'BRDA:2,0,1,2',
    'BRDA:9,1,0,-',
    'BRF:3',
    'BRH:1',
    'DA:1,1',
    'DA:2,4',
    'LF:2',
    'LH:2',
    'end_of_record',
    '',
  ]);
});
