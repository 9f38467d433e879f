/**
 * Whether a schema takes less or promises less than it did. A request schema breaks its callers when it is narrowed, a
 * response schema when it is widened or loses a field. JSON Schema as OpenAPI 3.0 and 3.1 write it; what cannot be
 * decided (`not`, conditions) is not held against a version.
 */
import {
  isObject,
  objectIn,
  own,
  sameJson,
  type JsonObject,
  type JsonValue,
} from '../../offline-engineer/openapi/runtime/json.ts';

export type Direction = 'request' | 'response';

export interface SchemaPair {
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

interface Context {
  readonly direction: Direction;
  readonly documents: { readonly before: JsonObject; readonly after: JsonObject };
  /** Pairs of references that are being compared: a recursive schema meets itself again. */
  readonly open: ReadonlySet<string>;
}

/** What a reference within the document leads to; `{}` (anything) when it leads nowhere. */
export const follow = (document: JsonObject, value: JsonValue | undefined): JsonObject => {
  let current = value;
  for (let hops = 0; hops < 20; hops += 1) {
    if (!isObject(current)) return {};
    const reference = own(current, '$ref');
    if (typeof reference !== 'string') return current;
    if (!reference.startsWith('#/')) return {};
    let target: JsonValue | undefined = document;
    for (const step of reference.slice(2).split('/')) {
      const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
      target = isObject(target) ? own(target, name) : undefined;
    }
    current = target;
  }
  return {};
};

const list = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [];

/** The parts of `allOf` folded into one schema: properties, required names, and the first type and bounds. */
const flatten = (document: JsonObject, value: JsonValue | undefined, depth = 0): JsonObject => {
  const schema = follow(document, value);
  const parts = depth > 10 ? [] : list(own(schema, 'allOf')).map((part) => flatten(document, part, depth + 1));
  return [schema, ...parts].reduce<JsonObject>(
    (whole, part) => ({
      ...part,
      ...whole,
      properties: { ...objectIn(part, 'properties'), ...objectIn(whole, 'properties') },
      required: [...new Set([...list(own(whole, 'required')), ...list(own(part, 'required'))])],
    }),
    {},
  );
};

const typesOf = (schema: JsonObject): ReadonlySet<JsonValue> | undefined => {
  const type = own(schema, 'type');
  if (type === undefined) return undefined;
  const types = new Set(Array.isArray(type) ? (type as readonly JsonValue[]) : [type]);
  if (own(schema, 'nullable') === true) types.add('null');
  if (types.has('number')) types.add('integer');
  return types;
};

const valuesOf = (schema: JsonObject): readonly JsonValue[] | undefined => {
  const constant = own(schema, 'const');
  if (constant !== undefined) return [constant];
  const values = own(schema, 'enum');
  return Array.isArray(values) ? (values as readonly JsonValue[]) : undefined;
};

/** Bounds that narrow when they rise, and those that narrow when they fall. */
const floors = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'] as const;
const ceilings = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'] as const;

const narrowedBounds = (before: JsonObject, after: JsonObject, at: string): readonly string[] => {
  const tighter = (name: string, direction: 1 | -1): readonly string[] => {
    const now = own(after, name);
    const then = own(before, name);
    if (typeof now !== 'number' || now === 0) return [];
    if (typeof then === 'number' && (now - then) * direction <= 0) return [];
    return [`${at}: ${name} is ${now}, it was ${typeof then === 'number' ? then : 'not bounded'}`];
  };
  const pattern = own(after, 'pattern');
  return [
    ...floors.flatMap((name) => tighter(name, 1)),
    ...ceilings.flatMap((name) => tighter(name, -1)),
    ...(pattern === undefined || pattern === own(before, 'pattern') ? [] : [`${at}: has to match another pattern`]),
  ];
};

const brokenTypes = (context: Context, before: JsonObject, after: JsonObject, at: string): readonly string[] => {
  const isRequest = context.direction === 'request';
  const [given, taken] = isRequest ? [before, after] : [after, before];
  const allowed = typesOf(taken);
  const possible = typesOf(given);
  const words = (types: ReadonlySet<JsonValue> | undefined): string =>
    types === undefined ? 'anything' : [...types].join(' or ');
  const isWithin =
    allowed === undefined || (possible !== undefined && [...possible].every((type) => allowed.has(type)));
  const typeFault = isWithin ? [] : [`${at}: is ${words(typesOf(after))}, it was ${words(typesOf(before))}`];
  const allowedValues = valuesOf(taken);
  if (allowedValues === undefined) return typeFault;
  const possibleValues = valuesOf(given);
  if (possibleValues === undefined)
    return [...typeFault, `${at}: ${isRequest ? 'takes only certain values now' : 'is any value now'}`];
  const outside = possibleValues.filter((value) => !allowedValues.some((each) => sameJson(each, value)));
  const verb = isRequest ? 'no longer takes' : 'may now be';
  return [...typeFault, ...outside.map((value) => `${at}: ${verb} ${JSON.stringify(value)}`)];
};

const brokenProperties = (context: Context, before: JsonObject, after: JsonObject, at: string): readonly string[] => {
  const isRequest = context.direction === 'request';
  const had = objectIn(before, 'properties');
  const has = objectIn(after, 'properties');
  const isSaid = ([, schema]: readonly [string, JsonValue]): boolean =>
    own(follow(context.documents[isRequest ? 'after' : 'before'], schema), isRequest ? 'readOnly' : 'writeOnly') !==
    true;
  const needed = (schema: JsonObject): ReadonlySet<JsonValue> => new Set(list(own(schema, 'required')));
  const [neededBefore, neededAfter] = [needed(before), needed(after)];
  if (isRequest) {
    const isClosed = own(after, 'additionalProperties') === false;
    return [
      ...[...neededAfter]
        .filter((name) => !neededBefore.has(name) && isSaid([String(name), own(has, String(name)) ?? {}]))
        .map((name) => `${at}.${String(name)}: is required now`),
      ...Object.keys(had)
        .filter((name) => isClosed && !Object.hasOwn(has, name))
        .map((name) => `${at}.${name}: is no longer taken`),
    ];
  }
  return Object.entries(had)
    .filter(isSaid)
    .flatMap(([name]) =>
      !Object.hasOwn(has, name)
        ? [`${at}.${name}: is no longer there`]
        : neededBefore.has(name) && !neededAfter.has(name)
          ? [`${at}.${name}: may be missing now`]
          : [],
    );
};

/** Each way that had to be served before, or may come now, needs one that fits it. */
const brokenVariants = (context: Context, before: JsonObject, after: JsonObject, at: string): readonly string[] => {
  for (const name of ['oneOf', 'anyOf']) {
    const then = list(own(before, name));
    const now = list(own(after, name));
    if (then.length === 0 || now.length === 0) continue;
    const fits = (one: JsonValue, other: JsonValue): boolean =>
      compare(context, { before: one, after: other }, at).length === 0;
    const lost =
      context.direction === 'request'
        ? then.filter((one) => !now.some((other) => fits(one, other)))
        : now.filter((other) => !then.some((one) => fits(one, other)));
    if (lost.length > 0)
      return [
        `${at}: ${context.direction === 'request' ? `${lost.length} of its forms are no longer taken` : `has ${lost.length} new forms`}`,
      ];
  }
  return [];
};

const compare = (context: Context, { before, after }: SchemaPair, at: string): readonly string[] => {
  const key = `${JSON.stringify(own(isObject(before) ? before : {}, '$ref') ?? '')}|${JSON.stringify(own(isObject(after) ? after : {}, '$ref') ?? '')}`;
  if (key !== '""|""' && context.open.has(key)) return [];
  const inner: Context = { ...context, open: new Set([...context.open, key]) };
  const then = flatten(context.documents.before, before);
  const now = flatten(context.documents.after, after);
  const had = objectIn(then, 'properties');
  const has = objectIn(now, 'properties');
  return [
    ...brokenTypes(inner, then, now, at),
    ...(context.direction === 'request' ? narrowedBounds(then, now, at) : []),
    ...brokenProperties(inner, then, now, at),
    ...brokenVariants(inner, then, now, at),
    ...Object.keys(had).flatMap((name) =>
      Object.hasOwn(has, name) ? compare(inner, { before: had[name], after: has[name] }, `${at}.${name}`) : [],
    ),
    ...(own(then, 'items') !== undefined && own(now, 'items') !== undefined
      ? compare(inner, { before: own(then, 'items'), after: own(now, 'items') }, `${at}[]`)
      : []),
  ];
};

/** What breaks callers, one sentence each, beginning with the place. */
export const brokenSchema = (
  direction: Direction,
  documents: Context['documents'],
  pair: SchemaPair,
  at: string,
): readonly string[] => compare({ direction, documents, open: new Set() }, pair, at);
