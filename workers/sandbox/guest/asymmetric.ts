/** `expect.any`, `expect.objectContaining` and their kin: values that decide by themselves what equals them. */
import { AsymmetricMatcher, equals } from './equality.ts';
import { contains, testPattern, toBeCloseTo } from './matchers.ts';
import type { CustomMatcher } from './custom-matchers.ts';
import { matcherContext } from './custom-matchers.ts';
import { includesText, isArray, ownKeys } from './primordials.ts';

export class Anything extends AsymmetricMatcher {
  constructor() {
    super('anything');
  }
  override matches(value: unknown): boolean {
    return value !== null && value !== undefined;
  }
}

/** The `typeof` of the values that a class of primitives stands for. */
const primitiveKinds: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
  [BigInt, 'bigint'],
  [Symbol, 'symbol'],
  [Function, 'function'],
  [Object, 'object'],
]);

export class Any extends AsymmetricMatcher {
  readonly #wanted: unknown;
  constructor(wanted: unknown) {
    super('any', wanted);
    if (typeof wanted !== 'function') throw new TypeError('expect.any needs a class, for example expect.any(String)');
    this.#wanted = wanted;
  }
  override matches(value: unknown): boolean {
    const kind = primitiveKinds.get(this.#wanted);
    // oxlint-disable-next-line valid-typeof -- compared with the names in the table above
    return kind === undefined ? value instanceof (this.#wanted as new () => unknown) : typeof value === kind;
  }
}

/** `expect.arrayOf`: a list whose items all equal the wanted one. */
export class ArrayOf extends AsymmetricMatcher {
  readonly #wanted: unknown;
  readonly #negated: boolean;
  constructor(wanted: unknown, negated: boolean) {
    super(negated ? 'not.arrayOf' : 'arrayOf', wanted);
    this.#wanted = wanted;
    this.#negated = negated;
  }
  override matches(value: unknown): boolean {
    let holds = isArray(value);
    const items = isArray(value) ? (value as readonly unknown[]) : [];
    for (let index = 0; index < items.length; index += 1) holds &&= equals(items[index], this.#wanted);
    return holds !== this.#negated;
  }
}

/** A matcher of `expect.extend` inside of an expected value. */
export function customAsymmetric(
  name: string,
  matcher: CustomMatcher,
  values: readonly unknown[],
  negated: boolean,
): AsymmetricMatcher {
  return new Containing(name, values.length === 1 ? values[0] : values, negated, (value) => {
    const result = matcher.apply(matcherContext(false, ''), [value, ...values]) as { pass?: unknown } | undefined;
    return result?.pass === true;
  });
}

class Containing extends AsymmetricMatcher {
  readonly #test: (value: unknown) => boolean;
  readonly #negated: boolean;
  constructor(label: string, wanted: unknown, negated: boolean, test: (value: unknown) => boolean) {
    super(negated ? `not.${label}` : label, wanted);
    this.#test = test;
    this.#negated = negated;
  }
  override matches(value: unknown): boolean {
    return this.#test(value) !== this.#negated;
  }
}

function containsFields(value: unknown, wanted: object): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const keys = ownKeys(wanted);
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as string;
    if (!(key in value)) return false;
    if (!equals((value as Record<string, unknown>)[key], (wanted as Record<string, unknown>)[key])) return false;
  }
  return true;
}

function containsItems(value: unknown, wanted: readonly unknown[]): boolean {
  if (!isArray(value)) return false;
  for (let index = 0; index < wanted.length; index += 1) {
    if (!contains(value, wanted[index], (a, b) => equals(a, b))) return false;
  }
  return true;
}

/** `expect.objectContaining` and its kin, plain or negated. */
export function containers(negated: boolean): Record<string, (wanted: never, digits?: number) => AsymmetricMatcher> {
  const make = (label: string, wanted: unknown, test: (value: unknown) => boolean): AsymmetricMatcher =>
    new Containing(label, wanted, negated, test);
  return {
    objectContaining: (wanted: object) => make('objectContaining', wanted, (value) => containsFields(value, wanted)),
    arrayContaining: (wanted: readonly unknown[]) =>
      make('arrayContaining', wanted, (value) => containsItems(value, wanted)),
    stringContaining: (wanted: string) =>
      make('stringContaining', wanted, (value) => typeof value === 'string' && includesText(value, wanted)),
    stringMatching: (wanted: string | RegExp) =>
      make('stringMatching', wanted, (value) => typeof value === 'string' && testPattern(new RegExp(wanted), value)),
    schemaMatching: (wanted: unknown) => make('schemaMatching', wanted, (value) => fitsSchema(wanted, value)),
    closeTo: (wanted: number, digits?: number) =>
      make('closeTo', wanted, (value) => toBeCloseTo(value, digits === undefined ? [wanted] : [wanted, digits]).holds),
  };
}

/** Whether a value fits a schema of any library that keeps to Standard Schema (standardschema.dev). */
function fitsSchema(schema: unknown, value: unknown): boolean {
  const standard = (schema as { '~standard'?: { validate: (value: unknown) => { issues?: unknown } } })['~standard'];
  if (standard === undefined) throw new TypeError('expect.schemaMatching needs a schema with "~standard"');
  return standard.validate(value).issues === undefined;
}
