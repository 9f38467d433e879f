/** The tables of a Composer. Append only: an entry that was released never changes. */
import { logPublicationGap, logPublicationTable, type Migration } from '../platform/index.ts';

export const composerMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'manifests',
    up: `
      CREATE TABLE composition_manifest (
        name TEXT NOT NULL,
        revision INTEGER NOT NULL,
        text TEXT NOT NULL,
        manifest TEXT NOT NULL,
        PRIMARY KEY (name, revision)
      ) STRICT, WITHOUT ROWID`,
  },
  { id: 2, name: 'publication of the log', up: logPublicationTable },
  { id: 3, name: 'gap in the publication', up: logPublicationGap },
];
