/** Mutators of what a function or block does: nothing at all, or returning nothing. */
import type { BlockStatement } from '@babel/types';
import type { Place } from '../source-tree.ts';
import { endOf, startOf } from '../source-tree.ts';
import type { Mutator } from './mutation.ts';
import { replaceNode } from './mutation.ts';

export const blockStatement: Mutator = (place) => {
  const { node } = place;
  if (node.type !== 'BlockStatement' || node.body.length === 0 || isBoundConstructor(node, place.parent)) return [];
  const slot = { kind: 'statements', start: startOf(node) + 1, end: endOf(node) - 1 } as const;
  return [{ ...replaceNode('BlockStatement', node, '{}'), slot }];
};

/** TypeScript wants `super()` first in the constructor of a class with initialised fields. */
function isBoundConstructor(body: BlockStatement, owner: Place | undefined): boolean {
  if (owner?.node.type !== 'ClassMethod' || owner.node.kind !== 'constructor') return false;
  const hasParameterFields = owner.node.params.some(({ type }) => type === 'TSParameterProperty');
  const classBody = owner.parent?.node;
  const hasFields =
    classBody?.type === 'ClassBody' &&
    classBody.body.some((member) => member.type === 'ClassProperty' && Boolean(member.value));
  if (!hasParameterFields && !hasFields) return false;
  return body.body.some(
    ({ ...statement }) =>
      statement.type === 'ExpressionStatement' &&
      statement.expression.type === 'CallExpression' &&
      statement.expression.callee.type === 'Super',
  );
}

/** The choice is made inside of the function, which keeps its name and its number of parameters. */
export const arrowFunction: Mutator = ({ node }) => {
  if (node.type !== 'ArrowFunctionExpression' || node.body.type === 'BlockStatement') return [];
  if (node.body.type === 'Identifier' && node.body.name === 'undefined') return [];
  const slot = { kind: 'expression', start: startOf(node.body), end: endOf(node.body) } as const;
  return [{ ...replaceNode('ArrowFunction', node, '() => undefined'), slot, choice: 'undefined' }];
};

/** A `return` that is all that its block does is the same as the block left out, so it gets no mutant of its own. */
export const returnValue: Mutator = ({ node, parent }) => {
  if (node.type !== 'ReturnStatement' || node.argument === null || node.argument === undefined) return [];
  const { argument } = node;
  if (argument.type === 'Identifier' && argument.name === 'undefined') return [];
  if (argument.type === 'UnaryExpression' && argument.operator === 'void') return [];
  if (parent?.node.type === 'BlockStatement' && parent.node.body.length === 1) return [];
  const slot = { kind: 'expression', start: startOf(argument), end: endOf(argument) } as const;
  return [{ ...replaceNode('ReturnValue', argument, 'undefined'), slot }];
};
