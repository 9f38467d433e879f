/**
 * Values around a JSON Schema: one that keeps to it, and changes of it at every bound of every property. Whether a value
 * keeps to the schema is said by the validator, never by the code that made it.
 */
import { minimalValue } from '../../offline-engineer/chat/minimal-value.ts';
import { SchemaJudge } from '../../offline-engineer/chat/schema-judge.ts';
import { isSchema, lookUp } from '../../offline-engineer/chat/schema-merge.ts';
import type { JsonSchema } from '../../../ports/model-client.ts';

export interface SchemaCase {
  /** What is special, for example `title of 81 characters`. */
  readonly label: string;
  readonly value: unknown;
  readonly isValid: boolean;
}

const longestText = 5_000;

/** The schema behind references, looked up in the root. */
export const resolved = (schema: unknown, root: JsonSchema, depth = 0): JsonSchema => {
  if (!isSchema(schema) || depth > 20) return {};
  const reference = schema['$ref'];
  return typeof reference === 'string' ? resolved(lookUp(root, reference), root, depth + 1) : schema;
};

const numberOf = (schema: JsonSchema, keyword: string): number | undefined =>
  typeof schema[keyword] === 'number' ? schema[keyword] : undefined;

const typesOf = (schema: JsonSchema): readonly unknown[] => {
  const { type } = schema;
  return Array.isArray(type) ? type : [type];
};

type Variant = readonly [label: string, value: unknown];

const textVariants = (schema: JsonSchema, usual: unknown): readonly Variant[] => {
  const base = typeof usual === 'string' && usual !== '' ? usual : 'a';
  const ofLength = (length: number): string => base.repeat(Math.ceil(length / base.length)).slice(0, length);
  const least = numberOf(schema, 'minLength') ?? 0;
  const most = numberOf(schema, 'maxLength');
  return [
    ['empty', ''],
    ...(least > 0
      ? ([
          [`of ${least} characters`, ofLength(least)],
          [`of ${least - 1} characters`, ofLength(least - 1)],
        ] as const)
      : []),
    ...(most !== undefined && most < longestText
      ? ([
          [`of ${most} characters`, ofLength(most)],
          [`of ${most + 1} characters`, ofLength(most + 1)],
        ] as const)
      : []),
    ...(typeof schema['format'] === 'string' ? ([[`that is no ${schema['format']}`, 'not really']] as const) : []),
    ...(typeof schema['pattern'] === 'string' ? ([['against its pattern', '\u0001 ~']] as const) : []),
    ['that is a number', 7],
  ];
};

const numberVariants = (schema: JsonSchema): readonly Variant[] => {
  const bounds = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'].flatMap(
    (name) => numberOf(schema, name) ?? [],
  );
  return [
    ...bounds.flatMap((bound) => [bound - 1, bound, bound + 1].map((value): Variant => [`of ${value}`, value])),
    ['of 1.5', 1.5],
    ['that is a text', 'seven'],
  ];
};

/** Values to put in the place of one of this schema. */
const variantsOf = (schema: JsonSchema, usual: unknown): readonly Variant[] => {
  const types = typesOf(schema);
  const choices = Array.isArray(schema['enum']) ? schema['enum'] : undefined;
  if (choices !== undefined)
    return [
      ...choices.slice(0, 12).map((choice): Variant => [`of ${JSON.stringify(choice)}`, choice]),
      ['outside of its values', 'something else'],
    ];
  const nothing: Variant = ['that is null', null];
  if (types.includes('string')) return [...textVariants(schema, usual), nothing];
  if (types.includes('integer') || types.includes('number')) return [...numberVariants(schema), nothing];
  if (types.includes('boolean')) return [['of true', true], ['of false', false], ['that is a text', 'yes'], nothing];
  if (types.includes('array')) return [['that is empty', []], ['that is a text', 'one'], nothing];
  return [nothing];
};

/** Properties that a client may send. */
const propertiesOf = (schema: JsonSchema, root: JsonSchema): readonly (readonly [string, JsonSchema])[] => {
  const { properties } = schema;
  if (!isSchema(properties)) return [];
  return Object.entries(properties)
    .map(([name, property]) => [name, resolved(property, root)] as const)
    .filter(([, property]) => property['readOnly'] !== true);
};

const without = (value: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));

/**
 * Cases of a schema, the usual value first; none when no value is found or values cannot be judged. `root` holds what the
 * schema refers to.
 */
export const schemaCases = (schema: JsonSchema, root: JsonSchema): readonly SchemaCase[] => {
  const whole = { ...resolved(schema, root), components: root['components'] };
  const judge = new SchemaJudge(whole);
  const made = judge.fault === undefined ? minimalValue(whole, 'body') : undefined;
  if (made?.ok !== true) return [];
  const usual: unknown = made.value;
  const asCase = (label: string, value: unknown): SchemaCase => ({
    label,
    value,
    isValid: judge.accepts(value, judge.root),
  });
  if (!isSchema(usual))
    return [asCase('usual', usual), ...variantsOf(whole, usual).map(([label, value]) => asCase(label, value))];
  const properties = propertiesOf(whole, root);
  const cases = [
    asCase('usual', usual),
    ...properties.flatMap(([name, property]) =>
      variantsOf(property, usual[name]).map(([label, value]) =>
        asCase(`${name} ${label}`, { ...usual, [name]: value }),
      ),
    ),
    ...Object.keys(usual).map((name) => asCase(`no ${name}`, without(usual, name))),
    asCase('a field that is not described', { ...usual, notDescribed: true }),
    asCase('a list instead of an object', []),
  ];
  const seen = new Set<string>();
  return cases.filter(({ value }) => {
    const text = JSON.stringify(value);
    return !seen.has(text) && seen.add(text).size > 0;
  });
};
