/** The tables of a repository. Append only. */

import type { Migration } from '../platform/migrate.ts';

export const repositoryMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'objects, references, working copies',
    up: `
      CREATE TABLE repository (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        name TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;

      -- Content-addressed and never changed. 'data' is the zlib stream of the content without git's loose header,
      -- exactly as a pack holds it, so that a clone copies it. A row of SQLite here holds at most 2 MB:
      -- what is longer continues in git_object_chunk.
      CREATE TABLE git_object (
        oid TEXT NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('commit', 'tree', 'blob', 'tag')),
        size_bytes INTEGER NOT NULL,
        chunk_count INTEGER NOT NULL,
        data BLOB NOT NULL
      ) STRICT;

      CREATE TABLE git_object_chunk (
        oid TEXT NOT NULL REFERENCES git_object (oid),
        position INTEGER NOT NULL,
        data BLOB NOT NULL,
        PRIMARY KEY (oid, position)
      ) STRICT;

      -- Full names: refs/heads/… and refs/tags/…
      CREATE TABLE git_reference (
        name TEXT NOT NULL PRIMARY KEY,
        oid TEXT NOT NULL REFERENCES git_object (oid),
        fencing_token INTEGER NOT NULL DEFAULT 0
      ) STRICT;

      -- Written but not committed, on top of the branch's head. No oid: deleted. 'data' is a zlib stream.
      -- Contents stay here until the commit, so that overwritten drafts leave nothing behind in git_object.
      CREATE TABLE working_change (
        branch TEXT NOT NULL,
        path TEXT NOT NULL,
        oid TEXT,
        executable INTEGER NOT NULL,
        size_bytes INTEGER NOT NULL,
        data BLOB,
        PRIMARY KEY (branch, path)
      ) STRICT;
    `,
  },
  {
    id: 2,
    name: 'lowest fencing token',
    up: `
      CREATE TABLE fence (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        lowest_token INTEGER NOT NULL
      ) STRICT;
    `,
  },
];
