/** The tables of the parts that every object shares. Append only: an entry that was released never changes. */

import type { Migration } from './migrate.ts';

export const platformMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'object_life',
    up: `
      CREATE TABLE object_life (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        initialized_at INTEGER NOT NULL
      ) STRICT`,
  },
  {
    id: 2,
    name: 'event_store',
    up: `
      CREATE TABLE event (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        type TEXT NOT NULL,
        version INTEGER NOT NULL,
        payload TEXT NOT NULL,
        recorded_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE snapshot (
        sequence INTEGER PRIMARY KEY,
        state_version INTEGER NOT NULL,
        recorded_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE snapshot_part (
        sequence INTEGER NOT NULL REFERENCES snapshot (sequence) ON DELETE CASCADE,
        part INTEGER NOT NULL,
        payload TEXT NOT NULL,
        PRIMARY KEY (sequence, part)
      ) STRICT, WITHOUT ROWID`,
  },
  {
    id: 3,
    name: 'journal',
    up: `
      CREATE TABLE journal_step (
        key TEXT PRIMARY KEY,
        effect_class TEXT NOT NULL,
        status TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        value TEXT,
        message TEXT,
        settled_told INTEGER NOT NULL DEFAULT 0,
        started_at INTEGER NOT NULL,
        settled_at INTEGER
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX journal_step_in_doubt ON journal_step (started_at) WHERE status = 'in_doubt'`,
  },
  {
    id: 4,
    name: 'inbox',
    up: `
      CREATE TABLE inbox (
        command_id TEXT PRIMARY KEY,
        body_hash TEXT NOT NULL,
        reply TEXT NOT NULL,
        recorded_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX inbox_recorded_at ON inbox (recorded_at)`,
  },
  {
    id: 5,
    name: 'timers',
    up: `
      CREATE TABLE timer (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        key TEXT NOT NULL,
        due_at INTEGER NOT NULL,
        payload TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        interruptions INTEGER NOT NULL DEFAULT 0,
        started_at INTEGER,
        last_error TEXT,
        UNIQUE (name, key)
      ) STRICT;
      CREATE INDEX timer_due_at ON timer (due_at);
      CREATE TABLE timer_dead_letter (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        key TEXT NOT NULL,
        payload TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        cause TEXT NOT NULL,
        parked_at INTEGER NOT NULL
      ) STRICT`,
  },
  {
    id: 6,
    name: 'outbox',
    up: `
      CREATE TABLE outbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        lane TEXT NOT NULL,
        kind TEXT NOT NULL,
        payload TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        interruptions INTEGER NOT NULL DEFAULT 0,
        enqueued_at INTEGER NOT NULL,
        started_at INTEGER,
        last_error TEXT,
        parked_at INTEGER
      ) STRICT;
      CREATE INDEX outbox_lane_order ON outbox (lane, id) WHERE parked_at IS NULL;
      CREATE INDEX outbox_parked ON outbox (id) WHERE parked_at IS NOT NULL;
      CREATE INDEX outbox_started ON outbox (id) WHERE started_at IS NOT NULL;
      CREATE TABLE outbox_lane (
        lane TEXT PRIMARY KEY,
        next_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX outbox_lane_next_at ON outbox_lane (next_at)`,
  },
  {
    id: 7,
    name: 'event_kind',
    // Which types and versions stand in the log, and where each was seen first: what this code cannot read is found
    // without reading the log. A trigger, so that no way of writing an event can forget it.
    up: `
      CREATE TABLE event_kind (
        type TEXT NOT NULL,
        version INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        PRIMARY KEY (type, version)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO event_kind (type, version, sequence)
        SELECT type, version, MIN(sequence) FROM event GROUP BY type, version;
      CREATE TRIGGER event_kind_seen AFTER INSERT ON event BEGIN
        INSERT OR IGNORE INTO event_kind (type, version, sequence) VALUES (NEW.type, NEW.version, NEW.sequence);
      END`,
  },
  {
    id: 8,
    name: 'journal_values_and_retention',
    up: `
      ALTER TABLE journal_step ADD COLUMN value_parts INTEGER NOT NULL DEFAULT 0;
      CREATE TABLE journal_value_part (
        key TEXT NOT NULL REFERENCES journal_step (key) ON DELETE CASCADE,
        part INTEGER NOT NULL,
        payload TEXT NOT NULL,
        PRIMARY KEY (key, part)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE journal_ended (
        prefix TEXT PRIMARY KEY,
        ended_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX journal_ended_at ON journal_ended (ended_at)`,
  },
  {
    id: 9,
    name: 'timer_set_at',
    up: 'ALTER TABLE timer ADD COLUMN set_at INTEGER NOT NULL DEFAULT 0',
  },
  {
    id: 10,
    name: 'object_pause',
    // Only while the object is being deactivated or is inactive.
    up: `
      CREATE TABLE object_pause (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        phase TEXT NOT NULL CHECK (phase IN ('deactivating', 'inactive')),
        since INTEGER NOT NULL,
        reason TEXT,
        ordered_by TEXT NOT NULL
      ) STRICT`,
  },
];
