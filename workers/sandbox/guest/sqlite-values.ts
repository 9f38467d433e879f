/** Values between JavaScript and the database, with the rules of `node:sqlite`. */
import type { SqlStatement } from './sql-text.ts';
import { InvalidStateError, SqliteError } from './sqlite-error.ts';

export interface ReadOptions {
  readonly bigInts: boolean;
  readonly arrays: boolean;
  readonly bareNames: boolean;
  readonly unknownNames: boolean;
}

type Named = Readonly<Record<string, unknown>>;

/** Node takes any object in the first place for named values, functions too. */
const isNamed = (value: unknown): value is Named =>
  (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) || typeof value === 'function';

/** The values for all parameters of a statement; what is not given is NULL, as in Node. */
export function bindings(statement: SqlStatement, values: readonly unknown[], options: ReadOptions): SqlStorageValue[] {
  const [first] = values;
  const named = isNamed(first) ? first : undefined;
  const positional = named === undefined ? values : values.slice(1);
  const { parameters } = statement;
  const bound: SqlStorageValue[] = parameters.map(() => null);
  if (named !== undefined) bindNamed(bound, parameters, named, options);
  let used = 0;
  for (const [index, name] of parameters.entries()) {
    if (name !== undefined || used >= positional.length) continue;
    bound[index] = toDatabase(positional[used], `parameter ${index + 1}`);
    used += 1;
  }
  if (used < positional.length) throw new SqliteError('column index out of range', 25);
  return bound;
}

function bindNamed(
  bound: SqlStorageValue[],
  parameters: SqlStatement['parameters'],
  named: Named,
  options: ReadOptions,
): void {
  if (options.bareNames) checkBareNames(parameters);
  for (const [key, value] of Object.entries(named)) {
    let index = parameters.indexOf(key);
    if (index < 0 && options.bareNames) index = parameters.findIndex((name) => name?.slice(1) === key);
    if (index >= 0) bound[index] = toDatabase(value, `parameter ${key}`);
    else if (!options.unknownNames) throw new InvalidStateError(`Unknown named parameter '${key}'`);
  }
}

/** Values without prefix need names that differ by more than their prefix. */
function checkBareNames(parameters: SqlStatement['parameters']): void {
  const seen = new Map<string, string>();
  for (const name of parameters) {
    if (name === undefined) continue;
    const rival = seen.get(name.slice(1));
    if (rival !== undefined) {
      const bareName = name.slice(1);
      throw new InvalidStateError(
        `Cannot create bare named parameter '${bareName}' because of conflicting names '${rival}' and '${name}'.`,
      );
    }
    seen.set(name.slice(1), name);
  }
}

function toDatabase(value: unknown, what: string): SqlStorageValue {
  if (value === null || typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') {
    if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
      throw new RangeError(`The BigInt of SQLite ${what} is larger than the sandbox's database can take`);
    }
    return Number(value);
  }
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.byteLength);
    bytes.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    return bytes.buffer;
  }
  throw Object.assign(new TypeError(`Provided value cannot be bound to SQLite ${what}.`), {
    code: 'ERR_INVALID_ARG_TYPE',
  });
}

function fromDatabase(value: SqlStorageValue, bigInts: boolean): unknown {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return bigInts && typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;
}

/** A row as Node gives it: an object without prototype, or a list of values. */
export function toRow(columns: readonly string[], values: readonly SqlStorageValue[], options: ReadOptions): unknown {
  const converted = values.map((value) => fromDatabase(value, options.bigInts));
  if (options.arrays) return converted;
  const row = Object.create(null) as Record<string, unknown>;
  for (const [index, column] of columns.entries()) row[column] = converted[index];
  return row;
}
