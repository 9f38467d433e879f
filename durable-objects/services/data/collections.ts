/** The declared collections: their schemas made ready, and whose records a question is about. */
import { invalidBecause, schemaCheck, type SchemaCheck } from '../../../shared/domain/services/data/schema.ts';
import { err, ok, type AppError, type Result } from '../../../shared/errors/result.ts';
import type { JsonObject } from '../../../shared/rpc/services/service-object.ts';
import type { CollectionDeclaration, DataConfiguration } from '../../../shared/schemas/services/declaration.ts';
import type { DataStore } from './store.ts';

const maxBodyCharacters = 256 * 1024;
const readAtOnce = 500;

/** A value as it is stored: plain JSON. Anything else, such as a date, becomes what JSON makes of it. */
const plainObject = (value: unknown): JsonObject | undefined => {
  try {
    const text = JSON.stringify(value);
    const plain: unknown = text === undefined || text.length > maxBodyCharacters ? undefined : JSON.parse(text);
    if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) return undefined;
    // SAFETY: an object that is no list, as just seen.
    return plain as JsonObject;
  } catch {
    // A cycle or a big integer: not JSON.
    return undefined;
  }
};

export class Collection {
  readonly name: string;
  readonly isOwned: boolean;
  readonly #check: SchemaCheck;

  constructor({ name, isOwned, schema }: CollectionDeclaration) {
    this.name = name;
    this.isOwned = isOwned;
    this.#check = schemaCheck(schema);
  }

  /** The value as it is stored, or everything that is wrong with it. */
  accept(value: unknown): Result<JsonObject> {
    const plain = plainObject(value);
    if (plain === undefined) {
      const reason = `must be a JSON object of at most ${maxBodyCharacters} characters`;
      return err(invalidBecause([{ field: 'value', reason }]));
    }
    const issues = this.#check(plain, 'value');
    return issues.length === 0 ? ok(plain) : err(invalidBecause(issues));
  }

  /** Whose records are meant: null for everybody's. */
  owner(owner: unknown): Result<string | null> {
    if (!this.isOwned) return ok(null);
    if (typeof owner === 'string' && owner !== '' && owner.length <= 200) return ok(owner === '*' ? null : owner);
    const reason = `must be told: the records of "${this.name}" have owners ("*" means everybody's)`;
    return err(invalidBecause([{ field: 'owner', reason }]));
  }
}

export class Collections {
  readonly #byName: ReadonlyMap<string, Collection>;

  /** Throws on a schema that cannot be used. */
  constructor({ collections }: DataConfiguration) {
    this.#byName = new Map(collections.map((declared) => [declared.name, new Collection(declared)]));
  }

  find(name: unknown): Result<Collection> {
    const found = typeof name === 'string' ? this.#byName.get(name) : undefined;
    return found === undefined
      ? err({ type: 'resource.not_found', detail: 'There is no such collection: declare it in services.json.' })
      : ok(found);
  }
}

/** Why records that are there cannot live under the new declaration, or null. */
export const checkRecords = (
  store: DataStore,
  next: DataConfiguration,
  before: DataConfiguration | null,
): AppError | null => {
  for (const declared of next.collections) {
    const was = before?.collections.find(({ name }) => name === declared.name);
    const field = `data.collections.${declared.name}`;
    if (
      was !== undefined &&
      JSON.stringify(was.schema) === JSON.stringify(declared.schema) &&
      was.isOwned === declared.isOwned
    )
      continue;
    const collection = usable(declared);
    if (collection === undefined) return invalidBecause([{ field, reason: 'has a schema that cannot be used' }]);
    for (let after = ''; ;) {
      const page = store.page(declared.name, after, readAtOnce);
      for (const record of page) {
        const accepted = collection.accept(record.value);
        if (!accepted.ok)
          return {
            ...accepted.error,
            type: 'resource.conflict',
            detail: `The record ${record.id} of "${declared.name}" does not fit: ${accepted.error.detail}`,
          };
        if (declared.isOwned !== (record.owner !== undefined))
          return {
            type: 'resource.conflict',
            detail: `"${declared.name}" has records ${declared.isOwned ? 'without' : 'with'} an owner: remove them first.`,
          };
      }
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.id;
    }
  }
  return null;
};

const usable = (declared: CollectionDeclaration): Collection | undefined => {
  try {
    const collection = new Collection(declared);
    collection.accept({});
    return collection;
  } catch {
    // The validator has no name for what is wrong with a schema.
    return undefined;
  }
};
