/** Merges the trees of two commits that have common ancestors, text files line by line. */

import { applyChanges, type Listing, type TreeFile } from '../../shared/domain/repository/listing.ts';
import { mergeTexts } from '../../shared/domain/repository/text-merge.ts';
import { mergeListings, type ContentMerge, type MergeNames } from '../../shared/domain/repository/tree-merge.ts';
import { err, ok, type Issue, type Result } from '../../shared/errors/result.ts';
import type { RepositoryParts } from './branch-view.ts';
import { mergeBases } from './git/history.ts';
import { gitRefused } from './refusals.ts';
import { decodeText } from './text-content.ts';

/** Longer texts are not compared line by line. */
const maximumMergedBytes = 2 * 1024 * 1024;
/** Criss-cross merges of criss-cross merges are followed so far; beyond, both sides' additions count as their own. */
const maximumBaseDepth = 5;

/** The id of the merged tree, or `git.refused` with an issue for each path that conflicts. */
export const mergeTrees = (
  parts: RepositoryParts,
  commits: { readonly bases: readonly string[]; readonly ours: string; readonly theirs: string },
  branches: { readonly into: string; readonly branch: string },
): Result<string> => {
  const base = (commits.bases[0] ?? '').slice(0, 7);
  const names = { base, ours: branches.into, theirs: branches.branch };
  const { changes, conflicts } = mergeFiles(
    parts,
    baseListing(parts, commits.bases, maximumBaseDepth),
    listingOf(parts, commits.ours),
    listingOf(parts, commits.theirs),
    names,
  );
  if (conflicts.length > 0) {
    const files = conflicts.length === 1 ? 'One file conflicts' : `${conflicts.length} files conflict`;
    return gitRefused(`${files} between ${names.ours} and ${names.theirs}. Nothing was merged.`, conflicts);
  }
  return ok(parts.trees.update(parts.objects.commit(commits.ours).tree, changes));
};

const listingOf = (parts: RepositoryParts, commit: string): Listing =>
  parts.trees.listing(parts.objects.commit(commit).tree);

/**
 * What both sides started from. Of several common ancestors none alone knows all that both sides have, so they are
 * merged with each other first; where they contradict each other their own ancestor stands for them.
 */
const baseListing = (parts: RepositoryParts, bases: readonly string[], depth: number): Listing => {
  const [first, ...others] = bases;
  if (first === undefined || depth === 0) return new Map();
  let listing = listingOf(parts, first);
  for (const other of others) {
    const ancestor = baseListing(parts, mergeBases(parts.objects, first, other), depth - 1);
    const names = { base: '', ours: '', theirs: '' };
    const merge = mergeFiles(parts, ancestor, listing, listingOf(parts, other), names);
    const undecided = merge.conflicts.map(({ field }) => [field, ancestor.get(field) ?? null] as const);
    listing = applyChanges(listing, new Map([...merge.changes, ...undecided]));
  }
  return listing;
};

const mergeFiles = (
  parts: RepositoryParts,
  base: Listing,
  ours: Listing,
  theirs: Listing,
  names: MergeNames,
): { readonly changes: ReadonlyMap<string, TreeFile | null>; readonly conflicts: readonly Issue[] } => {
  const merge = mergeListings(base, ours, theirs, names);
  const conflicts: Issue[] = [...merge.conflicts];
  const changes = new Map(merge.changes);
  for (const content of merge.contentMerges) {
    const text = mergeContent(parts, content, names);
    if (text.ok) {
      const oid = parts.objects.add('blob', new TextEncoder().encode(text.value));
      changes.set(content.path, { oid, executable: content.executable });
    } else conflicts.push({ field: content.path, reason: text.error });
  }
  return { changes, conflicts };
};

const mergeContent = (parts: RepositoryParts, content: ContentMerge, names: MergeNames): Result<string, string> => {
  const [base, ours, theirs] = [content.baseOid, content.oursOid, content.theirsOid].map((oid) =>
    decodeText(parts.objects.content(oid, 'blob'), maximumMergedBytes),
  );
  if (base === undefined || ours === undefined || theirs === undefined) {
    const reason = 'and is not a text that can be merged by lines';
    return err(`changed on both sides since ${names.base} ${reason}`);
  }
  const merge = mergeTexts(base, ours, theirs);
  if (merge.ok) return ok(merge.text);
  const shown = merge.conflicts.slice(0, 5).map((conflict) => {
    const mine = `${lines(conflict.ours)} on ${names.ours}`;
    return `${mine} against ${lines(conflict.theirs)} on ${names.theirs}`;
  });
  const more = merge.conflicts.length > shown.length ? `; and ${merge.conflicts.length - shown.length} more` : '';
  return err(`changed on both sides since ${names.base}: ${shown.join('; ')}${more}`);
};

const lines = (range: { readonly first: number; readonly last: number }): string => {
  if (range.last < range.first) return `lines deleted before line ${range.first}`;
  return range.first === range.last ? `line ${range.first}` : `lines ${range.first}-${range.last}`;
};
