/** Which lines of the new state of a project a change added or changed. */
import type { SourceFiles } from '../../rpc/toolchain.ts';
import { diffLines, splitLines } from '../repository/line-diff.ts';

/** One-based line numbers in `after` by file; files without such a line are not there. */
export const changedLines = (before: SourceFiles, after: SourceFiles): ReadonlyMap<string, ReadonlySet<number>> => {
  const changed = new Map<string, ReadonlySet<number>>();
  for (const [file, text] of Object.entries(after)) {
    const old = Object.hasOwn(before, file) ? (before[file] ?? '') : '';
    if (old === text) continue;
    const lines = new Set<number>();
    for (const { otherStart, otherEnd } of diffLines(splitLines(old), splitLines(text))) {
      for (let line = otherStart; line < otherEnd; line += 1) lines.add(line + 1);
    }
    if (lines.size > 0) changed.set(file, lines);
  }
  return changed;
};
