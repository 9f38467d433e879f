/**
 * `allOf`, `anyOf`, `oneOf`, `not`, `if`. When no alternative fits, the issues of the closest one are told, because
 * "fits none of 5 schemas" helps nobody.
 */

import { isObject, own } from '../json.ts';
import type { Schema, SchemaObject } from './schema.ts';
import type { Check, Path, ValidationIssue, ValidationScope } from './validate.ts';

/** Issues that come from the schemas that a schema combines. */
export const combinationIssues = (
  schema: SchemaObject,
  value: unknown,
  path: Path,
  scope: ValidationScope,
  check: Check,
): readonly ValidationIssue[] => {
  const issues = (schema.allOf ?? []).flatMap((part) => check(part, value, path, scope));
  if (schema.anyOf !== undefined)
    issues.push(...alternativeIssues(schema, schema.anyOf, value, path, scope, check, false));
  if (schema.oneOf !== undefined)
    issues.push(...alternativeIssues(schema, schema.oneOf, value, path, scope, check, true));
  if (schema.not !== undefined && check(schema.not, value, path, scope).length === 0) {
    issues.push({ path, reason: 'has a form that is not allowed' });
  }
  if (schema.if !== undefined) {
    const branch = check(schema.if, value, path, scope).length === 0 ? schema.then : schema.else;
    if (branch !== undefined) issues.push(...check(branch, value, path, scope));
  }
  return issues;
};

const alternativeIssues = (
  schema: SchemaObject,
  alternatives: readonly Schema[],
  value: unknown,
  path: Path,
  scope: ValidationScope,
  check: Check,
  exactlyOne: boolean,
): readonly ValidationIssue[] => {
  const chosen = discriminated(schema, alternatives, value);
  if (chosen !== undefined) return check(chosen, value, path, scope);
  const results = alternatives.map((alternative) => check(alternative, value, path, scope));
  const fitting = results.filter((issues) => issues.length === 0).length;
  if (fitting === 1 || (fitting > 1 && !exactlyOne)) return [];
  if (fitting > 1) return [{ path, reason: `fits ${fitting} of the allowed forms, but must fit exactly one` }];
  return closest(results) ?? [{ path, reason: 'fits none of the allowed forms' }];
};

/** The alternative whose issues lie deepest, then the one with the fewest: it is most likely the one that was meant. */
const closest = (results: readonly (readonly ValidationIssue[])[]): readonly ValidationIssue[] | undefined => {
  const depth = (issues: readonly ValidationIssue[]): number => Math.min(...issues.map((issue) => issue.path.length));
  return [...results].sort((left, right) => depth(right) - depth(left) || left.length - right.length)[0];
};

/** The alternative that the discriminator's property names, when it names one of them. */
const discriminated = (schema: SchemaObject, alternatives: readonly Schema[], value: unknown): Schema | undefined => {
  if (schema.discriminator === undefined || !isObject(value)) return undefined;
  const { propertyName, mapping } = schema.discriminator;
  const name = own(value, propertyName);
  if (typeof name !== 'string') return undefined;
  const mapped = own(mapping ?? {}, name);
  const wanted = mapped ?? name;
  return alternatives.find(
    (alternative) =>
      typeof alternative !== 'boolean' &&
      alternative.$ref !== undefined &&
      (alternative.$ref === wanted || alternative.$ref.endsWith(`/${wanted}`)),
  );
};
