/** How often files change: each commit compared with its parent, merges left out because they repeat what was merged. */
import { comparePaths, type Listing } from '../../shared/domain/repository/listing.ts';
import { ok, type Result } from '../../shared/errors/result.ts';
import type { RepositoryRpc } from '../../shared/rpc/repository.ts';
import { resolve, type RepositoryParts } from './branch-view.ts';
import { commitEntry } from './commit-writer.ts';
import { readLimit } from './file-queries.ts';
import { walkHistory } from './git/history.ts';

interface Churn {
  readonly path: string;
  readonly changes: number;
  readonly lastChangedAt: number;
}

export const churn = (
  parts: RepositoryParts,
  query: Parameters<RepositoryRpc['churn']>[0],
): Result<{ readonly commits: number; readonly files: readonly Churn[] }> => {
  const limit = readLimit(query.commits, { usual: 200, maximum: 500 });
  if (!limit.ok) return limit;
  const start = resolve(parts, query.ref);
  if (!start.ok) return start;
  const listing = (oid: string): Listing => parts.trees.listing(parts.objects.commit(oid).tree);
  const files = new Map<string, Churn>();
  let commits = 0;
  for (const oid of walkHistory(parts.objects, [start.value.commit])) {
    const { parents, committedAt } = commitEntry(parts.objects, oid);
    if (parents.length > 1) continue;
    if (commits === limit.value) break;
    commits += 1;
    const [parent] = parents;
    for (const path of changedPaths(parent === undefined ? new Map() : listing(parent), listing(oid))) {
      const known = files.get(path);
      files.set(path, {
        path,
        changes: (known?.changes ?? 0) + 1,
        lastChangedAt: Math.max(known?.lastChangedAt ?? 0, committedAt),
      });
    }
  }
  const ordered = [...files.values()].sort(
    (left, right) => right.changes - left.changes || comparePaths(left.path, right.path),
  );
  return ok({ commits, files: ordered });
};

/** Added, changed and deleted ones. */
function* changedPaths(before: Listing, after: Listing): Generator<string> {
  for (const [path, file] of after) {
    const earlier = before.get(path);
    if (earlier?.oid !== file.oid || earlier.executable !== file.executable) yield path;
  }
  for (const path of before.keys()) if (!after.has(path)) yield path;
}
