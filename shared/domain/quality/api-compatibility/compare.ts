/** What of an API breaks its callers between two versions, and what is new. */
import {
  isObject,
  objectIn,
  objectsIn,
  own,
  type JsonObject,
  type JsonValue,
} from '../../offline-engineer/openapi/runtime/json.ts';
import { brokenSchema, follow } from './schemas.ts';
import type { ApiOperation, ApiSurface } from './surface.ts';

export interface ApiDifference {
  /** One sentence for each, beginning with the operation. */
  readonly breaking: readonly string[];
  /** Operations that were not there before. */
  readonly added: readonly string[];
}

interface Side {
  readonly document: JsonObject;
  readonly operation: JsonObject;
  readonly path: JsonObject;
}

const sideOf = (surface: ApiSurface, operation: ApiOperation): Side | undefined =>
  operation.description === undefined ? undefined : { document: surface.document, ...operation.description };

/** Parameters by place and name; those of the operation win over those of its path. */
const parametersOf = ({ document, operation, path }: Side): ReadonlyMap<string, JsonObject> =>
  new Map(
    [...objectsIn(own(path, 'parameters')), ...objectsIn(own(operation, 'parameters'))].map((part) => {
      const parameter = follow(document, part);
      const place = String(own(parameter, 'in'));
      // Path parameters are matched by their place in the path, whatever they are called.
      return [place === 'path' ? '' : `${place} ${String(own(parameter, 'name'))}`, parameter];
    }),
  );

const brokenParameters = (before: Side, after: Side, name: string): readonly string[] => {
  const had = parametersOf(before);
  const has = parametersOf(after);
  const documents = { before: before.document, after: after.document };
  const isRequired = (parameter: JsonObject | undefined): boolean =>
    parameter !== undefined && own(parameter, 'required') === true;
  const added = [...has].filter(([key, parameter]) => key !== '' && isRequired(parameter) && !isRequired(had.get(key)));
  return [
    ...added.map(([key]) => `${name}: the parameter ${key} is required now`),
    ...[...had].flatMap(([key, parameter]): readonly string[] => {
      const now = has.get(key);
      if (key === '') return [];
      if (now === undefined) return [`${name}: the parameter ${key} is gone`];
      const schemas = { before: own(parameter, 'schema'), after: own(now, 'schema') };
      return brokenSchema('request', documents, schemas, `${name}: ${key}`);
    }),
  ];
};

const mediaOf = (document: JsonObject, part: JsonValue | undefined): readonly (readonly [string, JsonObject])[] =>
  Object.entries(objectIn(follow(document, part), 'content')).flatMap(([type, media]) =>
    isObject(media) ? [[(type.split(';')[0] ?? type).trim().toLowerCase(), media] as const] : [],
  );

const brokenBody = (before: Side, after: Side, name: string): readonly string[] => {
  const had = own(before.operation, 'requestBody');
  const has = own(after.operation, 'requestBody');
  const isRequired = (document: JsonObject, body: JsonValue | undefined): boolean =>
    own(follow(document, body), 'required') === true;
  const needed =
    isRequired(after.document, has) && !isRequired(before.document, had) ? [`${name}: a body is required now`] : [];
  const now = new Map(mediaOf(after.document, has));
  const documents = { before: before.document, after: after.document };
  return [
    ...needed,
    ...mediaOf(before.document, had).flatMap(([type, media]): readonly string[] => {
      const other = now.get(type);
      if (other === undefined) return [`${name}: no longer takes ${type}`];
      return brokenSchema(
        'request',
        documents,
        { before: own(media, 'schema'), after: own(other, 'schema') },
        `${name}: body`,
      );
    }),
  ];
};

const brokenResponses = (before: Side, after: Side, name: string): readonly string[] => {
  const had = objectIn(before.operation, 'responses');
  const has = objectIn(after.operation, 'responses');
  const documents = { before: before.document, after: after.document };
  return Object.entries(had)
    .filter(([status]) => /^[23]/.test(status))
    .flatMap(([status, response]): readonly string[] => {
      const other = own(has, status) ?? own(has, `${status.slice(0, 1)}XX`) ?? own(has, 'default');
      if (other === undefined) return [`${name}: no longer answers ${status}`];
      const now = new Map(mediaOf(after.document, other));
      return mediaOf(before.document, response).flatMap(([type, media]): readonly string[] => {
        const present = now.get(type);
        if (present === undefined) return [`${name}: ${status} no longer comes as ${type}`];
        const schemas = { before: own(media, 'schema'), after: own(present, 'schema') };
        return brokenSchema('response', documents, schemas, `${name}: ${status}`);
      });
    });
};

/** True when callers need no credential: none is asked for, or an empty choice is among them. */
const isOpen = ({ document, operation }: Side): boolean => {
  const security = own(operation, 'security') ?? own(document, 'security');
  const choices = Array.isArray(security) ? objectsIn(security) : [];
  return choices.length === 0 || choices.some((choice) => Object.keys(choice).length === 0);
};

const brokenOperation = (before: Side, after: Side, name: string): readonly string[] => [
  ...(isOpen(before) && !isOpen(after) ? [`${name}: a credential is asked for now`] : []),
  ...brokenParameters(before, after, name),
  ...brokenBody(before, after, name),
  ...brokenResponses(before, after, name),
];

/** What was removed or narrowed, and what came in. Operations that only the code tells of are compared by their names. */
export const compareApis = (before: ApiSurface, after: ApiSurface): ApiDifference => {
  const breaking: string[] = [];
  for (const [key, operation] of before.operations) {
    const now = after.operations.get(key);
    if (now === undefined) {
      breaking.push(`${operation.name}: is gone`);
      continue;
    }
    const [then, later] = [sideOf(before, operation), sideOf(after, now)];
    if (then !== undefined && later !== undefined) breaking.push(...brokenOperation(then, later, operation.name));
  }
  const added = [...after.operations].flatMap(([key, { name }]) => (before.operations.has(key) ? [] : [name]));
  return { breaking: [...new Set(breaking)], added };
};
