/**
 * Applies a parsed diff to a text. A hunk goes where its header says when its lines stand there, else to the one place
 * where they do; none, or several, is a refusal that names the hunk, the line, and what was expected and found there.
 */
import { err, ok, type Result } from '../../errors/result.ts';
import type { DiffHunk, DiffLine, FileDiff } from './parse-diff.ts';

/** Longest part of a line that a refusal quotes. */
const quotedLength = 160;

const quote = (text: string | undefined): string =>
  text === undefined
    ? 'the end of the file'
    : JSON.stringify(text.length <= quotedLength ? text : `${text.slice(0, quotedLength)}…`);

/** Trailing blanks and the kind of line end are not what a change is about. */
const same = (left: string | undefined, right: string): boolean =>
  left !== undefined && left.trimEnd() === right.trimEnd();

const before = ({ lines }: DiffHunk): readonly DiffLine[] => lines.filter(({ kind }) => kind !== 'added');

/** By how many lines the file grows. */
const growth = ({ lines }: DiffHunk): number =>
  lines.reduce((sum, { kind }) => sum + (kind === 'added' ? 1 : kind === 'removed' ? -1 : 0), 0);

/** How many of the lines stand at this place, one after the other, before the first that does not. */
const agreement = (text: readonly string[], at: number, wanted: readonly DiffLine[]): number => {
  const first = wanted.findIndex((line, index) => !same(text[at + index], line.text));
  return first === -1 ? wanted.length : first;
};

/** The place where most of the lines stand: where the hunk was probably meant. */
const closest = (text: readonly string[], from: number, wanted: readonly DiffLine[], stated: number): number => {
  let best = stated;
  let bestAgreement = agreement(text, stated, wanted);
  for (let at = from; at < text.length; at += 1) {
    const agreeing = agreement(text, at, wanted);
    if (agreeing > bestAgreement) [best, bestAgreement] = [at, agreeing];
  }
  return best;
};

const locate = (
  text: readonly string[],
  hunk: DiffHunk,
  wanted: readonly DiffLine[],
  from: number,
  shift: number,
): Result<number, string> => {
  if (wanted.length === 0) {
    // Nothing to go by but the number: at the end of the file unless it says where.
    return ok(hunk.start === 0 ? text.length : Math.min(text.length, Math.max(from, hunk.start + shift)));
  }
  const stated = Math.max(from, hunk.start - 1 + shift);
  if (hunk.start > 0 && agreement(text, stated, wanted) === wanted.length) return ok(stated);
  const places: number[] = [];
  for (let at = from; at + wanted.length <= text.length; at += 1) {
    if (agreement(text, at, wanted) === wanted.length) places.push(at);
  }
  const [place] = places;
  if (place !== undefined && places.length === 1) return ok(place);
  if (places.length > 1) {
    const shown = places
      .slice(0, 5)
      .map((at) => at + 1)
      .join(', ');
    return err(`its lines stand at ${places.length} places (lines ${shown}): give more lines of context`);
  }
  const near = closest(text, from, wanted, stated);
  const off = agreement(text, near, wanted);
  return err(
    `line ${near + off + 1} of the file: expected ${quote(wanted[off]?.text)}, found ${quote(text[near + off])}`,
  );
};

interface Applied {
  readonly lines: readonly string[];
  /** The line after the hunk, from which the next one is looked for. */
  readonly after: number;
}

const applyHunk = (text: readonly string[], hunk: DiffHunk, place: number, lineEnd: string): Applied => {
  const made: string[] = [];
  let at = place;
  for (const { kind, text: line } of hunk.lines) {
    if (kind === 'added') {
      made.push(line.replace(/\r$/u, '') + lineEnd);
      continue;
    }
    // What stays is kept as it stands in the file, blanks and line end included.
    if (kind === 'context') made.push(text[at] ?? '');
    at += 1;
  }
  return { lines: [...text.slice(0, place), ...made, ...text.slice(at)], after: place + made.length };
};

/** The lines without their ends of line feeds; a carriage return stays with its line. */
const split = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/u, '').split('\n'));

const applyHunks = (path: string, text: string, { hunks }: FileDiff): Result<string, string> => {
  const lineEnd = /\r\n/u.test(text) && !/[^\r]\n/u.test(text) ? '\r' : '';
  let lines: readonly string[] = split(text);
  let from = 0;
  let shift = 0;
  for (const [index, hunk] of hunks.entries()) {
    const wanted = before(hunk);
    const place = locate(lines, hunk, wanted, from, shift);
    if (!place.ok)
      return err(`Hunk ${index + 1} of ${hunks.length} for ${path} (line ${hunk.at} of the diff): ${place.error}.`);
    if (wanted.length > 0 && hunk.start > 0) shift = place.value - (hunk.start - 1);
    shift += growth(hunk);
    ({ lines, after: from } = applyHunk(lines, hunk, place.value, lineEnd));
  }
  const endsWithLine = text === '' || text.endsWith('\n');
  return ok(lines.length === 0 ? '' : `${lines.join('\n')}${endsWithLine ? '\n' : ''}`);
};

/** A change of one file: the new text, or null when it goes. */
interface DiffChange {
  readonly path: string;
  readonly content: string | null;
}

/** The paths that a diff changes, deletes or makes. */
export const changedPaths = (files: readonly FileDiff[]): readonly string[] => [
  ...new Set(files.flatMap(({ from, to }) => [from, to].flatMap((path) => (path === null ? [] : [path])))),
];

const applyFile = (file: FileDiff, text: string | undefined): Result<readonly DiffChange[], string> => {
  const { from, to } = file;
  if (from === null && to !== null) {
    if (text !== undefined) return err(`${to} is there already: name it behind "---" as well to change it.`);
    const made = applyHunks(to, '', file);
    return made.ok ? ok([{ path: to, content: made.value }]) : made;
  }
  const path = from ?? '';
  if (text === undefined) return err(`${path} is not there. To make it, write "--- /dev/null".`);
  if (to === null) return ok([{ path, content: null }]);
  const changed = applyHunks(path, text, file);
  if (!changed.ok) return changed;
  return ok([...(to === path ? [] : [{ path, content: null }]), { path: to, content: changed.value }]);
};

/**
 * All changes of a diff, or the first reason why it does not fit.
 * @param read the text of a file as it is; undefined when there is none
 */
export const applyDiff = (
  files: readonly FileDiff[],
  read: (path: string) => string | undefined,
): Result<readonly DiffChange[], string> => {
  const changes = new Map<string, string | null>();
  for (const file of files) {
    const path = file.from ?? file.to ?? '';
    const present = changes.has(path) ? (changes.get(path) ?? undefined) : read(path);
    const applied = applyFile(file, present);
    if (!applied.ok) return applied;
    for (const change of applied.value) changes.set(change.path, change.content);
  }
  return ok([...changes].map(([path, content]) => ({ path, content })));
};
