/**
 * Makes values that satisfy schemas. Every value is checked with the validator that the application itself uses; what
 * cannot be satisfied by rule yields nothing rather than something wrong.
 */

import { isObject } from '../runtime/json.ts';
import type { JsonObject, JsonValue } from '../runtime/json.ts';
import { withoutOneWay } from '../runtime/validation/one-way.ts';
import type { Direction, Schema, SchemaObject, SchemaRegistry, SchemaType } from '../runtime/validation/schema.ts';
import { validate } from '../runtime/validation/validate.ts';
import { flatten, mergeTwo } from './merge.ts';
import { givenValues, numberCandidates, stringCandidates } from './scalars.ts';

export interface SampleOptions {
  readonly direction: Direction;
  /** `full` has optional properties too, `minimal` only what is required. */
  readonly extent: 'full' | 'minimal';
  /** The name of the field, for telling texts. */
  readonly hint: string;
  /** Different numbers give different values where the schema allows it. */
  readonly variant: number;
}

export interface Sampler {
  /** A valid value, undefined when none was found. */
  sample(schema: Schema, options: SampleOptions): JsonValue | undefined;
  isValid(schema: Schema, value: unknown, direction: Direction): boolean;
}

interface Step extends SampleOptions {
  readonly depth: number;
  readonly trail: readonly Schema[];
  readonly schemas: SchemaRegistry;
  /** Shared by the whole value: how many schemas may still be visited. */
  readonly budget: { left: number };
}

const maximumDepth = 24;
const budgetPerValue = 4_000;
const fullDepth = 4;

/** A sampler over the document's schemas. */
export const createSampler = (schemas: SchemaRegistry): Sampler => {
  const isValid = (schema: Schema, value: unknown, direction: Direction): boolean =>
    validate(schema, value, { schemas, direction }).length === 0;
  return {
    isValid,
    sample: (schema, options) => {
      for (const extent of options.extent === 'full'
        ? (['full', 'minimal'] as const)
        : (['minimal', 'full'] as const)) {
        const step: Step = { ...options, extent, depth: 0, trail: [], schemas, budget: { left: budgetPerValue } };
        const value = sampleAt(schema, step);
        if (value !== undefined && isValid(schema, value, options.direction)) return value;
      }
      return undefined;
    },
  };
};

const sampleAt = (schema: Schema, step: Step): JsonValue | undefined => {
  if (schema === false || step.depth > maximumDepth || step.budget.left <= 0) return undefined;
  if (schema === true) return 'value';
  step.budget.left -= 1;
  const accept = (value: JsonValue | undefined): value is JsonValue =>
    value !== undefined && validate(schema, value, { schemas: step.schemas, direction: step.direction }).length === 0;
  const flat = flatten(schema, step.schemas);
  const inner: Step = { ...step, trail: [...step.trail, schema] };
  if (step.variant === 0 || flat.schema.const !== undefined) {
    for (const value of givenValues(flat.schema)) {
      const sent = withoutOneWay(schema, value, step.direction, step.schemas);
      if (accept(sent)) return sent;
    }
  }
  for (const candidate of choose(flat.schema, flat.choices, step)) {
    for (const value of candidates(candidate, inner)) if (accept(value)) return value;
  }
  return undefined;
};

/** The schema with one alternative of each list merged in; at most a few combinations are tried. */
const choose = (schema: SchemaObject, choices: readonly (readonly Schema[])[], step: Step): readonly SchemaObject[] => {
  let merged: readonly SchemaObject[] = [schema];
  for (const alternatives of choices) {
    const finite = [...alternatives].sort((left, right) => repeats(left, step) - repeats(right, step));
    merged = merged.flatMap((base) =>
      finite.slice(0, 8).flatMap((alternative) => {
        const flat = flatten(alternative, step.schemas);
        const tagged = withDiscriminator(schema, alternative, flat.schema);
        const combined = mergeTwo(base, tagged);
        return flat.choices.length === 0 || step.depth > maximumDepth / 2
          ? [combined]
          : choose(combined, flat.choices, { ...step, depth: step.depth + 6 });
      }),
    );
    merged = merged.slice(0, 12);
  }
  return merged;
};

/** How often this schema is already being made further up: alternatives that end come first. */
const repeats = (schema: Schema, step: Step): number =>
  step.trail.filter(
    (earlier) =>
      earlier === schema ||
      (typeof earlier !== 'boolean' &&
        typeof schema !== 'boolean' &&
        earlier.$ref !== undefined &&
        earlier.$ref === schema.$ref),
  ).length;

/** The property of the discriminator must name the alternative. */
const withDiscriminator = (schema: SchemaObject, alternative: Schema, flat: SchemaObject): SchemaObject => {
  const reference = typeof alternative === 'boolean' ? undefined : alternative.$ref;
  if (schema.discriminator === undefined || reference === undefined) return flat;
  const { propertyName, mapping } = schema.discriminator;
  const mapped = Object.entries(mapping ?? {}).find(([, target]) => target === reference)?.[0];
  const tag = mapped ?? reference.split('/').at(-1) ?? '';
  return mergeTwo({ properties: { [propertyName]: { const: tag } }, required: [propertyName] }, flat);
};

/** Values worth trying for one schema without alternatives. */
const candidates = function* (schema: SchemaObject, step: Step): Generator<JsonValue | undefined> {
  const given = givenValues(schema);
  if (step.variant === 0) yield* given;
  if (schema.enum !== undefined) {
    const allowed = schema.enum.filter((value) => value !== null);
    for (let index = 0; index < allowed.length; index += 1) yield allowed[(index + step.variant) % allowed.length];
    yield* schema.enum;
  }
  for (const type of typesFor(schema)) yield* candidatesOfType(type, schema, step);
  yield* given;
};

const typesFor = (schema: SchemaObject): readonly SchemaType[] => {
  if (schema.type !== undefined) {
    const types = typeof schema.type === 'string' ? [schema.type] : schema.type;
    return [...types.filter((type) => type !== 'null'), ...types.filter((type) => type === 'null')];
  }
  if (schema.properties !== undefined || schema.required !== undefined) return ['object'];
  if (schema.additionalProperties !== undefined || schema.patternProperties !== undefined) return ['object'];
  if (schema.items !== undefined || schema.prefixItems !== undefined || schema.minItems !== undefined) return ['array'];
  if (schema.minimum !== undefined || schema.maximum !== undefined || schema.multipleOf !== undefined)
    return ['number'];
  return ['string', 'object', 'integer', 'boolean', 'array', 'null'];
};

const candidatesOfType = function* (
  type: SchemaType,
  schema: SchemaObject,
  step: Step,
): Generator<JsonValue | undefined> {
  if (type === 'string') yield* stringCandidates(schema, step.hint, step.variant);
  else if (type === 'integer' || type === 'number') yield* numberCandidates(schema, type === 'integer', step.variant);
  else if (type === 'boolean') yield* [step.variant % 2 === 0, step.variant % 2 !== 0];
  else if (type === 'null') yield null;
  else if (type === 'array') yield* arrayCandidates(schema, step);
  else {
    yield sampleObject(schema, step);
    if (step.extent === 'full') yield sampleObject(schema, { ...step, extent: 'minimal' });
  }
};

const arrayCandidates = function* (schema: SchemaObject, step: Step): Generator<JsonValue | undefined> {
  const wanted = Math.max(
    schema.minItems ?? 0,
    schema.prefixItems?.length ?? 0,
    step.extent === 'full' && step.depth < fullDepth * 2 ? 1 : 0,
  );
  const size = Math.min(wanted, schema.maxItems ?? wanted, 50);
  yield sampleArray(schema, size, step);
  yield sampleArray(schema, Math.min(schema.minItems ?? 0, 50), { ...step, extent: 'minimal' });
};

const sampleArray = (schema: SchemaObject, size: number, step: Step): JsonValue | undefined => {
  const items: JsonValue[] = [];
  const contained = schema.contains;
  for (let index = 0; index < size; index += 1) {
    const prefix = schema.prefixItems?.[index];
    const needed =
      index === 0 && prefix === undefined && contained !== undefined
        ? { allOf: [contained, schema.items ?? true] }
        : undefined;
    const variant = schema.uniqueItems === true || index > 0 ? step.variant * 3 + index : step.variant;
    const item = sampleAt(prefix ?? needed ?? schema.items ?? true, { ...step, variant, depth: step.depth + 1 });
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
};

const sampleObject = (schema: SchemaObject, step: Step): JsonObject | undefined => {
  const properties = schema.properties ?? {};
  const required = new Set([...(schema.required ?? []), ...dependents(schema)]);
  const isDeep = step.depth >= fullDepth || step.budget.left < budgetPerValue / 2;
  const result: Record<string, JsonValue> = {};
  for (const name of new Set([...Object.keys(properties), ...required])) {
    const property = properties[name] ?? schema.additionalProperties ?? true;
    const isNeeded = required.has(name);
    const isWanted = step.extent === 'full' && !isDeep && repeats(property, step) === 0;
    if ((isNeeded || isWanted) && !travelsOneWay(property, step)) {
      const extent = isNeeded && (isDeep || step.extent === 'minimal') ? 'minimal' : step.extent;
      const value = sampleAt(property, { ...step, extent, hint: name, depth: step.depth + 1 });
      if (value !== undefined) result[name] = value;
      else if (isNeeded) return undefined;
    }
  }
  return withEnoughProperties(schema, result, step);
};

const dependents = (schema: SchemaObject): readonly string[] =>
  Object.entries(schema.dependentRequired ?? {}).flatMap(([name, names]) =>
    schema.required?.includes(name) === true || Object.hasOwn(schema.properties ?? {}, name) ? names : [],
  );

const travelsOneWay = (schema: Schema, step: Step): boolean => {
  const { schema: flat } = flatten(schema, step.schemas);
  return (step.direction === 'request' ? flat.readOnly : flat.writeOnly) === true;
};

/** Free properties: one to show that they may stand there, more when the schema counts them. */
const withEnoughProperties = (schema: SchemaObject, object: JsonObject, step: Step): JsonObject => {
  const free = schema.additionalProperties;
  const showsOne =
    isObject(free) && schema.properties === undefined && step.extent === 'full' && step.depth < fullDepth;
  const least = Math.max(schema.minProperties ?? 0, showsOne ? 1 : 0);
  const result: Record<string, JsonValue> = { ...object };
  const patterns = Object.entries(schema.patternProperties ?? {});
  for (let index = 0; Object.keys(result).length < Math.min(least, 30) && index < 60; index += 1) {
    const optional = Object.entries(schema.properties ?? {}).find(
      ([name, property]) => !Object.hasOwn(result, name) && !travelsOneWay(property, step),
    );
    const pattern = patterns[index % Math.max(1, patterns.length)];
    const names =
      pattern === undefined ? undefined : stringCandidates({ pattern: pattern[0] }, 'key', index).next().value;
    const name = optional?.[0] ?? names ?? nameFor(schema, index, step);
    const value = sampleAt(optional?.[1] ?? pattern?.[1] ?? free ?? true, {
      ...step,
      hint: name,
      depth: step.depth + 1,
    });
    if (value !== undefined) result[name] = value;
  }
  return result;
};

const nameFor = (schema: SchemaObject, index: number, step: Step): string => {
  const sampled =
    schema.propertyNames === undefined
      ? undefined
      : sampleAt(schema.propertyNames, { ...step, hint: 'key', variant: index });
  return typeof sampled === 'string' ? sampled : `key${index + 1}`;
};
