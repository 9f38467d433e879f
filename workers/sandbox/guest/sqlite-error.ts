/** Errors of the database as `node:sqlite` throws them. */

/** Extended result codes of SQLite by name, see https://www.sqlite.org/rescode.html. */
const resultCodes: Readonly<Record<string, number>> = {
  SQLITE_ERROR: 1,
  SQLITE_CONSTRAINT: 19,
  SQLITE_MISMATCH: 20,
  SQLITE_AUTH: 23,
  SQLITE_RANGE: 25,
  SQLITE_CONSTRAINT_CHECK: 275,
  SQLITE_CONSTRAINT_FOREIGNKEY: 787,
  SQLITE_CONSTRAINT_NOTNULL: 1299,
  SQLITE_CONSTRAINT_PRIMARYKEY: 1555,
  SQLITE_CONSTRAINT_TRIGGER: 1811,
  SQLITE_CONSTRAINT_UNIQUE: 2067,
  SQLITE_CONSTRAINT_ROWID: 2579,
  SQLITE_CONSTRAINT_DATATYPE: 3091,
};

export class SqliteError extends Error {
  readonly code: string = 'ERR_SQLITE_ERROR';
  readonly errcode: number;
  readonly errstr: string;

  constructor(message: string, errcode = 1, errstr = message) {
    super(message);
    this.errcode = errcode;
    this.errstr = errstr;
  }
}

/** A call at the wrong time, such as one on a closed database. */
export class InvalidStateError extends Error {
  readonly code = 'ERR_INVALID_STATE';
}

/** Turns the runtime's error (`message: CODE (extended: CODE)`) into the one that Node would throw. */
export function asSqliteError(cause: unknown): unknown {
  if (!(cause instanceof Error)) return cause;
  const match = /^([\s\S]*?)(?: at offset \d+)?: (SQLITE_[A-Z_]+)(?: \(extended: (SQLITE_[A-Z_]+)\))?$/.exec(
    cause.message,
  );
  if (match === null) return new SqliteError(cause.message);
  const code = resultCodes[match[3] ?? match[2] ?? ''] ?? 1;
  return new SqliteError(match[1] ?? cause.message, code, (match[2] ?? '').replace('SQLITE_', '').toLowerCase());
}
