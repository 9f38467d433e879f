/** What the query parameters of a list mean: pages, order, search, and filters on properties of the records. */

import type { ApiOperation } from '../model.ts';
import { plural, singular } from '../read/names.ts';
import type { SchemaRegistry } from '../runtime/validation/schema.ts';
import type { CollectionPlan } from './collections.ts';
import { fieldNamedLike } from './identifiers.ts';
import { kindsOf } from '../runtime/http/coercion.ts';

export interface ListParameters {
  /** Parameter → property. */
  readonly filters: Readonly<Record<string, string>>;
  /** Meaning → parameter. */
  readonly limit?: string;
  readonly offset?: string;
  readonly page?: string;
  readonly cursor?: string;
  readonly search?: string;
  readonly sort?: string;
  /** Parameters that have no effect on the list. */
  readonly unused: readonly string[];
}

const meanings: readonly (readonly ['limit' | 'offset' | 'page' | 'cursor' | 'search' | 'sort', RegExp])[] = [
  ['limit', /^(limit|per_?page|page_?size|page\[size\]|size|max_?results|max|count|top|take|rows)$/i],
  ['offset', /^(offset|skip|start|start_?index)$/i],
  ['page', /^(page|page_?number|page\[number\]|p)$/i],
  ['cursor', /^(cursor|after|next_?token|page_?token|continuation|continuation_?token|starting_?after)$/i],
  ['search', /^(q|query|search|keyword|term|text|search_?term)$/i],
  ['sort', /^(sort|sort_?by|order_?by)$/i],
];

/** The meaning of each query parameter of a list operation. */
export const listParameters = (
  operation: ApiOperation,
  collection: CollectionPlan,
  schemas: SchemaRegistry,
): ListParameters => {
  const filters: Record<string, string> = {};
  const found: Record<string, string> = {};
  const unused: string[] = [];
  for (const parameter of operation.parameters.filter((one) => one.in === 'query')) {
    const kinds = kindsOf(parameter.schema, schemas);
    const field = kinds.has('object') ? undefined : filteredField(parameter.name, collection);
    const meaning = meanings.find(([, names]) => names.test(parameter.name))?.[0];
    const isNumber = kinds.has('integer') || kinds.has('number');
    const fits =
      meaning !== undefined &&
      found[meaning] === undefined &&
      (isNumber || !['limit', 'offset', 'page'].includes(meaning));
    const isFree = field !== undefined && !Object.values(filters).includes(field);
    if (field !== undefined && isFree) filters[parameter.name] = field;
    else if (field === undefined && fits) found[meaning] = parameter.name;
    else unused.push(parameter.name);
  }
  return { filters, ...found, unused };
};

const filteredField = (parameter: string, { properties }: CollectionPlan): string | undefined => {
  const name = parameter.replace(/\[\]$/, '').replace(/^filter\[([^\]]+)\]$/, '$1');
  return [name, plural(name), singular(name), `${name}Id`]
    .map((candidate) => fieldNamedLike(properties, candidate))
    .find((field) => field !== undefined);
};
