/** Which property names a record. */

import type { Schema } from '../runtime/validation/schema.ts';

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z\d]/g, '');

/** The property with this name, whatever its case and underscores. */
export const fieldNamedLike = (properties: Readonly<Record<string, Schema>>, name: string): string | undefined => {
  const names = Object.keys(properties);
  return names.find((one) => one === name) ?? names.find((one) => plain(one) === plain(name));
};

const commonNames = [
  'id',
  '_id',
  'uuid',
  'uid',
  'guid',
  'slug',
  'key',
  'code',
  'number',
  'reference',
  'name',
  'username',
  'symbol',
  'isbn',
  'sku',
];

/**
 * The property that the path parameter speaks of: the same name, the name without the resource (`petId` → `id`),
 * the common names for ids. Without a path parameter only names that surely are ids count.
 */
export const idFieldOf = (
  properties: Readonly<Record<string, Schema>>,
  parameter: string | undefined,
  resource: string,
): string | undefined => {
  if (parameter === undefined) {
    return ['id', '_id', 'uuid', 'uid', `${resource}Id`]
      .map((name) => fieldNamedLike(properties, name))
      .find((found) => found !== undefined);
  }
  const parameterWords = plain(parameter);
  const withoutResource = parameterWords.startsWith(plain(resource))
    ? parameterWords.slice(plain(resource).length)
    : '';
  const endings = commonNames.filter((name) => parameterWords.endsWith(plain(name)) && parameterWords !== plain(name));
  const candidates = [parameter, `${resource}Id`, ...(withoutResource === '' ? [] : [withoutResource]), ...endings];
  const found = candidates.map((name) => fieldNamedLike(properties, name)).find((field) => field !== undefined);
  if (found !== undefined) return found;
  const fallbacks = ['id', '_id', 'uuid', 'uid'];
  return fallbacks.map((name) => fieldNamedLike(properties, name)).find((field) => field !== undefined);
};
