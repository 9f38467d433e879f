/** Removes `readOnly` properties from requests and `writeOnly` properties from answers, and fills in defaults. */

import { isObject, own } from '../json.ts';
import type { JsonValue } from '../json.ts';
import { resolveSchema } from './schema.ts';
import type { Direction, Schema, SchemaObject, SchemaRegistry } from './schema.ts';

const maximumDepth = 60;

/** The value without the properties that do not travel in this direction. */
export const withoutOneWay = (
  schema: Schema,
  value: JsonValue,
  direction: Direction,
  schemas: SchemaRegistry,
  depth = 0,
): JsonValue => {
  if (depth > maximumDepth || typeof value !== 'object' || value === null) return value;
  const parts = applyingParts(schema, schemas);
  if (Array.isArray(value)) {
    const items = parts.find((part) => part.items !== undefined)?.items ?? true;
    return value.map((item: JsonValue) => withoutOneWay(items, item, direction, schemas, depth + 1));
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([name, item]): [string, JsonValue][] => {
    const property = propertyOf(parts, name);
    return isOneWay(property, direction, schemas)
      ? []
      : [[name, withoutOneWay(property, item, direction, schemas, depth + 1)]];
  });
  return Object.fromEntries(entries);
};

/** The value with the defaults of absent properties. */
export const withDefaults = (schema: Schema, value: JsonValue, schemas: SchemaRegistry, depth = 0): JsonValue => {
  if (depth > maximumDepth || !isObject(value)) return value;
  const parts = applyingParts(schema, schemas).filter((part) => part.properties !== undefined);
  const filled: Record<string, JsonValue> = {};
  for (const [name, item] of Object.entries(value)) {
    filled[name] = withDefaults(propertyOf(parts, name), item, schemas, depth + 1);
  }
  for (const [name, property] of parts.flatMap((part) => Object.entries(part.properties ?? {}))) {
    const byDefault = defaultOf(property, schemas);
    if (!Object.hasOwn(filled, name) && byDefault !== undefined && !isOneWay(property, 'request', schemas))
      filled[name] = byDefault;
  }
  return filled;
};

const defaultOf = (schema: Schema, schemas: SchemaRegistry): JsonValue | undefined => {
  const resolved = resolveSchema(schema, schemas);
  return typeof schema === 'boolean'
    ? undefined
    : (schema.default ?? (typeof resolved === 'boolean' ? undefined : resolved.default));
};

/** The schema and what it combines by `allOf`; alternatives count too, as long as they agree on the property. */
const applyingParts = (schema: Schema, schemas: SchemaRegistry, depth = 0): readonly SchemaObject[] => {
  if (typeof schema === 'boolean' || depth > maximumDepth) return [];
  const resolved = resolveSchema(schema, schemas);
  const parts = [schema, ...(typeof resolved === 'boolean' || resolved === schema ? [] : [resolved])];
  return parts.flatMap((part) => [
    part,
    ...(part.allOf ?? []).flatMap((inner) => applyingParts(inner, schemas, depth + 1)),
    ...onlyAlternative([...(part.anyOf ?? []), ...(part.oneOf ?? [])], schemas, depth),
  ]);
};

/** `anyOf: [Pet, null]` has one alternative that matters; several would need the value to choose. */
const onlyAlternative = (
  alternatives: readonly Schema[],
  schemas: SchemaRegistry,
  depth: number,
): readonly SchemaObject[] => {
  const structured = alternatives.filter((one) => typeof one !== 'boolean' && one.type !== 'null');
  return structured.length === 1 && structured[0] !== undefined ? applyingParts(structured[0], schemas, depth + 1) : [];
};

const propertyOf = (parts: readonly SchemaObject[], name: string): Schema => {
  for (const part of parts) {
    const property = own(part.properties ?? {}, name);
    if (property !== undefined) return property;
  }
  return parts.find((part) => part.additionalProperties !== undefined)?.additionalProperties ?? true;
};

const isOneWay = (schema: Schema, direction: Direction, schemas: SchemaRegistry): boolean =>
  [schema, resolveSchema(schema, schemas)].some(
    (part) => typeof part !== 'boolean' && (direction === 'request' ? part.readOnly : part.writeOnly) === true,
  );
