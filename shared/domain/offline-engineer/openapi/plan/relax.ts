/**
 * Schemas that no value satisfies are common: `oneOf` whose alternatives overlap, requirements that never end. They
 * are read as their authors most likely meant them, and every such reading is noted for the README.
 */

import type { ApiContent, ApiModel, ApiOperation } from '../model.ts';
import type { Schema, SchemaObject, SchemaRegistry } from '../runtime/validation/schema.ts';
import { createSampler } from '../sample/sampler.ts';
import type { Sampler } from '../sample/sampler.ts';

/** The model with `anyOf` in the place of every `oneOf` that cannot be satisfied. */
export const relaxModel = (model: ApiModel): ApiModel => {
  const registry: SchemaRegistry = Object.fromEntries(model.schemas.map((named) => [named.reference, named.schema]));
  const sampler = createSampler(registry);
  const notes = new Set(model.notes);
  const relax = (schema: Schema, place: string): Schema => relaxSchema(schema, place, sampler, notes);
  const schemas = model.schemas.map((named) => ({ ...named, schema: relax(named.schema, named.typeName) }));
  const operations = model.operations.map((operation) => relaxOperation(operation, relax));
  return { ...model, schemas, operations, notes: [...notes] };
};

type Relax = (schema: Schema, place: string) => Schema;

const relaxOperation = (operation: ApiOperation, relax: Relax): ApiOperation => {
  const place = `${operation.method.toUpperCase()} ${operation.path}`;
  const content = (one: ApiContent): ApiContent => ({ ...one, schema: relax(one.schema, place) });
  return {
    ...operation,
    parameters: operation.parameters.map((parameter) => ({ ...parameter, schema: relax(parameter.schema, place) })),
    ...(operation.body === undefined
      ? {}
      : { body: { ...operation.body, contents: operation.body.contents.map(content) } }),
    responses: operation.responses.map((response) => ({ ...response, contents: response.contents.map(content) })),
  };
};

const relaxSchema = (schema: Schema, place: string, sampler: Sampler, notes: Set<string>): Schema => {
  if (typeof schema === 'boolean') return schema;
  const within = mapParts(schema, (part) => relaxSchema(part, place, sampler, notes));
  if (within.oneOf === undefined || isSatisfiable(within, sampler)) return within;
  const { oneOf, ...rest } = within;
  const open: SchemaObject = { ...rest, anyOf: [...(rest.anyOf ?? []), ...oneOf] };
  notes.add(
    `The alternatives of a oneOf in ${place} overlap: every value fits more than one. A value that fits several is accepted.`,
  );
  return open;
};

const isSatisfiable = (schema: Schema, sampler: Sampler): boolean =>
  (['request', 'response'] as const).every(
    (direction) => sampler.sample(schema, { direction, extent: 'full', hint: 'value', variant: 0 }) !== undefined,
  );

/** The schema with every schema directly inside it mapped. */
const mapParts = (schema: SchemaObject, map: (part: Schema) => Schema): SchemaObject => {
  const result: Record<string, unknown> = { ...schema };
  for (const keyword of [
    'items',
    'contains',
    'propertyNames',
    'additionalProperties',
    'not',
    'if',
    'then',
    'else',
  ] as const) {
    const part = schema[keyword];
    if (part !== undefined) result[keyword] = map(part);
  }
  for (const keyword of ['allOf', 'anyOf', 'oneOf', 'prefixItems'] as const) {
    const parts = schema[keyword];
    if (parts !== undefined) result[keyword] = parts.map(map);
  }
  for (const keyword of ['properties', 'patternProperties'] as const) {
    const parts = schema[keyword];
    if (parts !== undefined)
      result[keyword] = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, map(part)]));
  }
  return result;
};
