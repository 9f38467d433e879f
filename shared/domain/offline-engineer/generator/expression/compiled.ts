/** A piece of TypeScript made from an expression, with what must be known to put it into a larger one. */
import type { Expression } from '../../app-model.ts';
import type { Design, ResourceDesign } from '../design.ts';
import type { ValueType } from './typing.ts';

export interface Compiled {
  readonly code: string;
  readonly type: ValueType;
  readonly precedence: number;
  /** Conditions that must hold before `code` may be evaluated at all, such as `previous !== null`. */
  readonly guards: readonly string[];
  /** Whether `code` itself may be null. */
  readonly isNullable: boolean;
  /** Whether `code` is a plain chain of names, so that a check of it narrows its type. */
  readonly isPlain: boolean;
  /** The operands, where `code` is a chain of `&&` or `||`. */
  readonly chain?: { readonly operator: '&&' | '||'; readonly operands: readonly string[] };
}

/** A variable in the code that stands for `record`, `previous` or `item`. */
export interface Root {
  readonly resource: ResourceDesign;
  readonly code: string;
  readonly isNullable: boolean;
  /** How a field is read, where it is not simply `code.field`. */
  readonly read?: (field: string) => Compiled | undefined;
}

export interface Scope {
  readonly design: Design;
  /** Notes that the code needs this symbol, and returns it. */
  readonly use: (symbol: string) => string;
  readonly record?: Root;
  readonly previous?: Root;
  readonly item?: Root;
  /** The variable that holds `now`, `today` and `stores`. */
  readonly context: string;
  /** What stands in place of a part of the expression, where something does. */
  readonly replace?: (expression: Expression) => Compiled | undefined;
  /** Collects which variables the code speaks of. */
  readonly mentions: Set<string>;
}

export const precedences = {
  primary: 20,
  unary: 15,
  product: 13,
  sum: 12,
  order: 10,
  equality: 9,
  and: 5,
  or: 4,
  fallback: 3,
  ternary: 2,
} as const;

/** A value that is certainly there. */
export const present = (code: string, type: ValueType, precedence: number = precedences.primary): Compiled => ({
  code,
  type,
  precedence,
  guards: [],
  isNullable: false,
  isPlain: false,
});

/** The code, in parentheses when it binds less tightly than needed. */
export const within = (compiled: Compiled, precedence: number): string =>
  compiled.precedence < precedence ? `(${compiled.code})` : compiled.code;

/** The value where null is welcome. */
export const asValue = (compiled: Compiled): Compiled => {
  if (compiled.guards.length === 0) return compiled;
  const [guard = '', ...others] = compiled.guards;
  const code =
    others.length === 0 && guard.endsWith(' !== null')
      ? `${guard.replace(/ !== null$/u, ' === null')} ? null : ${compiled.code}`
      : `${compiled.guards.join(' && ')} ? ${compiled.code} : null`;
  return { ...present(code, compiled.type, precedences.ternary), isNullable: true };
};

const fallBack = (compiled: Compiled, fallback: string): Compiled => {
  const value = asValue(compiled);
  if (!value.isNullable) return value;
  return present(`${within(value, precedences.fallback + 1)} ?? ${fallback}`, value.type, precedences.fallback);
};

/** The value where a number is needed: nothing counts as 0. */
export const asNumber = (compiled: Compiled): Compiled => fallBack(compiled, '0');

/** The value where a text is needed: nothing counts as an empty one. */
export const asText = (compiled: Compiled): Compiled => fallBack(compiled, "''");

/** The value where a yes or no is needed: nothing counts as no. */
export const asCondition = (compiled: Compiled): Compiled => {
  const value = asValue(compiled);
  if (!value.isNullable) return value;
  return present(`${within(value, precedences.equality)} === true`, 'boolean', precedences.equality);
};

const operandsOf = (compiled: Compiled, operator: '&&' | '||'): readonly string[] => {
  if (compiled.chain?.operator === operator) return compiled.chain.operands;
  return [compiled.precedence <= precedences.and ? `(${compiled.code})` : compiled.code];
};

/** Conditions joined by `&&` or `||`, each said once. */
export const joinConditions = (conditions: readonly Compiled[], operator: '&&' | '||'): Compiled => {
  const [only] = conditions;
  if (only && conditions.length === 1) return only;
  const operands = [...new Set(conditions.flatMap((condition) => operandsOf(condition, operator)))];
  const code = operands.join(` ${operator} `);
  const precedence = operator === '&&' ? precedences.and : precedences.or;
  if (operands.length === 1) return present(code, 'boolean');
  return { ...present(code, 'boolean', precedence), chain: { operator, operands } };
};

/** A condition that is evaluated only where its guards hold. */
export const guarded = (guards: readonly string[], condition: Compiled): Compiled =>
  joinConditions([...guards.map((guard) => present(guard, 'boolean', precedences.equality)), condition], '&&');
