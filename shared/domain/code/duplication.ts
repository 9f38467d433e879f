/** Passages that stand in a project more than once. */
import type { FileMeasures, TokenLines } from './facts.ts';

/** A copy must have at least so many tokens and lines. */
export const duplicationWindow = { tokens: 50, lines: 5 } as const;

export interface Passage {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
}

export interface Duplicate {
  readonly tokens: number;
  readonly lines: number;
  readonly first: Passage;
  readonly second: Passage;
}

interface CodeLine {
  readonly line: number;
  readonly hash: number;
  readonly tokens: number;
}

interface Place {
  readonly path: string;
  readonly index: number;
}

/** Beyond so many copies of the same five lines they are boilerplate (licence headers, empty tests). */
const mostCopies = 50;

const toLines = (packed: TokenLines): readonly CodeLine[] =>
  Array.from({ length: packed.length / 3 }, (_, index) => ({
    line: packed[index * 3] ?? 0,
    hash: packed[index * 3 + 1] ?? 0,
    tokens: packed[index * 3 + 2] ?? 0,
  }));

/** The number of the window of lines that begins there, by content; undefined at the end of the file. */
const windowAt = (lines: readonly CodeLine[], index: number): string | undefined =>
  index + duplicationWindow.lines > lines.length
    ? undefined
    : lines
        .slice(index, index + duplicationWindow.lines)
        .map(({ hash }) => hash.toString(36))
        .join();

/**
 * The copies, longest first, at most `most`. Windows of lines with the same tokens (white space and comments do not
 * count) are grown as far as both places agree; what lies in a copy that was found already is not told again.
 */
export const findDuplicates = (
  project: ReadonlyMap<string, Pick<FileMeasures, 'tokens'>>,
  most: number,
): readonly Duplicate[] => {
  const linesByPath = new Map([...project].map(([path, { tokens }]) => [path, toLines(tokens)]));
  const places = new Map<string, Place[]>();
  const found: Duplicate[] = [];
  /** Pairs of places, by difference, that a found copy covers. */
  const covered = new Map<string, number>();
  for (const [path, lines] of linesByPath) {
    for (let index = 0; index < lines.length; index += 1) {
      const key = windowAt(lines, index);
      if (key === undefined) break;
      const known = places.get(key) ?? [];
      for (const place of known) {
        const pair = `${place.path}\0${path}\0${index - place.index}`;
        if ((covered.get(pair) ?? -1) > index) continue;
        const duplicate = grow(place, { path, index }, linesByPath);
        if (duplicate === undefined) continue;
        covered.set(pair, index + duplicate.length);
        found.push(duplicate.found);
      }
      if (known.length < mostCopies) places.set(key, [...known, { path, index }]);
    }
  }
  return found.sort((left, right) => right.tokens - left.tokens).slice(0, most);
};

const grow = (
  first: Place,
  second: Place,
  linesByPath: ReadonlyMap<string, readonly CodeLine[]>,
): { readonly length: number; readonly found: Duplicate } | undefined => {
  const left = linesByPath.get(first.path) ?? [];
  const right = linesByPath.get(second.path) ?? [];
  // Within one file a copy ends where its original begins anew.
  const longest = first.path === second.path ? second.index - first.index : Number.POSITIVE_INFINITY;
  let length = 0;
  let tokens = 0;
  while (length < longest) {
    const here = left[first.index + length];
    if (here === undefined || here.hash !== right[second.index + length]?.hash) break;
    tokens += here.tokens;
    length += 1;
  }
  if (length < duplicationWindow.lines || tokens < duplicationWindow.tokens) return undefined;
  const passage = (path: string, lines: readonly CodeLine[], index: number): Passage => ({
    path,
    startLine: lines[index]?.line ?? 1,
    endLine: lines[index + length - 1]?.line ?? 1,
  });
  const one = passage(first.path, left, first.index);
  const found = {
    tokens,
    lines: one.endLine - one.startLine + 1,
    first: one,
    second: passage(second.path, right, second.index),
  };
  return { length, found };
};
