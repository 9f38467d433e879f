/**
 * An object as lines of text, and a fresh object made of them: every row of every table at one moment, with the level of
 * the migrations that the rows are of. Loading begins at that level and migrates the rows to the present one, which is
 * how a migration is tried on real rows before it is released.
 */
import { canonicalJson } from '../../shared/domain/replay/canonical.ts';
import {
  fileFormat,
  isExportedTable,
  maxFileCharacters,
  readCell,
  readObjectFile,
  writeCell,
  type FileHeader,
  type ObjectFile,
} from '../../shared/domain/state/object-file.ts';
import { err, ok, type AppError, type Result } from '../../shared/errors/result.ts';
import type { ImportReport, ObjectMigration } from '../../shared/rpc/managed-object.ts';
import { UnreadableEvent } from './aggregate.ts';
import { hashText } from './json-text.ts';
import { migrate, type Migration } from './migrate.ts';
import { rowHistoryPrefix } from './open-tables.ts';
import type { RowLog } from './row-log.ts';
import { platformMigrations } from './schema.ts';
import { hasVersions, type SqlValue, statement, type Storage } from './storage.ts';

const selectTables = statement<[], { name: string }>`
  SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`;
const selectTriggers = statement<[pattern: string], { name: string; sql: string }>`
  SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name GLOB ? ORDER BY name`;
const selectLevels = statement<[], { namespace: string; id: number; name: string; applied_at: number }>`
  SELECT namespace, id, name, applied_at FROM schema_migration ORDER BY namespace DESC, id`;
const selectCounters = statement<[], { name: string; seq: number }>`SELECT name, seq FROM sqlite_sequence`;
const setCounter = statement<[seq: number, name: string]>`UPDATE sqlite_sequence SET seq = ? WHERE name = ?`;
const insertCounter = statement<[name: string, seq: number]>`INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)`;
const countDone = statement<[], { done: number }>`
  SELECT (SELECT COUNT(*) FROM event) + (SELECT COUNT(*) FROM inbox) + (SELECT COUNT(*) FROM journal_step) AS done`;

/** What a loaded object was refused for; thrown so that its transaction is undone. */
export class CopyRefused extends Error {
  override readonly name = 'CopyRefused';
  readonly error: AppError;

  constructor(error: AppError) {
    super(error.detail);
    this.error = error;
  }
}

const refuse = (field: string, reason: string): never => {
  throw new CopyRefused({ type: 'request.invalid', detail: `${field}: ${reason}.`, issues: [{ field, reason }] });
};

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const fingerprintOf = ({ up }: Migration): string => hashText(typeof up === 'string' ? up : up.toString()).slice(0, 16);

export interface ObjectCopyParts {
  readonly storage: Storage;
  readonly migrations: readonly Migration[];
  /** The object's name; a file of another object is refused. */
  readonly name: string;
  readonly now: () => number;
  /** What is shown of an object without a log. */
  readonly rows?: RowLog | undefined;
}

export class ObjectCopy {
  readonly #parts: ObjectCopyParts;

  constructor(parts: ObjectCopyParts) {
    this.#parts = parts;
  }

  /** Every migration this code knows, in the order they are applied, and when this object got it. */
  migrations(): readonly ObjectMigration[] {
    const applied = new Map(
      this.#parts.storage.all(selectLevels).map((row) => [`${row.namespace}/${row.id}`, row.applied_at]),
    );
    return this.#lists().flatMap(([list, migrations]) =>
      migrations.map((migration) => {
        const appliedAt = applied.get(`${list}/${migration.id}`);
        const { id, name } = migration;
        const view = { list, id, name, fingerprint: fingerprintOf(migration) };
        return appliedAt === undefined ? view : { ...view, appliedAt };
      }),
    );
  }

  /** The whole object. */
  write(): Result<string> {
    const { storage, name, now } = this.#parts;
    const header: FileHeader = {
      format: fileFormat,
      object: name,
      exportedAt: now(),
      migrations: storage.all(selectLevels).map(({ namespace, id, name: title }) => `${namespace}/${id} ${title}`),
    };
    const lines: string[] = [JSON.stringify(header)];
    let characters = 0;
    const add = (line: unknown): boolean => {
      const text = JSON.stringify(line);
      characters += text.length;
      lines.push(text);
      return characters <= maxFileCharacters;
    };
    for (const table of this.#tables()) {
      for (const row of storage.sql.exec<Record<string, SqlValue>>(`SELECT * FROM ${quote(table)} ORDER BY 1`)) {
        const cells = Object.fromEntries(Object.entries(row).map(([column, value]) => [column, writeCell(value)]));
        if (!add({ table, row: cells })) return err(this.#tooLarge());
      }
    }
    for (const { name: table, seq } of storage.all(selectCounters)) add({ counter: table, value: seq });
    const text = lines.join('\n');
    return ok(`${text}\n${JSON.stringify({ lines: lines.length, sha256: hashText(text) })}\n`);
  }

  /**
   * Becomes what the lines hold. Inside a transaction.
   * @throws CopyRefused when they are not a whole export of this object, or do not fit its tables; undo everything then.
   */
  load(text: string, options: { readonly anyObject: boolean }): ImportReport {
    const file = readObjectFile(text, hashText);
    if (!file.ok) throw new CopyRefused(file.error);
    const { storage, name } = this.#parts;
    const { header, rows } = file.value;
    if (!options.anyObject && header.object !== name) {
      refuse('line 1.object', 'is the name of another object; import the file under the id it was exported from');
    }
    if ((storage.first(countDone)?.done ?? 0) > 0) {
      throw new CopyRefused({
        type: 'resource.conflict',
        detail: 'The object has a life of its own already. A file can only be imported where nothing is.',
      });
    }
    const migrated = this.#beginAt(header.migrations);
    const tables = this.#withoutHistory(() => this.#insert(file.value));
    this.#migrate();
    return { rows: rows.length, tables, migrated, ...this.#readBack() };
  }

  #lists(): readonly (readonly ['platform' | 'object', readonly Migration[]])[] {
    return [
      ['platform', platformMigrations],
      ['object', this.#parts.migrations],
    ];
  }

  /** Empties the object and makes its tables as they were at that level; answers the migrations that are still to come. */
  #beginAt(known: readonly string[]): readonly string[] {
    const { storage } = this.#parts;
    const all = this.#lists().flatMap(([list, migrations]) =>
      migrations.map(({ id, name }) => ({ list, text: `${list}/${id} ${name}` })),
    );
    const seen = new Set(known);
    const strange = known.findIndex((text) => !all.some((entry) => entry.text === text));
    if (strange >= 0) {
      refuse(
        `line 1.migrations[${strange}]`,
        'is a migration that this version does not know; import it with the version that wrote it',
      );
    }
    const levels = this.#lists().map(([list, migrations]) => {
      const level = migrations.filter(({ id, name }) => seen.has(`${list}/${id} ${name}`));
      if (level.some((migration, index) => migration !== migrations[index])) {
        refuse('line 1.migrations', 'leaves one out; no version has ever written such rows');
      }
      return [list, level] as const;
    });
    storage.sql.exec('PRAGMA defer_foreign_keys = ON');
    for (const table of [...this.#tables(), 'event_kind', 'schema_migration'])
      storage.sql.exec(`DROP TABLE ${quote(table)}`);
    for (const [list, level] of levels) migrate(storage, list, level, this.#parts.now);
    return all.filter(({ text }) => !seen.has(text)).map(({ text }) => text);
  }

  /** The rows come with the history of their changes, so that coming is none. */
  #withoutHistory<T>(work: () => T): T {
    const { storage } = this.#parts;
    const triggers = storage.all(selectTriggers, `${rowHistoryPrefix}*`);
    for (const { name } of triggers) storage.sql.exec(`DROP TRIGGER ${quote(name)}`);
    // What a migration puts in comes with the file.
    for (const table of this.#tables()) storage.sql.exec(`DELETE FROM ${quote(table)}`);
    const value = work();
    for (const { sql } of triggers) storage.sql.exec(sql);
    return value;
  }

  #insert({ rows, counters }: ObjectFile): Readonly<Record<string, number>> {
    const { storage } = this.#parts;
    const columns = new Map(this.#tables().map((table) => [table, this.#columns(table)]));
    const counts = new Map<string, number>();
    for (const { line, table, row } of rows) {
      const known = columns.get(table);
      if (known === undefined) return refuse(`line ${line}.table`, 'is not a table of this kind of object');
      const strange = Object.keys(row).find((column) => !known.has(column));
      if (strange !== undefined) return refuse(`line ${line}.row`, 'has a column that the table does not have');
      const names = Object.keys(row);
      const places = names.map(() => '?').join(', ');
      try {
        storage.sql.exec(
          `INSERT INTO ${quote(table)} (${names.map(quote).join(', ')}) VALUES (${places})`,
          ...names.map((name) => readCell(row[name] ?? null)),
        );
      } catch (thrown) {
        return refuse(`line ${line}.row`, `does not fit the table ${table}: ${String(thrown).slice(0, 200)}`);
      }
      counts.set(table, (counts.get(table) ?? 0) + 1);
    }
    for (const { line, counter, value } of counters) {
      if (!columns.has(counter)) return refuse(`line ${line}.counter`, 'is not a table of this kind of object');
      storage.run(setCounter, value, counter);
      if (!storage.all(selectCounters).some(({ name }) => name === counter)) storage.run(insertCounter, counter, value);
    }
    return Object.fromEntries(counts);
  }

  #migrate(): void {
    const { storage, now } = this.#parts;
    try {
      for (const [list, migrations] of this.#lists()) migrate(storage, list, migrations, now);
    } catch (thrown) {
      const cause = String(thrown).slice(0, 500);
      throw new CopyRefused({ type: 'resource.conflict', detail: `A migration failed on these rows: ${cause}` });
    }
  }

  /** Reads the whole log as the object would after a start. */
  #readBack(): { readonly version: number; readonly hash: string } {
    const { storage, rows } = this.#parts;
    storage.forget();
    const { eventLog } = storage;
    if (eventLog === undefined) {
      return { version: rows?.sequence ?? 0, hash: hashText(rows === undefined ? '' : canonicalJson(rows.state)) };
    }
    try {
      eventLog.checkReadable();
      const { sequence, oldest } = eventLog;
      for (let version = oldest - 1; version < sequence;) {
        version = eventLog.read({ after: version, limit: 500 }).at(-1)?.sequence ?? sequence;
      }
      return { version: sequence, hash: hashText(hasVersions(eventLog) ? canonicalJson(eventLog.state) : '') };
    } catch (thrown) {
      if (thrown instanceof UnreadableEvent) return refuse('rows', `hold a log that cannot be read: ${thrown.message}`);
      return refuse('rows', `hold a log that leads to no state: ${String(thrown).slice(0, 200)}`);
    }
  }

  #tables(): readonly string[] {
    return this.#parts.storage.all(selectTables).flatMap(({ name }) => (isExportedTable(name) ? [name] : []));
  }

  #columns(table: string): ReadonlySet<string> {
    const rows = this.#parts.storage.sql.exec<{ name: string }>('SELECT name FROM pragma_table_info(?)', table);
    return new Set([...rows].map(({ name }) => name));
  }

  #tooLarge(): AppError {
    return {
      type: 'request.too_large',
      detail: `The object is larger than ${maxFileCharacters} characters as a file. A repository is copied with git clone, a project with its runs with "aidevos runs export".`,
    };
  }
}
