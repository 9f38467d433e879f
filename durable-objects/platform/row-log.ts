/** Reads the versions of an object whose truth is tables: see `open-tables.ts`. A version is one change of an open row. */
import { decodeJson, PayloadRefused } from './json-text.ts';
import { rowJson, rowKey, type OpenTable, type OpenTables } from './open-tables.ts';
import { statement, type Storage } from './storage.ts';

type ChangeRow = {
  version: number;
  name: string;
  row_key: string;
  before: string | null;
  after: string | null;
  recorded_at: number;
};

/** The most rows that are shown of an object; one that may hold more is asked by its own methods, page by page. */
const rowsShown = 5_000;

/** The open rows, by table and key. */
type Rows = Record<string, Record<string, unknown>>;

const statements = {
  ends: statement<[], { newest: number | null; oldest: number | null }>`
    SELECT MAX(version) AS newest, MIN(version) AS oldest FROM row_change`,
  until: statement<[time: number], { version: number | null }>`
    SELECT MAX(version) AS version FROM row_change WHERE recorded_at <= ?`,
  read: statement<[after: number, limit: number], ChangeRow>`
    SELECT * FROM row_change WHERE version > ? ORDER BY version LIMIT ?`,
  after: statement<[version: number], ChangeRow>`SELECT * FROM row_change WHERE version > ? ORDER BY version DESC`,
};

export class RowLog {
  readonly #storage: Storage;
  readonly #tables: OpenTables;
  readonly #irreversible: string;

  /** @param irreversible why an earlier state is never restored, as the end of a sentence that begins with "because". */
  constructor(storage: Storage, tables: OpenTables, irreversible: string) {
    this.#storage = storage;
    this.#tables = tables;
    this.#irreversible = irreversible;
  }

  /** The newest version; 0 when nothing was changed since changes are written down. */
  get sequence(): number {
    return this.#storage.first(statements.ends)?.newest ?? 0;
  }

  get oldest(): number {
    return this.#storage.first(statements.ends)?.oldest ?? this.sequence + 1;
  }

  /** Whether no open row was ever there. */
  get isEmpty(): boolean {
    return this.sequence === 0 && this.#count() === 0;
  }

  /** Throws `PayloadRefused` when there are more rows than are shown. */
  get state(): Rows {
    const count = this.#count();
    if (count > rowsShown) {
      const detail = `The object has ${count} rows that could be shown; at most ${rowsShown} are. Ask it by its own methods, page by page.`;
      throw new PayloadRefused(detail);
    }
    return Object.fromEntries(
      Object.entries(this.#tables).map(([name, table]) => {
        const query = `SELECT ${rowKey('entry', table)} AS row_key, ${rowJson('entry', table)} AS value
          FROM "${name.replaceAll('"', '""')}" AS entry ORDER BY 1`;
        const rows = this.#storage.sql.exec<{ row_key: string | number; value: string }>(query);
        return [name, Object.fromEntries([...rows].map((row) => [String(row.row_key), readRow(table, row.value)]))];
      }),
    );
  }

  /** The rows as they were right after a change: the present ones, with all later changes taken back. */
  stateAt(version: number): Rows {
    const state = this.state;
    for (const { name, row_key: key, before } of this.#storage.all(statements.after, version)) {
      const table = this.#tables[name];
      if (table === undefined) continue;
      const rows = (state[name] ??= {});
      if (before === null) delete rows[key];
      else rows[key] = readRow(table, before);
    }
    return state;
  }

  /** The version that was the newest at a time, else the oldest. */
  versionAt(time: number): number {
    return this.#storage.first(statements.until, time)?.version ?? this.oldest - 1;
  }

  read({ after, limit }: { readonly after: number; readonly limit: number }) {
    return this.#storage.all(statements.read, after, limit).map((row) => ({
      sequence: row.version,
      recordedAt: row.recorded_at,
      event: this.#readChange(row),
    }));
  }

  #count(): number {
    const counts = Object.keys(this.#tables).map(
      (name) => `SELECT COUNT(*) AS rows FROM "${name.replaceAll('"', '""')}"`,
    );
    return counts.reduce((sum, query) => sum + this.#storage.sql.exec<{ rows: number }>(query).one().rows, 0);
  }

  restoreOver(): string {
    return this.#irreversible;
  }

  #readChange({ name, row_key: key, before, after }: ChangeRow) {
    const type = before === null ? 'row.added' : after === null ? 'row.removed' : 'row.changed';
    const table = this.#tables[name];
    const read = (side: 'before' | 'after', text: string | null) =>
      text === null || table === undefined ? {} : { [side]: readRow(table, text) };
    return { type, table: name, key, ...read('before', before), ...read('after', after) };
  }
}

const readRow = ({ json = [] }: OpenTable, text: string): unknown => {
  // SAFETY: written by `rowJson`, which makes an object.
  const row = decodeJson(text, 'An open row') as Record<string, unknown>;
  for (const column of json) {
    const value = row[column];
    if (typeof value === 'string') row[column] = decodeJson(value, `Column ${column}`);
  }
  return row;
};
