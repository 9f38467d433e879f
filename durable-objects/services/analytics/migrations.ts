/** The tables of Analytics. Append only: an entry that was released never changes. */
import type { Migration } from '../../platform/index.ts';
import { serviceHistory, serviceMigrations } from '../service-object.ts';

export const analyticsMigrations: readonly Migration[] = serviceMigrations([
  {
    id: 2,
    name: 'events',
    up: `
      CREATE TABLE event_counted (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        actor TEXT,
        at INTEGER NOT NULL,
        properties TEXT NOT NULL,
        event_id TEXT UNIQUE
      ) STRICT;
      CREATE INDEX event_by_name ON event_counted (name, at, actor);
      CREATE INDEX event_by_actor ON event_counted (actor, at) WHERE actor IS NOT NULL;
      CREATE INDEX event_by_time ON event_counted (at);
      CREATE TABLE secret (id INTEGER PRIMARY KEY CHECK (id = 1), value TEXT NOT NULL) STRICT`,
  },
  serviceHistory(3, {}),
]);
