/** Questions about where a node stands: among other statements, alone as a body, or inside of types. */
import type { Node } from '@babel/types';
import type { Place } from './source-tree.ts';

const bodyFields: Readonly<Record<string, readonly string[]>> = {
  IfStatement: ['consequent', 'alternate'],
  ForStatement: ['body'],
  ForInStatement: ['body'],
  ForOfStatement: ['body'],
  WhileStatement: ['body'],
  DoWhileStatement: ['body'],
  WithStatement: ['body'],
};

/** True for the body of a loop or of an `if`, where one statement may stand and no more. */
export function isBodyOfOne({ parent, field }: Place): boolean {
  return parent !== undefined && bodyFields[parent.node.type]?.includes(field) === true;
}

/** True when other statements may be put before this one. */
export function isStatementList({ parent, field }: Place): boolean {
  if (parent === undefined) return false;
  const { type } = parent.node;
  if (type === 'SwitchCase') return field === 'consequent';
  return field === 'body' && (type === 'Program' || type === 'BlockStatement' || type === 'StaticBlock');
}

/** The expression without `as`, `satisfies`, `!` and type arguments around it. */
export function unwrapTypes(node: Node): Node {
  switch (node.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'TSInstantiationExpression':
      return unwrapTypes(node.expression);
    default:
      return node;
  }
}
