import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines, splitLines, type LineChange } from './line-diff.ts';
import { mergeTexts } from './text-merge.ts';
import { unifiedDiff } from './unified-diff.ts';

const line = fc.constantFrom('a\n', 'b\n', 'c\n', '\n', 'd e f\n', '}\n');
const text = fc
  .tuple(fc.array(line, { maxLength: 25 }), fc.constantFrom('', 'no newline'))
  .map(([lines, end]) => lines.join('') + end);

const patched = (base: readonly string[], other: readonly string[], changes: readonly LineChange[]): string => {
  const result: string[] = [];
  let position = 0;
  for (const change of changes) {
    result.push(...base.slice(position, change.baseStart), ...other.slice(change.otherStart, change.otherEnd));
    position = change.baseEnd;
  }
  return [...result, ...base.slice(position)].join('');
};

/** Length of the longest common subsequence, by the book. */
const commonLength = (left: readonly string[], right: readonly string[]): number => {
  let row = Array.from({ length: right.length + 1 }, () => 0);
  for (const item of left) {
    const next = [0];
    for (const [index, other] of right.entries())
      next.push(item === other ? (row[index] ?? 0) + 1 : Math.max(next[index] ?? 0, row[index + 1] ?? 0));
    row = next;
  }
  return row.at(-1) ?? 0;
};

describe('diffLines', () => {
  it('turns one text into the other, with as few changed lines as possible', () => {
    const property = fc.property(text, text, (before, after) => {
      const [base, other] = [splitLines(before), splitLines(after)];
      const changes = diffLines(base, other);
      expect(patched(base, other, changes)).toBe(after);
      const removed = changes.reduce((sum, change) => sum + change.baseEnd - change.baseStart, 0);
      expect(base.length - removed).toBe(commonLength(base, other));
      for (const [index, change] of changes.entries()) {
        const last = changes[index - 1];
        if (last !== undefined) expect(change.baseStart).toBeGreaterThan(last.baseEnd);
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('stays correct for texts that have too little in common for a shortest answer', () => {
    const base = Array.from({ length: 6000 }, (_, index) => `base ${index}\n`);
    const other = Array.from({ length: 6000 }, (_, index) =>
      index % 1000 === 5 ? `base ${index}\n` : `other ${index}\n`,
    );
    expect(patched(base, other, diffLines(base, other))).toBe(other.join(''));
  });

  it('takes a file of a million lines', () => {
    const base = splitLines('\n'.repeat(1_000_000));
    expect(diffLines(base, base.slice(1))).toHaveLength(1);
    expect(mergeTexts(base.join(''), base.join(''), 'x\n')).toEqual({ ok: true, text: 'x\n' });
  });
});

describe('mergeTexts', () => {
  const side = fc.tuple(text, text);

  it('takes the side that changed, and equal changes once', () => {
    const property = fc.property(side, ([base, changed]) => {
      expect(mergeTexts(base, changed, base)).toEqual({ ok: true, text: changed });
      expect(mergeTexts(base, base, changed)).toEqual({ ok: true, text: changed });
      expect(mergeTexts(base, changed, changed)).toEqual({ ok: true, text: changed });
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('does not depend on which side is which', () => {
    const property = fc.property(text, text, text, (base, ours, theirs) => {
      const one = mergeTexts(base, ours, theirs);
      const other = mergeTexts(base, theirs, ours);
      expect(other.ok).toBe(one.ok);
      if (one.ok && other.ok) expect(other.text).toBe(one.text);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('keeps every edit when the sides edit different blocks', () => {
    const edit = fc.constantFrom('none', 'ours', 'theirs');
    const property = fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
      const of = (who: string): string =>
        edits
          .map(
            (by, index) =>
              `block ${index}\n${by === who || who === 'both' ? (by === 'none' ? 'old' : `by ${by}`) : 'old'}\nend ${index}\n`,
          )
          .join('');
      expect(mergeTexts(of('nobody'), of('ours'), of('theirs'))).toEqual({ ok: true, text: of('both') });
    });
    fc.assert(property);
  });

  it('says where the sides contradict each other', () => {
    expect(mergeTexts('a\nb\nc\n', 'a\nours\nours\nc\n', 'a\nc\n')).toEqual({
      ok: false,
      conflicts: [{ ours: { first: 2, last: 3 }, theirs: { first: 2, last: 1 } }],
    });
  });

  it('counts changes that touch as a conflict, as git does', () => {
    expect(mergeTexts('a\nb\n', 'A\nb\n', 'a\nB\n').ok).toBe(false);
    expect(mergeTexts('a\n-\nb\n', 'A\n-\nb\n', 'a\n-\nB\n')).toEqual({ ok: true, text: 'A\n-\nB\n' });
  });
});

describe('unifiedDiff', () => {
  it('joins changes that are near and separates those that are far', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `${index}\n`);
    const change = (...numbers: number[]): string =>
      lines.map((item, index) => (numbers.includes(index) ? `changed ${item}` : item)).join('');
    const hunks = (patch: string): readonly string[] => patch.split('\n').filter((item) => item.startsWith('@@'));
    expect(hunks(unifiedDiff('f', lines.join(''), change(5, 12)))).toEqual(['@@ -3,14 +3,14 @@']);
    expect(hunks(unifiedDiff('f', lines.join(''), change(5, 13)))).toEqual(['@@ -3,7 +3,7 @@', '@@ -11,7 +11,7 @@']);
    expect(hunks(unifiedDiff('f', lines.join(''), `${lines.join('')}end`))).toEqual(['@@ -28,3 +28,4 @@']);
    expect(hunks(unifiedDiff('f', 'a\n', undefined))).toEqual(['@@ -1 +0,0 @@']);
  });

  it('is empty for equal texts and for an empty file', () => {
    expect(unifiedDiff('f', 'a\n', 'a\n')).toBe('');
    expect(unifiedDiff('f', undefined, '')).toBe('');
  });
});
