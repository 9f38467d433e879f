/** Shorthand for building expression trees. */

import type { Expression } from '../../app-model.ts';

type BinaryOperator = Extract<Expression, { kind: 'binary' }>['operator'];

export const literal = (value: string | number | boolean | null): Expression => ({ kind: 'literal', value });

export const binary = (operator: BinaryOperator, left: Expression, right: Expression): Expression => ({
  kind: 'binary',
  operator,
  left,
  right,
});

export const equal = (left: Expression, right: Expression): Expression => binary('==', left, right);

export const different = (left: Expression, right: Expression): Expression => binary('!=', left, right);

export const isMissing = (operand: Expression): Expression => equal(operand, literal(null));

export const isPresent = (operand: Expression): Expression => different(operand, literal(null));

export const both = (left: Expression | undefined, right: Expression): Expression =>
  left === undefined ? right : binary('and', left, right);

/** All of the conditions; undefined for none. */
export const allOf = (conditions: readonly Expression[]): Expression | undefined => {
  let result: Expression | undefined;
  for (const condition of conditions) result = both(result, condition);
  return result;
};

/** Any of the conditions; undefined for none. */
export const anyOf = (conditions: readonly Expression[]): Expression | undefined => {
  let result: Expression | undefined;
  for (const condition of conditions) result = result === undefined ? condition : binary('or', result, condition);
  return result;
};

const OPPOSITES = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const;

const isOrder = (operator: string): boolean => operator !== '==' && operator !== '!=';

/**
 * The condition that holds when this one does not. Order comparisons are negated from the outside, because a missing
 * value makes both an order comparison and its opposite false.
 */
export const negate = (expression: Expression): Expression => {
  if (expression.kind === 'not') return expression.operand;
  if (expression.kind === 'binary' && expression.operator in OPPOSITES) {
    const operator = expression.operator as keyof typeof OPPOSITES;
    const involvesCount = expression.left.kind === 'aggregate' || expression.right.kind === 'aggregate';
    if (!isOrder(operator) || involvesCount) return { ...expression, operator: OPPOSITES[operator] };
  }
  return { kind: 'not', operand: expression };
};

export const countOf = (resource: string, where: Expression | undefined): Expression =>
  where === undefined
    ? { kind: 'aggregate', function: 'count', resource }
    : { kind: 'aggregate', function: 'count', resource, where };

export const exists = (resource: string, where: Expression | undefined): Expression =>
  binary('>', countOf(resource, where), literal(0));
