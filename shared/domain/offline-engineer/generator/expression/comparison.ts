/** Comparisons, which never hold when a value that is to be ordered is missing. */
import { guarded, joinConditions, precedences, present, within } from './compiled.ts';
import type { Compiled, Scope } from './compiled.ts';

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

const toDay = (compiled: Compiled, scope: Scope): Compiled => {
  if (compiled.code === `${scope.context}.now`) return { ...compiled, code: `${scope.context}.today`, type: 'day' };
  const day = present(`${scope.use('dayOf')}(${compiled.code})`, 'day');
  return { ...day, guards: compiled.guards, isNullable: compiled.isNullable };
};

/** A day and a moment are compared as days. */
const align = (left: Compiled, right: Compiled, scope: Scope): readonly [Compiled, Compiled] => {
  if (left.type === 'day' && right.type === 'moment') return [left, toDay(right, scope)];
  if (left.type === 'moment' && right.type === 'day') return [toDay(left, scope), right];
  return [left, right];
};

const negateGuard = (guard: string): string => guard.replace(' !== null', ' === null');

const compareEqual = (left: Compiled, right: Compiled, isEqual: boolean): Compiled => {
  const operator = isEqual ? '===' : '!==';
  const code = `${within(left, precedences.equality + 1)} ${operator} ${within(right, precedences.equality + 1)}`;
  const comparison = present(code, 'boolean', precedences.equality);
  const guards = [...left.guards, ...right.guards];
  const isNothing = left.type === 'nothing' || right.type === 'nothing';
  if (guards.length === 0) return comparison;
  if (isEqual !== isNothing) return guarded(guards, comparison);
  // What cannot be reached equals nothing, and differs from everything else.
  const missing = guards.map((guard) => present(negateGuard(guard), 'boolean', precedences.equality));
  return joinConditions([...missing, comparison], '||');
};

const comparers: Readonly<Record<Exclude<Comparison, '==' | '!='>, readonly [name: string, isSwapped: boolean]>> = {
  '<': ['isLess', false],
  '<=': ['isAtMost', false],
  '>': ['isLess', true],
  '>=': ['isAtMost', true],
};

const compareOrder = (
  left: Compiled,
  right: Compiled,
  operator: Exclude<Comparison, '==' | '!='>,
  scope: Scope,
): Compiled => {
  const needsHelper = [left, right].some((side) => side.isNullable && !side.isPlain);
  const guards = [...left.guards, ...right.guards];
  if (needsHelper) {
    const [name, isSwapped] = comparers[operator];
    const sides = isSwapped ? [right.code, left.code] : [left.code, right.code];
    return guarded(guards, present(`${scope.use(name)}(${sides.join(', ')})`, 'boolean'));
  }
  const nullable = [left, right].filter((side) => side.isNullable).map((side) => `${side.code} !== null`);
  const code = `${within(left, precedences.order + 1)} ${operator} ${within(right, precedences.order + 1)}`;
  return guarded([...guards, ...nullable], present(code, 'boolean', precedences.order));
};

/** One value compared with another. */
export const compare = (first: Compiled, second: Compiled, operator: Comparison, scope: Scope): Compiled => {
  const [left, right] = align(first, second, scope);
  return operator === '==' || operator === '!='
    ? compareEqual(left, right, operator === '==')
    : compareOrder(left, right, operator, scope);
};
