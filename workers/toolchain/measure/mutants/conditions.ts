/** Conditions that become `true` or `false`. */
import type { SwitchCase } from '@babel/types';
import type { Place } from '../source-tree.ts';
import { endOf, startOf } from '../source-tree.ts';
import type { Mutation, Mutator } from './mutation.ts';
import { findToken, replaceNode } from './mutation.ts';

const booleanOperators: ReadonlySet<string> = new Set(['!=', '!==', '&&', '<', '<=', '==', '===', '>', '>=', '||']);
const loops: ReadonlySet<string> = new Set(['ForStatement', 'WhileStatement', 'DoWhileStatement']);
const name = 'ConditionalExpression';

export const conditionalExpression: Mutator = (place, text) => {
  const { node } = place;
  if (node.type === 'ForStatement' && (node.test === null || node.test === undefined)) {
    const from = node.init === null || node.init === undefined ? startOf(node) + 'for'.length : endOf(node.init);
    const semicolon = findToken(text, from, ';');
    if (semicolon === undefined) return [];
    const offset = semicolon + 1;
    const slot = { kind: 'condition', start: offset, end: offset } as const;
    return [{ mutator: name, start: offset, end: offset, replacement: ' false', slot }];
  }
  if (node.type === 'SwitchCase') return withoutConsequent(node, text);
  return valuesOf(place).map((value) => replaceNode(name, node, value));
};

/** A condition that both values would not change, or that another mutant stands for already, gets one or none. */
function valuesOf({ node, parent, field }: Place): readonly string[] {
  if (field === 'test' && parent !== undefined) {
    if (loops.has(parent.node.type)) return ['false'];
    if (parent.node.type === 'IfStatement') return ['true', 'false'];
  }
  const isBoolean =
    (node.type === 'BinaryExpression' || node.type === 'LogicalExpression') && booleanOperators.has(node.operator);
  if (!isBoolean) return [];
  if (parent?.node.type === 'LogicalExpression') {
    if (parent.node.operator === '||') return ['false'];
    if (parent.node.operator === '&&') return ['true'];
  }
  return ['true', 'false'];
}

const declarations: ReadonlySet<string> = new Set(['VariableDeclaration', 'ClassDeclaration', 'FunctionDeclaration']);

/** The case keeps its label and loses what it does. Declarations are seen by the other cases, so such a case stays. */
function withoutConsequent({ consequent, ...node }: SwitchCase, text: string): readonly Mutation[] {
  const [first] = consequent;
  const last = consequent.at(-1);
  if (first === undefined || last === undefined || consequent.some(({ type }) => declarations.has(type))) return [];
  const start = node.start ?? 0;
  const end = node.end ?? 0;
  const replacement = text.slice(start, startOf(first)).trimEnd();
  return [
    { mutator: name, start, end, replacement, slot: { kind: 'statements', start: startOf(first), end: endOf(last) } },
  ];
}
