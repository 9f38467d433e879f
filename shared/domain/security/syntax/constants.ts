/** Text that does not change: literals, their concatenations, and names that stand for them. */
import type { CallExpression, Identifier, Node, TemplateLiteral } from '@babel/types';
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

class Reader {
  readonly #scopes: Scopes;

  constructor(scopes: Scopes) {
    this.#scopes = scopes;
  }

  of(wrapped: Node, depth = 0): Parts {
    if (depth > deepest) return [undefined];
    const node = unwrap(wrapped);
    switch (node.type) {
      case 'StringLiteral':
        return [node.value];
      case 'NumericLiteral':
      case 'BooleanLiteral':
        return [String(node.value)];
      case 'TemplateLiteral':
        return this.#ofTemplate(node, depth);
      case 'BinaryExpression':
        return node.operator === '+'
          ? [node.left, node.right].flatMap((side) => this.of(side, depth + 1))
          : [undefined];
      case 'ConditionalExpression':
        return ofChoice([node.consequent, node.alternate].map((each) => join(this.of(each, depth + 1))));
      case 'CallExpression':
        return this.#ofCall(node, depth);
      case 'Identifier':
        return this.#ofName(node, depth);
      default:
        return [undefined];
    }
  }

  #ofName(node: Identifier, depth: number): Parts {
    const binding = this.#scopes.resolve(node);
    if (binding === undefined || binding.kind !== 'variable' || binding.values.length === 0) return [undefined];
    // A text that is added to has all of its additions as parts.
    const parts = binding.values.map((value) =>
      value.path.length === 0 ? this.of(value.node, depth + 1) : [undefined],
    );
    return parts.length === 1 ? (parts[0] ?? []) : parts.flatMap((each) => [...each, undefined]);
  }

  #ofTemplate({ quasis, expressions }: TemplateLiteral, depth: number): Parts {
    return quasis.flatMap((quasi, index) => {
      const expression = expressions[index];
      const rest = expression === undefined ? [] : this.of(expression, depth + 1);
      return [quasi.value.cooked ?? quasi.value.raw, ...rest];
    });
  }

  #ofCall(node: CallExpression, depth: number): Parts {
    const { callee } = node;
    const [format] = node.arguments;
    if (isFormat(callee) && format !== undefined) return [...this.of(format, depth + 1), undefined];
    if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return [undefined];
    if (callee.property.name === 'concat')
      return [callee.object, ...node.arguments].flatMap((part) => this.of(part, depth + 1));
    if (callee.property.name === 'join' && callee.object.type === 'ArrayExpression')
      return callee.object.elements.flatMap((part) => (part === null ? [] : this.of(part, depth + 1)));
    return [undefined];
  }
}

export const createConstants = (scopes: Scopes): Constants => {
  const reader = new Reader(scopes);
  return {
    textOf: (node) => join(reader.of(node)),
    partsOf: (node) => reader.of(node).filter((part) => part !== undefined),
    prefixOf: (node) => beginningOf(reader.of(node)),
    isComposed: (node) => isMixed(reader.of(node)),
  };
};

/** Of two constant texts either may be meant: the first stands for both. */
const ofChoice = (texts: readonly (string | undefined)[]): Parts =>
  texts.includes(undefined) ? [undefined] : texts.slice(0, 1);

const beginningOf = (parts: Parts): string => {
  const end = parts.indexOf(undefined);
  return (end === -1 ? parts : parts.slice(0, end)).join('');
};

const isMixed = (parts: Parts): boolean =>
  parts.includes(undefined) && parts.some((part) => part !== undefined && part.trim() !== '');
