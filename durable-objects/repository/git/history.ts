/** Walks over the commit graph: order for a log, common ancestors for a merge. */

import type { ObjectDatabase } from './object-database.ts';

/**
 * Commits reachable from the starts, newest first; a parent never comes before the child that led to it.
 * The walk does not enter commits of `without`.
 */
export function* walkHistory(
  objects: ObjectDatabase,
  starts: readonly string[],
  without: ReadonlySet<string> = new Set(),
): Generator<string> {
  const queue = new CommitQueue(objects);
  const seen = new Set<string>(without);
  for (const start of starts) {
    if (seen.has(start)) continue;
    seen.add(start);
    queue.push(start);
  }
  for (let oid = queue.pop(); oid !== undefined; oid = queue.pop()) {
    yield oid;
    for (const parent of objects.commit(oid).parents) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      queue.push(parent);
    }
  }
}

/** True when `ancestor` is `descendant` or reachable from it. */
export const isAncestor = (objects: ObjectDatabase, ancestor: string, descendant: string): boolean => {
  for (const oid of walkHistory(objects, [descendant])) if (oid === ancestor) return true;
  return false;
};

const fromOurs = 1;
const fromTheirs = 2;
const fromBoth = fromOurs | fromTheirs;
/** Reachable from a common ancestor: of no more interest. */
const beneathCommon = 4;

/**
 * The best common ancestors, newest first: one as a rule, several after criss-cross merges, none for unrelated
 * histories. Paints the graph from both tips downwards and stops when everything left is beneath a common ancestor,
 * so that a long history is not read to its beginning.
 */
export const mergeBases = (objects: ObjectDatabase, ours: string, theirs: string): readonly string[] => {
  if (ours === theirs) return [ours];
  const paint = new Map<string, number>([
    [ours, fromOurs],
    [theirs, fromTheirs],
  ]);
  const queue = new CommitQueue(objects);
  queue.push(ours);
  queue.push(theirs);
  const common: string[] = [];
  while (queue.some((oid) => ((paint.get(oid) ?? 0) & beneathCommon) === 0)) {
    const oid = queue.pop();
    if (oid === undefined) break;
    let color = paint.get(oid) ?? 0;
    if (color === fromBoth) {
      common.push(oid);
      color |= beneathCommon;
    }
    for (const parent of objects.commit(oid).parents) {
      const known = paint.get(parent) ?? 0;
      if ((known & color) === color) continue;
      paint.set(parent, known | color);
      queue.push(parent);
    }
  }
  return common.filter((oid) => ((paint.get(oid) ?? 0) & beneathCommon) === 0);
};

/** A binary heap: newest commit first; of equally old ones the first that came in. */
class CommitQueue {
  readonly #objects: ObjectDatabase;
  readonly #heap: { readonly oid: string; readonly atSeconds: number; readonly order: number }[] = [];
  #pushed = 0;

  constructor(objects: ObjectDatabase) {
    this.#objects = objects;
  }

  push(oid: string): void {
    this.#pushed += 1;
    const heap = this.#heap;
    heap.push({ oid, atSeconds: this.#objects.commit(oid).committer.atSeconds, order: this.#pushed });
    let index = heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  pop(): string | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || first === last) return first?.oid;
    heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      let best = index;
      if (left < heap.length && this.#before(left, best)) best = left;
      if (left + 1 < heap.length && this.#before(left + 1, best)) best = left + 1;
      if (best === index) return first.oid;
      this.#swap(index, best);
      index = best;
    }
  }

  some(wanted: (oid: string) => boolean): boolean {
    return this.#heap.some((entry) => wanted(entry.oid));
  }

  #before(a: number, b: number): boolean {
    const left = this.#heap[a];
    const right = this.#heap[b];
    if (left === undefined || right === undefined) return false;
    return left.atSeconds > right.atSeconds || (left.atSeconds === right.atSeconds && left.order < right.order);
  }

  #swap(a: number, b: number): void {
    const left = this.#heap[a];
    const right = this.#heap[b];
    if (left === undefined || right === undefined) return;
    this.#heap[a] = right;
    this.#heap[b] = left;
  }
}
