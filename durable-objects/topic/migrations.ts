/** The tables of a topic. Append only: an entry that was released never changes. */
import { rowHistoryMigration, type Migration, type OpenTables } from '../platform/index.ts';

/**
 * What of them is shown as the topic's state: how it is set up. Its events are read as events, and where its groups are
 * changes with each of them. Part of a migration: see `rowHistoryMigration`.
 */
export const topicTables: OpenTables = {
  topic: { key: ['id'], columns: ['settings', 'created_at', 'is_declared'], json: ['settings'] },
  consumer_group: { key: ['name'], columns: ['settings', 'created_at'], json: ['settings'] },
  event_schema: { key: ['type', 'version'], columns: ['schema', 'created_at'], json: ['schema'] },
};

export const topicMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'topic',
    // The sequence is counted in the topic's row, so that it goes on when retention took every event. Deliveries lie in the
    // order of their events, so the oldest are found without an index of their time.
    up: `
      CREATE TABLE topic (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        settings TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        is_declared INTEGER NOT NULL,
        last_sequence INTEGER NOT NULL,
        floor INTEGER NOT NULL,
        events INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        last_recorded_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE topic_event (
        sequence INTEGER PRIMARY KEY,
        type TEXT NOT NULL,
        key TEXT,
        schema_version INTEGER,
        data TEXT NOT NULL,
        source TEXT NOT NULL,
        hops INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        recorded_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX topic_event_key ON topic_event (key, sequence) WHERE key IS NOT NULL;
      CREATE TABLE delivery (
        first_sequence INTEGER PRIMARY KEY,
        last_sequence INTEGER NOT NULL,
        delivery_id TEXT NOT NULL UNIQUE,
        body_hash TEXT NOT NULL,
        recorded_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE event_schema (
        type TEXT NOT NULL,
        version INTEGER NOT NULL,
        schema TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        PRIMARY KEY (type, version)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE consumer_group (
        name TEXT PRIMARY KEY,
        settings TEXT NOT NULL,
        next INTEGER NOT NULL,
        leases INTEGER NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE outstanding (
        group_name TEXT NOT NULL REFERENCES consumer_group (name) ON DELETE CASCADE,
        sequence INTEGER NOT NULL,
        key TEXT,
        attempts INTEGER NOT NULL,
        lease INTEGER NOT NULL,
        is_leased INTEGER NOT NULL,
        due_at INTEGER NOT NULL,
        pull_id TEXT,
        PRIMARY KEY (group_name, sequence)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE bus_dead_letter (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        group_name TEXT NOT NULL REFERENCES consumer_group (name) ON DELETE CASCADE,
        sequence INTEGER NOT NULL,
        event TEXT,
        attempts INTEGER NOT NULL,
        cause TEXT NOT NULL,
        parked_at INTEGER NOT NULL,
        is_replayed INTEGER NOT NULL DEFAULT 0,
        UNIQUE (group_name, sequence)
      ) STRICT`,
  },
  { id: 2, name: 'row history', up: rowHistoryMigration(topicTables) },
  {
    id: 3,
    name: 'deliveries by id',
    // One tree instead of two: a delivery is only ever looked for by its id.
    up: `
      ALTER TABLE delivery RENAME TO delivery_by_sequence;
      CREATE TABLE delivery (
        delivery_id TEXT PRIMARY KEY,
        first_sequence INTEGER NOT NULL,
        last_sequence INTEGER NOT NULL,
        body_hash TEXT NOT NULL,
        recorded_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      INSERT INTO delivery (delivery_id, first_sequence, last_sequence, body_hash, recorded_at)
        SELECT delivery_id, first_sequence, last_sequence, body_hash, recorded_at FROM delivery_by_sequence;
      DROP TABLE delivery_by_sequence;
    `,
  },
];
