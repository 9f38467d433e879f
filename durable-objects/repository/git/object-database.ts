/**
 * Git's objects over the store, decoded and cached. Every object in it is whole and everything it names is there too:
 * whoever adds objects adds what they name first, so no reader has to expect a hole.
 */

import type { Participant, Storage } from '../../platform/storage.ts';
import type { RepositoryStore, StoredObject } from '../store.ts';
import { BoundedCache } from './bounded-cache.ts';
import {
  decodeCommit,
  decodeTag,
  decodeTree,
  hashObject,
  type Commit,
  type ObjectKind,
  type TreeEntry,
} from './object-format.ts';
import { deflate, inflate } from './zlib-stream.ts';

const cachedCommits = 5_000;
const cachedTreeEntries = 100_000;

export class ObjectDatabase implements Participant {
  readonly #store: RepositoryStore;
  readonly #commits = new BoundedCache<Commit>(cachedCommits, () => 1);
  readonly #trees = new BoundedCache<readonly TreeEntry[]>(cachedTreeEntries, (entries) => entries.length + 1);

  constructor(storage: Storage, store: RepositoryStore) {
    this.#store = store;
    storage.enlist(this);
  }

  /** After a rollback the caches may hold objects that are not there. */
  invalidate(): void {
    this.#commits.clear();
    this.#trees.clear();
  }

  /** Undefined when there is no such object. Asks the disk, never a cache. */
  kind(oid: string): ObjectKind | undefined {
    return this.#store.objectKind(oid);
  }

  /** Throws when the object is not there or is of another kind: see the top of this file. */
  content(oid: string, kind: ObjectKind): Uint8Array {
    const stored = this.#store.object(oid);
    if (stored?.kind !== kind) throw new Error(`${oid} is ${stored?.kind ?? 'missing'}, not a ${kind}`);
    return inflate(stored.deflated, stored.sizeBytes);
  }

  /** Contents of blobs by id, `blobsPerQuery` at a time; unknown ids are left out. */
  *blobs(oids: readonly string[]): Generator<{ readonly oid: string; readonly content: Uint8Array }> {
    for (let start = 0; start < oids.length; start += blobsPerQuery) {
      for (const stored of this.#store.objects(oids.slice(start, start + blobsPerQuery))) {
        if (stored.kind === 'blob') yield { oid: stored.oid, content: inflate(stored.deflated, stored.sizeBytes) };
      }
    }
  }

  commit(oid: string): Commit {
    return this.#commits.get(oid, () => decodeCommit(this.content(oid, 'commit')));
  }

  tree(oid: string): readonly TreeEntry[] {
    return this.#trees.get(oid, () => decodeTree(this.content(oid, 'tree')));
  }

  /** The commit that a commit or an annotated tag stands for; undefined when there is none. */
  peel(oid: string): string | undefined {
    let target = oid;
    let kind = this.kind(target);
    while (kind === 'tag') {
      target = decodeTag(this.content(target, 'tag')).target;
      kind = this.kind(target);
    }
    return kind === 'commit' ? target : undefined;
  }

  /** Adds an object, unless it is there, and answers its id. */
  add(kind: ObjectKind, content: Uint8Array): string {
    const oid = hashObject(kind, content);
    if (this.kind(oid) === undefined)
      this.#store.addObject({ oid, kind, sizeBytes: content.byteLength, deflated: deflate(content) });
    return oid;
  }

  /** Adds an object whose zlib stream the caller has checked. */
  addDeflated(object: StoredObject): void {
    this.#store.addObject(object);
  }
}

const blobsPerQuery = 64;
