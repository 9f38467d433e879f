/** The operations under `paths`. */

import type { ApiOperation, ApiParameter, HttpMethod } from '../model.ts';
import { isObject } from '../runtime/json.ts';
import type { JsonObject } from '../runtime/json.ts';
import { dereference, partsOf, refuse, textOf } from './context.ts';
import type { Part, ReadContext } from './context.ts';
import { readBody, readParameter, readResponses } from './contents.ts';
import { camelCase, kebabCase, uniqueNames } from './names.ts';
import { below } from './pointers.ts';
import { readSecurity, readSecuritySchemes } from './security.ts';
import type { SecuritySchemes } from './security.ts';

const methods: readonly HttpMethod[] = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

interface Surroundings {
  readonly context: ReadContext;
  readonly schemes: SecuritySchemes;
  readonly uniqueName: (wanted: string) => string;
}

/** Reads every operation, in the document's order. */
export const readOperations = (context: ReadContext): readonly ApiOperation[] => {
  const root: Part<JsonObject> = { value: context.document, pointer: '#' };
  const surroundings = { context, schemes: readSecuritySchemes(context), uniqueName: uniqueNames() };
  const seen = new Set<string>();
  return partsOf(root, 'paths')
    .filter(({ name }) => !name.startsWith('x-'))
    .flatMap((entry) => {
      if (!entry.name.startsWith('/')) {
        refuse(context, entry.pointer, 'a path must begin with a slash.');
        return [];
      }
      const found = dereference(context, entry);
      if (found === undefined) return [];
      return readPathItem(surroundings, entry.name.split(/[?#]/)[0] ?? entry.name, found, entry.pointer);
    })
    .filter((operation) => {
      const key = `${operation.method} ${operation.path.replaceAll(/\{[^}]*\}/g, '{}')}`;
      const isNew = !seen.has(key);
      if (!isNew)
        context.notes.add(
          `${operation.method.toUpperCase()} ${operation.path} is described twice; the first description counts.`,
        );
      seen.add(key);
      return isNew;
    });
};

const readPathItem = (
  surroundings: Surroundings,
  path: string,
  item: Part<JsonObject>,
  pathPointer: string,
): readonly ApiOperation[] => {
  const { context } = surroundings;
  const shared = readParameters(context, item);
  return methods.flatMap((method): readonly ApiOperation[] => {
    const value = item.value[method];
    if (value === undefined) return [];
    const pointer = below(item.pointer, method);
    if (!isObject(value)) {
      refuse(context, below(pathPointer, method), 'an operation must be an object.');
      return [];
    }
    return [readOperation(surroundings, path, method, { value, pointer }, shared)];
  });
};

const readParameters = (context: ReadContext, part: Part<JsonObject>): readonly ApiParameter[] =>
  partsOf(part, 'parameters').flatMap((entry) => readParameter(context, entry) ?? []);

const readOperation = (
  { context, schemes, uniqueName }: Surroundings,
  path: string,
  method: HttpMethod,
  part: Part<JsonObject>,
  shared: readonly ApiParameter[],
): ApiOperation => {
  const { value, pointer } = part;
  const body =
    value['requestBody'] === undefined
      ? undefined
      : readBody(context, { value: value['requestBody'], pointer: below(pointer, 'requestBody') });
  const tag = Array.isArray(value['tags']) && typeof value['tags'][0] === 'string' ? value['tags'][0] : undefined;
  const groupTitle = tag ?? firstFixedSegment(path);
  if (isObject(value['callbacks'])) {
    context.notes.add(`The callbacks of ${method.toUpperCase()} ${path} are not sent: the application has no network.`);
  }
  return {
    id: uniqueName(
      camelCase(textOf(value['operationId']) || `${method} ${path.replaceAll(/[{}]/g, ' by ')}`, `${method}Root`),
    ),
    method,
    path,
    summary: textOf(value['summary']),
    description: textOf(value['description']),
    group: kebabCase(groupTitle, 'general'),
    groupTitle,
    parameters: withPathParameters(path, merge(shared, readParameters(context, part))),
    // The body of a GET request cannot be sent by many clients, so none is ever demanded.
    ...(body === undefined || method === 'trace'
      ? {}
      : { body: { ...body, required: body.required && method !== 'get' && method !== 'head' } }),
    responses: readResponses(context, part),
    security: readSecurity(context, schemes, value['security'] ?? context.document['security']),
  };
};

const firstFixedSegment = (path: string): string =>
  path
    .split('/')
    .find((segment) => segment !== '' && !segment.includes('{') && !/^(api|rest|v\d+(\.\d+)?)$/i.test(segment)) ??
  'general';

const merge = (shared: readonly ApiParameter[], own: readonly ApiParameter[]): readonly ApiParameter[] => [
  ...shared.filter((outer) => !own.some((inner) => inner.name === outer.name && inner.in === outer.in)),
  ...own,
];

/** Parameters of the path stand in the template; one that is not described is text. */
const withPathParameters = (path: string, parameters: readonly ApiParameter[]): readonly ApiParameter[] => {
  const names = [...path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1] ?? '');
  const missing = names.filter(
    (name) => !parameters.some((parameter) => parameter.in === 'path' && parameter.name === name),
  );
  const described = parameters.filter((parameter) => parameter.in !== 'path' || names.includes(parameter.name));
  const added = [...new Set(missing)].map((name): ApiParameter => ({
    name,
    in: 'path',
    description: '',
    required: true,
    style: 'simple',
    explode: false,
    json: false,
    schema: { type: 'string' },
    examples: [],
  }));
  return [...described, ...added];
};
