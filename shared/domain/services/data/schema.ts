/** JSON Schemas of the services: whether they are usable, and what is wrong with a value. */
import { Validator } from '@cfworker/json-schema';
import type { AppError, Issue } from '../../../errors/result.ts';
import type { JsonObject } from '../../../rpc/services/service-object.ts';

const maxIssues = 20;

/** Checks values against one schema. */
export type SchemaCheck = (value: unknown, field: string) => readonly Issue[];

/** Fails on a schema that cannot be used, such as one with a reference to nowhere. */
export const schemaCheck = (schema: JsonObject): SchemaCheck => {
  const validator = new Validator(schema, '2020-12', false);
  return (value, field) => {
    const { valid, errors } = validator.validate(value);
    if (valid) return [];
    const leaves = errors.filter(
      ({ instanceLocation }, index) =>
        !errors.some((other, place) => place !== index && other.instanceLocation.startsWith(`${instanceLocation}/`)),
    );
    return leaves.slice(0, maxIssues).map(({ instanceLocation, error }) => ({
      field: [field, ...instanceLocation.slice(1).split('/').filter(Boolean)].join('.'),
      reason: error === 'False boolean schema.' ? 'is not a field that is declared' : error.slice(0, 300),
    }));
  };
};

/** The refusal that names all issues. */
export const invalidBecause = (issues: readonly Issue[]): AppError => {
  const [first] = issues;
  const detail = first === undefined ? 'The value does not fit.' : `${first.field}: ${first.reason}`;
  return { type: 'request.invalid', detail, issues };
};
