/** What a schema says of objects. */

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
    issues.push({ path, reason: `must have at least ${schema.minProperties} properties` });
  }
  if (schema.maxProperties !== undefined && size > schema.maxProperties) {
    issues.push({ path, reason: `must have at most ${schema.maxProperties} properties` });
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
          reason: `has a name that ${reason}`,
        }));
  if (applying.length > 0) return [...nameIssues, ...applying.flatMap((property) => check(property, value, at, scope))];
  if (schema.additionalProperties === false) return [...nameIssues, { path: at, reason: 'is not a known property' }];
  return [...nameIssues, ...check(schema.additionalProperties ?? true, value, at, scope)];
};
