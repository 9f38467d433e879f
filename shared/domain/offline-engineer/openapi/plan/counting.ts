/** Figures over stored records: counts by the values of a field, and totals named after collections. */

import type { ApiOperation } from '../model.ts';
import type { Schema, SchemaRegistry } from '../runtime/validation/schema.ts';
import { flattenObject } from '../sample/merge.ts';
import type { CollectionPlan } from './collections.ts';

export type Counting =
  | { readonly kind: 'by_value'; readonly collection: CollectionPlan; readonly field: string }
  | {
      readonly kind: 'totals';
      readonly totals: readonly { readonly property: string; readonly collection: CollectionPlan }[];
    };

const mentions = (text: string, word: string): boolean => new RegExp(`\\b${word}(s|es)?\\b`, 'i').test(text);

/** How the answer counts, undefined when it does not look like figures. */
export const countingOf = (
  operation: ApiOperation,
  schema: Schema,
  collections: readonly CollectionPlan[],
  schemas: SchemaRegistry,
): Counting | undefined => {
  const flat = flattenObject(schema, schemas);
  const free = flat.additionalProperties;
  const isMapOfNumbers =
    flat.properties === undefined &&
    typeof free === 'object' &&
    ['integer', 'number'].includes(String(flattenObject(free, schemas).type));
  if (isMapOfNumbers) return countsByValue(operation, collections, schemas);
  const totals = Object.keys(flat.properties ?? {}).flatMap((property) => {
    const { type } = flattenObject(flat.properties?.[property] ?? true, schemas);
    const words = property
      .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
      .replaceAll(/[_-]/g, ' ')
      .toLowerCase();
    const rest = words.replace(/^(total|number of|count of|num)\s+|\s+(count|total)$/g, '');
    const collection = collections.find(
      (one) => one.name.replaceAll('-', ' ') === rest || `${one.title} count` === words,
    );
    return type === 'integer' && collection !== undefined ? [{ property, collection }] : [];
  });
  return totals.length === 0 ? undefined : { kind: 'totals', totals };
};

const countsByValue = (
  operation: ApiOperation,
  collections: readonly CollectionPlan[],
  schemas: SchemaRegistry,
): Counting | undefined => {
  const text = `${operation.summary} ${operation.description} ${operation.path.replaceAll(/[/_-]/g, ' ')}`;
  for (const collection of collections.filter((one) => mentions(text, one.title))) {
    const fields = Object.keys(collection.properties).filter(
      (field) => flattenObject(collection.properties[field] ?? true, schemas).enum !== undefined,
    );
    const field = fields.find((one) => mentions(text, one)) ?? fields[0];
    if (field !== undefined) return { kind: 'by_value', collection, field };
  }
  return undefined;
};
