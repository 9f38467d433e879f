/**
 * `node:sqlite` over the storage of the test isolate's own object. There is one database: opening another empties it
 * and ends the one before. Transactions by SQL, which the runtime refuses, are kept by copies of the database.
 */
import type { Snapshot } from './database-snapshot.ts';
import { restoreSnapshot, takeSnapshot, wipe } from './database-snapshot.ts';
import { databaseStorage } from './database-storage.ts';
import type { SqlStatement } from './sql-text.ts';
import { splitStatements } from './sql-text.ts';
import { InvalidStateError, SqliteError, asSqliteError } from './sqlite-error.ts';
import type { ReadOptions } from './sqlite-values.ts';
import { bindings, toRow } from './sqlite-values.ts';

interface Savepoint {
  readonly name: string;
  readonly snapshot: Snapshot;
}

interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlStorageValue[])[];
}

let openDatabase: DatabaseSync | undefined;

/** Settings that change how a file is kept; a database in memory has nothing to do for them. */
const ignoredPragmas =
  /^(journal_mode|synchronous|busy_timeout|temp_store|cache_size|mmap_size|locking_mode|auto_vacuum|wal_autocheckpoint|foreign_keys|optimize|recursive_triggers)$/;

function becomeOpen(database: DatabaseSync): void {
  openDatabase = database;
}

export class DatabaseSync {
  #isOpen = false;
  #savepoints: Savepoint[] = [];
  #userVersion = 0;

  constructor(path: string, options: { readonly open?: boolean } = {}) {
    if (path !== ':memory:' && path !== '') {
      throw new SqliteError(`Only new DatabaseSync(':memory:') works here: there is no file system (${path})`, 14);
    }
    if (options.open !== false) this.open();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isTransaction(): boolean {
    return this.#savepoints.length > 0;
  }

  open(): void {
    if (this.#isOpen) throw new InvalidStateError('database is already open');
    wipe(databaseStorage());
    this.#isOpen = true;
    becomeOpen(this);
  }

  close(): void {
    this.#check();
    this.#isOpen = false;
    this.#savepoints = [];
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) this.close();
  }

  location(): null {
    return null;
  }

  exec(sql: string): void {
    this.#check();
    if (typeof sql !== 'string') throw new TypeError('The "sql" argument must be a string.');
    for (const statement of splitStatements(sql)) this.execute(statement, []);
  }

  prepare(sql: string): StatementSync {
    this.#check();
    if (typeof sql !== 'string') throw new TypeError('The "sql" argument must be a string.');
    const [statement] = splitStatements(sql);
    if (statement === undefined) throw new SqliteError('The SQL text has no statement', 1);
    return new StatementSync(this, statement, sql);
  }

  /** Runs one statement; for `StatementSync`, not part of `node:sqlite`. */
  execute(statement: SqlStatement, values: SqlStorageValue[]): Rows {
    this.#check();
    const [head = ''] = statement.head.split(' ');
    if (/^(BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE)$/.test(head)) {
      this.#control(statement.head);
      return { columns: [], rows: [] };
    }
    if (head === 'PRAGMA') {
      const answer = this.#pragma(statement.text);
      if (answer !== undefined) return answer;
    }
    try {
      const cursor = databaseStorage().sql.exec(statement.text, ...values);
      return { columns: cursor.columnNames, rows: [...cursor.raw<SqlStorageValue[]>()] };
    } catch (cause) {
      throw asSqliteError(cause);
    }
  }

  #check(): void {
    if (!this.#isOpen) throw new InvalidStateError('database is not open');
    if (openDatabase !== this) {
      throw new InvalidStateError(
        'This database was emptied because another DatabaseSync was opened after it: the sandbox has one database at a time',
      );
    }
  }

  #control(head: string): void {
    const words = head.split(' ');
    const [verb] = words;
    if (verb === 'BEGIN') {
      if (this.isTransaction) throw new SqliteError('cannot start a transaction within a transaction');
      this.#savepoints.push({ name: '', snapshot: takeSnapshot(databaseStorage()) });
    } else if (verb === 'SAVEPOINT') {
      this.#savepoints.push({ name: words[1] ?? '', snapshot: takeSnapshot(databaseStorage()) });
    } else if (verb === 'RELEASE') {
      this.#savepoints.length = this.#find(words.at(-1) ?? '');
    } else if (verb === 'ROLLBACK' && words.includes('TO')) {
      const index = this.#find(words.at(-1) ?? '');
      this.#restore(index);
      this.#savepoints.length = index + 1;
    } else {
      if (!this.isTransaction) {
        throw new SqliteError(`cannot ${verb === 'ROLLBACK' ? 'rollback' : 'commit'} - no transaction is active`);
      }
      if (verb === 'ROLLBACK') this.#restore(0);
      this.#savepoints = [];
    }
  }

  #find(name: string): number {
    const index = this.#savepoints.findLastIndex((savepoint) => savepoint.name === name);
    if (index < 0) throw new SqliteError(`no such savepoint: ${name.toLowerCase()}`);
    return index;
  }

  #restore(index: number): void {
    const savepoint = this.#savepoints[index];
    if (savepoint !== undefined) restoreSnapshot(databaseStorage(), savepoint.snapshot);
  }

  #pragma(text: string): Rows | undefined {
    const match = /pragma\s+(?:\w+\.)?(\w+)\s*(?:=\s*(\S+)|\(\s*(\S+)\s*\))?/i.exec(text);
    const name = match?.[1]?.toLowerCase() ?? '';
    const value = match?.[2] ?? match?.[3];
    if (name === 'user_version') {
      if (value === undefined) return { columns: ['user_version'], rows: [[this.#userVersion]] };
      this.#userVersion = Number.parseInt(value, 10) || 0;
      return { columns: [], rows: [] };
    }
    if (!ignoredPragmas.test(name) || (name === 'foreign_keys' && value === undefined)) return undefined;
    if (name === 'foreign_keys' && /^(off|0|false|no)$/i.test(value ?? '')) {
      throw new SqliteError('Foreign keys cannot be turned off here', 23);
    }
    return name === 'journal_mode' ? { columns: ['journal_mode'], rows: [['memory']] } : { columns: [], rows: [] };
  }
}

export class StatementSync {
  readonly #database: DatabaseSync;
  readonly #statement: SqlStatement;
  readonly sourceSQL: string;
  #options: ReadOptions = { bigInts: false, arrays: false, bareNames: true, unknownNames: false };

  constructor(database: DatabaseSync, statement: SqlStatement, sourceSql: string) {
    this.#database = database;
    this.#statement = statement;
    this.sourceSQL = sourceSql;
  }

  get expandedSQL(): string {
    return this.sourceSQL;
  }

  run(...values: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    this.#rows(values);
    const [row] = databaseStorage().sql.exec('SELECT changes() AS changes, last_insert_rowid() AS row').toArray();
    const changes = Number(row?.['changes'] ?? 0);
    const lastInsertRowid = Number(row?.['row'] ?? 0);
    if (!this.#options.bigInts) return { changes, lastInsertRowid };
    return { changes: BigInt(changes), lastInsertRowid: BigInt(lastInsertRowid) };
  }

  get(...values: unknown[]): unknown {
    const { columns, rows } = this.#rows(values);
    const [first] = rows;
    return first === undefined ? undefined : toRow(columns, first, this.#options);
  }

  all(...values: unknown[]): unknown[] {
    const { columns, rows } = this.#rows(values);
    return rows.map((row) => toRow(columns, row, this.#options));
  }

  *iterate(...values: unknown[]): IterableIterator<unknown> {
    yield* this.all(...values);
  }

  setReadBigInts(enabled: boolean): void {
    this.#options = { ...this.#options, bigInts: enabled };
  }

  setReturnArrays(enabled: boolean): void {
    this.#options = { ...this.#options, arrays: enabled };
  }

  setAllowBareNamedParameters(enabled: boolean): void {
    this.#options = { ...this.#options, bareNames: enabled };
  }

  setAllowUnknownNamedParameters(enabled: boolean): void {
    this.#options = { ...this.#options, unknownNames: enabled };
  }

  #rows(values: readonly unknown[]): Rows {
    return this.#database.execute(this.#statement, bindings(this.#statement, values, this.#options));
  }
}

export default { DatabaseSync, StatementSync };
