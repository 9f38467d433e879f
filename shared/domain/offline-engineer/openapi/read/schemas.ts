/** Brings schemas of OpenAPI 3.0 and 3.1 into one form, JSON Schema 2020-12 without what is not checked. */

import { isObject } from '../runtime/json.ts';
import type { JsonObject, JsonValue } from '../runtime/json.ts';
import type { Schema, SchemaObject, SchemaType } from '../runtime/validation/schema.ts';
import { acceptReference, refuse } from './context.ts';
import type { MutableSchema, Part, ReadContext } from './context.ts';
import { below } from './pointers.ts';

const types = new Set<string>(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);

/** Reads one schema; references in it are noted for later and kept as references. */
export const readSchema = (context: ReadContext, part: Part): Schema => {
  const { value, pointer } = part;
  if (typeof value === 'boolean') return value;
  if (!isObject(value)) {
    refuse(context, pointer, 'a schema must be an object.');
    return true;
  }
  if (typeof value['$ref'] === 'string') return readReference(context, value, pointer, value['$ref']);
  return readKeywords(context, value, pointer);
};

const readReference = (context: ReadContext, value: JsonObject, pointer: string, reference: string): Schema => {
  if (!acceptReference(context, reference, pointer)) return true;
  context.references.add(reference);
  // OpenAPI 3.0 says that what stands beside a reference is ignored; in 3.1 it applies as well.
  if (context.dialect === '3.0') return { $ref: reference };
  const { $ref: _reference, ...beside } = value;
  const siblings = readKeywords(context, beside, pointer);
  return typeof siblings === 'boolean' ? { $ref: reference } : { $ref: reference, ...siblings };
};

const readKeywords = (context: ReadContext, value: JsonObject, pointer: string): Schema => {
  const schema: MutableSchema = {};
  readAnnotations(value, schema);
  readType(context, value, pointer, schema);
  readScalarLimits(context, value, pointer, schema);
  readStructure(context, value, pointer, schema);
  readCombinations(context, value, pointer, schema);
  return withNull(value, schema);
};

const readAnnotations = (value: JsonObject, schema: MutableSchema): void => {
  if (typeof value['title'] === 'string') schema.title = value['title'];
  if (typeof value['description'] === 'string') schema.description = value['description'];
  if (value['readOnly'] === true) schema.readOnly = true;
  if (value['writeOnly'] === true) schema.writeOnly = true;
  if (value['default'] !== undefined) schema.default = value['default'];
  const listed = Array.isArray(value['examples']) ? (value['examples'] as readonly JsonValue[]) : [];
  const examples = [...(value['example'] === undefined ? [] : [value['example']]), ...listed];
  if (examples.length > 0) schema.examples = examples;
};

const readType = (context: ReadContext, value: JsonObject, pointer: string, schema: MutableSchema): void => {
  const { type } = value;
  const names = Array.isArray(type)
    ? (type as readonly JsonValue[])
    : type === undefined || type === null
      ? []
      : [type];
  const unknown = names.find((name) => typeof name !== 'string' || !types.has(name));
  if (unknown !== undefined) {
    refuse(
      context,
      below(pointer, 'type'),
      `${JSON.stringify(unknown)} is not a type of JSON Schema (${[...types].join(', ')}).`,
    );
    return;
  }
  // SAFETY: each name was found among the known types.
  const known = names as readonly SchemaType[];
  const [only, ...others] = known;
  if (only !== undefined && others.length === 0) schema.type = only;
  else if (known.length > 1) schema.type = known;
  if (Array.isArray(value['enum'])) schema.enum = value['enum'] as readonly JsonValue[];
  if (value['const'] !== undefined) schema.const = value['const'];
};

const numericKeywords = [
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
] as const;

const readScalarLimits = (context: ReadContext, value: JsonObject, pointer: string, schema: MutableSchema): void => {
  for (const keyword of numericKeywords) {
    const limit = value[keyword];
    if (typeof limit === 'number' && Number.isFinite(limit)) schema[keyword] = limit;
  }
  for (const [exclusive, inclusive] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    const limit = value[exclusive];
    if (typeof limit === 'number') schema[exclusive] = limit;
    else if (limit === true && schema[inclusive] !== undefined) {
      schema[exclusive] = schema[inclusive];
      delete schema[inclusive];
    }
  }
  if (typeof value['format'] === 'string') schema.format = value['format'];
  if (typeof value['pattern'] !== 'string') return;
  if (context.isPattern(value['pattern'])) schema.pattern = value['pattern'];
  else
    context.notes.add(
      `The pattern ${value['pattern']} (${pointer}) is not a JavaScript regular expression and is not checked.`,
    );
};

const readStructure = (context: ReadContext, value: JsonObject, pointer: string, schema: MutableSchema): void => {
  const child = (keyword: string): Schema | undefined => {
    const part = value[keyword];
    return part === undefined ? undefined : readSchema(context, { value: part, pointer: below(pointer, keyword) });
  };
  const assign = (keyword: 'items' | 'contains' | 'propertyNames' | 'additionalProperties'): void => {
    const part = child(keyword);
    if (part !== undefined && part !== true) schema[keyword] = part;
  };
  if (!Array.isArray(value['items'])) assign('items');
  assign('contains');
  assign('propertyNames');
  assign('additionalProperties');
  const unevaluated = value['unevaluatedProperties'];
  if (unevaluated === false && value['allOf'] === undefined && schema.additionalProperties === undefined) {
    schema.additionalProperties = false;
  }
  if (value['uniqueItems'] === true) schema.uniqueItems = true;
  if (Array.isArray(value['prefixItems'])) schema.prefixItems = readList(context, value, pointer, 'prefixItems');
  if (isObject(value['properties']))
    schema.properties = readMap(context, value['properties'], below(pointer, 'properties'));
  if (isObject(value['patternProperties'])) {
    schema.patternProperties = readMap(context, value['patternProperties'], below(pointer, 'patternProperties'));
  }
  const required = namesIn(value['required']);
  if (required.length > 0) schema.required = required;
  if (isObject(value['dependentRequired'])) {
    schema.dependentRequired = Object.fromEntries(
      Object.entries(value['dependentRequired']).map(([name, names]) => [name, namesIn(names)]),
    );
  }
};

const namesIn = (value: JsonValue | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]).filter((name) => typeof name === 'string') : [];

const readMap = (context: ReadContext, value: JsonObject, pointer: string): Readonly<Record<string, Schema>> =>
  Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      readSchema(context, { value: part, pointer: below(pointer, name) }),
    ]),
  );

const readList = (context: ReadContext, value: JsonObject, pointer: string, keyword: string): readonly Schema[] => {
  const parts = value[keyword];
  if (!Array.isArray(parts)) return [];
  return (parts as readonly JsonValue[]).map((part, index) =>
    readSchema(context, { value: part, pointer: below(pointer, keyword, index) }),
  );
};

const readCombinations = (context: ReadContext, value: JsonObject, pointer: string, schema: MutableSchema): void => {
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    const parts = readList(context, value, pointer, keyword);
    if (parts.length > 0) schema[keyword] = parts;
  }
  for (const keyword of ['not', 'if', 'then', 'else'] as const) {
    const part = value[keyword];
    if (part !== undefined) schema[keyword] = readSchema(context, { value: part, pointer: below(pointer, keyword) });
  }
  const discriminator = value['discriminator'];
  if (!isObject(discriminator) || typeof discriminator['propertyName'] !== 'string') return;
  schema.discriminator = {
    propertyName: discriminator['propertyName'],
    ...(isObject(discriminator['mapping']) ? { mapping: readMapping(discriminator['mapping']) } : {}),
  };
};

/** A mapping may hold references or bare schema names. */
const readMapping = (mapping: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(mapping)
      .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
      .map(([name, target]) => [name, target.startsWith('#') ? target : `#/components/schemas/${target}`]),
  );

/** OpenAPI 3.0 says `nullable: true` where JSON Schema says `type: [..., 'null']`. */
const withNull = (value: JsonObject, schema: MutableSchema): SchemaObject => {
  if (value['nullable'] !== true) return schema;
  if (schema.enum !== undefined && !schema.enum.includes(null)) schema.enum = [...schema.enum, null];
  if (schema.type !== undefined) {
    const present = typeof schema.type === 'string' ? [schema.type] : schema.type;
    if (!present.includes('null')) schema.type = [...present, 'null'];
  }
  const combined = schema.allOf ?? schema.oneOf ?? schema.anyOf;
  if (combined === undefined) return schema;
  const { title, description, readOnly, writeOnly, default: byDefault, examples, ...checked } = schema;
  return {
    ...Object.fromEntries(
      Object.entries({ title, description, readOnly, writeOnly, default: byDefault, examples }).filter(
        ([, annotation]) => annotation !== undefined,
      ),
    ),
    anyOf: [checked, { type: 'null' }],
  };
};
