/** Text that does not change: literals, their concatenations, and names that stand for them. */
import type { Node } from '@babel/types';
import type { Scopes } from './scope.ts';
import { unwrap } from './names.ts';

const deepest = 12;

export interface Constants {
  /** The text, when all of it is constant. */
  readonly textOf: (node: Node) => string | undefined;
  /** The constant parts of a text, what varies left out; looks through names. */
  readonly partsOf: (node: Node) => readonly string[];
  /** The constant beginning of a text. */
  readonly prefixOf: (node: Node) => string;
  /** True for a text put together from constant and other parts. */
  readonly isComposed: (node: Node) => boolean;
}

/** Parts of a text in order; undefined stands for one that varies. */
type Parts = readonly (string | undefined)[];

const join = (parts: Parts): string | undefined => {
  let text = '';
  for (const part of parts) {
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
};

/** `util.format('… %s', value)`. */
const isFormat = (callee: Node): boolean =>
  (callee.type === 'Identifier' && callee.name === 'format') ||
  (callee.type === 'MemberExpression' &&
    callee.object.type === 'Identifier' &&
    callee.object.name === 'util' &&
    callee.property.type === 'Identifier' &&
    callee.property.name === 'format');

export const createConstants = (scopes: Scopes): Constants => {
  const ofName = (node: Node, depth: number): Parts => {
    const binding = node.type === 'Identifier' ? scopes.resolve(node) : undefined;
    if (binding === undefined || binding.kind !== 'variable' || binding.values.length === 0) return [undefined];
    // A text that is added to has all of its additions as parts.
    const parts = binding.values.map((value) =>
      value.path.length === 0 ? ofNode(value.node, depth + 1) : [undefined],
    );
    return parts.length === 1 ? (parts[0] ?? []) : parts.flatMap((each) => [...each, undefined]);
  };
  const ofNode = (wrapped: Node, depth: number): Parts => {
    if (depth > deepest) return [undefined];
    const node = unwrap(wrapped);
    switch (node.type) {
      case 'StringLiteral':
        return [node.value];
      case 'NumericLiteral':
      case 'BooleanLiteral':
        return [String(node.value)];
      case 'TemplateLiteral':
        return node.quasis.flatMap((quasi, index) => {
          const expression = node.expressions[index];
          return [
            quasi.value.cooked ?? quasi.value.raw,
            ...(expression === undefined ? [] : ofNode(expression, depth + 1)),
          ];
        });
      case 'BinaryExpression':
        return node.operator === '+'
          ? [...ofNode(node.left, depth + 1), ...ofNode(node.right, depth + 1)]
          : [undefined];
      case 'ConditionalExpression': {
        const left = join(ofNode(node.consequent, depth + 1));
        const right = join(ofNode(node.alternate, depth + 1));
        return left !== undefined && right !== undefined ? [left] : [undefined];
      }
      case 'CallExpression': {
        const { callee } = node;
        const [format] = node.arguments;
        if (isFormat(callee) && format !== undefined) return [...ofNode(format, depth + 1), undefined];
        if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return [undefined];
        if (callee.property.name === 'concat')
          return [callee.object, ...node.arguments].flatMap((part) => ofNode(part, depth + 1));
        if (callee.property.name === 'join' && callee.object.type === 'ArrayExpression')
          return callee.object.elements.flatMap((part) => (part === null ? [] : ofNode(part, depth + 1)));
        return [undefined];
      }
      case 'Identifier':
        return ofName(node, depth);
      default:
        return [undefined];
    }
  };
  const known = (node: Node): readonly string[] => ofNode(node, 0).filter((part) => part !== undefined);
  return {
    textOf: (node) => join(ofNode(node, 0)),
    partsOf: known,
    prefixOf: (node) => {
      const parts = ofNode(node, 0);
      const end = parts.indexOf(undefined);
      return (end === -1 ? parts : parts.slice(0, end)).join('');
    },
    isComposed: (node) => {
      const parts = ofNode(node, 0);
      return parts.includes(undefined) && parts.some((part) => part !== undefined && part.trim() !== '');
    },
  };
};
