import { personProgramTables } from './person-programs.ts';
import { criterionCheckTable } from './criterion-checks.ts';
import { generationTable } from './generation-desk.ts';
import { mutationTables } from './mutation-store.ts';
import { budgetAccountTable } from '../budget-accounts.ts';
import { logPublicationGap, logPublicationTable, type Migration } from '../platform/index.ts';

export const projectMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'specification and messages',
    up: `
      CREATE TABLE specification (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        path TEXT NOT NULL,
        content TEXT NOT NULL
      ) STRICT;
      CREATE TABLE message (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        message_id TEXT NOT NULL,
        recipient TEXT NOT NULL,
        message TEXT NOT NULL,
        acknowledged_at INTEGER,
        UNIQUE (message_id, recipient)
      ) STRICT;
      CREATE TABLE directory_cursor (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        event_sequence INTEGER NOT NULL,
        message_sequence INTEGER NOT NULL
      ) STRICT;
      INSERT INTO directory_cursor (id, event_sequence, message_sequence) VALUES (1, 0, 0);
    `,
  },
  {
    id: 2,
    name: 'acknowledgements for the directory',
    // Messages whose row in the read model does not say yet that they were acknowledged.
    up: `
      CREATE TABLE directory_acknowledged (
        message_sequence INTEGER PRIMARY KEY
      ) STRICT;
      INSERT INTO directory_acknowledged (message_sequence)
        SELECT sequence FROM message WHERE acknowledged_at IS NOT NULL;
    `,
  },
  { id: 3, name: 'budget', up: budgetAccountTable },
  {
    id: 4,
    name: 'forks',
    up: `
      -- The copy that this project is made of: what was asked for, and how far it has come.
      CREATE TABLE fork_job (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        job TEXT NOT NULL
      ) STRICT;
      -- Events of the original under this project's ids, until all are there.
      CREATE TABLE fork_event (
        sequence INTEGER PRIMARY KEY,
        recorded_at INTEGER NOT NULL,
        event TEXT NOT NULL
      ) STRICT;
      -- Files that a person puts on main before the fork goes on; no content: deleted.
      CREATE TABLE fork_file (
        path TEXT PRIMARY KEY,
        content TEXT
      ) STRICT;
    `,
  },
  { id: 5, name: 'mutation testing', up: mutationTables },
  {
    id: 6,
    name: 'scans',
    // What the platform found in a commit of main, or in the change of a task that is up for merge.
    up: `
      CREATE TABLE scan (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        subject TEXT NOT NULL,
        commit_id TEXT NOT NULL,
        scanned_at INTEGER NOT NULL,
        files_scanned INTEGER NOT NULL,
        findings_total INTEGER NOT NULL,
        blocking INTEGER NOT NULL,
        findings TEXT NOT NULL,
        skipped TEXT NOT NULL,
        UNIQUE (subject, commit_id)
      ) STRICT;
    `,
  },
  { id: 7, name: 'criteria and generated tests', up: `${criterionCheckTable}${generationTable}` },
  {
    id: 8,
    name: 'measuring runs',
    up: `
      -- The last run of each sort, as it is shown.
      CREATE TABLE quality_run (
        name TEXT PRIMARY KEY,
        view TEXT NOT NULL
      ) STRICT;
      -- Performance tests of a branch. A row is added when its run starts; its commit is known once it has begun.
      CREATE TABLE performance_run (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        branch TEXT NOT NULL,
        commit_id TEXT NOT NULL,
        status TEXT NOT NULL,
        view TEXT NOT NULL
      ) STRICT;
    `,
  },
  { id: 9, name: 'publication of the log', up: logPublicationTable },
  { id: 10, name: 'programs of persons', up: personProgramTables },
  { id: 11, name: 'gap in the publication', up: logPublicationGap },
];
