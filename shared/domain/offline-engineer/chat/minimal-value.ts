/**
 * A value that keeps to a JSON Schema: what is suggested where it is allowed, and else as little as the schema lets it,
 * because a rule-based model has nothing to put into the fields that a stranger names. Values are tried and judged, so
 * that one which is given keeps to all of the schema; where none is found, the error names the place.
 */
import { err, ok, type Result } from '../../../errors/result.ts';
import type { JsonSchema } from '../../../ports/model-client.ts';
import { numbersFor, textsFor } from './minimal-scalars.ts';
import { textMatching } from './pattern-text.ts';
import { SchemaJudge } from './schema-judge.ts';
import { isSchema, lookUp, merged } from './schema-merge.ts';

export type Made = Result<unknown, string>;

/** What is to stand in a property, of a certain name and schema; undefined where nothing is known. */
export type Suggest = (name: string, schema: JsonSchema) => unknown;

const deepest = 24;
const mostItems = 1_000;
const mostSteps = 5_000;
const mostTries = 24;

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const numberOf = (schema: JsonSchema, keyword: string): number | undefined =>
  typeof schema[keyword] === 'number' ? schema[keyword] : undefined;

const textList = (value: unknown): readonly string[] => list(value).filter((name) => typeof name === 'string');

class Maker {
  readonly #judge: SchemaJudge;
  readonly #suggest: Suggest;
  #steps = 0;

  constructor(judge: SchemaJudge, suggest: Suggest) {
    this.#judge = judge;
    this.#suggest = suggest;
  }

  /** The first value that keeps to the schema. */
  make(schema: unknown, place: string, depth: number): Made {
    let failure = `${place} allows no value that is easily found`;
    let tries = 0;
    for (const tried of this.#tries(schema, place, depth)) {
      if (tried.ok && this.#judge.accepts(tried.value, schema)) return tried;
      if (!tried.ok) failure = tried.error;
      tries += 1;
      if (tries >= mostTries) break;
    }
    return err(failure);
  }

  /** What is suggested for the property if it is allowed, else the least. */
  #property(name: string, schema: unknown, place: string, depth: number): Made {
    const suggested = isSchema(schema) ? this.#suggest(name, this.#resolved(schema)) : undefined;
    if (suggested !== undefined && this.#judge.accepts(suggested, schema)) return ok(suggested);
    return this.make(schema, place, depth);
  }

  #resolved(schema: JsonSchema): JsonSchema {
    const target = typeof schema['$ref'] === 'string' ? lookUp(this.#judge.root, schema['$ref']) : undefined;
    const [first] = list(schema['anyOf'] ?? schema['allOf']);
    if (isSchema(target)) return merged([target, schema]);
    return isSchema(first) && schema['type'] === undefined ? merged([this.#resolved(first), schema]) : schema;
  }

  *#tries(schema: unknown, place: string, depth: number): Generator<Made> {
    this.#steps += 1;
    if (depth > deepest || this.#steps > mostSteps) yield err(`${place} is nested without end`);
    else if (schema === false) yield err(`${place} allows no value`);
    else if (isSchema(schema)) yield* this.#schemaTries(schema, place, depth);
    else yield ok(null);
  }

  *#schemaTries(schema: JsonSchema, place: string, depth: number): Generator<Made> {
    if (typeof schema['$ref'] === 'string') {
      const { $ref: reference, ...rest } = schema;
      const target = lookUp(this.#judge.root, reference);
      if (isSchema(target)) yield* this.#tries(merged([target, rest]), place, depth + 1);
      else yield target === true ? ok(null) : err(`${place} refers to ${reference.slice(0, 100)}, which is not there`);
      return;
    }
    const { enum: choices, allOf, anyOf, oneOf, ...rest } = schema;
    if (Object.hasOwn(schema, 'const')) yield ok(schema['const']);
    else if (Array.isArray(choices)) yield* this.#choices(choices, place);
    else if (Array.isArray(allOf)) {
      const others = merged([
        rest,
        ...(anyOf === undefined ? [] : [{ anyOf }]),
        ...(oneOf === undefined ? [] : [{ oneOf }]),
      ]);
      const parts = allOf.map((part) => (isSchema(part) ? this.#inlined(part) : part));
      yield* this.#tries(merged([others, ...parts.filter(isSchema)]), place, depth + 1);
    } else if (Array.isArray(anyOf)) {
      for (const alternative of anyOf)
        yield* this.#alternative(alternative, merged([rest, oneOf === undefined ? {} : { oneOf }]), place, depth);
    } else if (Array.isArray(oneOf)) {
      for (const alternative of oneOf) yield* this.#alternative(alternative, rest, place, depth);
    } else yield* this.#typed(schema, place, depth);
  }

  #inlined(schema: JsonSchema): JsonSchema {
    const { $ref: reference, ...rest } = schema;
    const target = typeof reference === 'string' ? lookUp(this.#judge.root, reference) : undefined;
    return isSchema(target) ? merged([target, rest]) : schema;
  }

  *#choices(choices: readonly unknown[], place: string): Generator<Made> {
    if (choices.length === 0) yield err(`${place} allows no value`);
    for (const choice of choices) yield ok<unknown>(choice);
  }

  *#alternative(alternative: unknown, rest: JsonSchema, place: string, depth: number): Generator<Made> {
    if (!isSchema(alternative)) {
      yield* this.#tries(alternative === true ? rest : alternative, place, depth + 1);
      return;
    }
    let tries = 0;
    for (const tried of this.#tries(merged([rest, this.#inlined(alternative)]), place, depth + 1)) {
      yield tried;
      tries += 1;
      if (tries >= mostTries / 4) return;
    }
  }

  *#typed(schema: JsonSchema, place: string, depth: number): Generator<Made> {
    const implied = isSchema(schema['properties']) || schema['required'] !== undefined ? ['object'] : [undefined];
    const types =
      schema['type'] === undefined ? implied : Array.isArray(schema['type']) ? schema['type'] : [schema['type']];
    if (types.length === 0) yield err(`${place} allows no value`);
    for (const type of types) yield* this.#ofType(type, schema, place, depth);
  }

  *#ofType(type: unknown, schema: JsonSchema, place: string, depth: number): Generator<Made> {
    switch (type) {
      case 'object':
        yield* this.#objects(schema, place, depth);
        return;
      case 'array':
        yield* this.#arrays(schema, place, depth);
        return;
      case 'string':
        yield* textsFor(schema, place);
        return;
      case 'number':
      case 'integer':
        yield* numbersFor(schema, type === 'integer', place);
        return;
      case 'boolean':
        yield ok(false);
        yield ok(true);
        return;
      case 'null':
        yield ok(null);
        return;
      default:
        // Anything: what the other keywords of the schema say decides.
        for (const any of ['null', 'string', 'number', 'boolean', 'array', 'object'])
          yield* firstOf(this.#ofType(any, schema, place, depth), 2);
    }
  }

  *#objects(schema: JsonSchema, place: string, depth: number): Generator<Made> {
    const properties = isSchema(schema['properties']) ? schema['properties'] : {};
    const required = this.#required(schema);
    const suggested = Object.entries(properties).flatMap(([name, member]) =>
      isSchema(member) && this.#suggest(name, this.#resolved(member)) !== undefined ? [name] : [],
    );
    yield this.#object(schema, [...new Set([...required, ...suggested])], place, depth);
    if (suggested.length > 0) yield this.#object(schema, required, place, depth);
    for (const more of Object.keys(properties).slice(0, 8))
      if (!required.includes(more)) yield this.#object(schema, [...required, more], place, depth);
    yield this.#object(schema, [...new Set([...required, ...Object.keys(properties)])], place, depth);
  }

  /** The names that must be there, with what they in turn bring along. */
  #required(schema: JsonSchema): readonly string[] {
    const names = new Set(textList(schema['required']));
    const dependent = isSchema(schema['dependentRequired']) ? schema['dependentRequired'] : {};
    for (const name of names)
      if (Object.hasOwn(dependent, name)) for (const more of textList(dependent[name])) names.add(more);
    return [...names];
  }

  #object(schema: JsonSchema, names: readonly string[], place: string, depth: number): Made {
    const made = new Map<string, unknown>();
    const least = numberOf(schema, 'minProperties') ?? 0;
    if (least > mostItems) return err(`${place} needs more than ${mostItems} properties`);
    const known = isSchema(schema['properties']) ? Object.keys(schema['properties']) : [];
    const wanted = [...names, ...known.filter((name) => !names.includes(name)), ...this.#otherNames(schema, least)];
    for (const [index, name] of wanted.entries()) {
      if (index >= names.length && made.size >= least) break;
      const value = this.#property(name, this.#memberSchema(schema, name), `${place}.${name}`, depth + 1);
      if (value.ok) made.set(name, value.value);
      else if (index < names.length) return value;
    }
    return made.size < least ? err(`${place} needs properties that nobody names`) : ok(Object.fromEntries(made));
  }

  #memberSchema(schema: JsonSchema, name: string): unknown {
    const { properties, patternProperties, additionalProperties } = schema;
    if (isSchema(properties) && Object.hasOwn(properties, name)) return properties[name];
    const patterns = isSchema(patternProperties) ? Object.entries(patternProperties) : [];
    const matching = patterns.find(([pattern]) => new RegExp(pattern, 'u').test(name));
    return matching === undefined ? (additionalProperties ?? true) : matching[1];
  }

  /** Names for properties that nobody names. */
  #otherNames(schema: JsonSchema, count: number): readonly string[] {
    const { patternProperties, propertyNames, additionalProperties } = schema;
    const patterns = isSchema(patternProperties) ? Object.keys(patternProperties) : [];
    const own =
      isSchema(propertyNames) && typeof propertyNames['pattern'] === 'string' ? [propertyNames['pattern']] : [];
    const chosen = isSchema(propertyNames) ? textList(propertyNames['enum']) : [];
    const fromPatterns = [...own, ...patterns].flatMap((pattern) =>
      Array.from({ length: Math.min(count, 50) + 16 }, (_, length) => textMatching(pattern, length, 200)).flatMap(
        (text) => (text.ok ? [text.value] : []),
      ),
    );
    const free =
      additionalProperties === false ? [] : Array.from({ length: count }, (_, index) => `property${index + 1}`);
    return [...new Set([...chosen, ...fromPatterns, ...free])];
  }

  *#arrays(schema: JsonSchema, place: string, depth: number): Generator<Made> {
    const least = numberOf(schema, 'minItems') ?? 0;
    if (least > mostItems) {
      yield err(`${place} needs more than ${mostItems} items`);
      return;
    }
    const contained = schema['contains'] === undefined ? 0 : (numberOf(schema, 'minContains') ?? 1);
    yield this.#array(schema, Math.max(least, contained), contained, place, depth);
    yield this.#array(schema, Math.max(least, contained) + 1, contained, place, depth);
  }

  #array(schema: JsonSchema, count: number, contained: number, place: string, depth: number): Made {
    // Until the draft of 2020, `items` could be a list.
    const first = list(schema['prefixItems'] ?? schema['items']);
    const others = Array.isArray(schema['items']) ? schema['additionalItems'] : schema['items'];
    const items: unknown[] = [];
    while (items.length < count) {
      const index = items.length;
      const parts = [
        index < first.length ? first[index] : (others ?? true),
        ...(index >= count - contained ? [schema['contains']] : []),
      ];
      const item = parts.length === 1 ? parts[0] : { allOf: parts };
      const isUnique = schema['uniqueItems'] === true;
      const made = isUnique
        ? this.#another(item, items, `${place}[${index}]`, depth + 1)
        : this.make(item, `${place}[${index}]`, depth + 1);
      if (!made.ok) return made;
      items.push(made.value);
    }
    return ok(items);
  }

  /** One that is not among the items yet. */
  #another(schema: unknown, items: readonly unknown[], place: string, depth: number): Made {
    const present = new Set(items.map((item) => JSON.stringify(item)));
    for (const tried of this.#tries(schema, place, depth)) {
      const isNew = tried.ok && !present.has(JSON.stringify(tried.value));
      if (isNew && this.#judge.accepts(tried.value, schema)) return tried;
      if (this.#steps > mostSteps) break;
    }
    return err(`${place} needs items that differ`);
  }
}

function* firstOf(tries: Generator<Made>, count: number): Generator<Made> {
  let left = count;
  for (const tried of tries) {
    yield tried;
    left -= 1;
    if (left === 0) return;
  }
}

const nothing: Suggest = () => undefined;

/** The value, or a sentence that says at which place the schema asks for too much. */
export const minimalValue = (schema: JsonSchema, name: string, suggest: Suggest = nothing): Made => {
  const judge = new SchemaJudge(schema);
  if (judge.fault !== undefined) return err(`${name} ${judge.fault}`);
  return new Maker(judge, suggest).make(judge.root, name, 0);
};
