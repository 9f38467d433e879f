/**
 * Tells what is no JSON Schema (https://json-schema.org/draft/2020-12/schema) before a provider does, with the place:
 * keywords whose values are of another kind than theirs. Whether a provider can keep to the schema is for it to say.
 */

type Check = (value: unknown) => boolean;

const deepest = 32;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const types: readonly unknown[] = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'];

const isTypes: Check = (value) =>
  types.includes(value) || (Array.isArray(value) && value.length > 0 && value.every((type) => types.includes(type)));

const isNames: Check = (value) => Array.isArray(value) && value.every((name) => typeof name === 'string');

const isText: Check = (value) => typeof value === 'string';

const isCount: Check = (value) => Number.isInteger(value) && Number(value) >= 0;

const isNumber: Check = (value) => typeof value === 'number';

/** Of the fourth draft a mark beside the bound, later the bound itself. */
const isExclusive: Check = (value) => typeof value === 'number' || typeof value === 'boolean';

const isPattern: Check = (value) => {
  if (typeof value !== 'string') return false;
  try {
    return new RegExp(value, 'u') instanceof RegExp;
  } catch {
    return false;
  }
};

const checks: Readonly<Record<string, Check>> = {
  type: isTypes,
  required: isNames,
  enum: Array.isArray,
  $ref: isText,
  format: isText,
  pattern: isPattern,
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isExclusive,
  exclusiveMaximum: isExclusive,
  multipleOf: (value) => typeof value === 'number' && value > 0,
  minLength: isCount,
  maxLength: isCount,
  minItems: isCount,
  maxItems: isCount,
  minProperties: isCount,
  maxProperties: isCount,
};

const schemaKeywords = ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames'];
const mapKeywords = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];
const listKeywords = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];

interface Child {
  readonly place: string;
  readonly schema: unknown;
}

const entriesOf = (members: readonly unknown[], place: string): readonly Child[] =>
  members.map((schema, index) => ({ place: `${place}[${index}]`, schema }));

/** The schemas under one keyword; undefined when its value is of another kind. */
const childrenOf = (keyword: string, value: unknown, place: string): readonly Child[] | undefined => {
  if (mapKeywords.includes(keyword)) {
    return isObject(value)
      ? Object.entries(value).map(([name, schema]) => ({ place: `${place}.${name}`, schema }))
      : undefined;
  }
  if (listKeywords.includes(keyword)) {
    return Array.isArray(value) && value.length > 0 ? entriesOf(value, place) : undefined;
  }
  if (!schemaKeywords.includes(keyword)) return [];
  // Until the draft of 2020, `items` could be a list.
  return keyword === 'items' && Array.isArray(value) ? entriesOf(value, place) : [{ place, schema: value }];
};

/** Where the schema is none; undefined when nothing is wrong. */
export const findSchemaFault = (schema: unknown, place: string, depth = 0): string | undefined => {
  if (typeof schema === 'boolean') return undefined;
  if (!isObject(schema) || depth > deepest) return place;
  for (const [keyword, value] of Object.entries(schema)) {
    const there = `${place}.${keyword}`;
    if (Object.hasOwn(checks, keyword) && checks[keyword]?.(value) === false) return there;
    const children = childrenOf(keyword, value, there);
    if (children === undefined) return there;
    for (const child of children) {
      const fault = findSchemaFault(child.schema, child.place, depth + 1);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
};
