/** Expressions of the model as TypeScript that reads as if a person had written it. */
import type { Expression } from '../../app-model.ts';
import { quote } from '../print.ts';
import { compileField } from './access.ts';
import { compileAggregate, compileSelection, printSelection } from './aggregate.ts';
import { compare } from './comparison.ts';
import type { Comparison } from './comparison.ts';
import { asCondition, asNumber, asText, asValue, joinConditions, precedences, present, within } from './compiled.ts';
import type { Compiled, Scope } from './compiled.ts';
import { literalType } from './typing.ts';

type Binary = Extract<Expression, { kind: 'binary' }>;

const compileLiteral = (value: string | number | boolean | null): Compiled => ({
  ...present(typeof value === 'string' ? quote(value) : String(value), literalType(value)),
  isNullable: value === null,
});

const isTime = ({ type }: Compiled): boolean => type === 'day' || type === 'moment';

const compileDifference = (left: Compiled, right: Compiled, scope: Scope): Compiled => {
  const areMoments = left.type === 'moment' && right.type === 'moment';
  const between = scope.use(areMoments ? 'hoursBetween' : 'daysBetween');
  const [from, to] = [right, left].map((side) =>
    !areMoments && side.type === 'moment' ? `${scope.use('dayOf')}(${side.code})` : side.code,
  );
  const guards = [left, right].flatMap((side) => [
    ...side.guards,
    ...(side.isNullable ? [`${within(side, precedences.equality + 1)} !== null`] : []),
  ]);
  return { ...present(`${between}(${from ?? ''}, ${to ?? ''})`, 'number'), guards };
};

const addTimeTo = (base: Compiled, amount: string, unit: string, scope: Scope): Compiled => {
  const add = scope.use('addTime');
  if (base.isNullable && !base.isPlain) {
    const code = `${scope.use('whenPresent')}(${base.code}, (value) => ${add}(value, ${amount}, ${quote(unit)}))`;
    return { ...present(code, base.type), guards: base.guards, isNullable: true };
  }
  const guards = base.isNullable ? [...base.guards, `${base.code} !== null`] : base.guards;
  return { ...present(`${add}(${base.code}, ${amount}, ${quote(unit)})`, base.type), guards };
};

/** The operands of a chain of `+`, from left to right. */
const addends = (expression: Expression): readonly Expression[] =>
  expression.kind === 'binary' && expression.operator === '+'
    ? [...addends(expression.left), ...addends(expression.right)]
    : [expression];

const compileConcatenation = (expression: Binary, scope: Scope): Compiled => {
  const parts = addends(expression).map((part) => {
    if (part.kind === 'literal') return String(part.value).replaceAll(/[\\`]|\$\{/gu, String.raw`\$&`);
    return `\${${asText(compileExpression(part, scope)).code}}`;
  });
  return present(`\`${parts.join('')}\``, 'text');
};

const compileArithmetic = (expression: Binary, scope: Scope): Compiled => {
  const [left, right] = [compileExpression(expression.left, scope), compileExpression(expression.right, scope)];
  const { operator } = expression;
  if (operator === '-' && isTime(left) && isTime(right)) return compileDifference(left, right, scope);
  if (operator === '+' && (left.type === 'text' || right.type === 'text')) {
    return compileConcatenation(expression, scope);
  }
  const [first, second] = [asNumber(left), asNumber(right)];
  if ((operator === '+' || operator === '-') && isTime(left)) {
    return addTimeTo(left, operator === '-' ? `-${within(second, precedences.unary)}` : second.code, 'days', scope);
  }
  if (operator === '/') return present(`${scope.use('ratio')}(${first.code}, ${second.code})`, 'number');
  const precedence = operator === '*' ? precedences.product : precedences.sum;
  return present(`${within(first, precedence)} ${operator} ${within(second, precedence + 1)}`, 'number', precedence);
};

const compileBinary = (expression: Binary, scope: Scope): Compiled => {
  const { operator } = expression;
  if (operator === 'and' || operator === 'or') {
    const sides = [expression.left, expression.right].map((side) => asCondition(compileExpression(side, scope)));
    return joinConditions(sides, operator === 'and' ? '&&' : '||');
  }
  if (operator === '+' || operator === '-' || operator === '*' || operator === '/') {
    return compileArithmetic(expression, scope);
  }
  const [left, right] = [compileExpression(expression.left, scope), compileExpression(expression.right, scope)];
  return compare(left, right, operator satisfies Comparison, scope);
};

const compileNot = (operand: Expression, scope: Scope): Compiled => {
  const condition = asCondition(compileExpression(operand, scope));
  return present(`!${within(condition, precedences.unary)}`, 'boolean', precedences.unary);
};

const compileOneOf = (expression: Extract<Expression, { kind: 'one_of' }>, scope: Scope): Compiled => {
  const operand = asValue(compileExpression(expression.operand, scope));
  const tests = expression.values.map((value) =>
    present(
      `${within(operand, precedences.equality + 1)} === ${compileLiteral(value).code}`,
      'boolean',
      precedences.equality,
    ),
  );
  return tests.length === 0 ? present('false', 'boolean') : joinConditions(tests, '||');
};

const compileLength = (operand: Expression, scope: Scope): Compiled => {
  const compiled = compileExpression(operand, scope);
  if (compiled.type === 'list') return present(`${within(compiled, precedences.primary)}.length`, 'number');
  return present(`[...${within(asText(compiled), precedences.fallback + 1)}].length`, 'number');
};

/** Compiles an expression. Which imports and variables it needs is noted in the scope. */
export const compileExpression = (expression: Expression, scope: Scope): Compiled =>
  scope.replace?.(expression) ?? compileAnew(expression, scope);

const compileAnew = (expression: Expression, scope: Scope): Compiled => {
  switch (expression.kind) {
    case 'literal':
      return compileLiteral(expression.value);
    case 'field':
      return compileField(expression, scope);
    case 'now':
    case 'today':
      scope.mentions.add('context');
      return present(`${scope.context}.${expression.kind}`, expression.kind === 'now' ? 'moment' : 'day');
    case 'binary':
      return compileBinary(expression, scope);
    case 'not':
      return compileNot(expression.operand, scope);
    case 'one_of':
      return compileOneOf(expression, scope);
    case 'date_add': {
      const amount = asNumber(compileExpression(expression.amount, scope));
      return addTimeTo(compileExpression(expression.base, scope), amount.code, expression.unit, scope);
    }
    case 'length':
      return compileLength(expression.operand, scope);
    case 'aggregate': {
      const resource = scope.design.resource(expression.resource);
      const items = printSelection(compileSelection(resource, expression.where, scope, compileExpression));
      return compileAggregate(expression, items, scope, compileExpression);
    }
  }
};
