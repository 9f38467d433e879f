/** Requests for tests: values that satisfy an operation's parameters and body, in the form in which they are sent. */

import type { ApiContent, ApiOperation, ApiParameter, SecurityScheme } from '../model.ts';
import { preferredContent } from '../plan/forms.ts';
import { isJson } from '../runtime/http/bodies.ts';
import { isObject } from '../runtime/json.ts';
import type { JsonObject, JsonValue } from '../runtime/json.ts';
import type { Sampler } from '../sample/sampler.ts';

/** As `TestRequest` of the generated tests. */
export interface SampleRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: JsonValue;
  readonly text?: string;
  readonly form?: readonly (readonly [string, string])[];
}

export interface RequestChoices {
  /** Values of path parameters that must be these. */
  readonly path: Readonly<Record<string, JsonValue>>;
  /** Added to the required query parameters. */
  readonly query?: Readonly<Record<string, JsonValue>>;
  /** Query parameters that are left out. */
  readonly without?: string;
  readonly hasCredentials: boolean;
  readonly body?: JsonValue;
}

/** A value for a parameter: the document's example where it is valid. */
export const parameterValue = (parameter: ApiParameter, sampler: Sampler, variant = 0): JsonValue | undefined => {
  const given = parameter.examples.find(
    (example) => sampler.isValid(parameter.schema, example, 'request') && serialise(parameter, example) !== '',
  );
  if (given !== undefined && variant === 0) return given;
  return sampler.sample(parameter.schema, { direction: 'request', extent: 'full', hint: parameter.name, variant });
};

/** A valid body, undefined when none could be made. A variant differs from the document's example where it can. */
export const bodyValue = (operation: ApiOperation, sampler: Sampler, variant = 0): JsonValue | undefined => {
  const content = bodyContent(operation);
  if (content === undefined) return undefined;
  const varied =
    variant === 0
      ? undefined
      : sampler.sample(content.schema, { direction: 'request', extent: 'full', hint: 'value', variant });
  if (varied !== undefined) return varied;
  const given = content.examples.find((example) => sampler.isValid(content.schema, example, 'request'));
  return given ?? sampler.sample(content.schema, { direction: 'request', extent: 'full', hint: 'value', variant: 0 });
};

export const bodyContent = (operation: ApiOperation): ApiContent | undefined =>
  operation.body === undefined ? undefined : preferredContent(operation.body.contents);

/** The request; undefined when a required part could not be made. */
export const sampleRequest = (
  operation: ApiOperation,
  choices: RequestChoices,
  sampler: Sampler,
): SampleRequest | undefined => {
  const headers: Record<string, string> = {};
  const query: string[] = [];
  const cookies: string[] = [];
  let path = operation.path;
  for (const parameter of operation.parameters) {
    const chosen =
      parameter.in === 'path'
        ? choices.path[parameter.name]
        : parameter.in === 'query'
          ? choices.query?.[parameter.name]
          : undefined;
    const isSent = parameter.required && parameter.name !== choices.without;
    const value = chosen ?? (isSent ? parameterValue(parameter, sampler) : undefined);
    if (value === undefined && isSent) return undefined;
    if (value !== undefined) {
      const text = serialise(parameter, value);
      if (parameter.in === 'path') path = path.replaceAll(`{${parameter.name}}`, text);
      else if (parameter.in === 'query') query.push(text);
      else if (parameter.in === 'cookie') cookies.push(text);
      else headers[parameter.name.toLowerCase()] = text;
    }
  }
  if (choices.hasCredentials) addCredentials(operation.security[0] ?? [], headers, query, cookies);
  if (cookies.length > 0) headers['cookie'] = cookies.join('; ');
  const body = bodyParts(operation, choices.body);
  const parts = { ...headers, ...body.headers };
  return {
    method: operation.method.toUpperCase(),
    path:
      query.filter((part) => part !== '').length === 0
        ? path
        : `${path}?${query.filter((part) => part !== '').join('&')}`,
    ...(Object.keys(parts).length === 0 ? {} : { headers: parts }),
    ...body.content,
  };
};

const addCredentials = (
  alternative: readonly SecurityScheme[],
  headers: Record<string, string>,
  query: string[],
  cookies: string[],
): void => {
  for (const scheme of alternative) {
    if (scheme.kind === 'bearer') headers['authorization'] = 'Bearer test-token';
    else if (scheme.kind === 'basic') headers['authorization'] = 'Basic dGVzdDp0ZXN0';
    else if (scheme.in === 'header') headers[scheme.key.toLowerCase()] = 'test-key';
    else if (scheme.in === 'query') query.push(`${encodeURIComponent(scheme.key)}=test-key`);
    else cookies.push(`${scheme.key}=test-key`);
  }
};

interface BodyParts {
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Pick<SampleRequest, 'json' | 'text' | 'form'>;
}

const bodyParts = (operation: ApiOperation, body: JsonValue | undefined): BodyParts => {
  const content = bodyContent(operation);
  if (content === undefined || body === undefined) return { headers: {}, content: {} };
  const { mediaType } = content;
  const concrete = mediaType.includes('*') ? 'application/json' : mediaType;
  if (isJson(concrete))
    return { headers: concrete === 'application/json' ? {} : { 'content-type': concrete }, content: { json: body } };
  const isForm = mediaType === 'multipart/form-data' || mediaType === 'application/x-www-form-urlencoded';
  if (isForm && isObject(body)) return { headers: { 'content-type': mediaType }, content: { form: formPairs(body) } };
  return {
    headers: { 'content-type': concrete },
    content: { text: typeof body === 'string' ? body : JSON.stringify(body) },
  };
};

const formPairs = (body: JsonObject): readonly (readonly [string, string])[] =>
  Object.entries(body).flatMap(([name, value]) =>
    Array.isArray(value)
      ? value.map((item: JsonValue) => [name, textOf(item)] as const)
      : [[name, textOf(value)] as const],
  );

const textOf = (value: JsonValue): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

const encode = (value: JsonValue): string => encodeURIComponent(textOf(value));

/** The parameter as its style writes it. */
export const serialise = (parameter: ApiParameter, value: JsonValue): string => {
  if (parameter.json) {
    const text = encodeURIComponent(JSON.stringify(value));
    return parameter.in === 'query' || parameter.in === 'cookie'
      ? `${encodeURIComponent(parameter.name)}=${text}`
      : parameter.in === 'header'
        ? JSON.stringify(value)
        : text;
  }
  if (parameter.in === 'query' || parameter.in === 'cookie') return asPairs(parameter, value);
  const plain = parameter.in === 'header' ? textOf : encode;
  return withStyle(parameter, value, plain);
};

const asPairs = (parameter: ApiParameter, value: JsonValue): string => {
  const name = encodeURIComponent(parameter.name);
  const { style, explode } = parameter;
  if (Array.isArray(value)) {
    const items = (value as readonly JsonValue[]).map(encode);
    const separator = style === 'spaceDelimited' ? '%20' : style === 'pipeDelimited' ? '|' : ',';
    return explode ? items.map((item) => `${name}=${item}`).join('&') : `${name}=${items.join(separator)}`;
  }
  if (isObject(value)) {
    const entries = Object.entries(value);
    if (style === 'deepObject')
      return entries.map(([key, item]) => `${name}[${encodeURIComponent(key)}]=${encode(item)}`).join('&');
    if (explode) return entries.map(([key, item]) => `${encodeURIComponent(key)}=${encode(item)}`).join('&');
    return `${name}=${entries.map(([key, item]) => `${encodeURIComponent(key)},${encode(item)}`).join(',')}`;
  }
  return `${name}=${encode(value)}`;
};

const withStyle = (parameter: ApiParameter, value: JsonValue, plain: (value: JsonValue) => string): string => {
  const { name, style, explode } = parameter;
  const separator = style === 'label' && explode ? '.' : style === 'matrix' && explode ? ';' : ',';
  const start = style === 'label' ? '.' : style === 'matrix' ? ';' : '';
  if (Array.isArray(value)) {
    const items = (value as readonly JsonValue[]).map(plain);
    if (style !== 'matrix') return start + items.join(separator);
    return explode ? start + items.map((item) => `${name}=${item}`).join(';') : `;${name}=${items.join(',')}`;
  }
  if (isObject(value)) {
    const pairs = Object.entries(value).map(([key, item]) => `${key}${explode ? '=' : ','}${plain(item)}`);
    return style === 'matrix' && !explode ? `;${name}=${pairs.join(',')}` : start + pairs.join(separator);
  }
  return style === 'matrix' ? `;${name}=${plain(value)}` : start + plain(value);
};
