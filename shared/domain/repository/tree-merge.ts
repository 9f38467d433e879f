/** Three-way merge of listings: which files change, which need their texts merged, and what contradicts itself. */

import type { Issue } from '../../errors/result.ts';
import { applyChanges, type Listing, type TreeFile } from './listing.ts';
import { findCollisions } from './name-collisions.ts';

/** A file whose content both sides changed: its texts have to be merged. */
export interface ContentMerge {
  readonly path: string;
  readonly baseOid: string;
  readonly oursOid: string;
  readonly theirsOid: string;
  readonly executable: boolean;
}

export interface TreeMerge {
  /** What theirs brings into ours without any doubt; null deletes. */
  readonly changes: ReadonlyMap<string, TreeFile | null>;
  readonly contentMerges: readonly ContentMerge[];
  /** Paths that cannot be merged; `field` is the path. */
  readonly conflicts: readonly Issue[];
}

/** How the conflict reasons name the three versions. */
export interface MergeNames {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

/** Decides for each path what a merge of `theirs` into `ours` does. */
export const mergeListings = (base: Listing, ours: Listing, theirs: Listing, names: MergeNames): TreeMerge => {
  const changes = new Map<string, TreeFile | null>();
  const contentMerges: ContentMerge[] = [];
  const conflicts: Issue[] = [];
  for (const path of new Set([...base.keys(), ...theirs.keys()])) {
    const before = base.get(path);
    const mine = ours.get(path);
    const their = theirs.get(path);
    if (sameFile(before, their) || sameFile(mine, their)) continue;
    if (sameFile(before, mine)) changes.set(path, their ?? null);
    else if (mine === undefined || their === undefined || before === undefined)
      conflicts.push({ field: path, reason: contradiction(before, mine, names) });
    else mergeBoth(path, { before, mine, their }, changes, contentMerges);
  }
  const merged = applyChanges(ours, changes);
  const added = new Set([...changes.keys()].filter((path) => merged.has(path) && !ours.has(path)));
  const collisions = findCollisions(merged.keys(), added);
  return { changes, contentMerges, conflicts: [...conflicts, ...collisions] };
};

const sameFile = (a: TreeFile | undefined, b: TreeFile | undefined): boolean =>
  a?.oid === b?.oid && a?.executable === b?.executable;

const contradiction = (before: TreeFile | undefined, mine: TreeFile | undefined, names: MergeNames): string => {
  if (before === undefined) return `added on both sides with different content (${names.ours} and ${names.theirs})`;
  const [deleter, changer] = mine === undefined ? [names.ours, names.theirs] : [names.theirs, names.ours];
  return `deleted on ${deleter} but changed on ${changer} since ${names.base}`;
};

const mergeBoth = (
  path: string,
  file: { readonly before: TreeFile; readonly mine: TreeFile; readonly their: TreeFile },
  changes: Map<string, TreeFile | null>,
  contentMerges: ContentMerge[],
): void => {
  const { before, mine, their } = file;
  const executable = mine.executable === before.executable ? their.executable : mine.executable;
  if (mine.oid === their.oid || before.oid === their.oid) {
    changes.set(path, { oid: mine.oid, executable });
  } else if (before.oid === mine.oid) {
    changes.set(path, { oid: their.oid, executable });
  } else {
    contentMerges.push({ path, baseOid: before.oid, oursOid: mine.oid, theirsOid: their.oid, executable });
  }
};
