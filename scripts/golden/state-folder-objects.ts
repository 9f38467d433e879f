/** The objects of a stopped platform as they are on disk, read without the platform: their events and journals. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A row of an object's log, its payload parsed. */
export interface LoggedEvent {
  readonly sequence: number;
  readonly type: string;
  readonly version: number;
  readonly recordedAt: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface StoredObject {
  readonly kind: 'project' | 'agent' | 'repository';
  readonly events: readonly LoggedEvent[];
  /** Rows of the journal, as they stand. */
  readonly journal: readonly Readonly<Record<string, unknown>>[];
}

const kinds: Readonly<Record<string, StoredObject['kind']>> = {
  'project.created': 'project',
  'agent.initialized': 'agent',
  'repository.created': 'repository',
};

const readObject = (path: string): StoredObject | undefined => {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const hasLog = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'event'").get() !== undefined;
    if (!hasLog) return undefined;
    const events = database
      .prepare('SELECT sequence, type, version, recorded_at AS recordedAt, payload FROM event ORDER BY sequence')
      .all()
      // SAFETY: the columns of the platform's own table, named above.
      .map((row) => ({ ...row, payload: JSON.parse(String(row['payload'])) }) as unknown as LoggedEvent);
    const kind = kinds[events[0]?.type ?? ''];
    if (kind === undefined) return undefined;
    const journal = database.prepare('SELECT * FROM journal_step ORDER BY started_at, key').all();
    return { kind, events, journal: journal.map((row) => ({ ...row })) };
  } finally {
    database.close();
  }
};

/** Every project, agent and repository under a state folder. The platform must not run. */
export const readStoredObjects = (stateFolder: string): readonly StoredObject[] =>
  readdirSync(stateFolder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.sqlite'))
    .flatMap((path) => readObject(join(stateFolder, path)) ?? []);
