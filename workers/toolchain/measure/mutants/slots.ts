/** Finds the smallest expression around a node that may become a choice between two texts. */
import type { Node } from '@babel/types';
import type { Place } from '../source-tree.ts';
import { endOf, startOf } from '../source-tree.ts';
import type { Slot } from './mutation.ts';

const literals: ReadonlySet<string> = new Set([
  'Identifier',
  'StringLiteral',
  'NumericLiteral',
  'BigIntLiteral',
  'BooleanLiteral',
  'NullLiteral',
  'RegExpLiteral',
  'TemplateLiteral',
  'MetaProperty',
]);

function isExpression({ type }: Node): boolean {
  return type.endsWith('Expression') || type === 'TSTypeAssertion' || literals.has(type);
}

const chainLinks: ReadonlySet<string> = new Set([
  'MemberExpression',
  'OptionalMemberExpression',
  'CallExpression',
  'OptionalCallExpression',
  'TSNonNullExpression',
]);

const patterns: ReadonlySet<string> = new Set([
  'ArrayPattern',
  'ObjectPattern',
  'RestElement',
  'TaggedTemplateExpression',
]);

/** The slot of the expression at the place, or around it; undefined where no choice can stand. */
export function slotAround(place: Place): Slot | undefined {
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) {
    if (isExpression(at.node) && mayBeChoice(at)) {
      return { kind: 'expression', start: startOf(at.node), end: endOf(at.node), depth: depthOf(at) };
    }
    // Beyond the statement nothing can hold the expression.
    if (at.node.type.endsWith('Statement') || at.node.type.endsWith('Declaration')) return undefined;
  }
  return undefined;
}

export function depthOf(place: Place): number {
  let depth = 0;
  for (let at = place.parent; at !== undefined; at = at.parent) depth += 1;
  return depth;
}

function mayBeChoice({ node, parent, field }: Place): boolean {
  if (parent === undefined || patterns.has(parent.node.type)) return false;
  const outer = parent.node;
  switch (outer.type) {
    case 'ObjectProperty':
      if (parent.parent?.node.type === 'ObjectPattern') return field === 'key' && outer.computed;
      return field !== 'key' || outer.computed;
    case 'ObjectMethod':
    case 'ClassMethod':
    case 'ClassProperty':
      return field !== 'key' || outer.computed;
    case 'AssignmentExpression':
    case 'AssignmentPattern':
    case 'ForInStatement':
    case 'ForOfStatement':
      return field !== 'left';
    case 'UpdateExpression':
      return false;
    case 'UnaryExpression':
      return outer.operator !== 'delete';
    default:
      return !isLinkOf(node, outer, field);
  }
}

/** True when the node is the beginning of a chain that goes on: `a.b` in `a.b.c`, `a.b()` and `a.b!`. */
function isLinkOf(node: Node, outer: Node, field: string): boolean {
  if (!chainLinks.has(node.type)) return false;
  return outer.type === 'TSNonNullExpression' || field === 'object' || field === 'callee';
}
