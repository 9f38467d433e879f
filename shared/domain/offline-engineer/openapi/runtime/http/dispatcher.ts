/** The way of a request: route, credentials, parameters, body, operation, declared answer. */

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
  /** Encoded, from `/`, without the query. */
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
    if (match.kind === 'not_found') return plainProblem(404, `There is nothing at ${request.path}.`);
    if (match.kind === 'method_not_allowed') {
      const reply = plainProblem(405, `${request.method} is not possible here; ${match.allowed.join(', ')} is.`);
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
    const message = `The content type ${raw.mediaType} is not accepted here; ${reading.expected.join(', ')} is.`;
    return { kind: 'refused', answer: { kind: 'problem', problem: 'unsupported_media_type', message, issues: [] } };
  }
  if (reading.kind === 'malformed') {
    const issues = [{ path: ['body'], reason: reading.reason }];
    return {
      kind: 'refused',
      answer: { kind: 'problem', problem: 'malformed', message: `The body ${reading.reason}.`, issues },
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

/** Decodes `a=1&b=2`; in query strings a plus sign is a space. */
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
