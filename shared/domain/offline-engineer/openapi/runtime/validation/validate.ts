/**
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

/** Checks the value at `path`; parts of the checker call it for what lies below them. */
export type Check = (schema: Schema, value: unknown, path: Path, scope: ValidationScope) => readonly ValidationIssue[];

const maximumDepth = 200;

/** All issues of a value, an empty list when it is valid. */
export const validate = (
  schema: Schema,
  value: unknown,
  options: { readonly schemas: SchemaRegistry; readonly direction: Direction },
): readonly ValidationIssue[] => check(schema, value, [], { ...options, depth: 0 });

/** The type of a value as schemas call it; a whole number is an `integer`. */
export const typeOf = (value: unknown): SchemaType => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  return 'object';
};

const article = (type: string): string => (/^[aio]/.test(type) ? `an ${type}` : `a ${type}`);

const typeIssue = (schema: SchemaObject, value: unknown): string | undefined => {
  if (schema.type === undefined) return undefined;
  const types: readonly SchemaType[] = typeof schema.type === 'string' ? [schema.type] : schema.type;
  const actual = typeOf(value);
  if (types.includes(actual) || (actual === 'integer' && types.includes('number'))) return undefined;
  return `must be ${types.map(article).join(' or ')}, not ${article(actual)}`;
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
    reasons.push(`must be one of ${schema.enum.map((allowed) => JSON.stringify(allowed)).join(', ')}`);
  }
  if (schema.const !== undefined && !sameJson(schema.const, value)) {
    reasons.push(`must be ${JSON.stringify(schema.const)}`);
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
