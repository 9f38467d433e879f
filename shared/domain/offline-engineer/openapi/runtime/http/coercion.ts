/** Parameters and forms carry text; this turns it into what the schema speaks of. */

import { isObject, own } from '../json.ts';
import type { JsonValue } from '../json.ts';
import { resolveSchema } from '../validation/schema.ts';
import type { Schema, SchemaObject, SchemaRegistry } from '../validation/schema.ts';

const maximumDepth = 12;

/** The types that a schema allows, looking into references and combinations; empty when it says nothing. */
export const kindsOf = (schema: Schema, schemas: SchemaRegistry, depth = 0): ReadonlySet<string> => {
  const kinds = new Set<string>();
  for (const part of partsOf(schema, schemas, depth)) {
    for (const type of typeof part.type === 'string' ? [part.type] : (part.type ?? [])) kinds.add(type);
    for (const value of [...(part.enum ?? []), ...(part.const === undefined ? [] : [part.const])])
      kinds.add(value === null ? 'null' : typeof value);
    if (part.properties !== undefined && part.type === undefined) kinds.add('object');
    if (part.items !== undefined && part.type === undefined) kinds.add('array');
  }
  return kinds;
};

/** The schema and everything that it combines, without references. */
const partsOf = (schema: Schema, schemas: SchemaRegistry, depth = 0): readonly SchemaObject[] => {
  if (typeof schema === 'boolean' || depth > maximumDepth) return [];
  const resolved = resolveSchema(schema, schemas);
  const own = [schema, ...(typeof resolved === 'boolean' || resolved === schema ? [] : [resolved])];
  return own.flatMap((part) => [
    part,
    ...[...(part.allOf ?? []), ...(part.anyOf ?? []), ...(part.oneOf ?? [])].flatMap((inner) =>
      partsOf(inner, schemas, depth + 1),
    ),
  ]);
};

/** Text, lists of text and objects of text as the schema wants them; what does not fit stays as it was sent. */
export const coerce = (value: JsonValue, schema: Schema, schemas: SchemaRegistry, depth = 0): JsonValue => {
  if (depth > maximumDepth) return value;
  const parts = partsOf(schema, schemas);
  if (Array.isArray(value)) {
    const items = parts.find((part) => part.items !== undefined)?.items ?? true;
    return value.map((item: JsonValue) => coerce(item, items, schemas, depth + 1));
  }
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        coerce(item, propertySchema(parts, name), schemas, depth + 1),
      ]),
    );
  }
  return typeof value === 'string' ? coerceText(value, kindsOf(schema, schemas)) : value;
};

const propertySchema = (parts: readonly SchemaObject[], name: string): Schema => {
  for (const part of parts) {
    const property = own(part.properties ?? {}, name);
    if (property !== undefined) return property;
  }
  return parts.find((part) => part.additionalProperties !== undefined)?.additionalProperties ?? true;
};

const coerceText = (text: string, kinds: ReadonlySet<string>): JsonValue => {
  const isNumeric = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text);
  if (isNumeric && (kinds.has('integer') || kinds.has('number'))) return Number(text);
  if (kinds.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (kinds.has('null') && (text === 'null' || (text === '' && !kinds.has('string')))) return null;
  if (kinds.has('array') && !kinds.has('string')) return text === '' ? [] : text.split(',');
  if (kinds.has('object') && !kinds.has('string') && text.startsWith('{')) {
    try {
      return JSON.parse(text) as JsonValue;
    } catch {
      // It stays text, which the schema then refuses with the field's name.
      return text;
    }
  }
  return text;
};
