/** Mutators of calls: methods of texts and lists, optional chains, calls that are left out. */
import { endOf, startOf } from '../source-tree.ts';
import { isBodyOfOne, isStatementList } from '../positions.ts';
import type { Mutation, Mutator } from './mutation.ts';
import { findToken, replaceNode, replacePart } from './mutation.ts';

const leftOut: ReadonlySet<string> = new Set([
  'charAt',
  'filter',
  'reverse',
  'slice',
  'sort',
  'substr',
  'substring',
  'trim',
]);

const pairs: readonly (readonly [string, string])[] = [
  ['endsWith', 'startsWith'],
  ['every', 'some'],
  ['toLocaleLowerCase', 'toLocaleUpperCase'],
  ['toLowerCase', 'toUpperCase'],
  ['trimEnd', 'trimStart'],
  ['min', 'max'],
  ['setDate', 'setTime'],
  ['setFullYear', 'setMonth'],
  ['setHours', 'setMinutes'],
  ['setSeconds', 'setMilliseconds'],
  ['setUTCFullYear', 'setUTCMonth'],
  ['setUTCHours', 'setUTCMinutes'],
  ['setUTCSeconds', 'setUTCMilliseconds'],
];

const renamed: ReadonlyMap<string, string> = new Map([
  ...pairs.flatMap(([one, other]) => [[one, other] as const, [other, one] as const]),
  ['setUTCDate', 'setTime'],
]);

export const methodExpression: Mutator = ({ node }, text) => {
  if (node.type !== 'CallExpression' && node.type !== 'OptionalCallExpression') return [];
  const { callee } = node;
  if (callee.type !== 'MemberExpression' && callee.type !== 'OptionalMemberExpression') return [];
  const { property, object } = callee;
  if (callee.computed || property.type !== 'Identifier') return [];
  const other = renamed.get(property.name);
  if (other !== undefined) {
    const part = { start: startOf(property), end: endOf(property), replacement: other };
    return [replacePart('MethodExpression', node, text, part)];
  }
  if (!leftOut.has(property.name) || object.type === 'Super') return [];
  const dot = findToken(text, endOf(object), '?.') ?? findToken(text, endOf(object), '.');
  if (dot === undefined) return [];
  // A line comment between the object and its method must not swallow what comes behind the object.
  const end = text.slice(endOf(object), dot).includes('//') ? '\n' : '';
  return [replaceNode('MethodExpression', node, text.slice(startOf(node), dot).trimEnd() + end)];
};

export const optionalChaining: Mutator = ({ node }, text) => {
  const isChain = node.type === 'OptionalMemberExpression' || node.type === 'OptionalCallExpression';
  if (!isChain || !node.optional) return [];
  const isMember = node.type === 'OptionalMemberExpression';
  const start = findToken(text, endOf(isMember ? node.object : node.callee), '?.');
  if (start === undefined) return [];
  const replacement = isMember && !node.computed ? '.' : '';
  return [replacePart('OptionalChaining', node, text, { start, end: start + 2, replacement })];
};

/** A statement that only calls something, or throws a new error, is left out. */
export const callExpression: Mutator = (place, text) => {
  const { node } = place;
  if (node.type === 'ThrowStatement' && node.argument.type === 'NewExpression') return [withoutThrow(place)];
  if (node.type !== 'ExpressionStatement') return [];
  const call = node.expression.type === 'AwaitExpression' ? node.expression.argument : node.expression;
  if (call.type !== 'CallExpression' && call.type !== 'OptionalCallExpression') return [];
  if (call.type === 'CallExpression' && (call.callee.type === 'Super' || call.callee.type === 'Import')) return [];
  const { expression } = node;
  const isWhole = text.slice(startOf(node), endOf(node)).endsWith(';');
  return [
    {
      ...replaceNode('CallExpression', node, isWhole ? ';' : ''),
      slot: { kind: 'expression', start: startOf(expression), end: endOf(expression) },
      choice: 'void 0',
    },
  ];
};

function withoutThrow(place: Parameters<Mutator>[0]): Mutation {
  const { node } = place;
  const isFree = isStatementList(place) || isBodyOfOne(place);
  const range = { start: startOf(node), end: endOf(node) };
  // Behind a label or where else only one statement may stand, the statement becomes a block.
  return { ...replaceNode('CallExpression', node, isFree ? ';' : '{}'), slot: { kind: 'statements', ...range } };
}
