/** JSON Schemas that must hold together, as one: what `allOf`, `$ref` with neighbours, and `anyOf` with neighbours mean. */
import type { JsonSchema } from '../../../ports/model-client.ts';

export const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What `#/…` points to. */
export const lookUp = (root: JsonSchema, reference: string): unknown => {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  let found: unknown = root;
  for (const part of reference.slice(2).split('/')) {
    const name = unescaped(part);
    const isThere = typeof found === 'object' && found !== null && Object.hasOwn(found, name);
    found = isThere ? Object.entries(found ?? {}).find(([key]) => key === name)?.[1] : undefined;
  }
  return found;
};

/** RFC 6901, in a fragment; an escape that is none is left as it is. */
const unescaped = (part: string): string => {
  const plain = part.replaceAll('~1', '/').replaceAll('~0', '~');
  return /%(?![0-9a-f]{2})/i.test(plain) ? plain : decodeSafely(plain);
};

const decodeSafely = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const highest = new Set(['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties']);
const lowest = new Set(['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const both = (keyword: string, left: unknown, right: unknown): unknown => {
  if (typeof left === 'number' && typeof right === 'number') {
    if (highest.has(keyword)) return Math.max(left, right);
    if (lowest.has(keyword)) return Math.min(left, right);
  }
  if (keyword === 'required') return [...new Set([...listOf(left), ...listOf(right)])];
  if (keyword === 'enum') return listOf(left).filter((choice) => listOf(right).includes(choice));
  if (keyword === 'type') return listOf(left).filter((type) => listOf(right).includes(type));
  if (keyword === 'properties' && isSchema(left) && isSchema(right)) {
    return Object.fromEntries(
      [...new Set([...Object.keys(left), ...Object.keys(right)])].map((name) => {
        const parts = [left, right].flatMap((side) => (Object.hasOwn(side, name) ? [side[name]] : []));
        return [name, parts.length === 1 ? parts[0] : { allOf: parts }];
      }),
    );
  }
  if (keyword === 'uniqueItems') return left === true || right === true;
  return right;
};

/** Enough of what holds of all of them for a value to be tried; whether it does keep to them is judged afterwards. */
export const merged = (schemas: readonly JsonSchema[]): JsonSchema => {
  const all: Record<string, unknown> = {};
  for (const schema of schemas)
    for (const [keyword, value] of Object.entries(schema))
      all[keyword] = Object.hasOwn(all, keyword) ? both(keyword, all[keyword], value) : value;
  return all;
};
