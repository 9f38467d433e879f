/** What a schema says of lists. */

import { sameJson } from '../json.ts';
import type { SchemaObject } from './schema.ts';
import type { Check, Path, ValidationIssue, ValidationScope } from './validate.ts';

const count = (amount: number): string => `${amount} ${amount === 1 ? 'item' : 'items'}`;

/** Issues of a list and of its items. */
export const arrayIssues = (
  schema: SchemaObject,
  value: readonly unknown[],
  path: Path,
  scope: ValidationScope,
  check: Check,
): readonly ValidationIssue[] => {
  const issues: ValidationIssue[] = [];
  if (schema.minItems !== undefined && value.length < schema.minItems) {
    issues.push({ path, reason: `must have at least ${count(schema.minItems)}` });
  }
  if (schema.maxItems !== undefined && value.length > schema.maxItems) {
    issues.push({ path, reason: `must have at most ${count(schema.maxItems)}` });
  }
  if (schema.uniqueItems === true && hasDuplicates(value)) issues.push({ path, reason: 'must not hold an item twice' });
  const prefix = schema.prefixItems ?? [];
  value.forEach((item, index) => {
    const itemSchema = prefix[index] ?? schema.items;
    if (itemSchema !== undefined) issues.push(...check(itemSchema, item, [...path, index], scope));
  });
  const { contains } = schema;
  if (contains !== undefined && !value.some((item) => check(contains, item, path, scope).length === 0)) {
    issues.push({ path, reason: 'holds none of the items that it must contain' });
  }
  return issues;
};

const hasDuplicates = (items: readonly unknown[]): boolean => {
  const scalars = new Set(items.filter((item) => typeof item !== 'object' || item === null));
  const structures = items.filter((item) => typeof item === 'object' && item !== null);
  if (scalars.size + structures.length < items.length) return true;
  return structures.some((item, index) => structures.slice(0, index).some((earlier) => sameJson(earlier, item)));
};
