/** Security schemes and what an operation asks of them. */

import type { SecurityAlternative, SecurityScheme } from '../model.ts';
import { isObject } from '../runtime/json.ts';
import type { JsonObject, JsonValue } from '../runtime/json.ts';
import { dereference, partsOf, refuse, textOf } from './context.ts';
import type { Part, ReadContext } from './context.ts';

/** The schemes by name; `undefined` for one that cannot be seen in a request (mutual TLS). */
export type SecuritySchemes = ReadonlyMap<string, SecurityScheme | undefined>;

/** Reads `components.securitySchemes`. */
export const readSecuritySchemes = (context: ReadContext): SecuritySchemes => {
  const components = context.document['components'];
  if (!isObject(components)) return new Map();
  const part: Part<JsonObject> = { value: components, pointer: '#/components' };
  return new Map(
    partsOf(part, 'securitySchemes').map(({ name, ...entry }) => {
      const found = dereference(context, entry);
      return [name, found === undefined ? undefined : readScheme(context, name, found)];
    }),
  );
};

const readScheme = (context: ReadContext, name: string, part: Part<JsonObject>): SecurityScheme | undefined => {
  const { value, pointer } = part;
  const type = textOf(value['type']);
  if (type === 'http') {
    return { kind: textOf(value['scheme']).toLowerCase() === 'basic' ? 'basic' : 'bearer', name };
  }
  if (type === 'oauth2' || type === 'openIdConnect') return { kind: 'bearer', name };
  if (type === 'apiKey') {
    const place = value['in'];
    if (place === 'header' || place === 'query' || place === 'cookie') {
      return { kind: 'api_key', name, in: place, key: textOf(value['name'], name) };
    }
    refuse(context, pointer, 'an apiKey must be in one of header, query, cookie.');
    return undefined;
  }
  if (type === 'mutualTLS') {
    context.notes.add(`The security scheme ${name} (mutual TLS) happens below HTTP and is not checked.`);
    return undefined;
  }
  refuse(
    context,
    pointer,
    `${type || 'no type'} is not a security scheme (http, apiKey, oauth2, openIdConnect, mutualTLS).`,
  );
  return undefined;
};

/** Reads a list of requirements: any of them is enough, each may name several schemes. */
export const readSecurity = (
  context: ReadContext,
  schemes: SecuritySchemes,
  requirements: JsonValue | undefined,
): readonly SecurityAlternative[] => {
  if (!Array.isArray(requirements)) return [];
  return (requirements as readonly JsonValue[]).filter(isObject).map((requirement) =>
    Object.keys(requirement).flatMap((name): readonly SecurityScheme[] => {
      if (!schemes.has(name)) {
        context.notes.add(
          `The security scheme ${name} is required but not described; a bearer token is expected for it.`,
        );
        return [{ kind: 'bearer', name }];
      }
      const scheme = schemes.get(name);
      return scheme === undefined ? [] : [scheme];
    }),
  );
};
