/** Questions about records: filtered, sorted, in pages, counted. */
import { compileAfter, compileFilter, compileOrder } from '../../../shared/domain/services/data/filter.ts';
import { decodeCursor, encodeCursor } from '../../../shared/domain/services/cursor.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { DataQuery, DataRecord, Filter } from '../../../shared/rpc/services/data.ts';
import type { ServicePage } from '../../../shared/rpc/services/service-object.ts';
import type { Storage } from '../../platform/index.ts';
import { pageLimit } from '../paging.ts';
import type { Collection } from './collections.ts';
import { toRecord, type RecordRow } from './store.ts';

const badCursor: Result<never> = err({
  type: 'request.invalid',
  detail: 'after: must be the cursor of an answer to the same question',
  issues: [{ field: 'after', reason: 'must be the cursor of an answer to the same question' }],
});

/** Records of a collection, and of its owner where one is meant. The name was declared and checked: see `filter.ts`. */
const belonging = (collection: Collection, owner: string | null) =>
  owner === null
    ? { text: `collection = '${collection.name}'`, bindings: [] }
    : { text: `collection = '${collection.name}' AND owner = ?`, bindings: [owner] };

export const queryRecords = (
  storage: Storage,
  collection: Collection,
  query: DataQuery,
): Result<ServicePage<DataRecord>> => {
  const owner = collection.owner(query.owner);
  const where = compileFilter(query.where);
  const orders = compileOrder(query.orderBy);
  if (!owner.ok) return owner;
  if (!where.ok) return where;
  if (!orders.ok) return orders;
  const cursor = query.after === undefined ? [] : decodeCursor(query.after, orders.value.length);
  if (cursor === undefined) return badCursor;
  const belongs = belonging(collection, owner.value);
  const after = query.after === undefined ? { text: '1', bindings: [] } : compileAfter(orders.value, cursor);
  const limit = pageLimit(query.limit);
  const keys = orders.value.map(({ expression }, index) => `${expression} AS key_${index}`).join(', ');
  const by = orders.value.map(({ expression, descending }) => `${expression} ${descending ? 'DESC' : 'ASC'}`);
  const rows = storage.sql
    .exec<RecordRow>(
      `SELECT id, version, owner, created_at, updated_at, body, ${keys} FROM record
       WHERE ${belongs.text} AND ${where.value.text} AND ${after.text} ORDER BY ${by.join(', ')} LIMIT ?`,
      ...belongs.bindings,
      ...where.value.bindings,
      ...after.bindings,
      limit + 1,
    )
    .toArray();
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next =
    rows.length > limit && last !== undefined
      ? { next: encodeCursor(orders.value.map((_, index) => last[`key_${index}`] ?? null)) }
      : {};
  return ok({ items: items.map(toRecord), ...next });
};

export const countRecords = (
  storage: Storage,
  collection: Collection,
  query: { readonly owner?: string; readonly where?: Filter },
): Result<number> => {
  const owner = collection.owner(query.owner);
  const where = compileFilter(query.where);
  if (!owner.ok) return owner;
  if (!where.ok) return where;
  const belongs = belonging(collection, owner.value);
  const text = `SELECT COUNT(*) AS count FROM record WHERE ${belongs.text} AND ${where.value.text}`;
  const row = storage.sql.exec<{ count: number }>(text, ...belongs.bindings, ...where.value.bindings).one();
  return ok(row.count);
};
