/** Scopes for compiling the expressions of rules, actions and computed fields into functions. */
import type { Expression } from '../app-model.ts';
import type { Design, ResourceDesign } from './design.ts';
import { compileAggregate, compileSelection } from './expression/aggregate.ts';
import { compileExpression } from './expression/compile.ts';
import type { Compiled, Root, Scope } from './expression/compiled.ts';
import { takeName } from './names.ts';
import { printCalls } from './print.ts';
import type { SourceFile } from './source-file.ts';

/** A variable that holds a record of the resource. */
export const rootOf = (resource: ResourceDesign, code: string, isNullable = false): Root => ({
  resource,
  code,
  isNullable,
});

/** A scope over these variables, with imports noted in the file. */
export const createScope = (
  design: Design,
  file: SourceFile,
  roots: Pick<Scope, 'record' | 'previous' | 'item'>,
  context = 'context',
): Scope => ({ design, use: file.use, ...roots, context, mentions: new Set() });

export interface Body {
  /** Statements before the value, each with its line end. */
  readonly statements: string;
  readonly value: Compiled;
}

/** Every aggregate that stands outside of another one, in order. */
const outerAggregates = (expression: Expression): readonly Extract<Expression, { kind: 'aggregate' }>[] => {
  switch (expression.kind) {
    case 'aggregate':
      return [expression];
    case 'binary':
      return [...outerAggregates(expression.left), ...outerAggregates(expression.right)];
    case 'not':
    case 'one_of':
    case 'length':
      return outerAggregates(expression.operand);
    case 'date_add':
      return [...outerAggregates(expression.base), ...outerAggregates(expression.amount)];
    case 'literal':
    case 'field':
    case 'now':
    case 'today':
      return [];
  }
};

const needsStatement = (expression: Expression): boolean =>
  outerAggregates(expression).some((aggregate) => aggregate.where !== undefined);

/**
 * An expression as statements and a value: the records that an aggregate speaks of get a name of their own, which
 * reads better than a long chain inside of a condition.
 */
export const compileBody = (
  expression: Expression,
  scope: Scope,
  taken: Set<string> = new Set(['record', 'previous', 'item', 'context', 'change']),
): Body => {
  const indent = 2;
  if (!needsStatement(expression)) return { statements: '', value: compileExpression(expression, scope) };
  const statements: string[] = [];
  const names = new Map<Expression, string>();
  for (const aggregate of outerAggregates(expression)) {
    if (aggregate.where === undefined) continue;
    const resource = scope.design.resource(aggregate.resource);
    const name = takeName(taken, resource.store);
    const selection = compileSelection(resource, aggregate.where, scope, compileExpression);
    const before = `${' '.repeat(indent)}const ${name} = `;
    statements.push(`${before}${printCalls(selection.head, selection.calls, { indent, before, after: ';' })};\n`);
    names.set(aggregate, name);
  }
  const value = compileWithNames(expression, scope, names);
  return { statements: [...new Set(statements)].join(''), value };
};

/** Compiles with the named selections in place of their chains. */
const compileWithNames = (expression: Expression, scope: Scope, names: ReadonlyMap<Expression, string>): Compiled =>
  compileExpression(expression, {
    ...scope,
    replace: (part) => {
      const name = names.get(part);
      return name === undefined || part.kind !== 'aggregate'
        ? undefined
        : compileAggregate(part, name, scope, compileExpression);
    },
  });
