/** What the answers and bodies of operations look like: lists, wrapped lists, objects, wrapped objects. */

import type { ApiContent, ApiOperation, ApiResponse } from '../model.ts';
import { isJson } from '../runtime/http/bodies.ts';
import { own } from '../runtime/json.ts';
import type { Schema, SchemaObject, SchemaRegistry } from '../runtime/validation/schema.ts';
import { flattenObject } from '../sample/merge.ts';

export type Form =
  | { readonly kind: 'list'; readonly item: Schema; /** The property that holds the list. */ readonly wrapper?: string }
  | { readonly kind: 'object'; readonly schema: Schema; readonly wrapper?: string }
  | { readonly kind: 'other' };

/** The response that a success answers with, and its status. */
export interface Success {
  readonly status: number;
  readonly response?: ApiResponse;
  readonly content?: ApiContent;
}

const rank = (operation: ApiOperation, response: ApiResponse): number => {
  const { status } = response;
  if (operation.method === 'post' && status === '201') return 0;
  if (/^2\d\d$/.test(status)) return Number(status);
  if (status === '2XX') return 300;
  if (status === 'default') return tellsOfFailure(response) ? 3_000 : 1_000;
  if (/^3\d\d$/.test(status)) return 1_000 + Number(status);
  return /^[45]\d\d$/.test(status) ? 2_000 + Number(status) : 4_000;
};

const tellsOfFailure = ({ description }: ApiResponse): boolean =>
  /error|fail|invalid|problem|unexpected|exception|fault/i.test(description);

const isFailure = (response: ApiResponse): boolean =>
  response.status === 'default' ? tellsOfFailure(response) : /^[45]/.test(response.status);

/** The first success that the document declares. Without one there is no declared response, but still a status. */
export const successOf = (operation: ApiOperation): Success => {
  const ranked = [...operation.responses].sort((left, right) => rank(operation, left) - rank(operation, right));
  const response = ranked[0];
  if (response === undefined || isFailure(response) || rank(operation, response) >= 4_000)
    return { status: operation.method === 'delete' ? 204 : 200 };
  return successWith(response);
};

/** An operation that stores nothing and of which only failures are declared can only answer with those. */
export const onlyDeclared = (operation: ApiOperation): Success => {
  const success = successOf(operation);
  const exact = [...operation.responses]
    .filter(({ status }) => /^[45]\d\d$/.test(status))
    .sort((left, right) => Number(left.status) - Number(right.status))[0];
  return success.response === undefined && exact !== undefined ? successWith(exact) : success;
};

const successWith = (response: ApiResponse): Success => {
  const isExact = /^\d+$/.test(response.status);
  const status = isExact ? Number(response.status) : 200;
  const content = preferredContent(response.contents);
  return { status, response, ...(content === undefined ? {} : { content }) };
};

/** JSON where it is offered, else the first media type that has a schema, else the first. */
export const preferredContent = (contents: readonly ApiContent[]): ApiContent | undefined =>
  contents.find((content) => isJson(content.mediaType) && content.hasSchema) ??
  contents.find((content) => isJson(content.mediaType)) ??
  contents.find((content) => content.hasSchema) ??
  contents[0];

const wrapperNames =
  /^(data|items|results?|records|rows|list|content|entries|values|elements|value|payload|response|hits|objects|nodes)$/i;

/** The form of a schema. `resource` is what the path calls one record, as wrappers are often named after it. */
export const formOf = (schema: Schema, schemas: SchemaRegistry, resource: string): Form => {
  const flat = flattenObject(schema, schemas);
  if (isListSchema(flat)) return { kind: 'list', item: flat.items ?? true };
  const properties = flat.properties ?? {};
  const names = Object.keys(properties);
  if (names.length === 0) return isObjectSchema(flat) ? { kind: 'object', schema } : { kind: 'other' };
  const lists = names.filter((name) => isListOfObjects(properties[name] ?? true, schemas));
  const hasId = names.some((name) => /^(id|_id|uuid|uid|slug)$/i.test(name));
  const listName =
    lists.find((name) => wrapperNames.test(name) || isNamedAfter(name, resource)) ??
    (lists.length === 1 && names.every((name) => name === lists[0] || isPaging(name, properties, schemas))
      ? lists[0]
      : undefined);
  if (listName !== undefined && !hasId) {
    return {
      kind: 'list',
      item: flattenObject(properties[listName] ?? true, schemas).items ?? true,
      wrapper: listName,
    };
  }
  const inner = names.find(
    (name) =>
      (wrapperNames.test(name) || isNamedAfter(name, resource)) &&
      isObjectSchema(flattenObject(properties[name] ?? true, schemas)),
  );
  if (inner !== undefined && !hasId && names.length <= 4) {
    return { kind: 'object', schema: properties[inner] ?? true, wrapper: inner };
  }
  return { kind: 'object', schema };
};

const isNamedAfter = (name: string, resource: string): boolean => {
  const [plain, wanted] = [name, resource].map((text) => text.toLowerCase().replaceAll(/[^a-z\d]/g, ''));
  return (
    plain !== undefined &&
    wanted !== undefined &&
    wanted !== '' &&
    (plain === wanted || plain === `${wanted}s` || plain === wanted.replace(/y$/, 'ies') || plain === `${wanted}es`)
  );
};

const isPaging = (name: string, properties: Readonly<Record<string, Schema>>, schemas: SchemaRegistry): boolean => {
  const flat = flattenObject(own(properties, name) ?? true, schemas);
  return (
    /(total|count|limit|offset|page|pages|size|per_?page|next|prev|previous|cursor|more|meta|links?|first|last|sort|success|status|message|object)/i.test(
      name,
    ) || flat.type === 'integer'
  );
};

export const isListSchema = (flat: SchemaObject): boolean =>
  flat.type === 'array' ||
  (Array.isArray(flat.type) && flat.type.includes('array')) ||
  (flat.type === undefined && flat.items !== undefined);

export const isObjectSchema = (flat: SchemaObject): boolean =>
  flat.type === 'object' ||
  (Array.isArray(flat.type) && flat.type.includes('object')) ||
  (flat.type === undefined && flat.properties !== undefined);

/** True for a list whose items are objects with known properties. */
export const isListOfObjects = (schema: Schema, schemas: SchemaRegistry): boolean => {
  const flat = flattenObject(schema, schemas);
  return isListSchema(flat) && flat.items !== undefined && flattenObject(flat.items, schemas).properties !== undefined;
};

/** Two schemas speak of the same thing when they are the same reference, or one extends the other. */
export const referencesOf = (schema: Schema, depth = 0): readonly string[] => {
  if (typeof schema === 'boolean' || depth > 3) return [];
  return [
    ...(schema.$ref === undefined ? [] : [schema.$ref]),
    ...(schema.allOf ?? []).flatMap((part) => referencesOf(part, depth + 1)),
  ];
};
