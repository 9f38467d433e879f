/** Whether a value keeps to a JSON Schema, by a validator that needs no code made at run time. */
import { dereference, validate, type Schema } from '@cfworker/json-schema';
import type { JsonSchema } from '../../../ports/model-client.ts';
import { isTamePattern } from './pattern-text.ts';
import { isWithinBounds } from './schema-work.ts';

const longestText = 200;
const deepest = 64;

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const patternsOf = (schema: JsonSchema): readonly string[] => [
  ...(typeof schema['pattern'] === 'string' ? [schema['pattern']] : []),
  ...(isObject(schema['patternProperties']) ? Object.keys(schema['patternProperties']) : []),
];

interface Found {
  readonly isPatterned: boolean;
  readonly isTame: boolean;
  readonly hasLongText: boolean;
}

const look = (value: unknown, depth: number): Found => {
  if (typeof value === 'string') return { isPatterned: false, isTame: true, hasLongText: value.length > longestText };
  if (typeof value !== 'object' || value === null) return { isPatterned: false, isTame: true, hasLongText: false };
  if (depth > deepest) return { isPatterned: true, isTame: false, hasLongText: true };
  const patterns = isObject(value) ? patternsOf(value) : [];
  const inside = Object.entries(value)
    // Texts for people are never matched.
    .filter(([keyword]) => keyword !== 'description' && keyword !== 'title' && keyword !== 'pattern')
    .map(([, member]) => look(member, depth + 1));
  return {
    isPatterned: patterns.length > 0 || inside.some(({ isPatterned }) => isPatterned),
    isTame: patterns.every(isTamePattern) && inside.every(({ isTame }) => isTame),
    hasLongText: inside.some(({ hasLongText }) => hasLongText),
  };
};

/** Judges values by one schema and the schemas inside of it. */
export class SchemaJudge {
  /** The schema with what refers to what looked up; its parts may be given to `accepts`. */
  readonly root: JsonSchema;
  /** Why values cannot be judged, where a stranger's expressions might run for ever. */
  readonly fault: string | undefined;
  readonly #lookup: Record<string, Schema | boolean>;

  constructor(schema: JsonSchema) {
    // The validator writes into the schema that it is given.
    const copy: unknown = JSON.parse(JSON.stringify(schema));
    this.root = isObject(copy) ? copy : {};
    const { isPatterned, isTame, hasLongText } = look(schema, 0);
    this.fault = isTame && !(isPatterned && hasLongText) ? undefined : 'has a pattern that is too complex';
    this.#lookup = this.fault === undefined ? dereferenced(this.root) : {};
  }

  /** Whether the value keeps to the schema, the whole one or a part of it. What cannot be judged is not accepted. */
  accepts(value: unknown, schema: unknown = this.root): boolean {
    if (typeof schema === 'boolean') return schema;
    if (this.fault !== undefined || !isObject(schema)) return false;
    if (!isWithinBounds(schema, value, this.#lookup)) return false;
    try {
      return validate(value, schema, '2020-12', this.#lookup, true).valid;
    } catch {
      // A reference without a target, or one that never ends.
      return false;
    }
  }
}

const dereferenced = (schema: Schema): Record<string, Schema | boolean> => {
  try {
    return dereference(schema);
  } catch {
    // Two parts of one id; whatever refers to one of them is then not accepted.
    return {};
  }
};
