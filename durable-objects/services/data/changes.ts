/** Changes of records: all of a command in one transaction, or none. */
import { plainText } from '../../../shared/domain/services/plain-text.ts';
import { err, ok, type AppError, type Result } from '../../../shared/errors/result.ts';
import type { Ids } from '../../../shared/ports/ids.ts';
import type { DataChange, DataRecord } from '../../../shared/rpc/services/data.ts';
import type { Storage } from '../../platform/index.ts';
import type { Collection, Collections } from './collections.ts';
import { isUniqueConflict } from './indexes.ts';
import type { DataStore } from './store.ts';

const maxChanges = 100;
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** Thrown to undo the transaction; carries why. */
class Refused extends Error {
  readonly reason: AppError;

  constructor(reason: AppError) {
    super(reason.detail);
    this.reason = reason;
  }
}

const need = <Value>(result: Result<Value>): Value => {
  if (result.ok) return result.value;
  throw new Refused(result.error);
};

const notThere: AppError = { type: 'resource.not_found', detail: 'There is no such record.' };

const invalid = (field: string, reason: string): AppError => ({
  type: 'request.invalid',
  detail: `${field}: ${reason}`,
  issues: [{ field, reason }],
});

const withPlace = (error: AppError, index: number): AppError => ({
  ...error,
  ...(error.issues === undefined
    ? {}
    : { issues: error.issues.map(({ field, reason }) => ({ field: `changes[${index}].${field}`, reason })) }),
});

export class Changes {
  readonly #storage: Storage;
  readonly #store: DataStore;
  readonly #ids: Ids;

  constructor(storage: Storage, store: DataStore, ids: Ids) {
    this.#storage = storage;
    this.#store = store;
    this.#ids = ids;
  }

  /** May be called inside a transaction: what it changed is undone alone. */
  apply(collections: Collections, changes: readonly DataChange[], now: number): Result<readonly (DataRecord | null)[]> {
    if (!Array.isArray(changes) || changes.length === 0 || changes.length > maxChanges)
      return err(invalid('changes', `must be 1 to ${maxChanges} changes`));
    let index = 0;
    try {
      return ok(
        this.#storage.transaction(() =>
          changes.map((change, place) => {
            index = place;
            return this.#one(need(collections.find(change?.collection)), change, now);
          }),
        ),
      );
    } catch (thrown) {
      if (thrown instanceof Refused) return err(withPlace(thrown.reason, index));
      if (!isUniqueConflict(thrown)) throw thrown;
      return err({
        type: 'resource.conflict',
        detail: `changes[${index}]: another record has the same unique values.`,
      });
    }
  }

  #one(collection: Collection, change: DataChange, now: number): DataRecord | null {
    const owner = need(collection.owner(change.owner));
    if (change.kind === 'insert') return this.#insert(collection, change, owner, now);
    const current = this.#store.get(collection.name, plainText(change.id));
    // Somebody else's record is not there, as far as an owner knows.
    if (current === undefined || (owner !== null && current.owner !== owner)) throw new Refused(notThere);
    if (change.ifVersion !== undefined && change.ifVersion !== current.version) {
      const detail = `The record is at version ${current.version}, not ${change.ifVersion}: read it again.`;
      throw new Refused({ type: 'state.conflict', detail });
    }
    switch (change.kind) {
      case 'check':
        return null;
      case 'remove':
        this.#store.remove(collection.name, current, now);
        return null;
      case 'replace':
        return this.#update(collection, current, change.value, now);
      case 'patch':
        return this.#update(collection, current, merged(current.value, change.value), now);
      default:
        throw new Refused(invalid('kind', 'must be insert, replace, patch, remove or check'));
    }
  }

  #insert(
    collection: Collection,
    change: Extract<DataChange, { kind: 'insert' }>,
    owner: string | null,
    now: number,
  ): DataRecord {
    if (collection.isOwned && owner === null) throw new Refused(invalid('owner', 'must be one person to insert for'));
    const id = change.id ?? this.#ids.create('rec');
    if (typeof id !== 'string' || !idPattern.test(id))
      throw new Refused(invalid('id', 'must be up to 128 letters, digits, dots, colons and dashes'));
    if (this.#store.get(collection.name, id) !== undefined)
      throw new Refused({ type: 'resource.conflict', detail: `There is a record ${id} already.` });
    const value = need(collection.accept(change.value));
    const record: DataRecord = {
      id,
      version: 1,
      ...(owner === null ? {} : { owner }),
      createdAt: now,
      updatedAt: now,
      value,
    };
    this.#store.save(collection.name, record);
    return record;
  }

  #update(collection: Collection, current: DataRecord, value: unknown, now: number): DataRecord {
    const accepted = need(collection.accept(value));
    const record = { ...current, version: current.version + 1, updatedAt: now, value: accepted };
    this.#store.save(collection.name, record);
    return record;
  }
}

const merged = (current: object, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  return Object.fromEntries(Object.entries({ ...current, ...patch }).filter(([, value]) => value !== null));
};
