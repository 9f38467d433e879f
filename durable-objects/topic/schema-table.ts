/** The schemas of a topic's event types, each with its versions. */
import { fitSchema } from '../../shared/domain/model/quality/schema-fit.ts';
import type { Issue } from '../../shared/errors/result.ts';
import type { NewEvent, SchemaView } from '../../shared/rpc/event-bus.ts';
import { decodeJson } from '../platform/json-text.ts';
import { statement, type Storage } from '../platform/index.ts';
import type { Participant } from '../platform/storage.ts';

type SchemaRow = { type: string; version: number; schema: string; created_at: number };

const statements = {
  insert: statement<[string, number, string, number]>`
    INSERT INTO event_schema (type, version, schema, created_at) VALUES (?, ?, ?, ?)`,
  all: statement<[], SchemaRow>`SELECT * FROM event_schema ORDER BY type, version`,
  clear: statement`DELETE FROM event_schema`,
};

export class SchemaTable implements Participant {
  readonly #storage: Storage;
  /** By type, the versions in order; read once, since every event asks. */
  #known: Map<string, SchemaView[]> | undefined;

  constructor(storage: Storage) {
    this.#storage = storage;
    storage.enlist(this);
  }

  invalidate(): void {
    this.#known = undefined;
  }

  all(): readonly SchemaView[] {
    return [...this.#load().values()].flat();
  }

  latest(type: string): SchemaView | undefined {
    return this.#load().get(type)?.at(-1);
  }

  count(): number {
    return this.all().length;
  }

  /** Inside a transaction. */
  add(view: SchemaView, text: string): void {
    this.#storage.run(statements.insert, view.type, view.version, text, view.createdAt);
    this.#known = undefined;
  }

  clear(): void {
    this.#storage.run(statements.clear);
    this.#known = undefined;
  }

  /** The version that the event is of (undefined: its type has no schema), or what is wrong with it. */
  check(event: NewEvent, field: string): { readonly version: number | undefined } | { readonly issue: Issue } {
    const versions = this.#load().get(event.type);
    if (versions === undefined) {
      return event.schemaVersion === undefined
        ? { version: undefined }
        : { issue: { field: `${field}.schemaVersion`, reason: `names a version, and "${event.type}" has no schema` } };
    }
    const view = event.schemaVersion === undefined ? versions.at(-1) : versions[event.schemaVersion - 1];
    if (view === undefined) {
      const reason = `is not one of the ${versions.length} versions of "${event.type}"`;
      return { issue: { field: `${field}.schemaVersion`, reason } };
    }
    const fit = fitSchema(view.schema, event.data ?? null);
    if (fit === 'fits') return { version: view.version };
    const reason =
      fit === 'misses'
        ? `does not fit version ${view.version} of the schema of "${event.type}"`
        : `is too large to be checked against the schema of "${event.type}"`;
    return { issue: { field: `${field}.data`, reason } };
  }

  #load(): Map<string, SchemaView[]> {
    if (this.#known !== undefined) return this.#known;
    const known = new Map<string, SchemaView[]>();
    for (const { type, version, schema, created_at: createdAt } of this.#storage.all(statements.all)) {
      const versions = known.get(type) ?? [];
      versions.push({ type, version, schema: decodeJson(schema, `The schema of ${type}`), createdAt });
      known.set(type, versions);
    }
    this.#known = known;
    return known;
  }
}
