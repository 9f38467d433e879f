/** Several schemas that all apply to one value, as one: what `allOf` means for somebody who has to make a value. */

import type { JsonValue } from '../runtime/json.ts';
import { sameJson } from '../runtime/json.ts';
import type { Schema, SchemaObject, SchemaRegistry, SchemaType } from '../runtime/validation/schema.ts';

/** A schema without references and `allOf`, and the lists of alternatives of which one each has to be chosen. */
export interface FlatSchema {
  readonly schema: SchemaObject;
  readonly choices: readonly (readonly Schema[])[];
}

const maximumDepth = 30;

/** Follows references and merges `allOf`. */
export const flatten = (schema: Schema, schemas: SchemaRegistry, depth = 0): FlatSchema => {
  if (typeof schema === 'boolean' || depth > maximumDepth) return { schema: {}, choices: [] };
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  let result: FlatSchema = { schema: own, choices: [oneOf, anyOf].filter((list) => list !== undefined) };
  const parts = [...($ref === undefined ? [] : [schemas[$ref] ?? true]), ...(allOf ?? [])];
  for (const part of parts) {
    const flat = flatten(part, schemas, depth + 1);
    result = { schema: mergeTwo(result.schema, flat.schema), choices: [...result.choices, ...flat.choices] };
  }
  return result;
};

/** Both schemas at once; what the first one says of annotations wins. */
export const mergeTwo = (left: SchemaObject, right: SchemaObject): SchemaObject => {
  const merged: Record<string, unknown> = { ...right, ...left };
  const larger = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems', 'minProperties'] as const;
  const smaller = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems', 'maxProperties'] as const;
  for (const keyword of larger) assignNumber(merged, keyword, [left[keyword], right[keyword]], Math.max);
  for (const keyword of smaller) assignNumber(merged, keyword, [left[keyword], right[keyword]], Math.min);
  const type = commonType(left.type, right.type);
  if (type !== undefined) merged['type'] = type;
  if (left.enum !== undefined && right.enum !== undefined) merged['enum'] = commonValues(left.enum, right.enum);
  if (left.required !== undefined && right.required !== undefined) {
    merged['required'] = [...new Set([...left.required, ...right.required])];
  }
  if (left.properties !== undefined && right.properties !== undefined) {
    merged['properties'] = mergeProperties(left.properties, right.properties);
  }
  if (left.items !== undefined && right.items !== undefined) merged['items'] = { allOf: [left.items, right.items] };
  if (left.not !== undefined && right.not !== undefined) merged['not'] = { anyOf: [left.not, right.not] };
  return merged;
};

const assignNumber = (
  merged: Record<string, unknown>,
  keyword: string,
  values: readonly (number | undefined)[],
  choose: (...values: number[]) => number,
): void => {
  const present = values.filter((value) => value !== undefined);
  if (present.length > 0) merged[keyword] = choose(...present);
};

const typesOf = (type: SchemaObject['type']): readonly SchemaType[] | undefined =>
  typeof type === 'string' ? [type] : type;

const commonType = (left: SchemaObject['type'], right: SchemaObject['type']): SchemaObject['type'] | undefined => {
  const [first, second] = [typesOf(left), typesOf(right)];
  if (first === undefined || second === undefined) return left ?? right;
  const common = first.filter((type) => second.includes(type) || (type === 'integer' && second.includes('number')));
  return common.length > 0 ? common : (left ?? right);
};

const commonValues = (left: readonly JsonValue[], right: readonly JsonValue[]): readonly JsonValue[] =>
  left.filter((value) => right.some((other) => sameJson(value, other)));

const mergeProperties = (
  left: Readonly<Record<string, Schema>>,
  right: Readonly<Record<string, Schema>>,
): Readonly<Record<string, Schema>> => {
  const merged: Record<string, Schema> = { ...right };
  for (const [name, schema] of Object.entries(left)) {
    const other = Object.hasOwn(right, name) ? right[name] : undefined;
    merged[name] =
      other === undefined || other === true ? schema : schema === true ? other : { allOf: [schema, other] };
  }
  return merged;
};

/** The flat schema with the first alternative that is an object taken, for questions about its properties. */
export const flattenObject = (schema: Schema, schemas: SchemaRegistry, depth = 0): SchemaObject => {
  const flat = flatten(schema, schemas);
  let result = flat.schema;
  if (depth > 4) return result;
  for (const alternatives of flat.choices) {
    const inner = alternatives.map((alternative) => flattenObject(alternative, schemas, depth + 1));
    const chosen = inner.find((one) => one.properties !== undefined) ?? inner.find((one) => one.type !== 'null');
    if (chosen !== undefined) result = mergeTwo(result, chosen);
  }
  return result;
};
