import { describe, expect, it } from 'vitest';
import type { FileMetrics } from '../../../rpc/code.ts';
import type { TestReport } from '../../../rpc/sandbox.ts';
import { judge } from '../judge/judge.ts';
import { measurementKinds } from '../judge/kinds.ts';
import { linesOfChange, releasedBefore } from './change.ts';
import { documentationFigures, qualityFigures } from './code-figures.ts';
import { coverageFigures, mutationFigures, notMeasured, resourceFigures } from './test-figures.ts';

const commit = 'c'.repeat(40);
const nothing = { covered: 0, total: 0 };
const deployed = (version: string, slot: 'preview' | 'production' = 'production') =>
  ({ type: 'deployment.recorded', slot, version, action: 'promoted' }) as const;

describe('what a change is', () => {
  it('is counted from the last other version in production', () => {
    const events = [deployed('a'), deployed('b'), deployed('c', 'preview'), deployed('d')];
    expect(releasedBefore(events, 'd')).toBe('b');
    expect(releasedBefore(events, 'e')).toBe('d');
    expect(releasedBefore([deployed('d')], 'd')).toBeUndefined();
  });

  it('is everything while nothing was released', () => {
    const after = { commit, files: { 'a.ts': 'one\ntwo\n' } };
    expect(linesOfChange(undefined, after)).toEqual(new Map([['a.ts', new Set([1, 2])]]));
    const before = { commit: 'b', files: { 'a.ts': 'one\n' } };
    expect(linesOfChange(before, after)).toEqual(new Map([['a.ts', new Set([2])]]));
  });
});

describe('figures of tests', () => {
  it('coverage is cut and never rounded up to all', () => {
    const totals = { statements: { covered: 1, total: 3 }, branches: nothing, functions: nothing, lines: nothing };
    const change = [{ file: 'a.ts', covered: 9_999, total: 10_000, uncoveredLines: [7] }];
    const { figures, summary } = coverageFigures(commit, totals, change, 'since b');
    expect(figures).toEqual({ statements: 33.33, branches: 100, changed: 99.99 });
    expect(summary).toContain('a.ts:7');
  });

  it('a mutant that no test reaches counts as survived', () => {
    const changed = { killed: 3, timeout: 1, survived: 1, noCoverage: 2, errors: 0, percent: 57.14 };
    const sample = { tested: 7, found: 20 };
    expect(mutationFigures(commit, { changed }, sample, 'since b')).toMatchObject({
      figures: { changed: 57.14, survived: 3 },
      summary: expect.stringContaining('a sample of 20'),
    });
  });

  it('steps do not depend on the machine, and say which test took most', () => {
    const test = { file: 'a.test.ts', status: 'passed' as const, durationMs: 1 };
    const report: TestReport = {
      runId: 'r',
      status: 'passed',
      tests: [
        { ...test, name: 'one', steps: 10 },
        { ...test, name: 'two', steps: 30 },
      ],
      loadFailures: [],
      counts: { passed: 2, failed: 0, skipped: 0, todo: 0 },
      console: [],
      durationMs: 12.4,
    };
    expect(resourceFigures(commit, report)).toMatchObject({
      figures: { steps: 40, heaviest: 30, time: 12 },
      summary: expect.stringContaining('a.test.ts > two'),
    });
  });
});

describe('figures of code', () => {
  const span = (from: number, to: number) => ({ start: { line: from, column: 1 }, end: { line: to, column: 1 } });
  const functionAt = (path: string, from: number, cognitive: number) =>
    ({
      path,
      name: `f${from}`,
      span: span(from, from + 2),
      cyclomatic: 1,
      cognitive,
      parameters: 0,
      lines: 3,
    }) as const;
  const metrics = (path: string, maintainability: number): FileMetrics => ({
    path,
    language: 'typescript',
    depth: 'parsed',
    lines: { total: 10, code: 10, comment: 0, blank: 0 },
    functions: 1,
    cyclomatic: { total: 1, highest: 1 },
    cognitive: { total: 1, highest: 1 },
    maintainability,
  });
  const copy = (path: string, startLine: number) => ({ path, startLine, endLine: startLine + 4 });
  const answers = {
    functions: [functionAt('a.ts', 1, 30), functionAt('a.ts', 10, 4), functionAt('a.test.ts', 10, 99)],
    duplicates: [{ tokens: 60, lines: 5, first: copy('old.ts', 1), second: copy('a.ts', 8) }],
    metrics: [metrics('a.ts', 61), metrics('old.ts', 12)],
    cycles: [
      ['a.ts', 'b.ts'],
      ['old.ts', 'older.ts'],
    ],
  };

  it('look at what was changed and not at what was there before', () => {
    const change = new Map([
      ['a.ts', new Set([10, 11, 12, 13])],
      ['a.test.ts', new Set([10])],
    ]);
    expect(qualityFigures(commit, answers, change, 'since b')).toMatchObject({
      figures: { complexity: 4, duplication: 75, cycles: 1, maintainability: 61 },
      summary: expect.stringContaining('a.ts:10 f10'),
    });
    expect(qualityFigures(commit, answers, new Map(), 'since b').figures).toEqual({
      complexity: 0,
      duplication: 0,
      cycles: 0,
      maintainability: 100,
    });
  });

  it('an endpoint is described when its own path stands in a document', () => {
    const answer = {
      documented: 1,
      total: 3,
      undocumented: [{ path: 'a.ts', name: 'b', line: 2 }],
      endpoints: [],
      otherFiles: 0,
    };
    const endpoints = [
      { method: 'GET', path: '/notes/:id' },
      { method: 'GET', path: '/notes' },
    ];
    const files = {
      'README.md': `Notes. ${'They are kept. '.repeat(4)}\nGET /notes/{noteId}.\n`,
      'src/a.ts': "'/notes'",
    };
    expect(documentationFigures(commit, answer, endpoints, files)).toMatchObject({
      figures: { documented: 33.33, endpoints: 50, readme: 1 },
      summary: expect.stringContaining('first that is not: /notes'),
    });
    expect(documentationFigures(commit, answer, [], { 'README.md': 'x' }).figures).toMatchObject({
      readme: 0,
      endpoints: 100,
    });
  });
});

describe('a kind that could not be measured', () => {
  it.each(Object.keys(measurementKinds) as (keyof typeof measurementKinds)[])(
    'fails a gate on %s and says why',
    (kind) => {
      const [figure = ''] = Object.keys(measurementKinds[kind].figures);
      const gates = [{ name: 'g', kind, stage: 'validation', conditions: [{ figure, atMost: 1_000_000 }] }] as const;
      const verdict = judge({
        commit,
        gates,
        figures: [notMeasured(kind, commit, 'no test file')],
        waivers: [],
        now: 0,
      });
      expect(verdict).toMatchObject({
        passed: false,
        gates: [{ outcome: 'failed', evidence: 'could not be measured: no test file' }],
      });
    },
  );
});
