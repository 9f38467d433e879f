/**
 * Reads a unified diff as models write it: with or without `diff --git` lines, with line numbers that may be off, with
 * counts that may be wrong. What it cannot tell for sure it refuses, with the line of the diff.
 */
import { err, ok, type Result } from '../../errors/result.ts';

export interface DiffLine {
  readonly kind: 'context' | 'removed' | 'added';
  readonly text: string;
}

export interface DiffHunk {
  /** One-based line of the file before the change, as the header says; 0 when it says nothing. */
  readonly start: number;
  readonly lines: readonly DiffLine[];
  /** One-based line of the diff where the hunk begins. */
  readonly at: number;
}

export interface FileDiff {
  /** Null for a file that is to be made. */
  readonly from: string | null;
  /** Null for a file that is to be deleted. */
  readonly to: string | null;
  readonly hunks: readonly DiffHunk[];
}

const headerPattern = /^@@(?: -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@.*| \.\.\. @@.*|.*)$/u;
const kinds: Readonly<Record<string, DiffLine['kind']>> = { ' ': 'context', '-': 'removed', '+': 'added' };

/** The path of a `---` or `+++` line; null for `/dev/null`. */
const pathOf = (line: string): string | null => {
  const path = line.slice(4).replace(/\t.*$/u, '').trim().replaceAll(/^"|"$/gu, '');
  return path === '/dev/null' ? null : path.replace(/^[ab]\//u, '');
};

const isNoise = (line: string): boolean =>
  line.startsWith('\\') || /^(?:diff |index |new file|deleted file|old mode|new mode|similarity|```)/u.test(line);

const refuse = (line: number, reason: string): Result<never, string> => err(`line ${line} of the diff ${reason}`);

interface OpenFile {
  readonly from: string | null;
  readonly to: string | null;
  readonly hunks: { start: number; at: number; lines: DiffLine[] }[];
}

const maximumDiffFiles = 100;

/** Blank lines behind a hunk are mostly the diff's own; as context nobody misses them while there is other. */
const dropLastBlank = (lines: DiffLine[]): void => {
  const isBlank = (line: DiffLine | undefined): boolean => line?.kind === 'context' && line.text.trim() === '';
  while (isBlank(lines.at(-1)) && lines.slice(0, -1).some((line) => line.kind !== 'added' && !isBlank(line)))
    lines.pop();
};

/** The files of a diff, or what is wrong with it, as a sentence without its end. */
export const parseDiff = (diff: string): Result<readonly FileDiff[], string> => {
  const files: OpenFile[] = [];
  const lines = diff.replaceAll('\r\n', '\n').split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const file = files.at(-1);
    const next = lines[index + 1];
    // `--- a` is also how the removal of the line `-- a` is written: only a header has `+++` behind it.
    if (line.startsWith('--- ') && next?.startsWith('+++ ') === true) {
      files.push({ from: pathOf(line), to: pathOf(next), hunks: [] });
      index += 1;
      continue;
    }
    if (line.startsWith('@@')) {
      if (file === undefined) return refuse(index + 1, 'begins a hunk before the lines "--- path" and "+++ path"');
      file.hunks.push({ start: Number(headerPattern.exec(line)?.[1] ?? 0), at: index + 1, lines: [] });
      continue;
    }
    const hunk = file?.hunks.at(-1);
    if (isNoise(line)) continue;
    if (hunk === undefined) {
      if (line.trim() === '') continue;
      return refuse(index + 1, `is neither a header nor part of a hunk: ${JSON.stringify(line.slice(0, 100))}`);
    }
    // Editors and models drop the one space of an empty context line.
    const kind = line === '' ? 'context' : kinds[line.charAt(0)];
    if (kind === undefined) {
      return refuse(index + 1, `begins with none of " ", "+", "-": ${JSON.stringify(line.slice(0, 100))}`);
    }
    hunk.lines.push({ kind, text: line.slice(1) });
  }
  if (files.length === 0)
    return err('there is no file in the diff: each begins with the lines "--- path" and "+++ path"');
  if (files.length > maximumDiffFiles) return err(`there are more than ${maximumDiffFiles} files in the diff`);
  for (const { from, to, hunks } of files) {
    for (const { lines: each } of hunks) dropLastBlank(each);
    const path = to ?? from;
    if (path === null) return err('a file of the diff is /dev/null on both sides');
    if (hunks.length === 0 && to !== null) return err(`the diff of ${path} has no hunk`);
    const idle = hunks.find(({ lines: each }) => each.every(({ kind }) => kind === 'context'));
    if (idle !== undefined) return refuse(idle.at, `begins a hunk of ${path} that changes nothing`);
  }
  return ok(files);
};
