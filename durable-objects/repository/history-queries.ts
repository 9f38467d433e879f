/** Reading history: commits, differences, branches. */

import { unifiedDiff } from '../../shared/domain/repository/unified-diff.ts';
import { comparePaths } from '../../shared/domain/repository/listing.ts';
import { ok, type Result } from '../../shared/errors/result.ts';
import type { BranchEntry, CommitEntry, FileDifference, RepositoryRpc } from '../../shared/rpc/repository.ts';
import { branchOf, resolve, viewOf, type BranchView, type RepositoryParts } from './branch-view.ts';
import { commitEntry } from './commit-writer.ts';
import { readLimit } from './file-queries.ts';
import { walkHistory } from './git/history.ts';
import { notFound, tooLarge } from './refusals.ts';
import { decodeText } from './text-content.ts';

type Query<Method extends keyof RepositoryRpc> = Parameters<RepositoryRpc[Method]>[0];

const maximumComparedBytes = 2 * 1024 * 1024;
const maximumPatchLength = 8 * 1024 * 1024;

/** Newest first. `after` is a commit of the page before: the answer begins behind it. */
export const log = (parts: RepositoryParts, query: Query<'log'>): Result<readonly CommitEntry[]> => {
  const limit = readLimit(query.limit, { usual: 50, maximum: 500 });
  if (!limit.ok) return limit;
  const start = resolve(parts, query.ref);
  if (!start.ok) return start;
  const entries: CommitEntry[] = [];
  let waiting = query.after !== undefined;
  for (const oid of walkHistory(parts.objects, [start.value.commit])) {
    if (waiting) waiting = oid !== query.after;
    else entries.push(commitEntry(parts.objects, oid));
    if (entries.length === limit.value) break;
  }
  return waiting ? notFound('after', 'The commit to continue after') : ok(entries);
};

/** Files that differ, by path. Both references may be branches (uncommitted changes count) or commits. */
export const diff = (parts: RepositoryParts, query: Query<'diff'>): Result<readonly FileDifference[]> => {
  const from = viewOf(parts, query.from, 'from');
  if (!from.ok) return from;
  const to = viewOf(parts, query.to, 'to');
  if (!to.ok) return to;
  const paths = [...new Set([...from.value.files.keys(), ...to.value.files.keys()])].toSorted(comparePaths);
  const differences: FileDifference[] = [];
  let patchLength = 0;
  for (const path of paths) {
    const before = from.value.files.get(path);
    const after = to.value.files.get(path);
    if (before?.oid === after?.oid && before?.executable === after?.executable) continue;
    const status = before === undefined ? 'added' : after === undefined ? 'deleted' : 'modified';
    const patch = patchOf(path, from.value, to.value);
    patchLength += patch.length;
    if (patchLength > maximumPatchLength)
      return tooLarge(`The differences are more than ${maximumPatchLength} characters. Compare nearer commits.`);
    differences.push({ path, status, patch });
  }
  return ok(differences);
};

const patchOf = (path: string, from: BranchView, to: BranchView): string => {
  const [before, after] = [from, to].map((view) => {
    const content = view.content(path);
    return content === undefined ? null : decodeText(content, maximumComparedBytes);
  });
  return before === undefined || after === undefined ? '' : unifiedDiff(path, before ?? undefined, after ?? undefined);
};

export const branches = (parts: RepositoryParts): readonly BranchEntry[] => {
  const counts = parts.store.workingChangeCounts();
  return parts.store.references().flatMap((reference) => {
    const name = branchOf(reference.name);
    return name === undefined ? [] : [{ name, head: reference.oid, uncommittedChanges: counts.get(name) ?? 0 }];
  });
};
