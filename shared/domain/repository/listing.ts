/** What a tree holds, flattened: every file by its path. */

/** `executable` is the one permission bit git keeps. Symbolic links and submodules are not kept in this repository. */
export interface TreeFile {
  readonly oid: string;
  readonly executable: boolean;
}

/** Files by path. */
export type Listing = ReadonlyMap<string, TreeFile>;

/** What becomes of paths on top of a listing; null deletes. */
export type ListingChanges = ReadonlyMap<string, TreeFile | null>;

/** The listing after the changes. */
export const applyChanges = (listing: Listing, changes: ListingChanges): Listing => {
  if (changes.size === 0) return listing;
  const result = new Map(listing);
  for (const [path, file] of changes) {
    if (file === null) result.delete(path);
    else result.set(path, file);
  }
  return result;
};

/** Order of paths in every answer: by UTF-16 code units, independent of the locale. */
export const comparePaths = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
