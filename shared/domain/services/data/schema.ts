/** JSON Schemas of the services: whether they are usable, and what is wrong with a value. */
import { dereference, Validator } from '@cfworker/json-schema';
import type { AppError, Issue } from '../../../errors/result.ts';
import type { JsonObject } from '../../../rpc/services/service-object.ts';

const maxIssues = 20;

/** Checks values against one schema. */
export type SchemaCheck = (value: unknown, field: string) => readonly Issue[];

/** Fails on what the validator would only trip over with a value at hand: references to nowhere, patterns that are none. */
const refuseUnusable = (schema: JsonObject): void => {
  const parts = dereference(schema);
  for (const part of Object.values(parts)) {
    if (typeof part !== 'object' || part === null) continue;
    const target = part.__absolute_ref__ ?? part.$ref;
    if (target !== undefined && parts[target] === undefined) throw new Error(`There is nothing at ${part.$ref ?? ''}.`);
    if (part.pattern !== undefined) RegExp(part.pattern, 'u');
    for (const pattern of Object.keys(part.patternProperties ?? {})) RegExp(pattern, 'u');
  }
};

/** The validator says of a declared field that does not fit that it is not declared, too. */
const notDeclared = 'False boolean schema.';

/** Fails on a schema that cannot be used, such as one with a reference to nowhere. */
export const schemaCheck = (schema: JsonObject): SchemaCheck => {
  refuseUnusable(schema);
  const validator = new Validator(schema, '2020-12', false);
  return (value, field) => {
    const { valid, errors } = validator.validate(value);
    if (valid) return [];
    const leaves = errors.filter(
      ({ instanceLocation, error }, index) =>
        !errors.some(
          (other, place) =>
            place !== index &&
            (other.instanceLocation.startsWith(`${instanceLocation}/`) ||
              (error === notDeclared && other.instanceLocation === instanceLocation && other.error !== notDeclared)),
        ),
    );
    return leaves.slice(0, maxIssues).map(({ instanceLocation, error }) => ({
      field: [field, ...instanceLocation.slice(1).split('/').filter(Boolean)].join('.'),
      reason: error === notDeclared ? 'is not a field that is declared' : error.slice(0, 300),
    }));
  };
};

/** The refusal that names all issues. */
export const invalidBecause = (issues: readonly Issue[]): AppError => {
  const [first] = issues;
  const detail = first === undefined ? 'The value does not fit.' : `${first.field}: ${first.reason}`;
  return { type: 'request.invalid', detail, issues };
};
