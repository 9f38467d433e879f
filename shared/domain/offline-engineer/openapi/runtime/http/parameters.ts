/** Reads parameters in the styles of OpenAPI: `form`, `simple`, `label`, `matrix`, `deepObject` and delimited lists. */

import { own } from '../json.ts';
import type { JsonValue } from '../json.ts';
import type { Schema, SchemaRegistry } from '../validation/schema.ts';
import { coerce, kindsOf } from './coercion.ts';
import type { ParameterContract } from './operation.ts';
import { invalidJson } from './invalid-json.ts';

/** What was sent, undecoded: path values by name, pairs of the query string, headers in lower case, cookies. */
export interface RawParameters {
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly (readonly [string, string])[];
}

/** The parameter's value, undefined when it was not sent. Text that does not fit the schema stays text. */
export const readParameter = (
  parameter: ParameterContract,
  raw: RawParameters,
  schemas: SchemaRegistry,
): JsonValue | undefined => {
  if (parameter.json === true) {
    const text = singleText(parameter, raw);
    return text === undefined ? undefined : parseJson(text);
  }
  const kinds = kindsOf(parameter.schema, schemas);
  if (parameter.in === 'query' || parameter.in === 'cookie') {
    return fromPairs(parameter, parameter.in === 'query' ? raw.query : raw.cookies, kinds, schemas);
  }
  const text = parameter.in === 'path' ? own(raw.path, parameter.name) : own(raw.headers, parameter.name.toLowerCase());
  return text === undefined ? undefined : fromText(parameter, text, kinds, schemas);
};

const singleText = (parameter: ParameterContract, raw: RawParameters): string | undefined => {
  if (parameter.in === 'path') return decode(own(raw.path, parameter.name) ?? '');
  if (parameter.in === 'header') return own(raw.headers, parameter.name.toLowerCase());
  const pairs = parameter.in === 'query' ? raw.query : raw.cookies;
  return pairs.find(([name]) => name === parameter.name)?.[1];
};

const parseJson = (text: string): JsonValue => {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // The marker fails every schema, so the caller reports the parameter as invalid.
    return invalidJson;
  }
};

/** A percent sign that encodes nothing is taken as it stands. */
export const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const fromPairs = (
  parameter: ParameterContract,
  pairs: RawParameters['query'],
  kinds: ReadonlySet<string>,
  schemas: SchemaRegistry,
): JsonValue | undefined => {
  const { name, style, explode, schema } = parameter;
  if (style === 'deepObject') return deepObject(name, pairs, schema, schemas);
  const values = pairs.filter(([key]) => key === name || key === `${name}[]`).map(([, value]) => value);
  if (kinds.has('object') && explode && values.length === 0) return explodedObject(pairs, schema, schemas);
  const first = values[0];
  if (first === undefined) return undefined;
  if (kinds.has('array')) {
    const delimiter = style === 'spaceDelimited' ? / |%20/ : style === 'pipeDelimited' ? '|' : ',';
    const items = explode || values.length > 1 ? values : first === '' ? [] : first.split(delimiter);
    return coerce(items, schema, schemas);
  }
  if (kinds.has('object')) return coerce(pairwise(first.split(',')), schema, schemas);
  return coerce(values.at(-1) ?? first, schema, schemas);
};

/** `filter[name]=x&filter[tags][]=a` → `{ name: 'x', tags: ['a'] }`; one level, as OpenAPI defines it. */
const deepObject = (
  name: string,
  pairs: RawParameters['query'],
  schema: Schema,
  schemas: SchemaRegistry,
): JsonValue | undefined => {
  const found = new Map<string, string | string[]>();
  for (const [key, value] of pairs) {
    const match = key.startsWith(`${name}[`) ? /^\[([^\]]*)\](\[\d*\])?$/.exec(key.slice(name.length)) : null;
    const property = match?.[1];
    if (property !== undefined) {
      const before = found.get(property);
      if (before !== undefined) found.set(property, [...(typeof before === 'string' ? [before] : before), value]);
      else found.set(property, match?.[2] === undefined ? value : [value]);
    }
  }
  return found.size === 0 ? undefined : coerce(Object.fromEntries(found), schema, schemas);
};

/** `?role=admin&name=x` for a parameter whose object is spread over the query string. */
const explodedObject = (
  pairs: RawParameters['query'],
  schema: Schema,
  schemas: SchemaRegistry,
): JsonValue | undefined => {
  const names = typeof schema === 'boolean' ? [] : Object.keys(schema.properties ?? {});
  const own = pairs.filter(([name]) => names.includes(name));
  return own.length === 0 ? undefined : coerce(Object.fromEntries(own), schema, schemas);
};

const fromText = (
  parameter: ParameterContract,
  raw: string,
  kinds: ReadonlySet<string>,
  schemas: SchemaRegistry,
): JsonValue => {
  const { name, style, explode, schema } = parameter;
  const text = withoutStyle(raw, name, style);
  const separator = style === 'label' && explode ? '.' : style === 'matrix' && explode ? ';' : ',';
  const isPath = parameter.in === 'path';
  const parts = text.split(separator).map((part) => (isPath ? decode(part) : part.trim()));
  if (kinds.has('array')) {
    const items = style === 'matrix' && explode ? parts.map((part) => part.replace(`${name}=`, '')) : parts;
    return coerce(text === '' ? [] : items, schema, schemas);
  }
  if (kinds.has('object')) {
    const entries = explode ? parts.map((part) => splitOnce(part)) : Object.entries(pairwise(parts));
    return coerce(Object.fromEntries(entries), schema, schemas);
  }
  return coerce(isPath ? decode(text) : text, schema, schemas);
};

const withoutStyle = (raw: string, name: string, style: ParameterContract['style']): string => {
  if (style === 'label') return raw.replace(/^\./, '');
  if (style === 'matrix') return raw.replace(/^;/, '').replace(`${name}=`, '');
  return raw;
};

const splitOnce = (part: string): readonly [string, string] => {
  const at = part.indexOf('=');
  return at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
};

/** `role,admin,name,x` → `{ role: 'admin', name: 'x' }`. */
const pairwise = (parts: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? '']] : [])));
