/** Keeps records as JSON documents in SQLite. */

import { isObject, own } from '../json.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { validate } from '../validation/validate.ts';
import type { SchemaRegistry } from '../validation/schema.ts';
import type { Collection, Scope } from './collection.ts';
import type { Clock } from '../clock.ts';
import type { Database, Row as SqlRow } from '../database.ts';
import { newIdentifier } from './identifiers.ts';

export interface RecordStoreOptions {
  readonly database: Database;
  readonly schemas: SchemaRegistry;
  readonly clock: Clock;
  readonly randomUuid: () => string;
}

const tables = [
  `CREATE TABLE IF NOT EXISTS record (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    scope TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT`,
  'CREATE INDEX IF NOT EXISTS record_by_id ON record (collection, id)',
  'CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT',
];

interface Row {
  readonly position: number;
  readonly document: JsonObject;
  readonly scope: Scope;
}

/** The answer to a creation: `taken` when a record with the same id exists already. */
export type Creation =
  | { readonly taken: false; readonly record: JsonObject }
  | { readonly taken: true; readonly id: string };

export class RecordStore {
  readonly #options: RecordStoreOptions;

  constructor(options: RecordStoreOptions) {
    this.#options = options;
    for (const statement of tables) options.database.run(statement);
  }

  /** All records of the collection that belong to the scope, in the order of their creation. */
  list(collection: Collection, scope: Scope = {}): readonly JsonObject[] {
    this.#seed(collection);
    return this.#rows('SELECT * FROM record WHERE collection = ? ORDER BY position', collection.name)
      .filter((row) => belongsTo(collection, row, scope))
      .map((row) => row.document);
  }

  /** One record, undefined when there is none with this id in the scope. */
  find(collection: Collection, id: unknown, scope: Scope = {}): JsonObject | undefined {
    return this.#row(collection, id, scope)?.document;
  }

  /** Stores a new record; what it must have and the request does not say is filled in. */
  create(collection: Collection, values: JsonObject, scope: Scope = {}): Creation {
    const given =
      collection.acceptsId && collection.idField !== undefined ? own(values, collection.idField) : undefined;
    if (given !== undefined && given !== null && this.find(collection, given, scope) !== undefined) {
      return { taken: true, id: idText(given) };
    }
    const id = given ?? this.#nextId(collection);
    const record = this.#complete(collection, clientFields(collection, values), id, scope);
    this.#options.database.run(
      'INSERT INTO record (collection, id, scope, document) VALUES (?, ?, ?, ?)',
      collection.name,
      idText(id),
      JSON.stringify(scope),
      JSON.stringify(record),
    );
    return { taken: false, record };
  }

  /** Stores a record under the id that it names, in the place of an earlier one; without an id it is a new record. */
  put(collection: Collection, values: JsonObject, scope: Scope = {}): JsonObject {
    const given = collection.idField === undefined ? undefined : own(values, collection.idField);
    if (given !== undefined && given !== null) {
      const replaced = this.replace(collection, given, values, scope);
      if (replaced !== undefined) return replaced;
    }
    const creation = this.create({ ...collection, acceptsId: given !== undefined && given !== null }, values, scope);
    return creation.taken ? values : creation.record;
  }

  /** A document that stands alone under its name, undefined when it was never stored. */
  document(name: string, scope: Scope = {}): JsonObject | undefined {
    return this.#rows('SELECT * FROM record WHERE collection = ? AND scope = ?', name, JSON.stringify(scope))[0]
      ?.document;
  }

  /** Stores a document that stands alone under its name, and answers it. */
  putDocument(name: string, values: JsonObject, scope: Scope = {}): JsonObject {
    const { database } = this.#options;
    const text = JSON.stringify(scope);
    database.run('DELETE FROM record WHERE collection = ? AND scope = ?', name, text);
    const statement = 'INSERT INTO record (collection, id, scope, document) VALUES (?, ?, ?, ?)';
    database.run(statement, name, '', text, JSON.stringify(values));
    return values;
  }

  /** Changes the given fields of a document that stands alone. */
  mergeDocument(name: string, values: JsonObject, scope: Scope = {}): JsonObject {
    return this.putDocument(name, { ...this.document(name, scope), ...values }, scope);
  }

  /** Puts the values in the place of the record's own; undefined when there is no such record. */
  replace(collection: Collection, id: unknown, values: JsonObject, scope: Scope = {}): JsonObject | undefined {
    const row = this.#row(collection, id, scope);
    if (row === undefined) return undefined;
    const kept = [
      ...(collection.idField === undefined ? [] : [collection.idField]),
      ...collection.createdFields,
      ...collection.serverFields,
    ];
    const before = Object.fromEntries(Object.entries(row.document).filter(([name]) => kept.includes(name)));
    return this.#save(
      row,
      this.#complete(
        collection,
        { ...before, ...clientFields(collection, values) },
        idOf(collection, row.document, id),
        row.scope,
      ),
    );
  }

  /** Changes the given fields and keeps the others; undefined when there is no such record. */
  update(collection: Collection, id: unknown, values: JsonObject, scope: Scope = {}): JsonObject | undefined {
    const row = this.#row(collection, id, scope);
    if (row === undefined) return undefined;
    return this.#save(
      row,
      this.#stamp(
        { ...row.document, ...clientFields(collection, values), ...this.#idOf(collection, row.document) },
        collection.updatedFields,
      ),
    );
  }

  /** Removes the record and answers what it was; undefined when there is no such record. */
  remove(collection: Collection, id: unknown, scope: Scope = {}): JsonObject | undefined {
    const row = this.#row(collection, id, scope);
    if (row === undefined) return undefined;
    this.#options.database.run('DELETE FROM record WHERE position = ?', row.position);
    return row.document;
  }

  #save(row: Row, document: JsonObject): JsonObject {
    this.#options.database.run(
      'UPDATE record SET document = ? WHERE position = ?',
      JSON.stringify(document),
      row.position,
    );
    return document;
  }

  #row(collection: Collection, id: unknown, scope: Scope): Row | undefined {
    this.#seed(collection);
    const rows = this.#rows(
      'SELECT * FROM record WHERE collection = ? AND id = ? ORDER BY position',
      collection.name,
      idText(id),
    );
    return rows.find((row) => belongsTo(collection, row, scope));
  }

  #rows(statement: string, ...values: readonly string[]): readonly Row[] {
    return this.#options.database.all(statement, ...values).map((row: SqlRow) => ({
      position: Number(row['position']),
      document: parseObject(row['document']),
      // SAFETY: the scope was written by `create`, from text values.
      scope: parseObject(row['scope']) as Scope,
    }));
  }

  #nextId(collection: Collection): JsonValue {
    for (;;) {
      const id = newIdentifier(collection.idSchema, this.#count(collection.name), this.#options);
      if (this.#row(collection, id, {}) === undefined) return id;
    }
  }

  #count(name: string): number {
    const row = this.#options.database.get(
      'INSERT INTO counter (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value',
      name,
    );
    return Number(row?.['value'] ?? 1);
  }

  /** Records that exist from the start are stored when the collection is first asked for. */
  #seed(collection: Collection): void {
    if (collection.initial.length === 0) return;
    const marker = `${collection.name} is filled`;
    if (this.#options.database.get('SELECT value FROM counter WHERE name = ?', marker) !== undefined) return;
    this.#count(marker);
    for (const values of collection.initial) this.create({ ...collection, acceptsId: true, serverFields: [] }, values);
  }

  #complete(collection: Collection, values: JsonObject, id: JsonValue, scope: Scope): JsonObject {
    const { idField, schema, example } = collection;
    const scoped = Object.fromEntries(
      Object.entries(collection.scopeFields).flatMap(([parameter, field]) => {
        const value = own(scope, parameter);
        return value === undefined ? [] : [[field, likeExample(example[field], value)]];
      }),
    );
    const named = { ...scoped, ...values, ...(idField === undefined ? {} : { [idField]: id }) };
    const isNew = (field: string): boolean => !Object.hasOwn(named, field);
    const stamped = this.#stamp(named, [...collection.createdFields.filter(isNew), ...collection.updatedFields]);
    const issues = validate(schema, stamped, { schemas: this.#options.schemas, direction: 'response' });
    const missing = issues
      .filter((issue) => issue.path.length === 1 && issue.reason === 'is required')
      .map((issue) => String(issue.path[0]));
    const filled = Object.fromEntries(
      missing.flatMap((name) => (Object.hasOwn(example, name) ? [[name, example[name] ?? null]] : [])),
    );
    return { ...filled, ...stamped };
  }

  #stamp(record: JsonObject, fields: readonly string[]): JsonObject {
    const now = new Date(this.#options.clock.now()).toISOString();
    return { ...record, ...Object.fromEntries(fields.map((field) => [field, now])) };
  }

  #idOf(collection: Collection, document: JsonObject): JsonObject {
    const { idField } = collection;
    return idField === undefined || document[idField] === undefined ? {} : { [idField]: document[idField] };
  }
}

/** What a client may say of a record. */
const clientFields = (collection: Collection, values: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !collection.serverFields.includes(name)));

const idOf = (collection: Collection, document: JsonObject, id: unknown): JsonValue =>
  (collection.idField === undefined ? undefined : document[collection.idField]) ?? idText(id);

const idText = (id: unknown): string => (typeof id === 'string' ? id : JSON.stringify(id ?? null));

const parseObject = (text: unknown): JsonObject => {
  const value: unknown = typeof text === 'string' ? JSON.parse(text) : {};
  return isObject(value) ? value : {};
};

/** A path says everything as text; the record's field may be a number. */
const likeExample = (example: JsonValue | undefined, text: string): JsonValue =>
  typeof example === 'number' && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;

/** A record belongs to a scope unless it was created under, or names in a field, another enclosing resource. */
const belongsTo = (collection: Collection, row: Row, scope: Scope): boolean =>
  Object.entries(scope).every(([parameter, wanted]) => {
    const field = own(collection.scopeFields, parameter);
    const value = field === undefined ? undefined : own(row.document, field);
    const actual = value === undefined || value === null ? own(row.scope, parameter) : idText(value);
    return actual === undefined ? Object.keys(row.scope).length === 0 : actual === wanted;
  });
