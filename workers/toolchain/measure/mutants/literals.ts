/** Mutators of what is written down as a value: texts, booleans, lists, objects. */
import type { Place } from '../source-tree.ts';
import { endOf, startOf } from '../source-tree.ts';
import type { Mutator } from './mutation.ts';
import { replaceNode, replacePart } from './mutation.ts';

const filler = 'Mutated!';

export const stringLiteral: Mutator = (place) => {
  const { node } = place;
  if (node.type === 'TemplateLiteral') {
    const isEmpty = node.quasis.length === 1 && node.quasis[0]?.value.raw === '';
    return [replaceNode('StringLiteral', node, isEmpty ? `\`${filler}\`` : '``')];
  }
  if (node.type !== 'StringLiteral' || isName(place)) return [];
  return [replaceNode('StringLiteral', node, node.value === '' ? `"${filler}"` : '""')];
};

/** Texts that name something: modules, keys, symbols. */
function isName({ parent, field }: Place): boolean {
  switch (parent?.node.type) {
    case undefined:
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportSpecifier':
    case 'ImportExpression':
    case 'ExpressionStatement':
    case 'JSXAttribute':
    case 'ImportAttribute':
      return true;
    case 'ObjectProperty':
    case 'ObjectMethod':
    case 'ClassProperty':
    case 'ClassMethod':
    case 'ClassAccessorProperty':
      return field === 'key';
    case 'CallExpression': {
      const { callee } = parent.node;
      return callee.type === 'Import' || (callee.type === 'Identifier' && /^(?:require|Symbol)$/.test(callee.name));
    }
    default:
      return false;
  }
}

export const booleanLiteral: Mutator = ({ node }, text) => {
  if (node.type === 'BooleanLiteral') return [replaceNode('BooleanLiteral', node, String(!node.value))];
  if (node.type !== 'UnaryExpression' || node.operator !== '!') return [];
  return [replaceNode('BooleanLiteral', node, text.slice(startOf(node) + 1, endOf(node)).trimStart())];
};

export const arrayDeclaration: Mutator = ({ node }, text) => {
  if (node.type === 'ArrayExpression') {
    return [replaceNode('ArrayDeclaration', node, node.elements.length > 0 ? '[]' : `["${filler}"]`)];
  }
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return [];
  if (node.callee.type !== 'Identifier' || node.callee.name !== 'Array') return [];
  const [first] = node.arguments;
  const last = node.arguments.at(-1);
  if (first === undefined || last === undefined) {
    if (!text.slice(startOf(node), endOf(node)).endsWith(')')) return [];
    return [
      replacePart('ArrayDeclaration', node, text, { start: endOf(node) - 1, end: endOf(node), replacement: '[])' }),
    ];
  }
  const whole = text.slice(startOf(node), endOf(node.callee));
  return [replaceNode('ArrayDeclaration', node, `${whole}()`)];
};

export const objectLiteral: Mutator = ({ node }) =>
  node.type === 'ObjectExpression' && node.properties.length > 0 ? [replaceNode('ObjectLiteral', node, '{}')] : [];
