/**
 * The smallest value that keeps to a JSON Schema. A rule-based model has nothing to put into the fields that a stranger
 * names, so it puts in as little as the schema lets it. Keywords that it cannot keep to are an error with their place.
 */
import { err, ok, type Result } from '../../../errors/result.ts';
import type { JsonSchema } from '../../../ports/model-client.ts';
import { minimalNumber, minimalText } from './minimal-scalars.ts';

export type Made = Result<unknown, string>;

const deepest = 24;
const mostItems = 1_000;

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What `#/…` points to. */
const lookUp = (root: JsonSchema, reference: string): unknown => {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  let found: unknown = root;
  for (const part of reference.slice(2).split('/')) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return found;
};

/** Schemas that must all hold, as one: enough for the ways in which generators write `allOf`. */
const merge = (schemas: readonly JsonSchema[]): JsonSchema => {
  const merged: Record<string, unknown> = {};
  for (const schema of schemas) {
    for (const [keyword, value] of Object.entries(schema)) {
      const present = merged[keyword];
      if (keyword === 'properties' && isObject(present) && isObject(value)) merged[keyword] = { ...present, ...value };
      else if (keyword === 'required' && Array.isArray(present) && Array.isArray(value)) {
        merged[keyword] = [...new Set<unknown>([...present, ...value])];
      } else merged[keyword] = value;
    }
  }
  return merged;
};

class Maker {
  readonly #root: JsonSchema;

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  make(schema: unknown, place: string, depth: number): Made {
    if (depth > deepest) return err(`${place} is nested without end`);
    if (schema === false) return err(`${place} allows no value`);
    if (!isObject(schema)) return ok(null);
    if (typeof schema['$ref'] === 'string') {
      const { $ref: reference, ...rest } = schema;
      const target = lookUp(this.#root, reference);
      if (!isObject(target)) return err(`${place} refers to ${reference.slice(0, 100)}, which is not there`);
      return this.make(merge([target, rest]), place, depth + 1);
    }
    if (Object.hasOwn(schema, 'const')) return ok(schema['const']);
    const { enum: choices, allOf, anyOf, oneOf, ...rest } = schema;
    if (Array.isArray(choices)) return choices.length === 0 ? err(`${place} allows no value`) : ok<unknown>(choices[0]);
    if (Array.isArray(allOf)) {
      const parts = allOf.map((part) => this.#resolve(part));
      return this.make(merge([rest, ...parts.filter(isObject)]), place, depth + 1);
    }
    const alternatives = Array.isArray(anyOf) ? anyOf : oneOf;
    if (Array.isArray(alternatives)) return this.#firstOf(alternatives, rest, place, depth);
    return this.#typed(schema, place, depth);
  }

  #resolve(schema: unknown): unknown {
    return isObject(schema) && typeof schema['$ref'] === 'string' ? lookUp(this.#root, schema['$ref']) : schema;
  }

  #firstOf(alternatives: readonly unknown[], rest: JsonSchema, place: string, depth: number): Made {
    let failure = `${place} allows no value`;
    for (const alternative of alternatives) {
      const resolved = this.#resolve(alternative);
      const made = isObject(resolved) ? this.make(merge([rest, resolved]), place, depth + 1) : ok(null);
      if (made.ok) return made;
      failure = made.error;
    }
    return err(failure);
  }

  #typed(schema: JsonSchema, place: string, depth: number): Made {
    const type: unknown = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
    switch (type ?? (isObject(schema['properties']) ? 'object' : undefined)) {
      case 'object':
        return this.#object(schema, place, depth);
      case 'array':
        return this.#array(schema, place, depth);
      case 'string':
        return minimalText(schema, place);
      case 'number':
      case 'integer':
        return minimalNumber(schema, type === 'integer', place);
      case 'boolean':
        return ok(false);
      default:
        return ok(null);
    }
  }

  #object(schema: JsonSchema, place: string, depth: number): Made {
    const properties = isObject(schema['properties']) ? schema['properties'] : {};
    const required = Array.isArray(schema['required']) ? schema['required'] : [];
    const made: [string, unknown][] = [];
    for (const name of required) {
      if (typeof name !== 'string') continue;
      const member = Object.hasOwn(properties, name) ? properties[name] : {};
      const value = this.make(member, `${place}.${name}`, depth + 1);
      if (!value.ok) return value;
      made.push([name, value.value]);
    }
    const least = schema['minProperties'];
    if (typeof least === 'number' && made.length < least) return err(`${place} needs properties that nobody names`);
    return ok(Object.fromEntries(made));
  }

  #array(schema: JsonSchema, place: string, depth: number): Made {
    const least = typeof schema['minItems'] === 'number' ? schema['minItems'] : 0;
    if (least > mostItems) return err(`${place} needs more than ${mostItems} items`);
    if (least > 1 && schema['uniqueItems'] === true) return err(`${place} needs items that differ`);
    const first = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : [];
    const items: unknown[] = [];
    while (items.length < least) {
      const index = items.length;
      const item = this.make(index < first.length ? first[index] : schema['items'], `${place}[${index}]`, depth + 1);
      if (!item.ok) return item;
      items.push(item.value);
    }
    return ok(items);
  }
}

/** The value, or a sentence that says at which place the schema asks for too much. */
export const minimalValue = (schema: JsonSchema, name: string): Made => new Maker(schema).make(schema, name, 0);
