/** Evaluates expressions over an imagined application, by the same rules as the generated code. */
import type { Expression } from '../../app-model.ts';
import { findField } from '../design.ts';
import type { ResourceDesign } from '../design.ts';
import { addTime, difference, isDay, isMoment } from './time.ts';
import { recordAt, recordsOf } from './world.ts';
import type { SimulatedRecord, Value, World } from './world.ts';

interface Subject {
  readonly resource: ResourceDesign;
  readonly record: SimulatedRecord | undefined;
}

export interface Situation {
  readonly world: World;
  readonly record?: Subject;
  readonly previous?: Subject;
  readonly item?: Subject;
}

type Binary = Extract<Expression, { kind: 'binary' }>;
type Aggregate = Extract<Expression, { kind: 'aggregate' }>;

/** Without the dust of binary fractions. */
export const exact = (value: number): number => Math.round(value * 1_000_000) / 1_000_000;

const toNumber = (value: Value): number => (typeof value === 'number' ? value : 0);

const align = (left: Value, right: Value): readonly [Value, Value] => {
  if (isDay(left) && isMoment(right)) return [left, right.slice(0, 10)];
  if (isMoment(left) && isDay(right)) return [left.slice(0, 10), right];
  return [left, right];
};

const order = (operator: Binary['operator'], first: Value, second: Value): boolean => {
  const [left, right] = align(first, second);
  if (left === null || right === null) return false;
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
};

const isText = (value: Value): boolean => typeof value === 'string' && !isDay(value) && !isMoment(value);

const add = (left: Value, right: Value): Value => {
  if (isText(left) || isText(right))
    return `${left === null ? '' : String(left)}${right === null ? '' : String(right)}`;
  if (isDay(left) || isMoment(left)) return addTime(left, toNumber(right), 'days');
  return toNumber(left) + toNumber(right);
};

const subtract = (left: Value, right: Value): Value => {
  const [isLeftTime, isRightTime] = [isDay(left) || isMoment(left), isDay(right) || isMoment(right)];
  if (isLeftTime && isRightTime) return difference(String(left), String(right));
  if (isLeftTime && right !== null) return addTime(String(left), -toNumber(right), 'days');
  if (isLeftTime || isRightTime) return null;
  return toNumber(left) - toNumber(right);
};

const divide = (left: Value, right: Value): number =>
  toNumber(right) === 0 ? 0 : exact(toNumber(left) / toNumber(right));

const evaluateBinary = (expression: Binary, situation: Situation): Value => {
  const { operator } = expression;
  const left = evaluate(expression.left, situation);
  if (operator === 'and') return left === true && evaluate(expression.right, situation) === true;
  if (operator === 'or') return left === true || evaluate(expression.right, situation) === true;
  const right = evaluate(expression.right, situation);
  switch (operator) {
    case '+':
      return add(left, right);
    case '-':
      return subtract(left, right);
    case '*':
      return toNumber(left) * toNumber(right);
    case '/':
      return divide(left, right);
    case '==':
    case '!=': {
      const [first, second] = align(left, right);
      return (first === second) === (operator === '==');
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return order(operator, left, right);
  }
};

const reduceValues = (kind: Aggregate['function'], values: readonly Value[]): Value => {
  const numbers = values.map(toNumber);
  const present = values.filter((value) => value !== null);
  const total = exact(numbers.reduce((sum, value) => sum + value, 0));
  switch (kind) {
    case 'count':
      return values.length;
    case 'sum':
      return total;
    case 'average':
      return present.length === 0 ? null : exact(total / present.length);
    case 'minimum':
      return present.reduce<Value>((least, value) => (least === null || value < least ? value : least), null);
    case 'maximum':
      return present.reduce<Value>((most, value) => (most === null || value > most ? value : most), null);
  }
};

const evaluateAggregate = (expression: Aggregate, situation: Situation): Value => {
  const resource = situation.world.design.resource(expression.resource);
  const values = recordsOf(situation.world, expression.resource)
    .map((record) => ({ ...situation, item: { resource, record } }))
    .filter((inner) => expression.where === undefined || evaluate(expression.where, inner) === true)
    .map((inner) => (expression.value ? evaluate(expression.value, inner) : true));
  return reduceValues(expression.function, values);
};

/** A field of a record, computed where it is not stored. */
export const readField = (subject: Subject, name: string, world: World): Value => {
  const { resource, record } = subject;
  if (!record) return null;
  const field = findField(resource, name);
  const computed = field?.field.computed;
  if (!field || !computed) return record[name] ?? null;
  const value = evaluate(computed, { world, record: { resource, record } });
  if (field.type === 'boolean') return value === true;
  if (typeof value === 'number') return field.type === 'number' ? exact(value) : value;
  if (value === null && !field.isNullable) return field.column === 'text' ? '' : 0;
  return field.type === 'date' && isMoment(value) ? value.slice(0, 10) : value;
};

const evaluatePath = (subject: Subject | undefined, path: readonly string[], world: World): Value => {
  let current = subject;
  for (const name of path.slice(0, -1)) {
    const target = current && findField(current.resource, name)?.field.reference?.resource;
    if (!current || target === undefined) return null;
    const id = readField(current, name, world);
    current = { resource: world.design.resource(target), record: recordAt(world, target, id) };
  }
  return current ? readField(current, path.at(-1) ?? 'id', world) : null;
};

/** The value of an expression in a situation. */
export const evaluate = (expression: Expression, situation: Situation): Value => {
  const { world } = situation;
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'field':
      return evaluatePath(situation[expression.of], expression.path, world);
    case 'now':
      return world.now;
    case 'today':
      return world.now.slice(0, 10);
    case 'binary':
      return evaluateBinary(expression, situation);
    case 'not':
      return evaluate(expression.operand, situation) !== true;
    case 'one_of': {
      const value = evaluate(expression.operand, situation);
      return expression.values.some((candidate) => candidate === value);
    }
    case 'date_add': {
      const base = evaluate(expression.base, situation);
      const amount = toNumber(evaluate(expression.amount, situation));
      return typeof base === 'string' ? addTime(base, amount, expression.unit) : null;
    }
    case 'length': {
      const value = evaluate(expression.operand, situation);
      return Array.isArray(value) ? value.length : Array.from(value === null ? '' : String(value)).length;
    }
    case 'aggregate':
      return evaluateAggregate(expression, situation);
  }
};
