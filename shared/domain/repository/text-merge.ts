/**
 * Three-way merge of texts by lines (diff3; Khanna, Kunal and Pierce, "A Formal Investigation of Diff3", 2007).
 * As in git, changes of both sides that touch are a conflict unless they are the same.
 */

import { diffLines, splitLines, type LineChange } from './line-diff.ts';

/** One-based inclusive line ranges; `first` may be one more than `last`, when the lines were deleted. */
interface TextConflict {
  readonly ours: { readonly first: number; readonly last: number };
  readonly theirs: { readonly first: number; readonly last: number };
}

export type TextMerge =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly conflicts: readonly TextConflict[] };

/** Both sides' changes since the base in one text, or where they contradict each other. */
export const mergeTexts = (base: string, ours: string, theirs: string): TextMerge => {
  const baseLines = splitLines(base);
  const ourLines = splitLines(ours);
  const theirLines = splitLines(theirs);
  const merged: string[] = [];
  const conflicts: TextConflict[] = [];
  let position = 0;
  for (const region of regions(diffLines(baseLines, ourLines), diffLines(baseLines, theirLines))) {
    append(merged, baseLines, position, region.start);
    position = region.end;
    const ourRange = sideRange(region, region.ours);
    const theirRange = sideRange(region, region.theirs);
    if (ourRange && theirRange && !sameLines(ourLines, ourRange, theirLines, theirRange)) {
      conflicts.push({
        ours: { first: ourRange.start + 1, last: ourRange.end },
        theirs: { first: theirRange.start + 1, last: theirRange.end },
      });
    } else if (ourRange) append(merged, ourLines, ourRange.start, ourRange.end);
    else if (theirRange) append(merged, theirLines, theirRange.start, theirRange.end);
  }
  if (conflicts.length > 0) return { ok: false, conflicts };
  append(merged, baseLines, position, baseLines.length);
  return { ok: true, text: merged.join('') };
};

/** Not `push(...lines)`: a file of a million empty lines would overflow the stack. */
const append = (target: string[], lines: readonly string[], start: number, end: number): void => {
  for (const line of lines.slice(start, end)) target.push(line);
};

const sameLines = (a: readonly string[], aRange: LineRange, b: readonly string[], bRange: LineRange): boolean =>
  a.slice(aRange.start, aRange.end).join('') === b.slice(bRange.start, bRange.end).join('');

/** Zero-based lines `[start, end)`. */
interface LineRange {
  readonly start: number;
  readonly end: number;
}

/** Base lines `[start, end)` in which one side, or both, changed something. */
interface Region {
  readonly start: number;
  readonly end: number;
  readonly ours: readonly LineChange[];
  readonly theirs: readonly LineChange[];
}

const regions = (ours: readonly LineChange[], theirs: readonly LineChange[]): readonly Region[] => {
  const all = [
    ...ours.map((change) => ({ change, side: 'ours' as const })),
    ...theirs.map((change) => ({ change, side: 'theirs' as const })),
  ].toSorted((a, b) => a.change.baseStart - b.change.baseStart || a.change.baseEnd - b.change.baseEnd);
  const found: { start: number; end: number; ours: LineChange[]; theirs: LineChange[] }[] = [];
  for (const { change, side } of all) {
    const last = found.at(-1);
    if (last !== undefined && change.baseStart <= last.end) {
      last.end = Math.max(last.end, change.baseEnd);
      last[side].push(change);
    } else {
      const region = { start: change.baseStart, end: change.baseEnd, ours: [], theirs: [] };
      found.push(region);
      found.at(-1)?.[side].push(change);
    }
  }
  return found;
};

/** The lines of one side that stand where the region stands in the base; undefined when this side changed nothing. */
const sideRange = (region: Region, changes: readonly LineChange[]): LineRange | undefined => {
  const first = changes[0];
  const last = changes.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return {
    start: first.otherStart - (first.baseStart - region.start),
    end: last.otherEnd + (region.end - last.baseEnd),
  };
};
