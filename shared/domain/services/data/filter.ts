/**
 * Questions about records as SQL over one table of JSON bodies. Names of fields and collections are checked to be plain
 * and stand in the text, since SQLite uses an index on an expression only for the same text; every value is bound. A
 * statement takes at most 100 values in production.
 */
import { err, ok, type Result } from '../../../errors/result.ts';
import type { DataQuery, Filter } from '../../../rpc/services/data.ts';

export type SqlBinding = string | number | null;

export interface SqlPart {
  readonly text: string;
  readonly bindings: readonly SqlBinding[];
}

const fieldPattern = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*){0,4}$/;
const maxDepth = 6;
const maxBindings = 80;
const maxChoices = 50;
const maxCharacters = 2_000;

const columns: Readonly<Record<string, string>> = { id: 'id', createdAt: 'created_at', updatedAt: 'updated_at' };

class Refusal extends Error {}

const refuse = (field: string, reason: string): never => {
  throw new Refusal(`${field}: ${reason}`);
};

/** A field as an SQL expression; undefined when it is no name of one. */
export const fieldExpression = (field: unknown): string | undefined => {
  if (typeof field !== 'string' || field.length > 200 || !fieldPattern.test(field)) return undefined;
  return Object.hasOwn(columns, field) ? columns[field] : `json_extract(body, '$.${field}')`;
};

const expressionOf = (field: unknown, at: string): string =>
  fieldExpression(field) ?? refuse(`${at}.field`, 'must be a name, or up to five joined by dots');

const bindingOf = (value: unknown, at: string): SqlBinding => {
  if (value === null || (typeof value === 'number' && Number.isFinite(value))) return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' && value.length <= maxCharacters) return value;
  return refuse(at, `must be a number, a truth value, null or text of at most ${maxCharacters} characters`);
};

const joined = (parts: readonly SqlPart[], operator: 'AND' | 'OR'): SqlPart => ({
  text: `(${parts.map(({ text }) => text).join(` ${operator} `)})`,
  bindings: parts.flatMap(({ bindings }) => bindings),
});

const comparisons: Readonly<Record<string, string>> = {
  is: 'IS',
  isNot: 'IS NOT',
  above: '>',
  atLeast: '>=',
  below: '<',
  atMost: '<=',
};

const compile = (filter: unknown, at: string, depth: number): SqlPart => {
  if (depth > maxDepth) return refuse(at, `must not be nested deeper than ${maxDepth}`);
  if (typeof filter !== 'object' || filter === null) return refuse(at, 'must be a condition');
  const parts: Readonly<Record<string, unknown>> = { ...filter };
  for (const [key, operator] of [['all', 'AND'] as const, ['any', 'OR'] as const]) {
    const inner = parts[key];
    if (inner === undefined) continue;
    if (!Array.isArray(inner) || inner.length === 0) return refuse(`${at}.${key}`, 'must be a list of conditions');
    return joined(
      inner.map((each, index) => compile(each, `${at}.${key}[${index}]`, depth + 1)),
      operator,
    );
  }
  if (parts['not'] !== undefined) {
    const inner = compile(parts['not'], `${at}.not`, depth + 1);
    // A comparison with a field that is absent is neither true nor false; its opposite is to be true.
    return { text: `NOT COALESCE(${inner.text}, 0)`, bindings: inner.bindings };
  }
  return compileCondition(parts, at);
};

const compileCondition = (parts: Readonly<Record<string, unknown>>, at: string): SqlPart => {
  const expression = expressionOf(parts['field'], at);
  for (const [key, operator] of Object.entries(comparisons)) {
    const value = parts[key];
    if (value === undefined) continue;
    return { text: `${expression} ${operator} ?`, bindings: [bindingOf(value, `${at}.${key}`)] };
  }
  const { oneOf, contains } = parts;
  if (Array.isArray(oneOf)) {
    if (oneOf.length === 0 || oneOf.length > maxChoices)
      return refuse(`${at}.oneOf`, `must be 1 to ${maxChoices} values`);
    const bindings = oneOf.map((value, index) => bindingOf(value, `${at}.oneOf[${index}]`));
    return { text: `${expression} IN (${bindings.map(() => '?').join(', ')})`, bindings };
  }
  if (typeof contains === 'string' && contains !== '' && contains.length <= maxCharacters) {
    return { text: `instr(lower(${expression}), lower(?)) > 0`, bindings: [contains] };
  }
  return refuse(at, 'must compare a field by is, isNot, above, atLeast, below, atMost, oneOf or contains');
};

const invalid = (thrown: unknown): Result<never> => {
  if (!(thrown instanceof Refusal)) throw thrown;
  const [field = '', ...reason] = thrown.message.split(': ');
  return err({ type: 'request.invalid', detail: thrown.message, issues: [{ field, reason: reason.join(': ') }] });
};

/** A filter as a condition; nothing for no filter. */
export const compileFilter = (filter: Filter | undefined): Result<SqlPart> => {
  if (filter === undefined) return ok({ text: '1', bindings: [] });
  try {
    const part = compile(filter, 'where', 1);
    if (part.bindings.length > maxBindings) refuse('where', `must compare at most ${maxBindings} values`);
    return ok(part);
  } catch (thrown) {
    return invalid(thrown);
  }
};

interface Order {
  readonly expression: string;
  readonly descending: boolean;
}

/** The order of a query, by `id` last. */
export const compileOrder = (orderBy: DataQuery['orderBy']): Result<readonly Order[]> => {
  try {
    const given: unknown = orderBy ?? [];
    if (!Array.isArray(given) || given.length > 4) return refuse('orderBy', 'must be at most 4 fields');
    const orders = given.map((each: unknown, index): Order => {
      const parts: Readonly<Record<string, unknown>> = typeof each === 'object' && each !== null ? { ...each } : {};
      return {
        expression: expressionOf(parts['field'], `orderBy[${index}]`),
        descending: parts['descending'] === true,
      };
    });
    return ok([...orders, { expression: 'id', descending: false }]);
  } catch (thrown) {
    return invalid(thrown);
  }
};

/** What comes after a record with these values of the order's fields. Absent values come first, as SQLite sorts them. */
export const compileAfter = (orders: readonly Order[], values: readonly SqlBinding[]): SqlPart => {
  const steps = orders.map(({ expression, descending }, index): SqlPart => {
    const equal = orders.slice(0, index).map((order, place): SqlPart => ({
      text: `${order.expression} IS ?`,
      bindings: [values[place] ?? null],
    }));
    const value = values[index] ?? null;
    const beyond = ((): SqlPart => {
      if (value === null) return { text: descending ? '0' : `${expression} IS NOT NULL`, bindings: [] };
      const text = descending ? `(${expression} < ? OR ${expression} IS NULL)` : `${expression} > ?`;
      return { text, bindings: [value] };
    })();
    return joined([...equal, beyond], 'AND');
  });
  return joined(steps, 'OR');
};
