/** Made from `runtime/` and `source/` by `vitest run -u` on `runtime.test.ts`. Edit those. */
export const runtimeSources = {
  'src/http/bodies.ts': `/** Reads request bodies: JSON, forms, and anything else as text. */

import { own } from '../json.ts';
import type { JsonValue } from '../json.ts';
import type { Schema, SchemaRegistry } from '../validation/schema.ts';
import { coerce, kindsOf } from './coercion.ts';
import type { BodyContract } from './operation.ts';

/** What was sent. The fields of a form are taken apart by the server, as they may hold files. */
export interface RawBody {
  readonly mediaType: string;
  readonly text: string;
  readonly form?: readonly (readonly [string, string])[];
}

export type BodyReading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unsupported'; readonly expected: readonly string[] }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'read'; readonly value: JsonValue; readonly schema: Schema };

/** The body as a value and the schema that its media type has. */
export const readBody = (contract: BodyContract, raw: RawBody, schemas: SchemaRegistry): BodyReading => {
  const expected = Object.keys(contract.content);
  if (raw.text === '' && (raw.form === undefined || raw.form.length === 0)) return { kind: 'absent' };
  const key = raw.mediaType === '' ? expected[0] : matching(expected, raw.mediaType);
  if (key === undefined) return { kind: 'unsupported', expected };
  const schema = own(contract.content, key) ?? true;
  if (raw.form !== undefined) return { kind: 'read', value: formValue(raw.form, schema, schemas), schema };
  if (!isJson(raw.mediaType === '' ? key : raw.mediaType))
    return { kind: 'read', value: raw.text, schema: textSchema(schema, schemas) };
  try {
    return { kind: 'read', value: JSON.parse(raw.text) as JsonValue, schema };
  } catch (error) {
    return {
      kind: 'malformed',
      reason: \`is not valid JSON (\${error instanceof Error ? error.message : 'unknown error'})\`,
    };
  }
};

export const isJson = (mediaType: string): boolean =>
  /[/+]json$/.test(mediaType) || mediaType === '*/*' || mediaType === 'application/*';

const matching = (expected: readonly string[], mediaType: string): string | undefined => {
  const [type] = mediaType.split('/');
  return (
    expected.find((key) => key === mediaType) ??
    (isJson(mediaType) ? expected.find(isJson) : undefined) ??
    expected.find((key) => key === \`\${type}/*\` || key === '*/*')
  );
};

/** A media type whose text is not taken apart (XML, binary) is only checked when its schema speaks of text. */
const textSchema = (schema: Schema, schemas: SchemaRegistry): Schema =>
  kindsOf(schema, schemas).has('string') ? schema : true;

const formValue = (
  form: readonly (readonly [string, string])[],
  schema: Schema,
  schemas: SchemaRegistry,
): JsonValue => {
  const fields = new Map<string, string | string[]>();
  for (const [name, value] of form) {
    const key = name.replace(/\\[\\d*\\]$/, '');
    const before = fields.get(key);
    if (before === undefined) fields.set(key, name === key ? value : [value]);
    else fields.set(key, [...(typeof before === 'string' ? [before] : before), value]);
  }
  return coerce(Object.fromEntries(fields), schema, schemas);
};
`,
  'src/http/coercion.ts': `/** Parameters and forms carry text; this turns it into what the schema speaks of. */

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
  const isNumeric = /^[-+]?(\\d+(\\.\\d*)?|\\.\\d+)(e[-+]?\\d+)?$/i.test(text);
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
`,
  'src/http/conform.ts': `/**
 * Brings an answer into its declared shape: what may not be sent is left out, what must be there and is not known is
 * taken from the contract's example. A client can rely on the schema whatever is stored.
 */

import { isObject, own } from '../json.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { withoutOneWay } from '../validation/one-way.ts';
import type { SchemaRegistry } from '../validation/schema.ts';
import { validate } from '../validation/validate.ts';
import type { Path } from '../validation/validate.ts';
import type { ContentContract } from './operation.ts';

const maximumRounds = 6;

/** The value in the declared shape; the example itself when there is no value or nothing of it fits. */
export const conform = (value: unknown, contract: ContentContract, schemas: SchemaRegistry): JsonValue => {
  if (value === undefined) return contract.example;
  // SAFETY: handlers answer with stored documents and request values, which came from JSON.
  let current = withoutOneWay(contract.schema, value as JsonValue, 'response', schemas);
  for (let round = 0; round < maximumRounds; round += 1) {
    const issues = validate(contract.schema, current, { schemas, direction: 'response' });
    if (issues.length === 0) return current;
    // After two rounds at the place of the fault itself, what encloses it is replaced.
    const climb = Math.max(0, round - 1);
    for (const issue of issues) {
      current = replaceAt(current, contract.example, issue.path.slice(0, Math.max(0, issue.path.length - climb)));
    }
  }
  return contract.example;
};

/** Puts the example's part at the path, or removes the property when the example has none there. */
const replaceAt = (value: JsonValue, example: JsonValue | undefined, path: Path): JsonValue => {
  const [step, ...rest] = path;
  if (step === undefined) return example ?? null;
  if (Array.isArray(value) && typeof step === 'number') {
    const items: readonly JsonValue[] = value;
    const model = Array.isArray(example) ? (example as readonly JsonValue[])[0] : undefined;
    if (model === undefined && rest.length === 0) return items.filter((_item, index) => index !== step);
    return items.map((item, index) => (index === step ? replaceAt(item, model, rest) : item));
  }
  if (!isObject(value) || typeof step !== 'string') return example ?? null;
  const model = isObject(example) ? own(example, step) : undefined;
  const { [step]: present, ...others } = value;
  if (rest.length > 0 && present !== undefined) return { ...value, [step]: replaceAt(present, model, rest) };
  return model === undefined ? others : { ...others, [step]: model };
};

/** The example with the values of fields that were sent or stored under the same name, nested objects included. */
export const withMatchingFields = (example: JsonValue, ...sources: readonly JsonObject[]): JsonValue => {
  if (Array.isArray(example)) return example;
  if (!isObject(example)) return example;
  return Object.fromEntries(
    Object.entries(example).map(([name, value]) => {
      for (const source of sources) {
        const found = own(source, name);
        if (found !== undefined) return [name, found];
      }
      return [name, value];
    }),
  );
};
`,
  'src/http/dispatcher.ts': `/** The way of a request: route, credentials, parameters, body, operation, declared answer. */

import { isObject } from '../json.ts';
import type { JsonValue } from '../json.ts';
import type { RecordStore } from '../store/records.ts';
import { withDefaults } from '../validation/one-way.ts';
import type { SchemaRegistry } from '../validation/schema.ts';
import { validate } from '../validation/validate.ts';
import type { ValidationIssue } from '../validation/validate.ts';
import { readBody } from './bodies.ts';
import type { RawBody } from './bodies.ts';
import { conform, withMatchingFields } from './conform.ts';
import { declaredResponse, invalid } from './operation.ts';
import type { Answer, Operation, ParameterContract } from './operation.ts';
import { decode, readParameter } from './parameters.ts';
import type { RawParameters } from './parameters.ts';
import { plainProblem, problemReply } from './problems.ts';
import { contentReply, jsonReply } from './reply.ts';
import type { Reply } from './reply.ts';
import { createRouter } from './router.ts';
import { isAuthorised } from './security.ts';

export interface ApiRequest {
  readonly method: string;
  /** Encoded, from \`/\`, without the query. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RawBody;
}

export interface DispatcherOptions {
  readonly operations: readonly Operation[];
  readonly schemas: SchemaRegistry;
  readonly store: RecordStore;
  /** Credentials that are accepted; empty: every non-empty one. */
  readonly apiKeys: readonly string[];
}

/** The function that answers every request to the API. */
export const createDispatcher = (options: DispatcherOptions): ((request: ApiRequest) => Reply) => {
  const route = createRouter(options.operations);
  return (request) => {
    const match = route(request.method, request.path);
    if (match.kind === 'not_found') return plainProblem(404, \`There is nothing at \${request.path}.\`);
    if (match.kind === 'method_not_allowed') {
      const reply = plainProblem(405, \`\${request.method} is not possible here; \${match.allowed.join(', ')} is.\`);
      return { ...reply, headers: { ...reply.headers, allow: match.allowed.join(', ') } };
    }
    const { operation } = match;
    const answer = answerOf(operation, request, match.pathValues, options);
    if (answer.kind === 'problem') return problemReply(operation, answer, options.schemas);
    return successReply(operation, answer, options.schemas);
  };
};

const answerOf = (
  operation: Operation,
  request: ApiRequest,
  pathValues: Readonly<Record<string, string>>,
  { schemas, store, apiKeys }: DispatcherOptions,
): Answer => {
  const raw: RawParameters = {
    path: pathValues,
    query: pairsOf(request.query, '&', true),
    headers: request.headers,
    cookies: pairsOf(request.headers['cookie'] ?? '', ';', false),
  };
  if (!isAuthorised(operation, raw, apiKeys)) {
    return {
      kind: 'problem',
      problem: 'unauthorized',
      message: 'Credentials are needed for this operation.',
      issues: [],
    };
  }
  const issues: ValidationIssue[] = [];
  const read = (place: ParameterContract['in']): Readonly<Record<string, JsonValue>> =>
    readParameters(operation, place, raw, schemas, issues);
  const parameters = { path: read('path'), query: read('query'), headers: read('header'), cookies: read('cookie') };
  const body = bodyOf(operation, request.body, schemas);
  if (body.kind === 'refused') return issues.length === 0 ? body.answer : invalid([...issues, ...(body.issues ?? [])]);
  if (issues.length > 0) return invalid(issues);
  return operation.handle({ ...parameters, body: body.value, fields: isObject(body.value) ? body.value : {}, store });
};

const readParameters = (
  operation: Operation,
  place: ParameterContract['in'],
  raw: RawParameters,
  schemas: SchemaRegistry,
  issues: ValidationIssue[],
): Readonly<Record<string, JsonValue>> => {
  const values: Record<string, JsonValue> = {};
  for (const parameter of operation.parameters.filter((one) => one.in === place)) {
    const value = readParameter(parameter, raw, schemas);
    if (value === undefined) {
      const byDefault = typeof parameter.schema === 'boolean' ? undefined : parameter.schema.default;
      if (byDefault !== undefined) values[parameter.name] = byDefault;
      else if (parameter.required) issues.push({ path: [place, parameter.name], reason: 'is required' });
    } else {
      const found = validate(parameter.schema, value, { schemas, direction: 'request' });
      issues.push(...found.map((issue) => ({ path: [place, parameter.name, ...issue.path], reason: issue.reason })));
      values[parameter.name] = value;
    }
  }
  return values;
};

type BodyOutcome =
  | { readonly kind: 'read'; readonly value: JsonValue | undefined }
  | { readonly kind: 'refused'; readonly answer: Answer; readonly issues?: readonly ValidationIssue[] };

const bodyOf = (operation: Operation, raw: RawBody, schemas: SchemaRegistry): BodyOutcome => {
  if (operation.body === undefined) return { kind: 'read', value: undefined };
  const reading = readBody(operation.body, raw, schemas);
  const refused = (issues: readonly ValidationIssue[]): BodyOutcome => ({
    kind: 'refused',
    answer: invalid(issues),
    issues,
  });
  if (reading.kind === 'absent') {
    return operation.body.required
      ? refused([{ path: ['body'], reason: 'is required' }])
      : { kind: 'read', value: undefined };
  }
  if (reading.kind === 'unsupported') {
    const message = \`The content type \${raw.mediaType} is not accepted here; \${reading.expected.join(', ')} is.\`;
    return { kind: 'refused', answer: { kind: 'problem', problem: 'unsupported_media_type', message, issues: [] } };
  }
  if (reading.kind === 'malformed') {
    const issues = [{ path: ['body'], reason: reading.reason }];
    return {
      kind: 'refused',
      answer: { kind: 'problem', problem: 'malformed', message: \`The body \${reading.reason}.\`, issues },
      issues,
    };
  }
  const issues = validate(reading.schema, reading.value, { schemas, direction: 'request' });
  return issues.length === 0
    ? { kind: 'read', value: withDefaults(reading.schema, reading.value, schemas) }
    : refused(issues);
};

const successReply = (
  operation: Operation,
  answer: Exclude<Answer, { kind: 'problem' }>,
  schemas: SchemaRegistry,
): Reply => {
  const status = operation.successStatus;
  const response = declaredResponse(operation, status);
  const headers = response?.headers ?? {};
  const content = response?.content;
  if (operation.method === 'HEAD' || [204, 205, 304].includes(status)) return { status, headers };
  if (content === undefined) {
    // The document is silent about success, so the record is told; where it declares an empty answer, that is kept.
    const isSilent = response === undefined && answer.kind === 'success' && answer.value !== undefined;
    return isSilent ? jsonReply(status, answer.value) : { status, headers };
  }
  const value = answer.kind === 'echo' ? withMatchingFields(content.example, ...answer.sources) : answer.value;
  return contentReply(status, content.mediaType, conform(value, content, schemas), headers);
};

/** Decodes \`a=1&b=2\`; in query strings a plus sign is a space. */
const pairsOf = (text: string, separator: string, isQuery: boolean): readonly (readonly [string, string])[] =>
  text
    .split(separator)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const at = part.indexOf('=');
      const [name, value] = at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
      const readable = (raw: string): string => decode(isQuery ? raw.replaceAll('+', ' ') : raw.trim());
      return [readable(name), readable(value)] as const;
    });
`,
  'src/http/invalid-json.ts': `/** Stands for a JSON text that could not be read; the report names the parameter or the body that held it. */
export const invalidJson = '\\u0000not JSON';
`,
  'src/http/operation.ts': `/** What an operation is: its contract, as the API's document states it, and how it answers. */

import type { JsonObject, JsonValue } from '../json.ts';
import type { RecordStore } from '../store/records.ts';
import type { Schema } from '../validation/schema.ts';
import type { ValidationIssue } from '../validation/validate.ts';

export interface ParameterContract {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required: boolean;
  readonly style: 'simple' | 'label' | 'matrix' | 'form' | 'spaceDelimited' | 'pipeDelimited' | 'deepObject';
  readonly explode: boolean;
  /** True when the value is a JSON text. */
  readonly json?: boolean;
  readonly schema: Schema;
}

export interface BodyContract {
  readonly required: boolean;
  /** Schema by media type. */
  readonly content: Readonly<Record<string, Schema>>;
}

export interface ContentContract {
  readonly mediaType: string;
  readonly schema: Schema;
  /** A valid value. What an answer must have and the application does not know is taken from here. */
  readonly example: JsonValue;
}

export interface ResponseContract {
  readonly description: string;
  readonly content?: ContentContract;
  /** Values of the headers that the document requires. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type CredentialContract =
  | { readonly kind: 'basic' | 'bearer' }
  | { readonly kind: 'api_key'; readonly in: 'header' | 'query' | 'cookie'; readonly name: string };

export interface OperationContract {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly parameters: readonly ParameterContract[];
  readonly body?: BodyContract;
  /** The status of an answer that succeeds. */
  readonly successStatus: number;
  /** The key of its response; absent when the document declares no success. */
  readonly successResponse?: string;
  /** By status: \`200\`, \`4XX\`, \`default\`. */
  readonly responses: Readonly<Record<string, ResponseContract>>;
  /** Any one of these lists of credentials is enough; absent or empty: none is needed. */
  readonly security?: readonly (readonly CredentialContract[])[];
}

/** A request that has passed the checks of its contract. Parameters hold only what was sent or has a default. */
export interface OperationRequest {
  readonly path: Readonly<Record<string, JsonValue>>;
  readonly query: Readonly<Record<string, JsonValue>>;
  readonly headers: Readonly<Record<string, JsonValue>>;
  readonly cookies: Readonly<Record<string, JsonValue>>;
  /** Undefined when there is none. */
  readonly body: JsonValue | undefined;
  /** The fields of the body; none when it is not an object. */
  readonly fields: JsonObject;
  readonly store: RecordStore;
}

export type ProblemKind =
  | 'validation'
  | 'malformed'
  | 'not_found'
  | 'conflict'
  | 'unauthorized'
  | 'unsupported_media_type';

export type Answer =
  | { readonly kind: 'success'; readonly value: unknown }
  /** The declared example, with the fields that the sources know. */
  | { readonly kind: 'echo'; readonly sources: readonly JsonObject[] }
  | {
      readonly kind: 'problem';
      readonly problem: ProblemKind;
      readonly message: string;
      readonly issues: readonly ValidationIssue[];
    };

export interface Operation extends OperationContract {
  readonly handle: (request: OperationRequest) => Answer;
}

/** The answer is the operation's declared success; fields that the declaration lacks are left out. */
export const success = (value?: unknown): Answer => ({ kind: 'success', value });

/** The answer is the declared example with the fields that a source, the first one first, has under the same name. */
export const echo = (...sources: readonly JsonObject[]): Answer => ({ kind: 'echo', sources });

export const notFound = (title: string, id: unknown): Answer => ({
  kind: 'problem',
  problem: 'not_found',
  message: \`There is no \${title} \${typeof id === 'string' ? id : JSON.stringify(id)}.\`,
  issues: [],
});

export const conflict = (message: string): Answer => ({ kind: 'problem', problem: 'conflict', message, issues: [] });

export const invalid = (issues: readonly ValidationIssue[], message = 'The request is not valid.'): Answer => ({
  kind: 'problem',
  problem: 'validation',
  message,
  issues,
});

/** What the document declares for an answer with this status. */
export const declaredResponse = (operation: OperationContract, status: number): ResponseContract | undefined => {
  const { responses, successStatus, successResponse } = operation;
  if (status === successStatus) return successResponse === undefined ? undefined : responses[successResponse];
  return (
    responses[String(status)] ??
    responses[\`\${String(status).charAt(0)}XX\`] ??
    (successResponse === 'default' ? undefined : responses['default'])
  );
};
`,
  'src/http/parameters.ts': `/** Reads parameters in the styles of OpenAPI: \`form\`, \`simple\`, \`label\`, \`matrix\`, \`deepObject\` and delimited lists. */

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
  const values = pairs.filter(([key]) => key === name || key === \`\${name}[]\`).map(([, value]) => value);
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

/** \`filter[name]=x&filter[tags][]=a\` → \`{ name: 'x', tags: ['a'] }\`; one level, as OpenAPI defines it. */
const deepObject = (
  name: string,
  pairs: RawParameters['query'],
  schema: Schema,
  schemas: SchemaRegistry,
): JsonValue | undefined => {
  const found = new Map<string, string | string[]>();
  for (const [key, value] of pairs) {
    const match = key.startsWith(\`\${name}[\`) ? /^\\[([^\\]]*)\\](\\[\\d*\\])?$/.exec(key.slice(name.length)) : null;
    const property = match?.[1];
    if (property !== undefined) {
      const before = found.get(property);
      if (before !== undefined) found.set(property, [...(typeof before === 'string' ? [before] : before), value]);
      else found.set(property, match?.[2] === undefined ? value : [value]);
    }
  }
  return found.size === 0 ? undefined : coerce(Object.fromEntries(found), schema, schemas);
};

/** \`?role=admin&name=x\` for a parameter whose object is spread over the query string. */
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
    const items = style === 'matrix' && explode ? parts.map((part) => part.replace(\`\${name}=\`, '')) : parts;
    return coerce(text === '' ? [] : items, schema, schemas);
  }
  if (kinds.has('object')) {
    const entries = explode ? parts.map((part) => splitOnce(part)) : Object.entries(pairwise(parts));
    return coerce(Object.fromEntries(entries), schema, schemas);
  }
  return coerce(isPath ? decode(text) : text, schema, schemas);
};

const withoutStyle = (raw: string, name: string, style: ParameterContract['style']): string => {
  if (style === 'label') return raw.replace(/^\\./, '');
  if (style === 'matrix') return raw.replace(/^;/, '').replace(\`\${name}=\`, '');
  return raw;
};

const splitOnce = (part: string): readonly [string, string] => {
  const at = part.indexOf('=');
  return at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
};

/** \`role,admin,name,x\` → \`{ role: 'admin', name: 'x' }\`. */
const pairwise = (parts: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? '']] : [])));
`,
  'src/http/problems.ts': `/**
 * Tells a problem in the shape that the API's document declares for it: the message goes where a message is expected,
 * the status where a status is. Without a declared shape the answer is problem+json (RFC 9457).
 */

import { isObject } from '../json.ts';
import type { JsonValue } from '../json.ts';
import { resolveSchema } from '../validation/schema.ts';
import type { Schema, SchemaObject, SchemaRegistry } from '../validation/schema.ts';
import type { ValidationIssue } from '../validation/validate.ts';
import { isJson } from './bodies.ts';
import { kindsOf } from './coercion.ts';
import { conform } from './conform.ts';
import type { OperationContract, ProblemKind, ResponseContract } from './operation.ts';
import type { Reply } from './reply.ts';
import { contentReply, jsonReply } from './reply.ts';

export interface Problem {
  readonly problem: ProblemKind;
  readonly message: string;
  readonly issues: readonly ValidationIssue[];
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
};

/** Declared statuses that can tell each kind of problem, the best first; the first one stands in for ranges. */
const statuses: Readonly<Record<ProblemKind, readonly number[]>> = {
  validation: [422, 400, 405],
  malformed: [400, 422, 405],
  not_found: [404],
  conflict: [409],
  unauthorized: [401],
  unsupported_media_type: [415],
};
const fallbackStatus: Readonly<Record<ProblemKind, number>> = {
  validation: 400,
  malformed: 400,
  not_found: 404,
  conflict: 409,
  unauthorized: 401,
  unsupported_media_type: 415,
};

/** The answer to a request that was refused. */
export const problemReply = (operation: OperationContract, problem: Problem, schemas: SchemaRegistry): Reply => {
  const { status, response } = declared(operation, problem.problem);
  const told = { ...problem, status };
  const headers = { ...response?.headers, ...(status === 401 ? { 'www-authenticate': challenge(operation) } : {}) };
  const content = response?.content;
  if (content === undefined)
    return {
      ...plainProblem(status, problem.message, problem.issues),
      headers: { 'content-type': 'application/problem+json', ...headers },
    };
  const value = isJson(content.mediaType) ? describe(content.schema, told, schemas, 0) : problem.message;
  return contentReply(status, content.mediaType, conform(value, content, schemas), headers);
};

/** A problem outside of any operation, such as an unknown path. */
export const plainProblem = (status: number, message: string, issues: readonly ValidationIssue[] = []): Reply =>
  jsonReply(
    status,
    {
      type: 'about:blank',
      title: titles[status] ?? 'Error',
      status,
      detail: message,
      ...(issues.length === 0
        ? {}
        : { errors: issues.map((issue) => ({ field: fieldName(issue), reason: issue.reason })) }),
    },
    { 'content-type': 'application/problem+json' },
  );

const declared = (
  operation: OperationContract,
  kind: ProblemKind,
): { readonly status: number; readonly response?: ResponseContract } => {
  const { responses } = operation;
  for (const status of statuses[kind]) {
    const response = responses[String(status)];
    const isSuccess = operation.successResponse === String(status);
    if (response !== undefined && !isSuccess) return { status, response };
  }
  const general = responses['4XX'] ?? (operation.successResponse === 'default' ? undefined : responses['default']);
  return { status: fallbackStatus[kind], ...(general === undefined ? {} : { response: general }) };
};

const challenge = (operation: OperationContract): string => {
  const kinds = (operation.security ?? []).flat().map((credential) => credential.kind);
  return kinds.includes('basic')
    ? 'Basic realm="api", charset="UTF-8"'
    : kinds.includes('bearer')
      ? 'Bearer'
      : 'ApiKey';
};

interface ToldProblem extends Problem {
  readonly status: number;
}

const fieldName = (issue: ValidationIssue): string => issue.path.join('.') || 'body';

const sentence = (problem: ToldProblem): string =>
  problem.issues.length === 0
    ? problem.message
    : problem.issues
        .slice(0, 5)
        .map((issue) => \`\${fieldName(issue)} \${issue.reason}\`)
        .join('; ');

const messageNames =
  /^(message|msg|detail|details|description|error_?description|error_?message|reason|error|title|summary|text|info|errormessage)$/i;
const codeNames = /^(code|status|status_?code|error_?code|http_?status|type|kind|name)$/i;
const listNames = /^(errors|issues|details|violations|fields|messages|invalid_?params|causes)$/i;
const fieldNames = /^(field|path|loc|location|property|param|parameter|pointer|name|key|source|attribute)$/i;

/** A value for the schema that tells the problem; what it cannot tell is left to the contract's example. */
const describe = (
  schema: Schema,
  problem: ToldProblem,
  schemas: SchemaRegistry,
  depth: number,
): JsonValue | undefined => {
  const properties = propertiesOf(schema, schemas);
  if (depth > 3) return undefined;
  if (properties === undefined) return kindsOf(schema, schemas).has('string') ? sentence(problem) : undefined;
  const entries = Object.entries(properties).flatMap(([name, property]): [string, JsonValue][] => {
    const value = describeField(name, property, problem, schemas, depth);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
};

const describeField = (
  name: string,
  schema: Schema,
  problem: ToldProblem,
  schemas: SchemaRegistry,
  depth: number,
): JsonValue | undefined => {
  const kinds = kindsOf(schema, schemas);
  if (propertiesOf(schema, schemas) !== undefined) return describe(schema, problem, schemas, depth + 1);
  if (kinds.has('array') && listNames.test(name)) return describeIssues(schema, problem, schemas, depth);
  if (codeNames.test(name)) {
    if (kinds.has('integer') || kinds.has('number')) return problem.status;
    if (kinds.has('string'))
      return /status/i.test(name) ? String(problem.status) : /^type$/i.test(name) ? 'about:blank' : problem.problem;
  }
  if (/^title$/i.test(name) && kinds.has('string')) return titles[problem.status] ?? problem.message;
  if (messageNames.test(name) && kinds.has('string')) return sentence(problem);
  if (/^(success|ok)$/i.test(name) && kinds.has('boolean')) return false;
  return /^error$/i.test(name) && kinds.has('boolean') ? true : undefined;
};

const describeIssues = (
  schema: Schema,
  problem: ToldProblem,
  schemas: SchemaRegistry,
  depth: number,
): JsonValue | undefined => {
  const resolved = resolveSchema(schema, schemas);
  const items = typeof resolved === 'boolean' ? true : (resolved.items ?? true);
  const issues = problem.issues.length === 0 ? [{ path: [], reason: problem.message }] : problem.issues;
  return issues.map((issue): JsonValue => {
    const properties = propertiesOf(items, schemas);
    if (properties === undefined)
      return kindsOf(items, schemas).has('object') ? {} : \`\${fieldName(issue)} \${issue.reason}\`;
    const one = describe(items, { ...problem, issues: [], message: issue.reason }, schemas, depth + 1);
    const located = Object.keys(properties)
      .filter((name) => fieldNames.test(name) && problem.issues.length > 0)
      .map((name): [string, JsonValue] => [
        name,
        kindsOf(properties[name] ?? true, schemas).has('array') ? [...issue.path] : fieldName(issue),
      ]);
    return { ...(isObject(one) ? one : {}), ...Object.fromEntries(located) };
  });
};

/** The properties of an object schema, those of what it combines included. */
const propertiesOf = (
  schema: Schema,
  schemas: SchemaRegistry,
  depth = 0,
): Readonly<Record<string, Schema>> | undefined => {
  const resolved = resolveSchema(schema, schemas);
  if (typeof resolved === 'boolean' || depth > 5) return undefined;
  const combined: readonly SchemaObject[] = [
    resolved,
    ...[...(resolved.allOf ?? []), ...(resolved.oneOf ?? []).slice(0, 1), ...(resolved.anyOf ?? []).slice(0, 1)].map(
      (part) => ({
        properties: propertiesOf(part, schemas, depth + 1) ?? {},
      }),
    ),
  ];
  const merged = Object.assign({}, ...combined.map((part) => part.properties ?? {})) as Record<string, Schema>;
  return Object.keys(merged).length === 0 ? undefined : merged;
};
`,
  'src/http/reply.ts': `/** An answer before it becomes HTTP: status, headers and text. */

import type { JsonValue } from '../json.ts';
import { isJson } from './bodies.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined for an answer without a body. */
  readonly body?: string;
}

export const jsonReply = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

/** The value in a declared media type: JSON, or text for everything else. */
export const contentReply = (
  status: number,
  mediaType: string,
  value: JsonValue,
  headers: Readonly<Record<string, string>> = {},
): Reply => {
  const concrete = mediaType.includes('*') ? (isJson(mediaType) ? 'application/json' : 'text/plain') : mediaType;
  const asText = !isJson(concrete) && typeof value === 'string';
  return { status, headers: { 'content-type': concrete, ...headers }, body: asText ? value : JSON.stringify(value) };
};
`,
  'src/http/router.ts': `/** Finds the operation for a method and a path; fixed segments win over parameters. */

import type { Operation } from './operation.ts';

export type RouteMatch =
  | { readonly kind: 'found'; readonly operation: Operation; readonly pathValues: Readonly<Record<string, string>> }
  | { readonly kind: 'method_not_allowed'; readonly allowed: readonly string[] }
  | { readonly kind: 'not_found' };

interface Route {
  readonly operation: Operation;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  /** Sorts routes: a segment without parameters is more specific than one with. */
  readonly rank: string;
}

/** Compiles the templates once; the function that comes back matches requests. */
export const createRouter = (operations: readonly Operation[]): ((method: string, path: string) => RouteMatch) => {
  const routes = operations
    .map(compileRoute)
    .sort((left, right) => (left.rank < right.rank ? -1 : left.rank > right.rank ? 1 : 0));
  return (method, path) => {
    const matching = routes.flatMap((route) => {
      const match = route.pattern.exec(path) ?? route.pattern.exec(path.replace(/(?<=.)\\/$/, ''));
      return match === null ? [] : [{ route, values: match.slice(1) }];
    });
    const found = matching.find(({ route }) => route.operation.method === method);
    if (found !== undefined) {
      const pathValues = Object.fromEntries(found.route.names.map((name, index) => [name, found.values[index] ?? '']));
      return { kind: 'found', operation: found.route.operation, pathValues };
    }
    if (matching.length === 0) return { kind: 'not_found' };
    return { kind: 'method_not_allowed', allowed: [...new Set(matching.map(({ route }) => route.operation.method))] };
  };
};

const compileRoute = (operation: Operation): Route => {
  const names: string[] = [];
  const parts = operation.path.split(/(\\{[^}]*\\})/);
  const source = parts.map((part) => {
    if (!part.startsWith('{')) return part.replaceAll(/[.*+?^\${}()|[\\]\\\\]/g, String.raw\`\\$&\`);
    names.push(part.slice(1, -1));
    return '([^/]+?)';
  });
  const rank = operation.path
    .split('/')
    .map((segment) => (!segment.includes('{') ? '0' : /^\\{[^}]*\\}$/.test(segment) ? '2' : '1'))
    .join('');
  return { operation, pattern: new RegExp(\`^\${source.join('')}$\`), names, rank };
};
`,
  'src/http/security.ts': `/** Whether a request carries the credentials that an operation asks for. */

import { own } from '../json.ts';
import type { CredentialContract, OperationContract } from './operation.ts';
import type { RawParameters } from './parameters.ts';

/**
 * Without configured keys every non-empty credential is accepted, because the API's document says where a credential
 * stands but not which ones are good. With keys, the credential must be one of them.
 */
export const isAuthorised = (operation: OperationContract, raw: RawParameters, keys: readonly string[]): boolean => {
  const alternatives = operation.security ?? [];
  return (
    alternatives.length === 0 ||
    alternatives.some((credentials) => credentials.every((credential) => accepts(credential, raw, keys)))
  );
};

const accepts = (credential: CredentialContract, raw: RawParameters, keys: readonly string[]): boolean => {
  const given = credentialIn(credential, raw);
  return given !== undefined && given !== '' && (keys.length === 0 || keys.includes(given));
};

const credentialIn = (credential: CredentialContract, raw: RawParameters): string | undefined => {
  if (credential.kind !== 'api_key') {
    const match = /^(\\S+)\\s+(.+)$/.exec(own(raw.headers, 'authorization') ?? '');
    return match?.[1]?.toLowerCase() === credential.kind ? match?.[2]?.trim() : undefined;
  }
  if (credential.in === 'header') return own(raw.headers, credential.name.toLowerCase());
  const pairs = credential.in === 'query' ? raw.query : raw.cookies;
  return pairs.find(([name]) => name === credential.name)?.[1];
};
`,
  'src/http/server.ts': `/** Where HTTP meets the operations: reads requests, serves the document, the index and the health check. */

import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { schemas } from '../schemas/index.ts';
import { RecordStore } from '../store/records.ts';
import type { RawBody } from './bodies.ts';
import { createDispatcher } from './dispatcher.ts';
import type { ApiRequest } from './dispatcher.ts';
import type { Operation } from './operation.ts';
import { plainProblem } from './problems.ts';
import { jsonReply } from './reply.ts';
import type { Reply } from './reply.ts';
import { createRouter } from './router.ts';

export interface ServerOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly operations: readonly Operation[];
  /** The API's own description, without \`servers\` that would point elsewhere. */
  readonly document: object;
  /** Paths such as \`/v2\`, below which the operations answer as well. */
  readonly basePaths: readonly string[];
  readonly indexPage: (prefix: string) => string;
  /** Credentials that are accepted; absent or empty: every non-empty one. */
  readonly apiKeys?: readonly string[];
}

const maximumBodyBytes = 1_048_576;

/** The function that answers every request. */
export const createServer = (options: ServerOptions): ((request: Request) => Promise<Response>) => {
  const { database, clock, operations } = options;
  const store = new RecordStore({ database, schemas, clock, randomUuid: () => crypto.randomUUID() });
  const dispatch = createDispatcher({ operations, schemas, store, apiKeys: options.apiKeys ?? [] });
  const route = createRouter(operations);
  const isServed = (method: string, path: string): boolean => route(method, path).kind !== 'not_found';
  return async (request) => {
    const url = new URL(request.url);
    const prefix = prefixOf(request);
    const path = withoutBasePath(url.pathname, options.basePaths, (candidate) => isServed(request.method, candidate));
    if (!isServed(request.method, path)) {
      const reply = aroundTheApi(request.method, url.pathname, prefix, options);
      if (reply !== undefined) return toResponse(reply, request.method);
    }
    const read = await readRequest(request, url, path);
    if ('status' in read) return toResponse(read, request.method);
    // HEAD is answered like GET, without the body, unless the document describes it by itself.
    const isPlainHead = request.method === 'HEAD' && route('HEAD', path).kind === 'method_not_allowed';
    return toResponse(dispatch(isPlainHead ? { ...read, method: 'GET' } : read), request.method);
  };
};

/** The mount path a proxy told us, or nothing when it is not a plain path. */
const prefixOf = (request: Request): string => {
  const prefix = (request.headers.get('x-forwarded-prefix') ?? '').replace(/\\/+$/, '');
  return /^(\\/[\\w~-][\\w.~-]*)+$/.test(prefix) ? prefix : '';
};

const withoutBasePath = (path: string, basePaths: readonly string[], isServed: (path: string) => boolean): string => {
  if (isServed(path)) return path;
  const base = basePaths.find((one) => path.startsWith(\`\${one}/\`) && isServed(path.slice(one.length)));
  return base === undefined ? path : path.slice(base.length);
};

const aroundTheApi = (method: string, path: string, prefix: string, options: ServerOptions): Reply | undefined => {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  if (path === '/health') return jsonReply(200, { status: 'ok' });
  if (path === '/openapi.json') return jsonReply(200, { ...options.document, servers: [{ url: prefix === '' ? '/' : prefix }] });
  if (path !== '/') return undefined;
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: options.indexPage(prefix) };
};

const readRequest = async (request: Request, url: URL, path: string): Promise<ApiRequest | Reply> => {
  const headers = Object.fromEntries([...request.headers].map(([name, value]) => [name.toLowerCase(), value]));
  const mediaType = (headers['content-type'] ?? '').split(';', 1).join('').trim().toLowerCase();
  const bytes = await readBytes(request);
  if (bytes === undefined) return plainProblem(413, \`A body may have at most \${maximumBodyBytes} bytes.\`);
  const body = await readBody(bytes, mediaType, headers['content-type'] ?? '');
  return { method: request.method, path, query: url.search.slice(1), headers, body };
};

/** The body in one piece, undefined when it is too large; read in parts so that an endless one is given up early. */
const readBytes = async (request: Request): Promise<Uint8Array<ArrayBuffer> | undefined> => {
  if (request.body === null) return new Uint8Array(0);
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > maximumBodyBytes) {
      await reader.cancel();
      return undefined;
    }
    parts.push(part.value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
};

const readBody = async (bytes: Uint8Array<ArrayBuffer>, mediaType: string, contentType: string): Promise<RawBody> => {
  const text = new TextDecoder().decode(bytes);
  const isForm = mediaType === 'multipart/form-data' || mediaType === 'application/x-www-form-urlencoded';
  if (!isForm || bytes.byteLength === 0) return { mediaType, text };
  try {
    const form = await new Response(bytes, { headers: { 'content-type': contentType } }).formData();
    const fields: (readonly [string, string])[] = [];
    for (const [name, value] of form) fields.push([name, typeof value === 'string' ? value : await value.text()]);
    return { mediaType, text, form: fields };
  } catch {
    // A form that cannot be taken apart has no fields, so what is required is reported as missing.
    return { mediaType, text, form: [] };
  }
};

const toResponse = (reply: Reply, method: string): Response =>
  new Response(method === 'HEAD' ? null : (reply.body ?? null), { status: reply.status, headers: { ...reply.headers } });
`,
  'src/json.ts': `/** JSON as data: the values that requests, responses and stored documents are made of. */

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** True for an object that is neither null nor a list. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of an own property; a name such as \`constructor\` finds nothing that the document did not say. */
export const own = <Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

/** Equality by content; the order of properties does not count. */
export const sameJson = (left: unknown, right: unknown): boolean => {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameJson(item, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameJson(left[name], right[name]))
  );
};

/** The object with only these of its properties. */
export const pickFields = (object: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name)));

/** The object under a name, an empty one when there is none. */
export const objectIn = (object: JsonObject, name: string): JsonObject => {
  const value = own(object, name);
  return isObject(value) ? value : {};
};

/** The objects of a list; none when the value is not a list. */
export const objectsIn = (value: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]).filter(isObject) : [];
`,
  'src/store/collection.ts': `/** What a collection is: which schema its records have, which field names them, and what new records begin with. */

import type { JsonObject, JsonValue } from '../json.ts';
import type { Schema } from '../validation/schema.ts';

export interface Collection {
  /** Unique among the collections of this application. */
  readonly name: string;
  /** What one record is called in messages. */
  readonly title: string;
  /** The field that names a record; absent when records are only named in paths. */
  readonly idField?: string;
  /** The schema of that field or, without one, of the path parameter. */
  readonly idSchema: Schema;
  /** True when a client may choose the id. */
  readonly acceptsId: boolean;
  /** The schema of a record as it is read. */
  readonly schema: Schema;
  /** A valid record: fields that a request leaves out and a record must have are taken from here. */
  readonly example: JsonObject;
  /** Date-time fields that are set when a record is created, and when it is changed. */
  readonly createdFields: readonly string[];
  readonly updatedFields: readonly string[];
  /** Fields that only the server sets: a replacement keeps them. */
  readonly serverFields: readonly string[];
  /** Fields that hold the id of an enclosing resource: name of the resource → field. */
  readonly scopeFields: Readonly<Record<string, string>>;
  /** Records that exist from the start, for resources that the document lets nobody create. */
  readonly initial: readonly JsonObject[];
}

/** Ids of the enclosing resources, as text, by the name of the resource. */
export type Scope = Readonly<Record<string, string>>;

/** The scope that a path names. */
export const scopeOf = (ids: Readonly<Record<string, JsonValue | undefined>>): Scope =>
  Object.fromEntries(
    Object.entries(ids).flatMap(([name, id]) =>
      id === undefined ? [] : [[name, typeof id === 'string' ? id : JSON.stringify(id)]],
    ),
  );
`,
  'src/store/identifiers.ts': `/** New ids that satisfy the schema of the field they go into. */

import type { JsonValue } from '../json.ts';
import { resolveSchema } from '../validation/schema.ts';
import type { Schema, SchemaObject, SchemaRegistry } from '../validation/schema.ts';
import { validate } from '../validation/validate.ts';

/** The first candidate that the schema allows: a number that counts up, a UUID, or a short text. */
export const newIdentifier = (
  schema: Schema,
  count: number,
  { schemas, randomUuid }: { readonly schemas: SchemaRegistry; readonly randomUuid: () => string },
): JsonValue => {
  const parts = partsOf(schema, schemas);
  const minimum = Math.max(1, ...parts.map((part) => Math.ceil(part.minimum ?? 1)));
  const uuid = randomUuid();
  const hex = uuid.replaceAll('-', '');
  const { prefix, length } = patternHints(parts.find((part) => part.pattern !== undefined)?.pattern ?? '');
  const candidates: readonly JsonValue[] = [
    uuid,
    minimum + count - 1,
    String(count),
    ...[length, 24, 12, 8, 6, 4].map((size) => prefix + hex.slice(0, size)),
    ...[length, 8, 6, 4, 3].map((size) => prefix + String(count).padStart(size, '0')),
    ...[length, 8, 3].map((size) => prefix + letters(count, size)),
    \`\${prefix}\${letters(count, 3)}-\${String(count).padStart(4, '0')}\`,
  ];
  const fits = (candidate: JsonValue, part: Schema): boolean =>
    validate(part, candidate, { schemas, direction: 'response' }).length === 0;
  // When no id is left that satisfies everything, the record's own schema counts for more than the path's.
  const own = parts.at(1) ?? schema;
  return (
    candidates.find((candidate) => fits(candidate, schema)) ??
    candidates.find((candidate) => fits(candidate, own)) ??
    uuid
  );
};

/** The schema and what it combines. */
const partsOf = (schema: Schema, schemas: SchemaRegistry): readonly SchemaObject[] => {
  const resolved = resolveSchema(schema, schemas);
  if (typeof resolved === 'boolean') return [];
  return [resolved, ...(resolved.allOf ?? []).flatMap((part) => partsOf(part, schemas))];
};

/** What a pattern such as \`^ord_[a-z0-9]{8}$\` begins with and how long it goes on. */
const patternHints = (pattern: string): { readonly prefix: string; readonly length: number } => ({
  prefix: /^\\^([A-Za-z0-9_:\\-/]+)(?![A-Za-z0-9_:\\-/]*[?*+{])/.exec(pattern)?.[1] ?? '',
  length: Number(/\\{(\\d+)/.exec(pattern)?.[1] ?? 10),
});

/** The number written with capital letters, \`A\` for zero. */
const letters = (count: number, size: number): string => {
  let text = '';
  for (let rest = count; text.length < size; rest = Math.floor(rest / 26))
    text = String.fromCodePoint(65 + (rest % 26)) + text;
  return text;
};
`,
  'src/store/listing.ts': `/** Filters, search, order and pages, as the parameters of a list operation ask for them. */

import { isObject, own } from '../json.ts';
import type { JsonObject, JsonValue } from '../json.ts';

export interface ListRequest {
  /** Property → wanted value; an absent value filters nothing. A list of values means any of them. */
  readonly filters?: Readonly<Record<string, JsonValue | undefined>>;
  /** Text to find, case-insensitively, in any text of a record. */
  readonly search?: JsonValue | undefined;
  /** \`name\`, \`-name\` or \`name:desc\`. */
  readonly sort?: JsonValue | undefined;
  readonly limit?: JsonValue | undefined;
  readonly offset?: JsonValue | undefined;
  /** Pages count from one. */
  readonly page?: JsonValue | undefined;
  /** As it stood in \`nextCursor\` of the page before. */
  readonly cursor?: JsonValue | undefined;
}

export interface Page {
  readonly items: readonly JsonObject[];
  /** Of all records that pass the filters. */
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
  readonly page: number;
  readonly pages: number;
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

/** The page of the records that the request asks for. */
export const selectPage = (records: readonly JsonObject[], request: ListRequest): Page => {
  const matching = records.filter(
    (record) =>
      Object.entries(request.filters ?? {}).every(
        ([field, wanted]) => wanted === undefined || matches(own(record, field), wanted),
      ) &&
      (typeof request.search !== 'string' || holds(record, request.search.toLowerCase())),
  );
  const sorted = sortRecords(matching, request.sort);
  const total = sorted.length;
  const limit = wholeNumber(request.limit) ?? Math.max(total, 1);
  const page = wholeNumber(request.page);
  const cursor = typeof request.cursor === 'string' ? wholeNumber(Number(request.cursor)) : wholeNumber(request.cursor);
  const offset = wholeNumber(request.offset) ?? cursor ?? (page === undefined ? 0 : Math.max(0, page - 1) * limit);
  const hasMore = offset + limit < total;
  return {
    items: sorted.slice(offset, offset + limit),
    total,
    limit,
    offset,
    page: page ?? (limit === 0 ? 1 : Math.floor(offset / limit) + 1),
    pages: limit === 0 ? 0 : Math.ceil(total / limit),
    hasMore,
    nextCursor: hasMore ? String(offset + limit) : null,
  };
};

const wholeNumber = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;

const matches = (actual: JsonValue | undefined, wanted: JsonValue): boolean => {
  if (Array.isArray(wanted)) return wanted.length === 0 || wanted.some((one: JsonValue) => matches(actual, one));
  if (Array.isArray(actual)) return actual.some((one: JsonValue) => matches(one, wanted));
  if (isObject(actual)) return ['id', 'name', 'slug', 'code'].some((name) => matches(own(actual, name), wanted));
  if (actual === undefined || actual === null) return wanted === null;
  return actual === wanted || textOf(actual).toLowerCase() === textOf(wanted).toLowerCase();
};

const textOf = (value: JsonValue): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

const holds = (value: JsonValue, search: string): boolean => {
  if (typeof value === 'object' && value !== null)
    return Object.values(value).some((part: JsonValue) => holds(part, search));
  return typeof value === 'string' && value.toLowerCase().includes(search);
};

const sortRecords = (records: readonly JsonObject[], sort: JsonValue | undefined): readonly JsonObject[] => {
  if (typeof sort !== 'string') return records;
  const match = /^([-+]?)([\\w.]+?)(?:[:. ](asc|desc))?$/i.exec(sort.split(',')[0] ?? '');
  const field = match?.[2];
  if (match === null || field === undefined) return records;
  const direction = match[1] === '-' || match[3]?.toLowerCase() === 'desc' ? -1 : 1;
  return [...records].sort((left, right) => direction * compare(own(left, field), own(right, field)));
};

const compare = (left: JsonValue | undefined, right: JsonValue | undefined): number => {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [leftText, rightText] = [textOf(left ?? ''), textOf(right ?? '')];
  return leftText < rightText ? -1 : leftText > rightText ? 1 : 0;
};

/** How many records have each value of a field. */
export const countBy = (records: readonly JsonObject[], field: string): JsonObject => {
  const counts = new Map<string, number>();
  for (const record of records) {
    const value = own(record, field);
    if (value !== undefined && value !== null) counts.set(textOf(value), (counts.get(textOf(value)) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
};
`,
  'src/store/records.ts': `/** Keeps records as JSON documents in SQLite. */

import { isObject, own } from '../json.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { validate } from '../validation/validate.ts';
import type { SchemaRegistry } from '../validation/schema.ts';
import type { Collection, Scope } from './collection.ts';
import type { Clock } from '../clock.ts';
import type { Database, Row as SqlRow } from '../database.ts';
import { newIdentifier } from './identifiers.ts';

export interface RecordStoreOptions {
  readonly database: Database;
  readonly schemas: SchemaRegistry;
  readonly clock: Clock;
  readonly randomUuid: () => string;
}

const tables = [
  \`CREATE TABLE IF NOT EXISTS record (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    scope TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT\`,
  'CREATE INDEX IF NOT EXISTS record_by_id ON record (collection, id)',
  'CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT',
];

interface Row {
  readonly position: number;
  readonly document: JsonObject;
  readonly scope: Scope;
}

/** The answer to a creation: \`taken\` when a record with the same id exists already. */
export type Creation =
  | { readonly taken: false; readonly record: JsonObject }
  | { readonly taken: true; readonly id: string };

export class RecordStore {
  readonly #options: RecordStoreOptions;

  constructor(options: RecordStoreOptions) {
    this.#options = options;
    for (const statement of tables) options.database.run(statement);
  }

  /** All records of the collection that belong to the scope, in the order of their creation. */
  list(collection: Collection, scope: Scope = {}): readonly JsonObject[] {
    this.#seed(collection);
    return this.#rows('SELECT * FROM record WHERE collection = ? ORDER BY position', collection.name)
      .filter((row) => belongsTo(collection, row, scope))
      .map((row) => row.document);
  }

  /** One record, undefined when there is none with this id in the scope. */
  find(collection: Collection, id: unknown, scope: Scope = {}): JsonObject | undefined {
    return this.#row(collection, id, scope)?.document;
  }

  /** Stores a new record; what it must have and the request does not say is filled in. */
  create(collection: Collection, values: JsonObject, scope: Scope = {}): Creation {
    const given =
      collection.acceptsId && collection.idField !== undefined ? own(values, collection.idField) : undefined;
    if (given !== undefined && given !== null && this.find(collection, given, scope) !== undefined) {
      return { taken: true, id: idText(given) };
    }
    const id = given ?? this.#nextId(collection);
    const record = this.#complete(collection, clientFields(collection, values), id, scope);
    this.#options.database.run(
      'INSERT INTO record (collection, id, scope, document) VALUES (?, ?, ?, ?)',
      collection.name,
      idText(id),
      JSON.stringify(scope),
      JSON.stringify(record),
    );
    return { taken: false, record };
  }

  /** Stores a record under the id that it names, in the place of an earlier one; without an id it is a new record. */
  put(collection: Collection, values: JsonObject, scope: Scope = {}): JsonObject {
    const given = collection.idField === undefined ? undefined : own(values, collection.idField);
    if (given !== undefined && given !== null) {
      const replaced = this.replace(collection, given, values, scope);
      if (replaced !== undefined) return replaced;
    }
    const creation = this.create({ ...collection, acceptsId: given !== undefined && given !== null }, values, scope);
    return creation.taken ? values : creation.record;
  }

  /** A document that stands alone under its name, undefined when it was never stored. */
  document(name: string, scope: Scope = {}): JsonObject | undefined {
    return this.#rows('SELECT * FROM record WHERE collection = ? AND scope = ?', name, JSON.stringify(scope))[0]
      ?.document;
  }

  /** Stores a document that stands alone under its name, and answers it. */
  putDocument(name: string, values: JsonObject, scope: Scope = {}): JsonObject {
    const { database } = this.#options;
    const text = JSON.stringify(scope);
    database.run('DELETE FROM record WHERE collection = ? AND scope = ?', name, text);
    const statement = 'INSERT INTO record (collection, id, scope, document) VALUES (?, ?, ?, ?)';
    database.run(statement, name, '', text, JSON.stringify(values));
    return values;
  }

  /** Changes the given fields of a document that stands alone. */
  mergeDocument(name: string, values: JsonObject, scope: Scope = {}): JsonObject {
    return this.putDocument(name, { ...this.document(name, scope), ...values }, scope);
  }

  /** Puts the values in the place of the record's own; undefined when there is no such record. */
  replace(collection: Collection, id: unknown, values: JsonObject, scope: Scope = {}): JsonObject | undefined {
    const row = this.#row(collection, id, scope);
    if (row === undefined) return undefined;
    const kept = [
      ...(collection.idField === undefined ? [] : [collection.idField]),
      ...collection.createdFields,
      ...collection.serverFields,
    ];
    const before = Object.fromEntries(Object.entries(row.document).filter(([name]) => kept.includes(name)));
    return this.#save(
      row,
      this.#complete(
        collection,
        { ...before, ...clientFields(collection, values) },
        idOf(collection, row.document, id),
        row.scope,
      ),
    );
  }

  /** Changes the given fields and keeps the others; undefined when there is no such record. */
  update(collection: Collection, id: unknown, values: JsonObject, scope: Scope = {}): JsonObject | undefined {
    const row = this.#row(collection, id, scope);
    if (row === undefined) return undefined;
    return this.#save(
      row,
      this.#stamp(
        { ...row.document, ...clientFields(collection, values), ...this.#idOf(collection, row.document) },
        collection.updatedFields,
      ),
    );
  }

  /** Removes the record and answers what it was; undefined when there is no such record. */
  remove(collection: Collection, id: unknown, scope: Scope = {}): JsonObject | undefined {
    const row = this.#row(collection, id, scope);
    if (row === undefined) return undefined;
    this.#options.database.run('DELETE FROM record WHERE position = ?', row.position);
    return row.document;
  }

  #save(row: Row, document: JsonObject): JsonObject {
    this.#options.database.run(
      'UPDATE record SET document = ? WHERE position = ?',
      JSON.stringify(document),
      row.position,
    );
    return document;
  }

  #row(collection: Collection, id: unknown, scope: Scope): Row | undefined {
    this.#seed(collection);
    const rows = this.#rows(
      'SELECT * FROM record WHERE collection = ? AND id = ? ORDER BY position',
      collection.name,
      idText(id),
    );
    return rows.find((row) => belongsTo(collection, row, scope));
  }

  #rows(statement: string, ...values: readonly string[]): readonly Row[] {
    return this.#options.database.all(statement, ...values).map((row: SqlRow) => ({
      position: Number(row['position']),
      document: parseObject(row['document']),
      // SAFETY: the scope was written by \`create\`, from text values.
      scope: parseObject(row['scope']) as Scope,
    }));
  }

  #nextId(collection: Collection): JsonValue {
    for (;;) {
      const id = newIdentifier(collection.idSchema, this.#count(collection.name), this.#options);
      if (this.#row(collection, id, {}) === undefined) return id;
    }
  }

  #count(name: string): number {
    const row = this.#options.database.get(
      'INSERT INTO counter (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value',
      name,
    );
    return Number(row?.['value'] ?? 1);
  }

  /** Records that exist from the start are stored when the collection is first asked for. */
  #seed(collection: Collection): void {
    if (collection.initial.length === 0) return;
    const marker = \`\${collection.name} is filled\`;
    if (this.#options.database.get('SELECT value FROM counter WHERE name = ?', marker) !== undefined) return;
    this.#count(marker);
    for (const values of collection.initial) this.create({ ...collection, acceptsId: true, serverFields: [] }, values);
  }

  #complete(collection: Collection, values: JsonObject, id: JsonValue, scope: Scope): JsonObject {
    const { idField, schema, example } = collection;
    const scoped = Object.fromEntries(
      Object.entries(collection.scopeFields).flatMap(([parameter, field]) => {
        const value = own(scope, parameter);
        return value === undefined ? [] : [[field, likeExample(example[field], value)]];
      }),
    );
    const named = { ...scoped, ...values, ...(idField === undefined ? {} : { [idField]: id }) };
    const isNew = (field: string): boolean => !Object.hasOwn(named, field);
    const stamped = this.#stamp(named, [...collection.createdFields.filter(isNew), ...collection.updatedFields]);
    const issues = validate(schema, stamped, { schemas: this.#options.schemas, direction: 'response' });
    const missing = issues
      .filter((issue) => issue.path.length === 1 && issue.reason === 'is required')
      .map((issue) => String(issue.path[0]));
    const filled = Object.fromEntries(
      missing.flatMap((name) => (Object.hasOwn(example, name) ? [[name, example[name] ?? null]] : [])),
    );
    return { ...filled, ...stamped };
  }

  #stamp(record: JsonObject, fields: readonly string[]): JsonObject {
    const now = new Date(this.#options.clock.now()).toISOString();
    return { ...record, ...Object.fromEntries(fields.map((field) => [field, now])) };
  }

  #idOf(collection: Collection, document: JsonObject): JsonObject {
    const { idField } = collection;
    return idField === undefined || document[idField] === undefined ? {} : { [idField]: document[idField] };
  }
}

/** What a client may say of a record. */
const clientFields = (collection: Collection, values: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !collection.serverFields.includes(name)));

const idOf = (collection: Collection, document: JsonObject, id: unknown): JsonValue =>
  (collection.idField === undefined ? undefined : document[collection.idField]) ?? idText(id);

const idText = (id: unknown): string => (typeof id === 'string' ? id : JSON.stringify(id ?? null));

const parseObject = (text: unknown): JsonObject => {
  const value: unknown = typeof text === 'string' ? JSON.parse(text) : {};
  return isObject(value) ? value : {};
};

/** A path says everything as text; the record's field may be a number. */
const likeExample = (example: JsonValue | undefined, text: string): JsonValue =>
  typeof example === 'number' && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;

/** A record belongs to a scope unless it was created under, or names in a field, another enclosing resource. */
const belongsTo = (collection: Collection, row: Row, scope: Scope): boolean =>
  Object.entries(scope).every(([parameter, wanted]) => {
    const field = own(collection.scopeFields, parameter);
    const value = field === undefined ? undefined : own(row.document, field);
    const actual = value === undefined || value === null ? own(row.scope, parameter) : idText(value);
    return actual === undefined ? Object.keys(row.scope).length === 0 : actual === wanted;
  });
`,
  'src/validation/arrays.ts': `/** What a schema says of lists. */

import { sameJson } from '../json.ts';
import type { SchemaObject } from './schema.ts';
import type { Check, Path, ValidationIssue, ValidationScope } from './validate.ts';

const count = (amount: number): string => \`\${amount} \${amount === 1 ? 'item' : 'items'}\`;

/** Issues of a list and of its items. */
export const arrayIssues = (
  schema: SchemaObject,
  value: readonly unknown[],
  path: Path,
  scope: ValidationScope,
  check: Check,
): readonly ValidationIssue[] => {
  const issues: ValidationIssue[] = [];
  if (schema.minItems !== undefined && value.length < schema.minItems) {
    issues.push({ path, reason: \`must have at least \${count(schema.minItems)}\` });
  }
  if (schema.maxItems !== undefined && value.length > schema.maxItems) {
    issues.push({ path, reason: \`must have at most \${count(schema.maxItems)}\` });
  }
  if (schema.uniqueItems === true && hasDuplicates(value)) issues.push({ path, reason: 'must not hold an item twice' });
  const prefix = schema.prefixItems ?? [];
  value.forEach((item, index) => {
    const itemSchema = prefix[index] ?? schema.items;
    if (itemSchema !== undefined) issues.push(...check(itemSchema, item, [...path, index], scope));
  });
  const { contains } = schema;
  if (contains !== undefined && !value.some((item) => check(contains, item, path, scope).length === 0)) {
    issues.push({ path, reason: 'holds none of the items that it must contain' });
  }
  return issues;
};

const hasDuplicates = (items: readonly unknown[]): boolean => {
  const scalars = new Set(items.filter((item) => typeof item !== 'object' || item === null));
  const structures = items.filter((item) => typeof item === 'object' && item !== null);
  if (scalars.size + structures.length < items.length) return true;
  return structures.some((item, index) => structures.slice(0, index).some((earlier) => sameJson(earlier, item)));
};
`,
  'src/validation/combinations.ts': `/**
 * \`allOf\`, \`anyOf\`, \`oneOf\`, \`not\`, \`if\`. When no alternative fits, the issues of the closest one are told, because
 * "fits none of 5 schemas" helps nobody.
 */

import { isObject, own } from '../json.ts';
import type { Schema, SchemaObject } from './schema.ts';
import type { Check, Path, ValidationIssue, ValidationScope } from './validate.ts';

/** Issues that come from the schemas that a schema combines. */
export const combinationIssues = (
  schema: SchemaObject,
  value: unknown,
  path: Path,
  scope: ValidationScope,
  check: Check,
): readonly ValidationIssue[] => {
  const issues = (schema.allOf ?? []).flatMap((part) => check(part, value, path, scope));
  if (schema.anyOf !== undefined)
    issues.push(...alternativeIssues(schema, schema.anyOf, value, path, scope, check, false));
  if (schema.oneOf !== undefined)
    issues.push(...alternativeIssues(schema, schema.oneOf, value, path, scope, check, true));
  if (schema.not !== undefined && check(schema.not, value, path, scope).length === 0) {
    issues.push({ path, reason: 'has a form that is not allowed' });
  }
  if (schema.if !== undefined) {
    const branch = check(schema.if, value, path, scope).length === 0 ? schema.then : schema.else;
    if (branch !== undefined) issues.push(...check(branch, value, path, scope));
  }
  return issues;
};

const alternativeIssues = (
  schema: SchemaObject,
  alternatives: readonly Schema[],
  value: unknown,
  path: Path,
  scope: ValidationScope,
  check: Check,
  exactlyOne: boolean,
): readonly ValidationIssue[] => {
  const chosen = discriminated(schema, alternatives, value);
  if (chosen !== undefined) return check(chosen, value, path, scope);
  const results = alternatives.map((alternative) => check(alternative, value, path, scope));
  const fitting = results.filter((issues) => issues.length === 0).length;
  if (fitting === 1 || (fitting > 1 && !exactlyOne)) return [];
  if (fitting > 1) return [{ path, reason: \`fits \${fitting} of the allowed forms, but must fit exactly one\` }];
  return closest(results) ?? [{ path, reason: 'fits none of the allowed forms' }];
};

/** The alternative whose issues lie deepest, then the one with the fewest: it is most likely the one that was meant. */
const closest = (results: readonly (readonly ValidationIssue[])[]): readonly ValidationIssue[] | undefined => {
  const depth = (issues: readonly ValidationIssue[]): number => Math.min(...issues.map((issue) => issue.path.length));
  return [...results].sort((left, right) => depth(right) - depth(left) || left.length - right.length)[0];
};

/** The alternative that the discriminator's property names, when it names one of them. */
const discriminated = (schema: SchemaObject, alternatives: readonly Schema[], value: unknown): Schema | undefined => {
  if (schema.discriminator === undefined || !isObject(value)) return undefined;
  const { propertyName, mapping } = schema.discriminator;
  const name = own(value, propertyName);
  if (typeof name !== 'string') return undefined;
  const mapped = own(mapping ?? {}, name);
  const wanted = mapped ?? name;
  return alternatives.find(
    (alternative) =>
      typeof alternative !== 'boolean' &&
      alternative.$ref !== undefined &&
      (alternative.$ref === wanted || alternative.$ref.endsWith(\`/\${wanted}\`)),
  );
};
`,
  'src/validation/formats.ts': `/** Checks for the formats of JSON Schema and OpenAPI. A format that is not listed here allows every value. */

import { own } from '../json.ts';

const datePattern = /^(\\d{4})-(\\d{2})-(\\d{2})$/;
const timePattern = /^([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)(\\.\\d+)?(z|[+-]([01]\\d|2[0-3]):[0-5]\\d)$/i;
const hostnamePattern = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

const isDate = (text: string): boolean => {
  const match = datePattern.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days !== undefined && day >= 1 && day <= days;
};

const isDateTime = (text: string): boolean =>
  isDate(text.slice(0, 10)) && /^[t ]$/i.test(text.charAt(10)) && timePattern.test(text.slice(11));

const isIpv4 = (text: string): boolean => {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\\d{0,2})$/.test(part) && Number(part) <= 255);
};

const isIpv6 = (text: string): boolean => {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  const endsWithIpv4 = last !== undefined && last.includes('.');
  if (endsWithIpv4 && !isIpv4(last)) return false;
  const hexGroups = endsWithIpv4 ? groups.slice(0, -1) : groups;
  const size = hexGroups.length + (endsWithIpv4 ? 2 : 0);
  return hexGroups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) && (halves.length === 2 ? size <= 7 : size === 8);
};

const stringFormats: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDate,
  time: (text) => timePattern.test(text),
  'date-time': isDateTime,
  duration: (text) => /^P(?!$)(\\d+Y)?(\\d+M)?(\\d+W)?(\\d+D)?(T(?=\\d)(\\d+H)?(\\d+M)?(\\d+(\\.\\d+)?S)?)?$/.test(text),
  email: (text) => /^[^\\s@]+@[^\\s@]+$/.test(text) && text.length <= 254,
  hostname: (text) => hostnamePattern.test(text),
  ipv4: isIpv4,
  ipv6: isIpv6,
  uuid: (text) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text),
  uri: (text) => /^[a-z][a-z0-9+.-]*:[^\\s]*$/i.test(text),
  url: (text) => /^[a-z][a-z0-9+.-]*:\\/\\/[^\\s]+$/i.test(text),
  'uri-reference': (text) => !/[\\s<>"{}|\\\\^\`]/.test(text),
  byte: (text) => /^[A-Za-z0-9+/\\-_\\r\\n]*={0,2}$/.test(text),
};

/** False when a string does not have the format. */
export const hasStringFormat = (format: string, text: string): boolean => own(stringFormats, format)?.(text) ?? true;

/** False when a number is outside what the format can hold. */
export const hasNumberFormat = (format: string, value: number): boolean => {
  if (format === 'int32') return Number.isInteger(value) && value >= -2_147_483_648 && value <= 2_147_483_647;
  if (format === 'int64') return Number.isInteger(value) && Math.abs(value) <= 2 ** 63;
  return true;
};
`,
  'src/validation/objects.ts': `/** What a schema says of objects. */

import { own } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { compilePattern } from './scalars.ts';
import { resolveSchema } from './schema.ts';
import type { Schema, SchemaObject } from './schema.ts';
import type { Check, Path, ValidationIssue, ValidationScope } from './validate.ts';

/** Issues of an object and of its properties. */
export const objectIssues = (
  schema: SchemaObject,
  value: JsonObject,
  path: Path,
  scope: ValidationScope,
  check: Check,
): readonly ValidationIssue[] => [
  ...requiredIssues(schema, value, path, scope),
  ...sizeIssues(schema, value, path),
  ...Object.entries(value).flatMap(([name, item]) => propertyIssues(schema, name, item, path, scope, check)),
];

const requiredIssues = (
  schema: SchemaObject,
  value: JsonObject,
  path: Path,
  scope: ValidationScope,
): readonly ValidationIssue[] => {
  const dependent = Object.entries(schema.dependentRequired ?? {}).flatMap(([name, names]) =>
    Object.hasOwn(value, name) ? names : [],
  );
  return [...(schema.required ?? []), ...dependent]
    .filter((name) => !Object.hasOwn(value, name) && !isOneWay(own(schema.properties ?? {}, name) ?? true, scope))
    .map((name) => ({ path: [...path, name], reason: 'is required' }));
};

/** A property that only travels in the other direction is never missed in this one. */
const isOneWay = (property: Schema, scope: ValidationScope): boolean => {
  const marks = [property, resolveSchema(property, scope.schemas)];
  return marks.some(
    (mark) => typeof mark !== 'boolean' && (scope.direction === 'request' ? mark.readOnly : mark.writeOnly) === true,
  );
};

const sizeIssues = (schema: SchemaObject, value: JsonObject, path: Path): readonly ValidationIssue[] => {
  const size = Object.keys(value).length;
  const issues: ValidationIssue[] = [];
  if (schema.minProperties !== undefined && size < schema.minProperties) {
    issues.push({ path, reason: \`must have at least \${schema.minProperties} properties\` });
  }
  if (schema.maxProperties !== undefined && size > schema.maxProperties) {
    issues.push({ path, reason: \`must have at most \${schema.maxProperties} properties\` });
  }
  return issues;
};

const propertyIssues = (
  schema: SchemaObject,
  name: string,
  value: unknown,
  path: Path,
  scope: ValidationScope,
  check: Check,
): readonly ValidationIssue[] => {
  const at = [...path, name];
  const known = own(schema.properties ?? {}, name);
  const matching = Object.entries(schema.patternProperties ?? {})
    .filter(([pattern]) => compilePattern(pattern)?.test(name) === true)
    .map(([, property]) => property);
  const applying = [...(known === undefined ? [] : [known]), ...matching];
  const nameIssues =
    schema.propertyNames === undefined
      ? []
      : check(schema.propertyNames, name, at, scope).map(({ reason }) => ({
          path: at,
          reason: \`has a name that \${reason}\`,
        }));
  if (applying.length > 0) return [...nameIssues, ...applying.flatMap((property) => check(property, value, at, scope))];
  if (schema.additionalProperties === false) return [...nameIssues, { path: at, reason: 'is not a known property' }];
  return [...nameIssues, ...check(schema.additionalProperties ?? true, value, at, scope)];
};
`,
  'src/validation/one-way.ts': `/** Removes \`readOnly\` properties from requests and \`writeOnly\` properties from answers, and fills in defaults. */

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

/** The schema and what it combines by \`allOf\`; alternatives count too, as long as they agree on the property. */
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

/** \`anyOf: [Pet, null]\` has one alternative that matters; several would need the value to choose. */
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
`,
  'src/validation/scalars.ts': `/** What a schema says of strings and numbers. */

import { hasNumberFormat, hasStringFormat } from './formats.ts';
import type { SchemaObject } from './schema.ts';

const patterns = new Map<string, RegExp | undefined>();

/** The compiled pattern; undefined when the document holds one that this engine cannot read. */
export const compilePattern = (source: string): RegExp | undefined => {
  if (!patterns.has(source)) patterns.set(source, tryCompile(source));
  return patterns.get(source);
};

const tryCompile = (source: string): RegExp | undefined => {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(source, flags);
    } catch {
      // The next set of flags is more lenient; after the last one the pattern counts as absent.
      continue;
    }
  }
  return undefined;
};

/** Reasons why a string is refused. */
export const stringIssues = (schema: SchemaObject, value: string): readonly string[] => {
  const reasons: string[] = [];
  const length = schema.minLength === undefined && schema.maxLength === undefined ? 0 : Array.from(value).length;
  if (schema.minLength !== undefined && length < schema.minLength) {
    reasons.push(\`must have at least \${schema.minLength} characters\`);
  }
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    reasons.push(\`must have at most \${schema.maxLength} characters\`);
  }
  if (schema.pattern !== undefined && compilePattern(schema.pattern)?.test(value) === false) {
    reasons.push(\`must match the pattern \${schema.pattern}\`);
  }
  if (schema.format !== undefined && !hasStringFormat(schema.format, value)) {
    reasons.push(\`must have the format \${schema.format}\`);
  }
  return reasons;
};

/** Reasons why a number is refused. */
export const numberIssues = (schema: SchemaObject, value: number): readonly string[] => {
  const reasons: string[] = [];
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (minimum !== undefined && value < minimum) reasons.push(\`must be at least \${minimum}\`);
  if (maximum !== undefined && value > maximum) reasons.push(\`must be at most \${maximum}\`);
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    reasons.push(\`must be greater than \${exclusiveMinimum}\`);
  }
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
    reasons.push(\`must be less than \${exclusiveMaximum}\`);
  }
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) reasons.push(\`must be a multiple of \${multipleOf}\`);
  if (schema.format !== undefined && !hasNumberFormat(schema.format, value)) {
    reasons.push(\`must have the format \${schema.format}\`);
  }
  return reasons;
};

/** Decimal fractions are not exact in binary, so the quotient may miss a whole number by a rounding error. */
const isMultiple = (value: number, step: number): boolean => {
  if (step <= 0) return true;
  const quotient = value / step;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9 * Math.max(1, Math.abs(quotient));
};
`,
  'src/validation/schema.ts': `/** The part of JSON Schema 2020-12 that this application checks, and where references lead. */

import type { JsonValue } from '../json.ts';

export type SchemaType = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null';

export interface SchemaObject {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: SchemaType | readonly SchemaType[];
  readonly enum?: readonly JsonValue[];
  readonly const?: JsonValue;
  readonly default?: JsonValue;
  readonly examples?: readonly JsonValue[];
  readonly readOnly?: boolean;
  readonly writeOnly?: boolean;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly contains?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
  readonly dependentRequired?: Readonly<Record<string, readonly string[]>>;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly if?: Schema;
  readonly then?: Schema;
  readonly else?: Schema;
  readonly discriminator?: {
    readonly propertyName: string;
    /** Value of the property → the reference of the schema that it stands for. */
    readonly mapping?: Readonly<Record<string, string>>;
  };
}

/** \`true\` allows everything, \`false\` nothing. */
export type Schema = boolean | SchemaObject;

/** Named schemas by the reference that leads to them. */
export type SchemaRegistry = Readonly<Record<string, Schema>>;

/** \`readOnly\` properties are not expected in a request, \`writeOnly\` properties not in a response. */
export type Direction = 'request' | 'response';

/** The schema behind a reference; a schema without a reference is itself. */
export const resolveSchema = (schema: Schema, schemas: SchemaRegistry): Schema => {
  let current = schema;
  for (let steps = 0; steps < 100; steps += 1) {
    if (typeof current === 'boolean' || current.$ref === undefined) return current;
    if (!Object.hasOwn(schemas, current.$ref)) return true;
    current = schemas[current.$ref] ?? true;
  }
  return true;
};
`,
  'src/validation/validate.ts': `/**
 * Checks a value against a schema and says what is wrong where. References are followed only as far as the value goes,
 * so schemas may speak of themselves.
 */

import { isObject, own, sameJson } from '../json.ts';
import { arrayIssues } from './arrays.ts';
import { combinationIssues } from './combinations.ts';
import { objectIssues } from './objects.ts';
import { numberIssues, stringIssues } from './scalars.ts';
import type { Direction, Schema, SchemaObject, SchemaRegistry, SchemaType } from './schema.ts';

/** One thing wrong: where it is, from the value's root, and why. */
export interface ValidationIssue {
  readonly path: readonly (string | number)[];
  readonly reason: string;
}

export interface ValidationScope {
  readonly schemas: SchemaRegistry;
  readonly direction: Direction;
  /** How many schemas enclose this one; a value nested deeper than the limit is refused. */
  readonly depth: number;
}

export type Path = readonly (string | number)[];

/** Checks the value at \`path\`; parts of the checker call it for what lies below them. */
export type Check = (schema: Schema, value: unknown, path: Path, scope: ValidationScope) => readonly ValidationIssue[];

const maximumDepth = 200;

/** All issues of a value, an empty list when it is valid. */
export const validate = (
  schema: Schema,
  value: unknown,
  options: { readonly schemas: SchemaRegistry; readonly direction: Direction },
): readonly ValidationIssue[] => check(schema, value, [], { ...options, depth: 0 });

/** The type of a value as schemas call it; a whole number is an \`integer\`. */
export const typeOf = (value: unknown): SchemaType => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  return 'object';
};

const article = (type: string): string => (/^[aio]/.test(type) ? \`an \${type}\` : \`a \${type}\`);

const typeIssue = (schema: SchemaObject, value: unknown): string | undefined => {
  if (schema.type === undefined) return undefined;
  const types: readonly SchemaType[] = typeof schema.type === 'string' ? [schema.type] : schema.type;
  const actual = typeOf(value);
  if (types.includes(actual) || (actual === 'integer' && types.includes('number'))) return undefined;
  return \`must be \${types.map(article).join(' or ')}, not \${article(actual)}\`;
};

const check: Check = (schema, value, path, scope) => {
  if (schema === true) return [];
  if (schema === false) return [{ path, reason: 'is not allowed' }];
  if (scope.depth > maximumDepth) return [{ path, reason: 'is nested too deeply' }];
  const inner = { ...scope, depth: scope.depth + 1 };
  const referenced =
    schema.$ref === undefined ? [] : check(own(scope.schemas, schema.$ref) ?? true, value, path, inner);
  const wrongType = typeIssue(schema, value);
  if (wrongType !== undefined) return [...referenced, { path, reason: wrongType }];
  return [...referenced, ...valueIssues(schema, value, path), ...partIssues(schema, value, path, inner)];
};

const valueIssues = (schema: SchemaObject, value: unknown, path: Path): readonly ValidationIssue[] => {
  const reasons: string[] = [];
  if (schema.enum !== undefined && !schema.enum.some((allowed) => sameJson(allowed, value))) {
    reasons.push(\`must be one of \${schema.enum.map((allowed) => JSON.stringify(allowed)).join(', ')}\`);
  }
  if (schema.const !== undefined && !sameJson(schema.const, value)) {
    reasons.push(\`must be \${JSON.stringify(schema.const)}\`);
  }
  if (typeof value === 'string') reasons.push(...stringIssues(schema, value));
  if (typeof value === 'number') reasons.push(...numberIssues(schema, value));
  return reasons.map((reason) => ({ path, reason }));
};

const partIssues = (
  schema: SchemaObject,
  value: unknown,
  path: Path,
  scope: ValidationScope,
): readonly ValidationIssue[] => [
  ...(Array.isArray(value) ? arrayIssues(schema, value, path, scope, check) : []),
  ...(isObject(value) ? objectIssues(schema, value, path, scope, check) : []),
  ...combinationIssues(schema, value, path, scope, check),
];
`,
  'test/app.test.ts': `import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createApp } from '../src/app.ts';
import { operations } from '../src/operations/index.ts';
import { send } from './support/client.ts';
import type { Answer } from './support/client.ts';
import { createTestClock } from './support/clock.ts';
import { openTestDatabase } from './support/database.ts';
import type { TestDatabase } from './support/database.ts';

/** The document of the API may describe one of these paths itself; then its operation answers. */
const isDescribed = (path: string): boolean => operations.some((operation) => operation.path === path);

describe('the application', () => {
  let database: TestDatabase;
  let app: Answer;

  beforeEach(() => {
    database = openTestDatabase();
    app = createApp({ database, clock: createTestClock() });
  });

  afterEach(() => {
    database.close();
  });

  it('says that it is well', { skip: isDescribed('/health') }, async () => {
    const reply = await send(app, '/health');
    assert.equal(reply.status, 200);
    assert.deepEqual(reply.body, { status: 'ok' });
  });

  it('serves its document with the address that a proxy gave it', { skip: isDescribed('/openapi.json') }, async () => {
    const reply = await send(app, '/openapi.json', { headers: { 'x-forwarded-prefix': '/apps/api/' } });
    assert.equal(reply.status, 200);
    assert.deepEqual(reply.body['servers'], [{ url: '/apps/api' }]);
  });

  it('lists its operations for people', { skip: isDescribed('/') }, async () => {
    const reply = await send(app, '/');
    assert.equal(reply.status, 200);
    assert.match(reply.headers.get('content-type') ?? '', /^text\\/html/);
    assert.ok(reply.text.includes('<table>'));
  });

  it('refuses a body that is too large', async () => {
    const reply = await send(app, '/a/path/that/is/not/described', { method: 'POST', body: 'x'.repeat(1_048_577) });
    assert.equal(reply.status, 413);
  });
});
`,
  'test/foundation/parameters.test.ts': `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ParameterContract } from '../../src/http/operation.ts';
import { readParameter } from '../../src/http/parameters.ts';
import type { RawParameters } from '../../src/http/parameters.ts';

const numbers = { type: 'array', items: { type: 'integer' } } as const;
const point = { type: 'object', properties: { x: { type: 'integer' }, y: { type: 'integer' } } } as const;
const nothing: RawParameters = { path: {}, query: [], headers: {}, cookies: [] };

const parameter = (rest: Pick<ParameterContract, 'in' | 'style' | 'explode' | 'schema'>): ParameterContract => ({
  name: 'p',
  required: true,
  ...rest,
});

describe('readParameter', () => {
  it('reads lists in every style', () => {
    const form = { in: 'query', schema: numbers } as const;
    const repeated: RawParameters = { ...nothing, query: [['p', '1'], ['p', '2']] };
    assert.deepEqual(readParameter(parameter({ ...form, style: 'form', explode: true }), repeated, {}), [1, 2]);
    assert.deepEqual(readParameter(parameter({ ...form, style: 'form', explode: false }), { ...nothing, query: [['p', '1,2']] }, {}), [1, 2]);
    assert.deepEqual(readParameter(parameter({ ...form, style: 'pipeDelimited', explode: false }), { ...nothing, query: [['p', '1|2']] }, {}), [1, 2]);
    const path = (text: string): RawParameters => ({ ...nothing, path: { p: text } });
    assert.deepEqual(readParameter(parameter({ in: 'path', style: 'simple', explode: false, schema: numbers }), path('1,2'), {}), [1, 2]);
    assert.deepEqual(readParameter(parameter({ in: 'path', style: 'label', explode: true, schema: numbers }), path('.1.2'), {}), [1, 2]);
    assert.deepEqual(readParameter(parameter({ in: 'path', style: 'matrix', explode: true, schema: numbers }), path(';p=1;p=2'), {}), [1, 2]);
  });

  it('reads objects in every style', () => {
    const query = (...pairs: readonly (readonly [string, string])[]): RawParameters => ({ ...nothing, query: pairs });
    const form = { in: 'query', schema: point } as const;
    assert.deepEqual(readParameter(parameter({ ...form, style: 'deepObject', explode: true }), query(['p[x]', '1'], ['p[y]', '2']), {}), { x: 1, y: 2 });
    assert.deepEqual(readParameter(parameter({ ...form, style: 'form', explode: true }), query(['x', '1'], ['y', '2']), {}), { x: 1, y: 2 });
    assert.deepEqual(readParameter(parameter({ ...form, style: 'form', explode: false }), query(['p', 'x,1,y,2']), {}), { x: 1, y: 2 });
    const header: RawParameters = { ...nothing, headers: { p: 'x=1,y=2' } };
    assert.deepEqual(readParameter(parameter({ in: 'header', style: 'simple', explode: true, schema: point }), header, {}), { x: 1, y: 2 });
  });

  it('leaves text that does not fit as it is, so that the check can name it', () => {
    const whole = parameter({ in: 'path', style: 'simple', explode: false, schema: { type: 'integer' } });
    assert.equal(readParameter(whole, { ...nothing, path: { p: 'seven' } }, {}), 'seven');
    assert.equal(readParameter(whole, { ...nothing, path: { p: '7' } }, {}), 7);
  });
});
`,
  'test/foundation/problems.test.ts': `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conform } from '../../src/http/conform.ts';
import type { OperationContract } from '../../src/http/operation.ts';
import { problemReply } from '../../src/http/problems.ts';

const operation: OperationContract = {
  id: 'example',
  method: 'POST',
  path: '/example',
  summary: '',
  parameters: [],
  successStatus: 200,
  successResponse: '200',
  responses: { '200': { description: 'ok' } },
};
const problem = { problem: 'validation', message: 'The request is not valid.', issues: [{ path: ['name'], reason: 'is required' }] } as const;
const nested = {
  type: 'object',
  required: ['error'],
  properties: { error: { type: 'object', required: ['message', 'code'], properties: { message: { type: 'string' }, code: { type: 'integer' } } } },
} as const;

describe('problemReply', () => {
  it('tells the problem in the declared shape', () => {
    const content = { mediaType: 'application/json', schema: nested, example: { error: { message: 'example', code: 1 } } };
    const reply = problemReply({ ...operation, responses: { '422': { description: '', content } } }, problem, {});
    assert.equal(reply.status, 422);
    assert.deepEqual(JSON.parse(reply.body ?? ''), { error: { message: 'name is required', code: 422 } });
  });

  it('prefers 422 to 400, 400 to 4XX and 4XX to default', () => {
    const told = { description: '' };
    const statusWith = (...declared: readonly string[]): number =>
      problemReply({ ...operation, responses: Object.fromEntries(declared.map((status) => [status, told])) }, problem, {}).status;
    assert.equal(statusWith('400', '422', 'default'), 422);
    assert.equal(statusWith('400', '4XX'), 400);
    assert.equal(statusWith('default'), 400);
  });

  it('answers problem+json where nothing is declared', () => {
    const reply = problemReply(operation, problem, {});
    assert.equal(reply.status, 400);
    assert.equal(reply.headers['content-type'], 'application/problem+json');
    assert.deepEqual((JSON.parse(reply.body ?? '') as { readonly errors: unknown }).errors, [{ field: 'name', reason: 'is required' }]);
  });
});

describe('conform', () => {
  const schema = { type: 'object', required: ['id', 'state'], additionalProperties: false, properties: { id: { type: 'integer' }, state: { enum: ['on', 'off'] } } } as const;
  const content = { mediaType: 'application/json', schema, example: { id: 1, state: 'on' } };

  it('leaves out what may not be sent and fills in what must be there', () => {
    assert.deepEqual(conform({ id: 7, secret: 'x' }, content, {}), { id: 7, state: 'on' });
  });

  it('replaces only what does not fit', () => {
    assert.deepEqual(conform({ id: 7, state: 'broken' }, content, {}), { id: 7, state: 'on' });
  });

  it('repairs the items of a list one by one', () => {
    const list = { mediaType: 'application/json', schema: { type: 'array', items: schema } as const, example: [content.example] };
    assert.deepEqual(conform([{ id: 1, state: 'off' }, { id: 2 }], list, {}), [
      { id: 1, state: 'off' },
      { id: 2, state: 'on' },
    ]);
  });
});
`,
  'test/foundation/store.test.ts': `import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Collection } from '../../src/store/collection.ts';
import { selectPage } from '../../src/store/listing.ts';
import { RecordStore } from '../../src/store/records.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

const notes: Collection = {
  name: 'notes',
  title: 'note',
  idField: 'id',
  idSchema: { type: 'integer' },
  acceptsId: false,
  schema: { type: 'object', required: ['id', 'text', 'state', 'createdAt'] },
  example: { id: 1, text: 'example', state: 'new', createdAt: '2020-01-01T00:00:00Z' },
  createdFields: ['createdAt'],
  updatedFields: [],
  serverFields: ['state'],
  scopeFields: { book: 'bookId' },
  initial: [],
};

describe('RecordStore', () => {
  let database: TestDatabase;
  let store: RecordStore;

  beforeEach(() => {
    database = openTestDatabase();
    store = new RecordStore({ database, schemas: {}, clock: createTestClock(), randomUuid: () => 'unused' });
  });

  afterEach(() => {
    database.close();
  });

  it('counts ids up, stamps the time, and fills in what a record must have', () => {
    store.create(notes, { text: 'first' });
    store.create(notes, { text: 'second', id: 99, state: 'forged' });
    assert.deepEqual(store.list(notes), [
      { id: 1, text: 'first', state: 'new', createdAt: '2030-01-15T12:00:00.000Z' },
      { id: 2, text: 'second', state: 'new', createdAt: '2030-01-15T12:00:00.000Z' },
    ]);
  });

  it('gives no id twice, even after a removal', () => {
    store.create(notes, { text: 'first' });
    store.remove(notes, 1);
    store.create(notes, { text: 'second' });
    assert.equal(store.find(notes, 1), undefined);
    assert.equal(store.find(notes, 2)?.['text'], 'second');
  });

  it('replaces, changes and removes', () => {
    store.create(notes, { text: 'first', extra: true });
    assert.equal(store.replace(notes, 1, { text: 'other' })?.['extra'], undefined);
    assert.equal(store.update(notes, 1, { mark: 'x' })?.['text'], 'other');
    assert.equal(store.remove(notes, 1)?.['mark'], 'x');
    assert.equal(store.update(notes, 1, {}), undefined);
    assert.equal(store.replace(notes, 1, {}), undefined);
    assert.equal(store.remove(notes, 1), undefined);
  });

  it('keeps the records of enclosing resources apart', () => {
    store.create(notes, { text: 'one' }, { book: 'a' });
    store.create(notes, { text: 'two' }, { book: 'b' });
    assert.deepEqual(store.list(notes, { book: 'b' }).map((note) => note['text']), ['two']);
    assert.equal(store.find(notes, 1, { book: 'b' }), undefined);
    assert.equal(store.find(notes, 1, { book: 'a' })?.['bookId'], 'a');
    assert.equal(store.list(notes).length, 2);
  });

  it('refuses an id that is taken, or puts the record in its place', () => {
    const open = { ...notes, acceptsId: true };
    assert.equal(store.create(open, { id: 7, text: 'one' }).taken, false);
    assert.deepEqual(store.create(open, { id: 7, text: 'two' }), { taken: true, id: '7' });
    assert.equal(store.put(open, { id: 7, text: 'three' })['text'], 'three');
    assert.equal(store.list(open).length, 1);
  });

  it('begins with the records that nobody can create', () => {
    const filled = { ...notes, initial: [{ id: 5, text: 'there', state: 'old', createdAt: '2020-01-01T00:00:00Z' }] };
    assert.deepEqual(store.list(filled), filled.initial);
    store.remove(filled, 5);
    assert.deepEqual(store.list(filled), []);
  });
});

describe('selectPage', () => {
  const records = [
    { name: 'b', tags: ['x'], size: 2 },
    { name: 'a', tags: ['x', 'y'], size: 10 },
    { name: 'c', tags: [], size: 1 },
  ];
  const names = (request: Parameters<typeof selectPage>[1]): readonly unknown[] => selectPage(records, request).items.map((record) => record['name']);

  it('filters, searches and sorts', () => {
    assert.deepEqual(names({ filters: { tags: 'y' } }), ['a']);
    assert.deepEqual(names({ filters: { name: ['a', 'c'], tags: undefined } }), ['a', 'c']);
    assert.deepEqual(names({ search: 'B' }), ['b']);
    assert.deepEqual(names({ sort: '-size' }), ['a', 'b', 'c']);
  });

  it('cuts pages by offset, by number and by cursor', () => {
    assert.deepEqual(names({ limit: 2, offset: 1 }), ['a', 'c']);
    assert.deepEqual(names({ limit: 2, page: 2 }), ['c']);
    const first = selectPage(records, { limit: 2 });
    assert.equal(first.hasMore, true);
    assert.deepEqual(names({ limit: 2, cursor: first.nextCursor }), ['c']);
  });
});
`,
  'test/foundation/validation.test.ts': `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Schema, SchemaRegistry } from '../../src/validation/schema.ts';
import { validate } from '../../src/validation/validate.ts';

const schemas: SchemaRegistry = {
  '#/tree': { type: 'object', required: ['value'], properties: { value: { type: 'integer' }, next: { $ref: '#/tree' } } },
  '#/cat': { type: 'object', required: ['kind', 'lives'], properties: { kind: { type: 'string' }, lives: { type: 'integer' } } },
  '#/dog': { type: 'object', required: ['kind', 'barks'], properties: { kind: { type: 'string' }, barks: { type: 'boolean' } } },
};

const reasons = (schema: Schema, value: unknown, direction: 'request' | 'response' = 'request'): readonly string[] =>
  validate(schema, value, { schemas, direction }).map(({ path, reason }) => \`\${path.join('.')} \${reason}\`.trim());

describe('validate', () => {
  it('names the field and the reason', () => {
    const schema: Schema = { type: 'object', required: ['name'], properties: { age: { type: 'integer', minimum: 0 } } };
    assert.deepEqual(reasons(schema, { age: -1 }), ['name is required', 'age must be at least 0']);
    assert.deepEqual(reasons(schema, { name: 'x', age: 'old' }), ['age must be an integer, not a string']);
  });

  it('follows references as deep as the value goes', () => {
    assert.deepEqual(reasons({ $ref: '#/tree' }, { value: 1, next: { value: 2, next: { value: 'three' } } }), [
      'next.next.value must be an integer, not a string',
    ]);
  });

  it('lets the discriminator choose the alternative', () => {
    const schema: Schema = { oneOf: [{ $ref: '#/cat' }, { $ref: '#/dog' }], discriminator: { propertyName: 'kind' } };
    assert.deepEqual(reasons(schema, { kind: 'cat', lives: 9 }), []);
    assert.deepEqual(reasons(schema, { kind: 'dog', lives: 9 }), ['barks is required']);
  });

  it('wants exactly one alternative of oneOf', () => {
    const schema: Schema = { oneOf: [{ type: 'integer' }, { type: 'number', minimum: 5 }] };
    assert.deepEqual(reasons(schema, 3), []);
    assert.deepEqual(reasons(schema, 7), ['fits 2 of the allowed forms, but must fit exactly one']);
  });

  it('does not miss what only travels in the other direction', () => {
    const schema: Schema = { required: ['id', 'secret'], properties: { id: { readOnly: true }, secret: { writeOnly: true } } };
    assert.deepEqual(reasons(schema, { secret: 's' }, 'request'), []);
    assert.deepEqual(reasons(schema, { id: 1 }, 'response'), []);
    assert.deepEqual(reasons(schema, {}, 'response'), ['id is required']);
  });

  it('checks formats', () => {
    const isRefused = (format: string, value: string): boolean => reasons({ type: 'string', format }, value).length > 0;
    assert.equal(isRefused('date', '2024-02-29'), false);
    assert.equal(isRefused('date', '2023-02-29'), true);
    assert.equal(isRefused('date-time', '2024-01-01T10:00:00Z'), false);
    assert.equal(isRefused('date-time', '2024-01-01 25:00'), true);
    assert.equal(isRefused('email', 'a@b.example'), false);
    assert.equal(isRefused('email', 'nobody'), true);
    assert.equal(isRefused('uuid', '3f2504e0-4f89-41d3-9a0c-0305e82c3301'), false);
    assert.equal(isRefused('uuid', '3f2504e0'), true);
    assert.equal(isRefused('ipv6', '2001:db8::1'), false);
    assert.equal(isRefused('ipv6', '2001:db8::1::2'), true);
  });

  it('checks lists and objects', () => {
    assert.deepEqual(reasons({ type: 'array', uniqueItems: true }, [{ a: 1 }, { a: 1 }]), ['must not hold an item twice']);
    assert.deepEqual(reasons({ properties: { a: true }, additionalProperties: false }, { b: 1 }), ['b is not a known property']);
    assert.deepEqual(reasons({ type: 'number', multipleOf: 0.01 }, 19.99), []);
    assert.deepEqual(reasons({ not: { required: ['b'] } }, { b: 1 }), ['has a form that is not allowed']);
  });
});
`,
  'test/support/app.ts': `/** An application with some operations over an empty database, and what tests ask of it. */

import assert from 'node:assert/strict';
import { createDispatcher } from '../../src/http/dispatcher.ts';
import { isJson } from '../../src/http/bodies.ts';
import { declaredResponse } from '../../src/http/operation.ts';
import type { Operation } from '../../src/http/operation.ts';
import type { Reply } from '../../src/http/reply.ts';
import { schemas } from '../../src/schemas/index.ts';
import { RecordStore } from '../../src/store/records.ts';
import { validate } from '../../src/validation/validate.ts';
import { createTestClock } from './clock.ts';
import { openTestDatabase } from './database.ts';

export interface TestRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, with the content type in the headers. */
  readonly text?: string;
  readonly form?: readonly (readonly [string, string])[];
}

export interface TestApp {
  readonly store: RecordStore;
  readonly send: (request: TestRequest) => Reply;
  readonly close: () => void;
}

/** Opens an application that has these operations. Close it afterwards. */
export const openTestApp = (operations: readonly Operation[], apiKeys: readonly string[] = []): TestApp => {
  const database = openTestDatabase();
  let count = 0;
  const randomUuid = (): string => {
    count += 1;
    return \`00000000-0000-4000-8000-\${String(count).padStart(12, '0')}\`;
  };
  const store = new RecordStore({ database, schemas, clock: createTestClock(), randomUuid });
  const dispatch = createDispatcher({ operations, schemas, store, apiKeys });
  return { store, send: (request) => dispatch(toApiRequest(request)), close: database.close };
};

const toApiRequest = ({ method, path, headers = {}, json, text, form }: TestRequest): Parameters<ReturnType<typeof createDispatcher>>[0] => {
  const [pathname = '/', query = ''] = path.split('?');
  const mediaType = json === undefined ? (headers['content-type'] ?? '') : (headers['content-type'] ?? 'application/json');
  const body = json === undefined ? (text ?? '') : JSON.stringify(json);
  return { method, path: pathname, query, headers, body: { mediaType, text: body, ...(form === undefined ? {} : { form }) } };
};

/** The JSON of an answer. */
export const jsonOf = (reply: Reply): unknown => JSON.parse(reply.body ?? 'null') as unknown;

/** Fails unless the answer has the status, and the body that the operation declares for it. */
export const assertDeclared = (operation: Operation, reply: Reply, status: number): void => {
  assert.equal(reply.status, status, reply.body);
  const declared = declaredResponse(operation, status);
  if (declared?.content === undefined) return;
  const { mediaType, schema } = declared.content;
  if (!isJson(mediaType)) return;
  if (reply.body === undefined) {
    assert.ok(operation.method === 'HEAD' || [204, 205, 304].includes(status), 'a declared body is missing');
    return;
  }
  assert.deepEqual(validate(schema, jsonOf(reply), { schemas, direction: 'response' }), []);
};

/** Fails unless the answer refuses the request in the shape that the operation declares for it, or as problem+json. */
export const assertRefused = (operation: Operation, reply: Reply, statuses: readonly number[]): void => {
  assert.ok(statuses.includes(reply.status), \`\${reply.status} is none of \${statuses.join(', ')}: \${reply.body ?? ''}\`);
  if (reply.headers['content-type'] !== 'application/problem+json') assertDeclared(operation, reply, reply.status);
  else assert.equal((jsonOf(reply) as { readonly status: number }).status, reply.status);
};
`,
} as const;
