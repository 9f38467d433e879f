/** Filters, search, order and pages, as the parameters of a list operation ask for them. */

import { isObject, own } from '../json.ts';
import type { JsonObject, JsonValue } from '../json.ts';

export interface ListRequest {
  /** Property → wanted value; an absent value filters nothing. A list of values means any of them. */
  readonly filters?: Readonly<Record<string, JsonValue | undefined>>;
  /** Text to find, case-insensitively, in any text of a record. */
  readonly search?: JsonValue | undefined;
  /** `name`, `-name` or `name:desc`. */
  readonly sort?: JsonValue | undefined;
  readonly limit?: JsonValue | undefined;
  readonly offset?: JsonValue | undefined;
  /** Pages count from one. */
  readonly page?: JsonValue | undefined;
  /** As it stood in `nextCursor` of the page before. */
  readonly cursor?: JsonValue | undefined;
}

export interface Page {
  readonly items: readonly JsonObject[];
  /** Of all records that pass the filters. */
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
  readonly page: number;
  readonly pages: number;
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

/** The page of the records that the request asks for. */
export const selectPage = (records: readonly JsonObject[], request: ListRequest): Page => {
  const matching = records.filter(
    (record) =>
      Object.entries(request.filters ?? {}).every(
        ([field, wanted]) => wanted === undefined || matches(own(record, field), wanted),
      ) &&
      (typeof request.search !== 'string' || holds(record, request.search.toLowerCase())),
  );
  const sorted = sortRecords(matching, request.sort);
  const total = sorted.length;
  const limit = wholeNumber(request.limit) ?? Math.max(total, 1);
  const page = wholeNumber(request.page);
  const cursor = typeof request.cursor === 'string' ? wholeNumber(Number(request.cursor)) : wholeNumber(request.cursor);
  const offset = wholeNumber(request.offset) ?? cursor ?? (page === undefined ? 0 : Math.max(0, page - 1) * limit);
  const hasMore = offset + limit < total;
  return {
    items: sorted.slice(offset, offset + limit),
    total,
    limit,
    offset,
    page: page ?? (limit === 0 ? 1 : Math.floor(offset / limit) + 1),
    pages: limit === 0 ? 0 : Math.ceil(total / limit),
    hasMore,
    nextCursor: hasMore ? String(offset + limit) : null,
  };
};

const wholeNumber = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;

const matches = (actual: JsonValue | undefined, wanted: JsonValue): boolean => {
  if (Array.isArray(wanted)) return wanted.length === 0 || wanted.some((one: JsonValue) => matches(actual, one));
  if (Array.isArray(actual)) return actual.some((one: JsonValue) => matches(one, wanted));
  if (isObject(actual)) return ['id', 'name', 'slug', 'code'].some((name) => matches(own(actual, name), wanted));
  if (actual === undefined || actual === null) return wanted === null;
  return actual === wanted || textOf(actual).toLowerCase() === textOf(wanted).toLowerCase();
};

const textOf = (value: JsonValue): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

const holds = (value: JsonValue, search: string): boolean => {
  if (typeof value === 'object' && value !== null)
    return Object.values(value).some((part: JsonValue) => holds(part, search));
  return typeof value === 'string' && value.toLowerCase().includes(search);
};

const sortRecords = (records: readonly JsonObject[], sort: JsonValue | undefined): readonly JsonObject[] => {
  if (typeof sort !== 'string') return records;
  const match = /^([-+]?)([\w.]+?)(?:[:. ](asc|desc))?$/i.exec(sort.split(',')[0] ?? '');
  const field = match?.[2];
  if (match === null || field === undefined) return records;
  const direction = match[1] === '-' || match[3]?.toLowerCase() === 'desc' ? -1 : 1;
  return [...records].sort((left, right) => direction * compare(own(left, field), own(right, field)));
};

const compare = (left: JsonValue | undefined, right: JsonValue | undefined): number => {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [leftText, rightText] = [textOf(left ?? ''), textOf(right ?? '')];
  return leftText < rightText ? -1 : leftText > rightText ? 1 : 0;
};

/** How many records have each value of a field. */
export const countBy = (records: readonly JsonObject[], field: string): JsonObject => {
  const counts = new Map<string, number>();
  for (const record of records) {
    const value = own(record, field);
    if (value !== undefined && value !== null) counts.set(textOf(value), (counts.get(textOf(value)) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
};
