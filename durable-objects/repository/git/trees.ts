/** Trees as flat listings, and new trees from old ones with changes: only the directories on the way are rewritten. */

import type { Listing, ListingChanges, TreeFile } from '../../../shared/domain/repository/listing.ts';
import { BoundedCache } from './bounded-cache.ts';
import { encodeTree, type TreeEntry } from './object-format.ts';
import type { ObjectDatabase } from './object-database.ts';

const cachedFiles = 60_000;

/** Listings by root tree. The trees never change, so neither do the listings. */
export class Trees {
  readonly #objects: ObjectDatabase;
  readonly #listings = new BoundedCache<Listing>(cachedFiles, (listing) => listing.size + 1);

  constructor(objects: ObjectDatabase) {
    this.#objects = objects;
  }

  /** Every file under a root tree, sorted by git's order. */
  listing(root: string): Listing {
    return this.#listings.get(root, () => {
      const files = new Map<string, TreeFile>();
      this.#collect(root, '', files);
      return files;
    });
  }

  /** Writes the tree that has these changes on top of `root` (undefined: of nothing) and answers its id. */
  update(root: string | undefined, changes: ListingChanges): string {
    const byPath = [...changes].map(([path, file]) => ({ segments: path.split('/'), file }));
    return this.#rewrite(root, byPath, 0) ?? this.#objects.add('tree', encodeTree([]));
  }

  #collect(tree: string, prefix: string, files: Map<string, TreeFile>): void {
    for (const entry of this.#objects.tree(tree)) {
      const path = prefix + entry.name;
      if (entry.mode === 'directory') this.#collect(entry.oid, `${path}/`, files);
      else files.set(path, { oid: entry.oid, executable: entry.mode === 'executable' });
    }
  }

  /** Undefined when nothing is left: git has no empty directories. */
  #rewrite(tree: string | undefined, changes: readonly PathChange[], depth: number): string | undefined {
    const entries = new Map<string, TreeEntry>();
    if (tree !== undefined) for (const entry of this.#objects.tree(tree)) entries.set(entry.name, entry);
    const deeper = new Map<string, PathChange[]>();
    for (const change of changes) {
      const name = change.segments[depth] ?? '';
      if (depth < change.segments.length - 1) {
        const group = deeper.get(name);
        if (group === undefined) deeper.set(name, [change]);
        else group.push(change);
      } else if (change.file !== null) {
        const mode = change.file.executable ? 'executable' : 'file';
        entries.set(name, { name, mode, oid: change.file.oid });
      } else if (entries.get(name)?.mode !== 'directory') entries.delete(name);
    }
    for (const [name, group] of deeper) this.#rewriteDirectory(entries, name, group, depth);
    return entries.size === 0 ? undefined : this.#objects.add('tree', encodeTree([...entries.values()]));
  }

  #rewriteDirectory(entries: Map<string, TreeEntry>, name: string, group: readonly PathChange[], depth: number): void {
    const existing = entries.get(name);
    const directory = existing?.mode === 'directory' ? existing.oid : undefined;
    const oid = this.#rewrite(directory, group, depth + 1);
    if (oid !== undefined) entries.set(name, { name, mode: 'directory', oid });
    else if (directory !== undefined) entries.delete(name);
  }
}

interface PathChange {
  readonly segments: readonly string[];
  readonly file: TreeFile | null;
}
