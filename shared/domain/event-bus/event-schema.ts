/**
 * Schemas of event types: which JSON Schemas can be used here, and whether a new version still takes what fitted the last
 * one. Only keywords that the bounded validator (`../model/quality/schema-fit.ts`) decides are allowed: a schema that says
 * more than is checked would promise what nobody keeps.
 */
import { sameJson } from '../replay/canonical.ts';

type Json = Readonly<Record<string, unknown>>;

export interface SchemaFault {
  /** A JSON pointer into the schema. */
  readonly at: string;
  readonly reason: string;
}

/** Longest text of a schema, and deepest nesting. */
export const maxSchemaLength = 65_536;
const maxDepth = 32;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const annotations: ReadonlySet<string> = new Set([
  '$id',
  '$schema',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]);

/** Keywords that hold one schema, a list of them, or named ones. */
const single: ReadonlySet<string> = new Set(['additionalProperties', 'not', 'if', 'then', 'else', 'contains']);
const named: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);
const listed: ReadonlySet<string> = new Set(['prefixItems', 'allOf', 'anyOf', 'oneOf']);
const plain: ReadonlySet<string> = new Set([
  '$ref',
  'type',
  'enum',
  'const',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'required',
  'dependentRequired',
]);

const childrenOf = (keyword: string, value: unknown): readonly (readonly [string, unknown])[] => {
  if (single.has(keyword) || keyword === 'propertyNames') return [[keyword, value]];
  if (keyword === 'items' && !Array.isArray(value)) return [[keyword, value]];
  if (listed.has(keyword))
    return Array.isArray(value) ? value.map((entry, index) => [`${keyword}/${index}`, entry]) : [];
  return named.has(keyword) && isObject(value)
    ? Object.entries(value).map(([name, entry]) => [
        `${keyword}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        entry,
      ])
    : [];
};

const isKnown = (keyword: string): boolean =>
  annotations.has(keyword) ||
  single.has(keyword) ||
  named.has(keyword) ||
  listed.has(keyword) ||
  plain.has(keyword) ||
  keyword === 'items' ||
  keyword === 'propertyNames';

/** What keeps a schema from being used, at most ten faults; none: it can be. */
export const findSchemaFaults = (schema: unknown, at = '', depth = 0): readonly SchemaFault[] => {
  if (typeof schema === 'boolean') return [];
  if (!isObject(schema)) return [{ at, reason: 'must be an object or a boolean' }];
  if (depth >= maxDepth) return [{ at, reason: `is nested deeper than ${maxDepth} levels` }];
  const faults: SchemaFault[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    const place = `${at}/${keyword}`;
    if (!isKnown(keyword)) faults.push({ at: place, reason: 'is a keyword that is not checked here' });
    else if (keyword === '$ref' && !(typeof value === 'string' && value.startsWith('#'))) {
      faults.push({ at: place, reason: 'must point into this schema: #/$defs/…' });
    } else if (keyword === 'items' && Array.isArray(value)) {
      faults.push({ at: place, reason: 'must be one schema; a list of them is called prefixItems' });
    } else {
      for (const [path, child] of childrenOf(keyword, value)) {
        faults.push(...findSchemaFaults(child, `${at}/${path}`, depth + 1));
      }
    }
    if (faults.length >= 10) return faults.slice(0, 10);
  }
  return faults;
};

const typesOf = (type: unknown): readonly unknown[] => (Array.isArray(type) ? type : [type]);

const takesType = (allowed: readonly unknown[], type: unknown): boolean =>
  allowed.includes(type) || (type === 'integer' && allowed.includes('number'));

const lowerBounds = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const upperBounds = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

const isLaxer = (keyword: string, before: unknown, after: unknown): boolean => {
  if (after === undefined) return true;
  if (typeof before !== 'number' || typeof after !== 'number') return false;
  return lowerBounds.includes(keyword) ? after <= before : after >= before;
};

const compared: ReadonlySet<string> = new Set([
  'type',
  'enum',
  'const',
  'required',
  'properties',
  'additionalProperties',
  'items',
  ...lowerBounds,
  ...upperBounds,
]);

const withoutAnnotations = (schema: Json): Json =>
  Object.fromEntries(Object.entries(schema).filter(([keyword]) => !annotations.has(keyword)));

const valuesOf = (schema: Json): readonly unknown[] | undefined =>
  schema['const'] !== undefined ? [schema['const']] : Array.isArray(schema['enum']) ? schema['enum'] : undefined;

const compareValues = (before: Json, after: Json, at: string): readonly SchemaFault[] => {
  const allowed = valuesOf(after);
  if (allowed === undefined) return [];
  const were = valuesOf(before);
  const isWider = were !== undefined && were.every((value) => allowed.some((entry) => sameJson(entry, value)));
  return isWider ? [] : [{ at, reason: 'allows fewer values than before' }];
};

const compareKinds = (before: Json, after: Json, at: string): readonly SchemaFault[] => {
  const faults: SchemaFault[] = [...compareValues(before, after, at)];
  if (after['type'] !== undefined) {
    const allowed = typesOf(after['type']);
    const isWider = before['type'] !== undefined && typesOf(before['type']).every((type) => takesType(allowed, type));
    if (!isWider) faults.push({ at: `${at}/type`, reason: 'takes fewer types than before' });
  }
  for (const keyword of [...lowerBounds, ...upperBounds]) {
    if (!isLaxer(keyword, before[keyword], after[keyword])) {
      faults.push({ at: `${at}/${keyword}`, reason: 'is stricter than before' });
    }
  }
  const required = Array.isArray(before['required']) ? before['required'] : [];
  for (const name of Array.isArray(after['required']) ? after['required'] : []) {
    if (!required.includes(name))
      faults.push({ at: `${at}/required`, reason: `asks for "${String(name)}", as it did not before` });
  }
  return faults;
};

const compareProperties = (before: Json, after: Json, at: string): readonly SchemaFault[] => {
  const were = isObject(before['properties']) ? before['properties'] : {};
  const are = isObject(after['properties']) ? after['properties'] : {};
  const othersWere = before['additionalProperties'] ?? true;
  const others = after['additionalProperties'] ?? true;
  const own = (properties: Json, name: string, rest: unknown): unknown =>
    Object.hasOwn(properties, name) ? properties[name] : rest;
  return [
    ...[...new Set([...Object.keys(were), ...Object.keys(are)])].flatMap((name) =>
      findIncompatibilities(own(were, name, othersWere), own(are, name, others), `${at}/properties/${name}`),
    ),
    ...findIncompatibilities(othersWere, others, `${at}/additionalProperties`),
  ];
};

/**
 * Why data that fits `before` may not fit `after`; none: all of it does. Careful: where it cannot tell, it says so. A field
 * can be added only where `additionalProperties` was false, for else older data may hold anything under its name.
 */
export const findIncompatibilities = (before: unknown, after: unknown, at = ''): readonly SchemaFault[] => {
  if (sameJson(before, after) || after === true || before === false) return [];
  if (after === false) return [{ at, reason: 'is no longer allowed' }];
  const [old, new_] = [before === true ? {} : before, after];
  if (!isObject(old) || !isObject(new_)) return [{ at, reason: 'cannot be compared' }];
  const [left, right] = [withoutAnnotations(old), withoutAnnotations(new_)];
  if (sameJson(left, right)) return [];
  const faults = [...compareKinds(left, right, at), ...compareProperties(left, right, at)];
  if (right['items'] !== undefined) {
    faults.push(...findIncompatibilities(left['items'] ?? true, right['items'], `${at}/items`));
  }
  for (const keyword of new Set([...Object.keys(left), ...Object.keys(right)])) {
    if (!compared.has(keyword) && !sameJson(left[keyword] ?? null, right[keyword] ?? null)) {
      faults.push({ at: `${at}/${keyword}`, reason: 'differs from before, and cannot be compared' });
    }
  }
  return faults;
};
