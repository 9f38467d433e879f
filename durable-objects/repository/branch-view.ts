/** What a reference shows: the files of its commit and, for a branch, the uncommitted changes on top. */

import { decideFence } from '../../shared/domain/engine/decide-fence.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import { applyChanges, type Listing, type TreeFile } from '../../shared/domain/repository/listing.ts';
import { isObjectId } from '../../shared/domain/repository/ref-name.ts';
import type { ObjectDatabase } from './git/object-database.ts';
import type { Trees } from './git/trees.ts';
import { inflate } from './git/zlib-stream.ts';
import { invalid, notFound } from './refusals.ts';
import type { Reference, RepositoryStore, WorkingChange } from './store.ts';

/** What commands and queries work on. */
export interface RepositoryParts {
  readonly store: RepositoryStore;
  readonly objects: ObjectDatabase;
  readonly trees: Trees;
}

const headsPrefix = 'refs/heads/';

/** The full name of a branch. */
export const branchReference = (branch: string): string => `${headsPrefix}${branch}`;

/** The branch of a full name; undefined for tags. */
export const branchOf = (reference: string): string | undefined =>
  reference.startsWith(headsPrefix) ? reference.slice(headsPrefix.length) : undefined;

/** A moment's view; made anew for each call. */
export class BranchView {
  readonly commit: string;
  /** The files of the commit alone. */
  readonly committed: Listing;
  /** The files with the uncommitted changes. */
  readonly files: Listing;
  readonly changes: readonly WorkingChange[];
  readonly #parts: RepositoryParts;
  readonly #branch: string | undefined;
  readonly #changeByPath: ReadonlyMap<string, WorkingChange>;

  constructor(parts: RepositoryParts, commit: string, branch: string | undefined) {
    this.#parts = parts;
    this.#branch = branch;
    this.commit = commit;
    this.committed = parts.trees.listing(parts.objects.commit(commit).tree);
    this.changes = branch === undefined ? [] : parts.store.workingChanges(branch);
    this.#changeByPath = new Map(this.changes.map((change) => [change.path, change]));
    this.files = applyChanges(this.committed, new Map(this.changes.map((change) => [change.path, toFile(change)])));
  }

  /** The bytes of a file of this view; undefined when there is none at the path. */
  content(path: string): Uint8Array | undefined {
    const file = this.files.get(path);
    if (file === undefined) return undefined;
    const change = this.#changeByPath.get(path);
    if (change === undefined || this.#branch === undefined) return this.#parts.objects.content(file.oid, 'blob');
    const deflated = this.#parts.store.workingBlob(this.#branch, path);
    return deflated === undefined ? undefined : inflate(deflated, change.sizeBytes);
  }

  /** The bytes of several files of this view, in no particular order. */
  *contents(paths: Iterable<string>): Generator<{ readonly path: string; readonly content: Uint8Array }> {
    const pathsByOid = new Map<string, string[]>();
    for (const path of paths) {
      const file = this.files.get(path);
      if (file === undefined) continue;
      if (this.#changeByPath.has(path)) {
        const content = this.content(path);
        if (content !== undefined) yield { path, content };
        continue;
      }
      const group = pathsByOid.get(file.oid);
      if (group === undefined) pathsByOid.set(file.oid, [path]);
      else group.push(path);
    }
    for (const { oid, content } of this.#parts.objects.blobs([...pathsByOid.keys()]))
      for (const path of pathsByOid.get(oid) ?? []) yield { path, content };
  }

  /** Sizes in bytes by path. */
  sizes(paths: readonly string[]): ReadonlyMap<string, number> {
    const committed = paths.flatMap((path) => (this.#changeByPath.has(path) ? [] : (this.files.get(path)?.oid ?? [])));
    const sizeByOid = this.#parts.store.objectSizes([...new Set(committed)]);
    return new Map(
      paths.map((path) => {
        const change = this.#changeByPath.get(path);
        return [path, change?.sizeBytes ?? sizeByOid.get(this.files.get(path)?.oid ?? '') ?? 0];
      }),
    );
  }
}

const toFile = (change: WorkingChange): TreeFile | null =>
  change.oid === null ? null : { oid: change.oid, executable: change.executable };

/** A branch by its short name. `field` is what a refusal names. */
export const findBranch = (parts: RepositoryParts, branch: unknown, field = 'branch'): Result<Reference> => {
  if (typeof branch !== 'string') return invalid([{ field, reason: 'is not a text' }]);
  const reference = parts.store.reference(branchReference(branch));
  return reference === undefined ? notFound(field, `The branch ${quoted(branch)}`) : ok(reference);
};

/** A branch by name, or a commit by id; the branch's name only for the former. */
export const resolve = (
  parts: RepositoryParts,
  ref: unknown,
  field = 'ref',
): Result<{ readonly commit: string; readonly branch: string | undefined }> => {
  if (typeof ref === 'string' && isObjectId(ref)) {
    return parts.objects.kind(ref) === 'commit'
      ? ok({ commit: ref, branch: undefined })
      : notFound(field, `The commit ${ref}`);
  }
  const found = findBranch(parts, ref, field);
  return found.ok ? ok({ commit: found.value.oid, branch: branchOf(found.value.name) }) : found;
};

/** The view of a branch or commit. */
export const viewOf = (parts: RepositoryParts, ref: unknown, field = 'ref'): Result<BranchView> => {
  const found = resolve(parts, ref, field);
  return found.ok ? ok(new BranchView(parts, found.value.commit, found.value.branch)) : found;
};

/** A token that may be compared, or what is wrong with it. */
export const checkToken = (fencingToken: unknown): Result<number> =>
  typeof fencingToken === 'number' && Number.isSafeInteger(fencingToken) && fencingToken >= 0
    ? ok(fencingToken)
    : invalid([{ field: 'fencingToken', reason: 'is not a whole number of at least 0' }]);

/**
 * Refuses a token that is lower than one the branch has seen, or than the repository takes from anybody, and remembers
 * a higher one.
 */
export const passFence = (parts: RepositoryParts, reference: Reference, token: unknown): Result<undefined> => {
  const checked = checkToken(token);
  if (!checked.ok) return checked;
  const fencingToken = checked.value;
  const lowest = parts.store.lowestToken();
  if (fencingToken < lowest) {
    return err({
      type: 'lease.stale',
      detail: `The work of this project was ended: token ${fencingToken} is behind ${lowest}.`,
      issues: [{ field: 'fencingToken', reason: `is lower than ${lowest}` }],
    });
  }
  const fence = decideFence(reference.fencingToken, fencingToken);
  if (fence === 'refuse') {
    return err({
      type: 'lease.stale',
      detail: `Someone with a newer lease works on ${branchOf(reference.name) ?? reference.name}: token ${fencingToken} is behind ${reference.fencingToken}.`,
      issues: [{ field: 'fencingToken', reason: `is lower than ${reference.fencingToken}` }],
    });
  }
  if (fence === 'raise') parts.store.raiseFencingToken(reference.name, fencingToken);
  return ok(undefined);
};

/** A name as it can stand in a sentence. */
const quoted = (name: string): string => JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
