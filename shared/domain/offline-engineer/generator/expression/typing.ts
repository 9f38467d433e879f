/** What kind of value an expression has, and whether it may be missing. */
import type { Expression, FieldType, Resource } from '../../app-model.ts';

export type ValueType = 'number' | 'text' | 'boolean' | 'day' | 'moment' | 'list' | 'nothing';

const fieldTypes: Partial<Record<FieldType, ValueType>> = {
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  date: 'day',
  datetime: 'moment',
  string_list: 'list',
};

/** The kind of value that a field of this type has. */
export const valueTypeOf = (type: FieldType): ValueType => fieldTypes[type] ?? 'text';

/** The kind of value of a literal; a text that is a date counts as one. */
export const literalType = (value: string | number | boolean | null): ValueType => {
  if (value === null) return 'nothing';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (/^\d{4}-\d{2}-\d{2}$/u.test(value)) return 'day';
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/u.test(value) ? 'moment' : 'text';
};

/**
 * Whether an expression over a record that is being made may be missing. Careful: what follows a reference, or comes
 * from a field that is not certainly filled, counts as missing.
 */
export const isNullableExpression = (expression: Expression, resource: Resource): boolean => {
  switch (expression.kind) {
    case 'literal':
      return expression.value === null;
    case 'field':
      return isNullablePath(expression.path, resource);
    case 'date_add':
      return isNullableExpression(expression.base, resource);
    case 'aggregate':
      return expression.function !== 'count' && expression.function !== 'sum';
    case 'binary':
    case 'not':
    case 'one_of':
    case 'length':
    case 'now':
    case 'today':
      return false;
  }
};

const isNullablePath = (path: readonly string[], resource: Resource): boolean => {
  const [name] = path;
  if (path.length > 1) return true;
  if (name === 'id' || name === 'createdAt' || name === 'updatedAt') return false;
  const field = resource.fields.find((candidate) => candidate.name === name);
  if (!field) return true;
  if (field.computed) return true;
  if (field.type === 'string_list' || field.type === 'boolean') return false;
  return !field.required || field.readOnly === true;
};
