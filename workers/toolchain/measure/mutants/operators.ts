/** Mutators of operators: arithmetic, comparison, logical, assignment, sign, counting up and down. */
import type { LogicalExpression, Node } from '@babel/types';
import type { MutatorName } from '../../../../shared/domain/quality/mutation/mutant.ts';
import { endOf, startOf } from '../source-tree.ts';
import type { Mutation, Mutator } from './mutation.ts';
import { findToken, replaceNode, replacePart } from './mutation.ts';

const arithmetic: Readonly<Record<string, string>> = { '+': '-', '-': '+', '*': '/', '/': '*', '%': '*' };

const comparison: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '==': ['!='],
  '!=': ['=='],
  '===': ['!=='],
  '!==': ['==='],
};

const logical: Readonly<Record<string, string>> = { '&&': '||', '||': '&&', '??': '&&' };

const assignment: Readonly<Record<string, string>> = {
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
  '%=': '*=',
  '<<=': '>>=',
  '>>=': '<<=',
  '&=': '|=',
  '|=': '&=',
  '&&=': '||=',
  '||=': '&&=',
  '??=': '&&=',
};

function isText(node: Node): boolean {
  return node.type === 'StringLiteral' || node.type === 'TemplateLiteral';
}

/** The node with another operator between its two sides. */
function withOperator(
  mutator: MutatorName,
  node: Node & { readonly left: Node; readonly operator: string },
  operator: string,
  text: string,
): readonly Mutation[] {
  const start = findToken(text, endOf(node.left), node.operator);
  if (start === undefined) return [];
  const end = start + node.operator.length;
  // `a+-b` must not become `a--b`.
  const gap = /^[+-]/.test(text.slice(end)) ? ' ' : '';
  return [replacePart(mutator, node, text, { start, end, replacement: `${operator}${gap}` })];
}

export const arithmeticOperator: Mutator = ({ node }, text) => {
  if (node.type !== 'BinaryExpression') return [];
  const other = arithmetic[node.operator];
  const left = node.left.type === 'BinaryExpression' ? node.left.right : node.left;
  if (other === undefined || isText(node.right) || isText(left)) return [];
  return withOperator('ArithmeticOperator', node, other, text);
};

export const equalityOperator: Mutator = ({ node }, text) =>
  node.type === 'BinaryExpression'
    ? (comparison[node.operator] ?? []).flatMap((other) => withOperator('EqualityOperator', node, other, text))
    : [];

export const logicalOperator: Mutator = ({ node }, text) => {
  if (node.type !== 'LogicalExpression') return [];
  const other = logical[node.operator];
  if (other === undefined) return [];
  return other === '&&' ? [withAnd(node, text)] : withOperator('LogicalOperator', node, other, text);
};

/** `&&` binds tighter than what it replaces: `a || b || c` becomes `(a || b) && c`, and `??` may not stand beside it. */
function withAnd(node: LogicalExpression, text: string): Mutation {
  const side = (each: Node): string => `(${text.slice(startOf(each), endOf(each))})`;
  const left = bindsLess(node.left) ? side(node.left) : text.slice(startOf(node), operatorOf(node, text));
  const right = text.slice(operatorOf(node, text) + 2, endOf(node)).trimStart();
  return replaceNode('LogicalOperator', node, `${left}${left.endsWith(' ') ? '' : ' '}&& ${right}`);
}

function bindsLess(node: Node): boolean {
  return node.type === 'LogicalExpression' && node.operator !== '&&' && node.extra?.['parenthesized'] !== true;
}

function operatorOf(node: LogicalExpression, text: string): number {
  return findToken(text, endOf(node.left), node.operator) ?? endOf(node.left);
}

export const assignmentOperator: Mutator = ({ node }, text) => {
  if (node.type !== 'AssignmentExpression') return [];
  const other = assignment[node.operator];
  if (other === undefined) return [];
  const isChoice = node.operator === '&&=' || node.operator === '||=' || node.operator === '??=';
  return isText(node.right) && !isChoice ? [] : withOperator('AssignmentOperator', node, other, text);
};

export const unaryOperator: Mutator = ({ node }, text) => {
  if (node.type !== 'UnaryExpression') return [];
  const rest = text.slice(startOf(node) + 1, endOf(node));
  if (node.operator === '~') return [replaceNode('UnaryOperator', node, rest.trimStart())];
  if (node.operator !== '+' && node.operator !== '-') return [];
  const other = node.operator === '+' ? '-' : '+';
  return [replaceNode('UnaryOperator', node, `${other}${rest.startsWith(other) ? ' ' : ''}${rest}`)];
};

export const updateOperator: Mutator = ({ node }, text) => {
  if (node.type !== 'UpdateExpression') return [];
  const other = node.operator === '++' ? '--' : '++';
  const start = node.prefix ? startOf(node) : endOf(node) - 2;
  return [replacePart('UpdateOperator', node, text, { start, end: start + 2, replacement: other })];
};
