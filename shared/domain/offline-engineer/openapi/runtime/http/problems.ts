/**
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
        .map((issue) => `${fieldName(issue)} ${issue.reason}`)
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
      return kindsOf(items, schemas).has('object') ? {} : `${fieldName(issue)} ${issue.reason}`;
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
