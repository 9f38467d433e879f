/** Counts, sums and the like over the records of a resource. What SQL can narrow down is left to SQL. */
import type { Expression } from '../../app-model.ts';
import { findField } from '../design.ts';
import type { ResourceDesign } from '../design.ts';
import { member, printList, propertyName } from '../print.ts';
import { asCondition, asNumber, asValue, joinConditions, present, within } from './compiled.ts';
import type { Compiled, Scope } from './compiled.ts';

type Aggregate = Extract<Expression, { kind: 'aggregate' }>;
type Compile = (expression: Expression, scope: Scope) => Compiled;

/** The parts of a condition that must all hold. */
export const conjuncts = (expression: Expression | undefined): readonly Expression[] => {
  if (!expression) return [];
  if (expression.kind === 'binary' && expression.operator === 'and') {
    return [...conjuncts(expression.left), ...conjuncts(expression.right)];
  }
  return [expression];
};

const speaksOfItem = (expression: Expression): boolean => {
  switch (expression.kind) {
    case 'field':
      return expression.of === 'item';
    case 'binary':
      return speaksOfItem(expression.left) || speaksOfItem(expression.right);
    case 'not':
    case 'one_of':
    case 'length':
      return speaksOfItem(expression.operand);
    case 'date_add':
      return speaksOfItem(expression.base) || speaksOfItem(expression.amount);
    case 'aggregate':
      // An aggregate inside has items of its own; it is not something that SQL could be given as a value.
      return true;
    case 'literal':
    case 'now':
    case 'today':
      return false;
  }
};

interface Criterion {
  readonly name: string;
  readonly code: string;
}

const asCriterion = (
  itemSide: Expression,
  otherSide: Expression,
  resource: ResourceDesign,
  scope: Scope,
  compile: Compile,
): Criterion | undefined => {
  if (itemSide.kind !== 'field' || itemSide.of !== 'item' || itemSide.path.length !== 1) return undefined;
  if (speaksOfItem(otherSide)) return undefined;
  const [name = 'id'] = itemSide.path;
  const field = findField(resource, name);
  if (name !== 'id' && (!field || field.isComputed || field.column === 'list')) return undefined;
  const item = compile(itemSide, scope);
  const other = compile(otherSide, scope);
  const isSameType = item.type === other.type || other.type === 'nothing' || otherSide.kind === 'literal';
  const mayBeNull = other.isNullable || other.type === 'nothing';
  if (!isSameType || other.guards.length > 0 || (mayBeNull && !item.isNullable)) return undefined;
  return { name, code: other.code };
};

const readCriterion = (
  condition: Expression,
  resource: ResourceDesign,
  scope: Scope,
  compile: Compile,
): Criterion | undefined => {
  if (condition.kind === 'binary' && condition.operator === '==') {
    return (
      asCriterion(condition.left, condition.right, resource, scope, compile) ??
      asCriterion(condition.right, condition.left, resource, scope, compile)
    );
  }
  return undefined;
};

export interface Selection {
  /** `context.stores.loans`, before any call. */
  readonly head: string;
  readonly calls: readonly { readonly name: string; readonly argument: string }[];
}

/** The records of a resource for which a condition holds, as a chain of calls. */
export const compileSelection = (
  resource: ResourceDesign,
  where: Expression | undefined,
  scope: Scope,
  compile: Compile,
): Selection => {
  scope.mentions.add('context');
  const itemScope: Scope = { ...scope, item: { resource, code: 'item', isNullable: false } };
  const criteria = new Map<string, string>();
  const remaining: Compiled[] = [];
  for (const condition of conjuncts(where)) {
    const criterion = readCriterion(condition, resource, itemScope, compile);
    if (criterion && !criteria.has(criterion.name)) criteria.set(criterion.name, criterion.code);
    else remaining.push(asCondition(compile(condition, itemScope)));
  }
  const entries = [...criteria].map(([name, code]) => (name === code ? name : `${propertyName(name)}: ${code}`));
  const argument = entries.length === 0 ? '' : printList(entries, ['{', '}'], { indent: 4, before: '    .find(' });
  const find = { name: 'find', argument };
  const head = member(`${scope.context}.stores`, resource.store);
  if (remaining.length === 0) return { head, calls: [find] };
  const condition = joinConditions(remaining, '&&');
  return { head, calls: [find, { name: 'filter', argument: printFilter(condition) }] };
};

/** A condition on `item` as a function, broken over lines where it is long. */
const printFilter = (condition: Compiled): string => {
  const single = `(item) => ${condition.code}`;
  if (single.length <= 100 || !condition.chain) return single;
  const { operands, operator } = condition.chain;
  return `\n      (item) =>\n        ${operands.join(` ${operator}\n        `)},\n    `;
};

/** The selection as one expression. */
export const printSelection = ({ head, calls }: Selection): string =>
  `${head}${calls.map(({ name, argument }) => `.${name}(${argument})`).join('')}`;

const reducers = { sum: 'sum', average: 'average', minimum: 'smallest', maximum: 'largest' } as const;

/** An aggregate over a selection that is already in `items`. */
export const compileAggregate = (expression: Aggregate, items: string, scope: Scope, compile: Compile): Compiled => {
  if (expression.function === 'count') return present(`${items}.length`, 'number');
  const resource = scope.design.resource(expression.resource);
  const itemScope: Scope = { ...scope, item: { resource, code: 'item', isNullable: false } };
  const value = compile(expression.value ?? { kind: 'field', of: 'item', path: ['id'] }, itemScope);
  const reduce = scope.use(reducers[expression.function]);
  if (expression.function === 'sum') {
    const number = asNumber(value);
    return present(`${reduce}(${items}.map((item) => ${number.code}))`, 'number');
  }
  const plain = asValue(value);
  const code = `${reduce}(${items}.map((item) => ${within(plain, 1)}))`;
  return { ...present(code, expression.function === 'average' ? 'number' : value.type), isNullable: true };
};
