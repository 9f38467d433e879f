/** The schemas of an OpenAPI document: records, bodies, pages and problems. */
import type { ActionEndpoint, FieldDesign, ResourceDesign } from '../design.ts';
import { findField } from '../design.ts';
import { wholePattern } from './fields.ts';
import { isDemanded } from './fields.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const formats = {
  date: 'date',
  datetime: 'date-time',
  email: 'email',
  url: 'uri',
  uuid: 'uuid',
  reference: 'uuid',
} as const;

const isFormatted = (type: FieldDesign['type']): type is keyof typeof formats => type in formats;

const baseSchema = (design: FieldDesign): JsonObject => {
  const { field, type } = design;
  if (type === 'integer' || type === 'number') {
    return {
      type,
      ...(field.exclusiveMinimum === true ? { exclusiveMinimum: field.minimum } : { minimum: field.minimum }),
      ...(field.exclusiveMaximum === true ? { exclusiveMaximum: field.maximum } : { maximum: field.maximum }),
    };
  }
  if (type === 'boolean') return { type };
  if (type === 'string_list') {
    return { type: 'array', items: { type: 'string' }, minItems: field.minLength, maxItems: field.maxLength };
  }
  const lengths = {
    minLength: field.minLength ?? (field.required && type !== 'enum' && !isFormatted(type) ? 1 : undefined),
    maxLength: field.maxLength,
  };
  if (type === 'enum') return design.isComputed ? { type: 'string' } : { type: 'string', enum: field.values };
  if (isFormatted(type))
    return { type: 'string', format: formats[type], ...(type === 'email' || type === 'url' ? lengths : {}) };
  return {
    type: 'string',
    ...lengths,
    pattern: field.pattern === undefined ? undefined : wholePattern(field.pattern)?.source,
  };
};

const withoutUndefined = (schema: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));

/** The schema of one field. */
export const fieldSchema = (field: FieldDesign): JsonObject => {
  const base = baseSchema(field);
  const type = field.isNullable ? { type: [base['type'], 'null'] } : {};
  const words = field.isNullable && Array.isArray(base['enum']) ? { enum: [...base['enum'], null] } : {};
  const description = field.field.description.trim() || field.field.source.trim();
  const start = field.start?.kind === 'literal' ? { default: field.start.value } : {};
  return withoutUndefined({
    ...base,
    ...type,
    ...words,
    ...(description === '' ? {} : { description }),
    ...(field.isWritable ? start : { readOnly: true }),
  });
};

const identity: JsonObject = {
  id: { type: 'string', format: 'uuid', readOnly: true },
  createdAt: { type: 'string', format: 'date-time', readOnly: true },
  updatedAt: { type: 'string', format: 'date-time', readOnly: true },
};

const properties = (fields: readonly FieldDesign[]): JsonObject =>
  Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)]));

const required = (names: readonly string[]): JsonObject => (names.length === 0 ? {} : { required: names });

/** The name of the schema of a resource's records. */
export const schemaName = (resource: ResourceDesign): string => resource.pascal;

/** The schemas that belong to one resource. */
export const resourceSchemas = (resource: ResourceDesign): JsonObject => {
  const writable = resource.stored.filter((field) => field.isWritable);
  const name = schemaName(resource);
  const names = ['id', ...resource.fields.map((field) => field.name), 'createdAt', 'updatedAt'];
  const { id, createdAt, updatedAt } = identity;
  return {
    [name]: {
      type: 'object',
      ...(resource.resource.description.trim() === '' ? {} : { description: resource.resource.description.trim() }),
      properties: { id, ...properties(resource.fields), createdAt, updatedAt },
      ...required(names),
    },
    [`New${name}`]: {
      type: 'object',
      properties: properties(writable),
      ...required(writable.filter(isDemanded).map((field) => field.name)),
      additionalProperties: false,
    },
    [`${name}Change`]: { type: 'object', properties: properties(writable), additionalProperties: false },
    [`${name}Page`]: {
      type: 'object',
      properties: {
        items: { type: 'array', items: { $ref: `#/components/schemas/${name}` } },
        total: { type: 'integer', minimum: 0, description: 'How many there are in all.' },
        limit: { type: 'integer' },
        offset: { type: 'integer' },
      },
      required: ['items', 'total', 'limit', 'offset'],
    },
  };
};

/** The body of an action. */
export const actionSchema = (resource: ResourceDesign, action: ActionEndpoint): JsonObject => {
  const entries = action.body.flatMap(({ field: name }) => {
    const field = findField(resource, name);
    const { readOnly: _, ...schema } = field ? fieldSchema(field) : {};
    return field ? [[name, schema] as const] : [];
  });
  return {
    type: 'object',
    properties: Object.fromEntries(entries),
    ...required(action.body.filter((entry) => entry.required).map(({ field }) => field)),
    additionalProperties: false,
  };
};

/** The schema of refusals. */
export const problemSchema: JsonObject = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong, for a person.' },
    errors: {
      type: 'array',
      description: 'The fields or parameters at fault.',
      items: {
        type: 'object',
        properties: { field: { type: 'string' }, message: { type: 'string' } },
        required: ['field', 'message'],
      },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'errors'],
};
