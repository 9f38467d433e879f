/**
 * Whether a value fits a JSON Schema (https://json-schema.org/draft/2020-12/json-schema-validation), within a number of
 * steps: schemas and values come from outside, and a few references can ask for more work than an isolate has. Keywords
 * that only a regular expression could decide are taken as met where that lets the value pass, and decide nothing
 * elsewhere. Libraries for this have no such bound.
 */
import { canonicalJson } from '../../replay/canonical.ts';

/** `unknown`: it would have taken too long to tell. */
export type SchemaFit = 'fits' | 'misses' | 'unknown';

const maxSteps = 20_000;
const maxDepth = 100;

/** Undefined where it cannot be told. */
type Verdict = boolean | undefined;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const own = (value: Json, name: string): unknown => (Object.hasOwn(value, name) ? value[name] : undefined);

const every = <Item>(items: readonly Item[], judge: (item: Item, index: number) => Verdict): Verdict => {
  let all: Verdict = true;
  for (const [index, item] of items.entries()) {
    const verdict = judge(item, index);
    if (verdict === false) return false;
    all = verdict === undefined ? undefined : all;
  }
  return all;
};

const some = <Item>(items: readonly Item[], judge: (item: Item) => Verdict): Verdict =>
  not(every(items, (item) => not(judge(item))));

const not = (verdict: Verdict): Verdict => (verdict === undefined ? undefined : !verdict);

const typeOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'object' ? 'object' : typeof value;

const hasType = (value: unknown, type: unknown): boolean =>
  type === typeOf(value) || (type === 'integer' && Number.isInteger(value));

const bounded = (size: number, low: unknown, high: unknown): boolean =>
  (typeof low !== 'number' || size >= low) && (typeof high !== 'number' || size <= high);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const isMultiple = (value: number, of: unknown): boolean => {
  if (typeof of !== 'number' || of <= 0) return true;
  const times = value / of;
  // 0.3 is no multiple of 0.1 by the bits of a double.
  return Math.abs(times - Math.round(times)) <= 1e-9 * Math.max(1, Math.abs(times));
};

/** What only a regular expression, or the marks of other evaluations, could decide. */
const undecided = ['pattern', 'patternProperties', 'unevaluatedProperties', 'unevaluatedItems', '$dynamicRef'];

class Evaluation {
  readonly #root: unknown;
  #steps = maxSteps;
  #depth = 0;

  constructor(root: unknown) {
    this.#root = root;
  }

  get isExhausted(): boolean {
    return this.#steps <= 0;
  }

  judge(schema: unknown, value: unknown): Verdict {
    this.#steps -= 1;
    if (this.#depth >= maxDepth) this.#steps = 0;
    if (this.isExhausted) return undefined;
    if (typeof schema === 'boolean') return schema;
    if (!isObject(schema)) return undefined;
    this.#depth += 1;
    const isOpen = undecided.some((keyword) => own(schema, keyword) !== undefined);
    const parts = [
      () => this.#reference(schema, value),
      () => this.#kind(schema, value),
      () => this.#number(schema, value),
      () => this.#text(schema, value),
      () => this.#list(schema, value),
      () => this.#object(schema, value),
      () => this.#combined(schema, value),
    ];
    const verdict = every(parts, (part) => part());
    this.#depth -= 1;
    return verdict === true && isOpen ? undefined : verdict;
  }

  #reference(schema: Json, value: unknown): Verdict {
    const reference = own(schema, '$ref');
    if (typeof reference !== 'string') return true;
    if (!reference.startsWith('#')) return undefined;
    let target: unknown = this.#root;
    for (const part of reference.slice(1).split('/').slice(1)) {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      target = isObject(target) ? own(target, name) : listOf(target)[Number(name)];
    }
    return target === undefined ? undefined : this.judge(target, value);
  }

  #kind(schema: Json, value: unknown): Verdict {
    const type = own(schema, 'type');
    const types = Array.isArray(type) ? type : [type];
    if (type !== undefined && !types.some((allowed) => hasType(value, allowed))) return false;
    const allowed = own(schema, 'enum');
    const constant = own(schema, 'const');
    if (allowed === undefined && constant === undefined) return true;
    this.#steps -= listOf(allowed).length;
    const text = canonicalJson(value);
    if (Array.isArray(allowed) && !allowed.some((entry) => canonicalJson(entry) === text)) return false;
    return constant === undefined || canonicalJson(constant) === text;
  }

  #number(schema: Json, value: unknown): Verdict {
    if (typeof value !== 'number') return true;
    const above = own(schema, 'exclusiveMinimum');
    const below = own(schema, 'exclusiveMaximum');
    return (
      bounded(value, own(schema, 'minimum'), own(schema, 'maximum')) &&
      (typeof above !== 'number' || value > above) &&
      (typeof below !== 'number' || value < below) &&
      isMultiple(value, own(schema, 'multipleOf'))
    );
  }

  #text(schema: Json, value: unknown): Verdict {
    const [low, high] = [own(schema, 'minLength'), own(schema, 'maxLength')];
    if (typeof value !== 'string' || (low === undefined && high === undefined)) return true;
    return bounded(Array.from(value).length, low, high);
  }

  #list(schema: Json, value: unknown): Verdict {
    if (!Array.isArray(value)) return true;
    if (!bounded(value.length, own(schema, 'minItems'), own(schema, 'maxItems'))) return false;
    if (own(schema, 'uniqueItems') === true && new Set(value.map(canonicalJson)).size < value.length) return false;
    const items = own(schema, 'items');
    const first = listOf(own(schema, 'prefixItems') ?? items);
    const others = Array.isArray(items) ? own(schema, 'additionalItems') : items;
    const contained = own(schema, 'contains');
    const holds = every(value, (entry, index) => {
      const own = index < first.length ? first[index] : others;
      return own === undefined || this.judge(own, entry);
    });
    if (contained === undefined || holds === false) return holds;
    // How many of them is said by keywords that are not looked at here.
    const contains =
      own(schema, 'minContains') === undefined ? some(value, (entry) => this.judge(contained, entry)) : undefined;
    return every([holds, contains], (verdict) => verdict);
  }

  #object(schema: Json, value: unknown): Verdict {
    if (!isObject(value)) return true;
    const names = Object.keys(value);
    if (!bounded(names.length, own(schema, 'minProperties'), own(schema, 'maxProperties'))) return false;
    const isMissing = (name: unknown): boolean => typeof name === 'string' && !Object.hasOwn(value, name);
    if (listOf(own(schema, 'required')).some(isMissing)) return false;
    const described = own(schema, 'properties');
    const properties = isObject(described) ? described : {};
    const others = own(schema, 'patternProperties') === undefined ? own(schema, 'additionalProperties') : undefined;
    const naming = own(schema, 'propertyNames');
    const dependent = own(schema, 'dependentRequired');
    return every(names, (name) => {
      const rule = Object.hasOwn(properties, name) ? properties[name] : others;
      const needs = isObject(dependent) ? listOf(own(dependent, name)) : [];
      if (needs.some(isMissing)) return false;
      const named = naming === undefined ? true : this.judge(naming, name);
      return every([named, rule === undefined || this.judge(rule, value[name])], (verdict) => verdict);
    });
  }

  #combined(schema: Json, value: unknown): Verdict {
    const judge = (part: unknown): Verdict => this.judge(part, value);
    const [any, all, one] = [own(schema, 'anyOf'), own(schema, 'allOf'), own(schema, 'oneOf')];
    const [forbidden, condition] = [own(schema, 'not'), own(schema, 'if')];
    const parts: (() => Verdict)[] = [];
    if (Array.isArray(all)) parts.push(() => every(all, judge));
    if (Array.isArray(any)) parts.push(() => some(any, judge));
    if (Array.isArray(one)) parts.push(() => this.#exactlyOne(one, value));
    if (forbidden !== undefined) parts.push(() => not(judge(forbidden)));
    if (condition !== undefined) {
      parts.push(() => {
        const holds = judge(condition);
        if (holds === undefined) return undefined;
        const rule = own(schema, holds ? 'then' : 'else');
        return rule === undefined || judge(rule);
      });
    }
    return every(parts, (part) => part());
  }

  #exactlyOne(schemas: readonly unknown[], value: unknown): Verdict {
    const verdicts = schemas.map((schema) => this.judge(schema, value));
    const met = verdicts.filter((verdict) => verdict === true).length;
    if (met > 1) return false;
    return verdicts.includes(undefined) ? undefined : met === 1;
  }
}

/** Whether the value fits the schema, as far as that is looked at. */
export const fitSchema = (schema: unknown, value: unknown): SchemaFit => {
  const evaluation = new Evaluation(schema);
  const verdict = evaluation.judge(schema, value);
  if (verdict === false) return 'misses';
  return evaluation.isExhausted ? 'unknown' : 'fits';
};
