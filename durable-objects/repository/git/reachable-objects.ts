/** Which objects a client lacks. */

import { walkHistory } from './history.ts';
import { decodeTag } from './object-format.ts';
import type { ObjectDatabase } from './object-database.ts';

/** Everything that the wanted objects need and the ones had do not have; commits come first, newest first. */
export const missingObjects = (
  objects: ObjectDatabase,
  wants: readonly string[],
  haves: readonly string[],
): readonly string[] => {
  const known = new Set<string>();
  const commitsHad = haves.flatMap((oid) => objects.peel(oid) ?? []);
  const ancestorsHad = new Set(walkHistory(objects, commitsHad));
  for (const oid of commitsHad) collectTree(objects, objects.commit(oid).tree, known);
  const commits: string[] = [];
  const others: string[] = [];
  const tips = wants.map((oid) => peelTags(objects, oid, others));
  for (const oid of walkHistory(objects, tips, ancestorsHad)) commits.push(oid);
  for (const oid of commits) collectTree(objects, objects.commit(oid).tree, known, others);
  return [...commits, ...new Set(others)];
};

/** The commit behind an annotated tag; the tags on the way are collected. */
const peelTags = (objects: ObjectDatabase, oid: string, tags: string[]): string => {
  let target = oid;
  while (objects.kind(target) === 'tag') {
    tags.push(target);
    target = decodeTag(objects.content(target, 'tag')).target;
  }
  return target;
};

/** Adds a tree, its directories and files to the known ones; those that are new are collected as well. */
const collectTree = (objects: ObjectDatabase, root: string, known: Set<string>, found?: string[]): void => {
  const stack = [root];
  for (let tree = stack.pop(); tree !== undefined; tree = stack.pop()) {
    if (known.has(tree)) continue;
    known.add(tree);
    found?.push(tree);
    for (const entry of objects.tree(tree)) {
      if (entry.mode === 'directory') stack.push(entry.oid);
      else if (!known.has(entry.oid)) {
        known.add(entry.oid);
        found?.push(entry.oid);
      }
    }
  }
};
