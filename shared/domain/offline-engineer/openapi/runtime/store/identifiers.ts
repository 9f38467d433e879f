/** New ids that satisfy the schema of the field they go into. */

import type { JsonValue } from '../json.ts';
import { resolveSchema } from '../validation/schema.ts';
import type { Schema, SchemaObject, SchemaRegistry } from '../validation/schema.ts';
import { validate } from '../validation/validate.ts';

/** The first candidate that the schema allows: a number that counts up, a UUID, or a short text. */
export const newIdentifier = (
  schema: Schema,
  count: number,
  { schemas, randomUuid }: { readonly schemas: SchemaRegistry; readonly randomUuid: () => string },
): JsonValue => {
  const parts = partsOf(schema, schemas);
  const minimum = Math.max(1, ...parts.map((part) => Math.ceil(part.minimum ?? 1)));
  const uuid = randomUuid();
  const hex = uuid.replaceAll('-', '');
  const { prefix, length } = patternHints(parts.find((part) => part.pattern !== undefined)?.pattern ?? '');
  const candidates: readonly JsonValue[] = [
    uuid,
    minimum + count - 1,
    String(count),
    ...[length, 24, 12, 8, 6, 4].map((size) => prefix + hex.slice(0, size)),
    ...[length, 8, 6, 4, 3].map((size) => prefix + String(count).padStart(size, '0')),
    ...[length, 8, 3].map((size) => prefix + letters(count, size)),
    `${prefix}${letters(count, 3)}-${String(count).padStart(4, '0')}`,
  ];
  const fits = (candidate: JsonValue, part: Schema): boolean =>
    validate(part, candidate, { schemas, direction: 'response' }).length === 0;
  // When no id is left that satisfies everything, the record's own schema counts for more than the path's.
  const own = parts.at(1) ?? schema;
  return (
    candidates.find((candidate) => fits(candidate, schema)) ??
    candidates.find((candidate) => fits(candidate, own)) ??
    uuid
  );
};

/** The schema and what it combines. */
const partsOf = (schema: Schema, schemas: SchemaRegistry): readonly SchemaObject[] => {
  const resolved = resolveSchema(schema, schemas);
  if (typeof resolved === 'boolean') return [];
  return [resolved, ...(resolved.allOf ?? []).flatMap((part) => partsOf(part, schemas))];
};

/** What a pattern such as `^ord_[a-z0-9]{8}$` begins with and how long it goes on. */
const patternHints = (pattern: string): { readonly prefix: string; readonly length: number } => ({
  prefix: /^\^([A-Za-z0-9_:\-/]+)(?![A-Za-z0-9_:\-/]*[?*+{])/.exec(pattern)?.[1] ?? '',
  length: Number(/\{(\d+)/.exec(pattern)?.[1] ?? 10),
});

/** The number written with capital letters, `A` for zero. */
const letters = (count: number, size: number): string => {
  let text = '';
  for (let rest = count; text.length < size; rest = Math.floor(rest / 26))
    text = String.fromCodePoint(65 + (rest % 26)) + text;
  return text;
};
