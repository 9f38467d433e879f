/**
 * The difference between two texts as changed line ranges: the greedy algorithm of Myers,
 * "An O(ND) Difference Algorithm and Its Variations" (1986).
 */

/** Lines `[baseStart, baseEnd)` of the base are replaced by lines `[otherStart, otherEnd)` of the other text. */
export interface LineChange {
  readonly baseStart: number;
  readonly baseEnd: number;
  readonly otherStart: number;
  readonly otherEnd: number;
}

/** Beyond this many edits the middle counts as rewritten: time and memory grow with its square (16 MB here). */
const maximumEdits = 2000;

/** The lines of a text with their terminators, so that joining them gives the text again. */
export const splitLines = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/gu) ?? [];

/** Changed ranges in order, with at least one equal line between two of them. */
export const diffLines = (base: readonly string[], other: readonly string[]): readonly LineChange[] => {
  const numbers = new Map<string, number>();
  const left = numberLines(base, numbers);
  const right = numberLines(other, numbers);
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let tail = 0;
  const room = Math.min(left.length, right.length) - start;
  while (tail < room && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail += 1;
  const middleLeft = left.subarray(start, left.length - tail);
  const middleRight = right.subarray(start, right.length - tail);
  if (middleLeft.length === 0 && middleRight.length === 0) return [];
  return changesFrom(equalRuns(middleLeft, middleRight), middleLeft.length, middleRight.length, start);
};

/** Equal lines get equal numbers, so that the search compares integers. */
const numberLines = (lines: readonly string[], numbers: Map<string, number>): Int32Array =>
  Int32Array.from(lines, (line) => {
    const known = numbers.get(line);
    if (known !== undefined) return known;
    numbers.set(line, numbers.size);
    return numbers.size - 1;
  });

interface EqualRun {
  readonly left: number;
  readonly right: number;
  readonly length: number;
}

/** The matching runs of a shortest edit script, last first; none when the texts differ too much. */
const equalRuns = (left: Int32Array, right: Int32Array): readonly EqualRun[] => {
  if (left.length === 0 || right.length === 0) return [];
  const limit = Math.min(left.length + right.length, maximumEdits);
  const furthest = new Int32Array(2 * limit + 3);
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= limit; edits += 1) {
    // Only the diagonals -edits..edits have values: keep just those for the way back.
    trace.push(furthest.slice(limit + 1 - edits, limit + 2 + edits));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const below = furthest[limit + 2 + diagonal] ?? 0;
      const beside = furthest[limit + diagonal] ?? 0;
      let x = diagonal === -edits || (diagonal !== edits && beside < below) ? below : beside + 1;
      let y = x - diagonal;
      while (x < left.length && y < right.length && left[x] === right[y]) {
        x += 1;
        y += 1;
      }
      furthest[limit + 1 + diagonal] = x;
      if (x >= left.length && y >= right.length) return walkBack(trace, left.length, right.length);
    }
  }
  return [];
};

/** Follows the recorded furthest points from the end to the start; `trace[d]` is the state before edit `d`. */
const walkBack = (trace: readonly Int32Array[], leftLength: number, rightLength: number): readonly EqualRun[] => {
  const runs: EqualRun[] = [];
  let x = leftLength;
  let y = rightLength;
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const before = trace[edits] ?? new Int32Array(0);
    const at = (diagonal: number): number => before[diagonal + edits] ?? 0;
    const diagonal = x - y;
    const down = diagonal === -edits || (diagonal !== edits && at(diagonal - 1) < at(diagonal + 1));
    const previous = down ? diagonal + 1 : diagonal - 1;
    const fromX = edits === 0 ? 0 : at(previous);
    const fromY = edits === 0 ? 0 : fromX - previous;
    const snakeX = edits === 0 ? 0 : down ? fromX : fromX + 1;
    const snakeY = edits === 0 ? 0 : down ? fromY + 1 : fromY;
    if (x > snakeX) runs.push({ left: snakeX, right: snakeY, length: x - snakeX });
    x = fromX;
    y = fromY;
  }
  return runs;
};

const changesFrom = (
  runsLastFirst: readonly EqualRun[],
  leftLength: number,
  rightLength: number,
  offset: number,
): readonly LineChange[] => {
  const changes: LineChange[] = [];
  let left = 0;
  let right = 0;
  const add = (leftEnd: number, rightEnd: number): void => {
    if (left === leftEnd && right === rightEnd) return;
    changes.push({
      baseStart: left + offset,
      baseEnd: leftEnd + offset,
      otherStart: right + offset,
      otherEnd: rightEnd + offset,
    });
  };
  for (const run of runsLastFirst.toReversed()) {
    add(run.left, run.right);
    left = run.left + run.length;
    right = run.right + run.length;
  }
  add(leftLength, rightLength);
  return changes;
};
