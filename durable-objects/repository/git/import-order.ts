/** The order in which a copy takes objects: each after those it names, so that nothing in the copy ever has a hole. */

import { walkHistory } from './history.ts';
import type { ObjectDatabase } from './object-database.ts';

/** Every object that the commits need. The same commits give the same order: history never changes. */
export const importOrder = (objects: ObjectDatabase, heads: readonly string[]): readonly string[] => {
  const order: string[] = [];
  const seen = new Set<string>();
  for (const commit of [...walkHistory(objects, heads)].reverse()) {
    collect(objects, objects.commit(commit).tree, seen, order);
    order.push(commit);
  }
  return order;
};

/** As deep as paths have folders, which is bounded. */
const collect = (objects: ObjectDatabase, tree: string, seen: Set<string>, order: string[]): void => {
  if (seen.has(tree)) return;
  seen.add(tree);
  for (const entry of objects.tree(tree)) {
    if (entry.mode === 'directory') collect(objects, entry.oid, seen, order);
    else if (!seen.has(entry.oid)) {
      seen.add(entry.oid);
      order.push(entry.oid);
    }
  }
  order.push(tree);
};
