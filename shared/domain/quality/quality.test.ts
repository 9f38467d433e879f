import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedLines } from './changed-lines.ts';
import type { FileCoverageMap } from './coverage/coverage-map.ts';
import { changeCoverage, fileCoverage, percentOf, totalCoverage } from './coverage/summarize.ts';
import type { Mutant } from './mutation/mutant.ts';
import { mutantKey } from './mutation/mutant.ts';
import { sampleMutants } from './mutation/sample.ts';
import type { MutantPlan } from './mutation/select-tests.ts';
import { mutationScore, nextBatch, type Verdict, verdictsWithoutRun } from './mutation/verdicts.ts';

const range = (line: number) => ({ startLine: line, startColumn: 0, endLine: line, endColumn: 9 });

const map: FileCoverageMap = {
  file: 'a.ts',
  firstCounter: 2,
  statements: [range(1), range(2), range(2)],
  functions: [{ name: 'f', range: range(1) }],
  branches: [{ kind: 'if', range: range(2), paths: [range(2), range(2)] }],
};

describe('coverage', () => {
  it('reads the counters of a file from those of the build', () => {
    const coverage = fileCoverage(map, [9, 9, 1, 0, 3, 0, 5, 0]);
    expect(coverage).toMatchObject({
      statements: { covered: 2, total: 3 },
      lines: { covered: 2, total: 2 },
      functions: { covered: 0, total: 1 },
      branches: { covered: 1, total: 2 },
      uncoveredFunctions: ['f'],
    });
    expect(totalCoverage([coverage, coverage]).statements).toEqual({ covered: 4, total: 6 });
  });

  it('counts of a change the lines that have a statement', () => {
    const changed = changedLines({ 'a.ts': 'one\n' }, { 'a.ts': 'one\ntwo\nthree\n', 'b.ts': 'new\n' });
    expect([...changed].map(([file, lines]) => [file, [...lines]])).toEqual([
      ['a.ts', [2, 3]],
      ['b.ts', [1]],
    ]);
    expect(changeCoverage([fileCoverage(map, [])], changed)).toEqual([
      { file: 'a.ts', covered: 0, total: 1, uncoveredLines: [2] },
    ]);
  });

  it('says 100 only when all is covered', () => {
    expect(percentOf({ covered: 99_999, total: 100_000 })).toBe(99.99);
    expect(percentOf({ covered: 0, total: 0 })).toBe(100);
  });
});

const plan = (id: number, tests: number): MutantPlan => {
  const mutant: Mutant = {
    id,
    file: 'a.ts',
    mutator: 'BooleanLiteral',
    start: { line: id, column: 0 },
    end: { line: id, column: 4 },
    startOffset: id,
    endOffset: id + 4,
    replacement: 'false',
  };
  const limits = { testTimeoutMs: 1, runTimeoutMs: 1, fuelPerTest: 1 };
  return {
    mutant,
    isStatic: false,
    nearest: [],
    limits,
    usualMs: 1,
    tests: tests === 0 ? [] : [{ file: 't', names: ['n'] }],
  };
};

describe('verdicts', () => {
  it('go on from any point to one for each mutant', () => {
    const statuses = fc.constantFrom('killed', 'survived', 'timeout', 'error');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1), statuses)), fc.integer({ min: 1, max: 5 }), (given, size) => {
        const plans = given.map(([tests], index) => plan(index + 1, tests));
        const verdicts = new Map<string, Verdict>(verdictsWithoutRun(plans));
        for (let batch = nextBatch(plans, verdicts, size); batch.length > 0; batch = nextBatch(plans, verdicts, size)) {
          expect(batch.length).toBeLessThanOrEqual(size);
          // Only the first of a batch comes back: the rest was cut off.
          const [first] = batch;
          const status = given[(first?.mutant.id ?? 1) - 1]?.[1] ?? 'error';
          if (first !== undefined) verdicts.set(mutantKey(first.mutant), { status });
        }
        const { killed, timeout, survived, noCoverage, errors, percent } = mutationScore(
          plans.map(({ mutant }) => mutant),
          verdicts,
        );
        expect(killed + timeout + survived + noCoverage + errors).toBe(plans.length);
        expect(percent === undefined).toBe(plans.length === errors);
      }),
    );
  });
});

describe('sampleMutants', () => {
  it('keeps the order, the number and the choice', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), fc.nat(20), fc.string(), (items, limit, seed) => {
        const sample = sampleMutants(items, (item) => item, limit, seed);
        expect(sample).toHaveLength(Math.min(limit, items.length));
        expect(sample).toEqual(items.filter((item) => sample.includes(item)));
        expect(sampleMutants(items, (item) => item, limit, seed)).toEqual(sample);
      }),
    );
  });
});
