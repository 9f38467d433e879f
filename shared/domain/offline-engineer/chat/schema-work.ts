/**
 * How much work it can be to judge a value by a JSON Schema: how often a schema is laid on a value when nothing is cut
 * short. A few references that each lead to the next one twice ask for more than an isolate has, and the validator that
 * is used has no bound of its own.
 */
const mostSteps = 20_000;
const deepest = 100;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const onSameValue = ['not', 'if', 'then', 'else'];
const manyOnSameValue = ['allOf', 'anyOf', 'oneOf'];
const onItems = ['items', 'additionalItems', 'unevaluatedItems', 'contains'];
const onMembers = ['additionalProperties', 'unevaluatedProperties'];

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const valuesOf = (value: unknown): readonly unknown[] => (isObject(value) ? Object.values(value) : []);

class Estimate {
  readonly #targets: Readonly<Record<string, unknown>>;
  #left = mostSteps;

  constructor(targets: Readonly<Record<string, unknown>>) {
    this.#targets = targets;
  }

  /** False once it is too much. */
  take(schema: unknown, value: unknown, depth: number): boolean {
    this.#left -= 1;
    if (this.#left < 0 || depth > deepest) return false;
    if (!isObject(schema)) return true;
    const all = (schemas: readonly unknown[], on: unknown): boolean =>
      schemas.every((part) => part === undefined || this.take(part, on, depth + 1));
    return all(this.#here(schema), value) && this.#inside(schema, value, all);
  }

  /** Schemas that are laid on the same value. */
  #here(schema: Json): readonly unknown[] {
    // The validator writes absolute addresses beside the references.
    const addresses = [schema['__absolute_ref__'] ?? schema['$ref'], schema['__absolute_recursive_ref__']];
    const named = addresses.map((address) => (typeof address === 'string' ? this.#targets[address] : undefined));
    return [
      ...named,
      ...onSameValue.map((keyword) => schema[keyword]),
      ...manyOnSameValue.flatMap((keyword) => listOf(schema[keyword])),
      ...valuesOf(schema['dependentSchemas']),
      ...valuesOf(schema['dependencies']),
    ];
  }

  #inside(schema: Json, value: unknown, all: (schemas: readonly unknown[], on: unknown) => boolean): boolean {
    if (Array.isArray(value)) {
      const rest = onItems.map((keyword) => schema[keyword]).filter((part) => !Array.isArray(part));
      const first = listOf(schema['prefixItems'] ?? schema['items']);
      return value.every((entry, index) => all([first[index], ...rest], entry));
    }
    if (!isObject(value)) return true;
    const { properties } = schema;
    const rest = [...valuesOf(schema['patternProperties']), ...onMembers.map((keyword) => schema[keyword])];
    return Object.entries(value).every(([name, member]) => {
      const own = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
      return all([own, ...rest], member) && all([schema['propertyNames']], name);
    });
  }
}

/** @param targets what references mean, by their absolute address */
export const isWithinBounds = (schema: unknown, value: unknown, targets: Readonly<Record<string, unknown>>): boolean =>
  new Estimate(targets).take(schema, value, 0);
