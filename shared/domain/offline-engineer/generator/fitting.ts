/** Makes the value that an expression gives fit the field that takes it: a day for a date, a moment for a date-time. */
import type { Expression, Field } from '../app-model.ts';

const fitLiteral = (value: string, field: Field): string => {
  if (field.type === 'datetime' && /^\d{4}-\d{2}-\d{2}$/u.test(value)) return `${value}T00:00:00.000Z`;
  return value;
};

/** The expression with `now` and `today` exchanged where the field keeps the other kind of time. */
export const fitExpression = (expression: Expression, field: Field): Expression => {
  if (expression.kind === 'now' && field.type === 'date') return { kind: 'today' };
  if (expression.kind === 'today' && field.type === 'datetime') return { kind: 'now' };
  if (expression.kind === 'date_add') return { ...expression, base: fitExpression(expression.base, field) };
  if (expression.kind === 'literal' && typeof expression.value === 'string') {
    return { ...expression, value: fitLiteral(expression.value, field) };
  }
  return expression;
};
