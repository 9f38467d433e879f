/** Unified diffs as `git apply` and `patch` read them, with three lines of context. */

import { diffLines, splitLines, type LineChange } from './line-diff.ts';

const contextLines = 3;

/** Undefined on one side means that the file is not there. The empty text when both sides are equal. */
export const unifiedDiff = (path: string, before: string | undefined, after: string | undefined): string => {
  const base = splitLines(before ?? '');
  const other = splitLines(after ?? '');
  const changes = diffLines(base, other);
  if (changes.length === 0) return '';
  const head = [
    `--- ${before === undefined ? '/dev/null' : quotePath(`a/${path}`)}\n`,
    `+++ ${after === undefined ? '/dev/null' : quotePath(`b/${path}`)}\n`,
  ];
  return [...head, ...groupChanges(changes).map((group) => hunk(group, base, other))].join('');
};

/** A tab after a name with a space keeps readers from cutting the name there; quotes are escaped as git does. */
const quotePath = (path: string): string => {
  if (path.includes('"')) return `"${path.replaceAll('"', '\\"')}"`;
  return path.includes(' ') ? `${path}\t` : path;
};

/** Changes whose context would touch or overlap share one hunk. */
const groupChanges = (changes: readonly LineChange[]): readonly (readonly LineChange[])[] => {
  const groups: LineChange[][] = [];
  for (const change of changes) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && change.baseStart - last.baseEnd <= 2 * contextLines)
      group.push(change);
    else groups.push([change]);
  }
  return groups;
};

const hunk = (group: readonly LineChange[], base: readonly string[], other: readonly string[]): string => {
  const first = group[0];
  const last = group.at(-1);
  if (first === undefined || last === undefined) return '';
  const before = Math.min(contextLines, first.baseStart);
  const after = Math.min(contextLines, base.length - last.baseEnd);
  const baseStart = first.baseStart - before;
  const baseCount = last.baseEnd + after - baseStart;
  const otherStart = first.otherStart - before;
  const otherCount = last.otherEnd + after - otherStart;
  const lines: string[] = [`@@ -${range(baseStart, baseCount)} +${range(otherStart, otherCount)} @@\n`];
  let position = baseStart;
  for (const change of group) {
    for (const line of base.slice(position, change.baseStart)) lines.push(marked(' ', line));
    for (const line of base.slice(change.baseStart, change.baseEnd)) lines.push(marked('-', line));
    for (const line of other.slice(change.otherStart, change.otherEnd)) lines.push(marked('+', line));
    position = change.baseEnd;
  }
  for (const line of base.slice(position, position + after)) lines.push(marked(' ', line));
  return lines.join('');
};

/** One-based; an empty range is given by the line before it, a count of one is left out. */
const range = (start: number, count: number): string => {
  if (count === 0) return `${start},0`;
  return count === 1 ? `${start + 1}` : `${start + 1},${count}`;
};

const marked = (mark: string, line: string): string =>
  line.endsWith('\n') ? `${mark}${line}` : `${mark}${line}\n\\ No newline at end of file\n`;
