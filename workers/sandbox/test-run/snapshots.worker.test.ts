import { describe, expect, it } from 'vitest';
import { writeSnapshotFile } from '../../../shared/domain/quality/snapshot-file.ts';
import type { SnapshotChange } from '../../../shared/rpc/sandbox.ts';
import { runFiles } from '../testing/run-files.ts';

const path = '__snapshots__/a.test.ts.snap';
const text = (value: string): string => `import { describe, expect, it, vi } from 'vitest';
describe('group', () => {
  it('is kept', () => {
    expect({ b: [1, 'two'], a: new Map([[1, new Date(0)]]), fn: vi.fn() }).toMatchSnapshot();
    expect(${value}).toMatchSnapshot('hint');
  });
  it('has parts that change', () => { expect({ id: Math.random(), name: 'x' }).toMatchSnapshot({ id: expect.any(Number) }); });
  it('throws', () => { expect(() => { throw new TypeError('bad'); }).toThrowErrorMatchingSnapshot(); });
});`;

const entriesOf = (changes: readonly SnapshotChange[] | undefined): ReadonlyMap<string, string> =>
  new Map((changes ?? []).map(({ name, value }) => [name, value]));

describe('snapshots in files', () => {
  it('are written as vitest writes them when they are new, and compared afterwards', async () => {
    const first = await runFiles({ 'a.test.ts': text('1') }, {}, { snapshotMode: 'new' });
    expect(first.status).toBe('passed');
    const written = entriesOf(first.snapshots);
    expect([...written.keys()]).toEqual([
      'group > is kept 1',
      'group > is kept > hint 1',
      'group > has parts that change 1',
      'group > throws 1',
    ]);
    expect(written.get('group > is kept 1')).toBe(
      '\n{\n  "a": Map {\n    1 => 1970-01-01T00:00:00.000Z,\n  },\n  "b": [\n    1,\n    "two",\n  ],\n  "fn": [MockFunction],\n}\n',
    );
    expect(written.get('group > has parts that change 1')).toBe('\n{\n  "id": Any<Number>,\n  "name": "x",\n}\n');
    expect(written.get('group > throws 1')).toBe('[TypeError: bad]');

    const snapshotFiles = { [path]: writeSnapshotFile('', written) };
    const same = await runFiles({ 'a.test.ts': text('1') }, {}, { snapshotFiles });
    expect(same).toMatchObject({ status: 'passed', snapshots: [], unusedSnapshots: [] });
    const other = await runFiles({ 'a.test.ts': text('2') }, {}, { snapshotFiles, snapshotMode: 'new' });
    expect(other.tests[0]?.failure).toMatchObject({
      message: 'expected 2 to match the snapshot `group > is kept > hint 1`',
      expected: '1',
      actual: '2',
    });
    const updated = await runFiles({ 'a.test.ts': text('2') }, {}, { snapshotFiles, snapshotMode: 'all' });
    expect(updated).toMatchObject({
      status: 'passed',
      snapshots: [{ name: 'group > is kept > hint 1', isUpdate: true }],
    });
  });

  it('are refused when they are new and none may be written', async () => {
    const report = await runFiles({ 'a.test.ts': text('1') });
    expect(report.status).toBe('failed');
    expect(report.tests[0]?.failure?.message).toContain('is not there and is not written in this mode');
    expect(report.snapshots).toEqual([]);
  });

  it('of jest are known by their own names, and unused ones are told', async () => {
    const snapshotFiles = {
      [path]:
        '// Jest Snapshot v1, https://goo.gl/fbAQLP\n\nexports[`outer inner 1`] = `"x"`;\n\nexports[`gone 1`] = `1`;\n',
    };
    const report = await runFiles(
      { 'a.test.ts': `describe('outer', () => { it('inner', () => { expect('x').toMatchSnapshot(); }); });` },
      {},
      { snapshotFiles },
    );
    expect(report).toMatchObject({ status: 'passed', unusedSnapshots: [{ file: 'a.test.ts', name: 'gone 1' }] });
  });
});

describe('snapshots in the test itself', () => {
  it('are compared without their indentation, and new ones come with their line', async () => {
    const report = await runFiles(
      {
        'a.test.ts': `import { expect, it } from 'vitest';
it('a', () => {
  expect({ a: 1 }).toMatchInlineSnapshot(\`
    {
      "a": 1,
    }
  \`);
  expect(5).toMatchInlineSnapshot();
  expect(() => { throw new Error('no'); }).toThrowErrorMatchingInlineSnapshot(\`[Error: no]\`);
});
it('b', () => { expect(1).toMatchInlineSnapshot(\`2\`); });`,
      },
      {},
      { snapshotMode: 'new' },
    );
    expect(report.snapshots).toMatchObject([{ kind: 'inline', line: 8, value: '5' }]);
    expect(report.tests).toMatchObject([{ status: 'passed' }, { failure: { expected: '2', actual: '1', line: 11 } }]);
  });
});
