/** Cyclomatic and cognitive complexity of one function in a syntax tree. */
import type { Node } from 'web-tree-sitter';
import { childrenOf, field, type Grammar } from './grammar.ts';

/** Decisions inside a function plus one; functions inside it count for themselves. */
export const cyclomaticOf = (grammar: Grammar, root: Node): number => {
  let count = 1;
  const visit = (node: Node): void => {
    if (grammar.functions.has(node.type)) return;
    if (grammar.decisions.has(node.type) || grammar.isDecision?.(node) === true) count += 1;
    // A Boolean operator of Python is a decision by its type.
    else if (node.type === grammar.binary && logicalOperator(node) !== undefined) count += 1;
    for (const child of childrenOf(node)) visit(child);
  };
  for (const child of childrenOf(root)) visit(child);
  return count;
};

const logicalOperator = (node: Node): string | undefined => {
  const operator = field(node, 'operator')?.type;
  return operator === '&&' || operator === '||' || operator === 'and' || operator === 'or' ? operator : undefined;
};

/** As for scripts: functions inside count, one level deeper. */
export const cognitiveOf = (grammar: Grammar, root: Node): number => new CognitiveCounter(grammar).all(root, 0);

class CognitiveCounter {
  readonly #grammar: Grammar;

  constructor(grammar: Grammar) {
    this.#grammar = grammar;
  }

  /** All that stands in a node. */
  all(node: Node, nesting: number): number {
    return childrenOf(node).reduce((sum, child) => sum + this.#visit(child, nesting), 0);
  }

  #visit(node: Node, nesting: number): number {
    const { conditionals, functions, binary, nesting: deepening } = this.#grammar;
    if (conditionals.has(node.type)) return this.#conditional(node, nesting, false);
    if (functions.has(node.type)) return this.all(node, nesting + 1);
    if (node.type === binary && logicalOperator(node) !== undefined) return this.#logical(node, nesting);
    if (!deepening.has(node.type)) return this.all(node, nesting);
    return childrenOf(node).reduce((sum, child) => {
      const isDeeper = isBody(node, child) || isTernaryBranch(node, child);
      return sum + this.#visit(child, isDeeper ? nesting + 1 : nesting);
    }, 1 + nesting);
  }

  #conditional(node: Node, nesting: number, isElse: boolean): number {
    const consequence = field(node, 'consequence')?.id;
    let total = isElse ? 1 : 1 + nesting;
    for (const child of childrenOf(node)) {
      if (child.id === consequence) total += this.#visit(child, nesting + 1);
      else if (isAlternative(node, child)) total += this.#alternative(child, nesting);
      else total += this.#visit(child, nesting);
    }
    return total;
  }

  #alternative(node: Node, nesting: number): number {
    const { conditionals } = this.#grammar;
    if (conditionals.has(node.type)) return this.#conditional(node, nesting, true);
    const [inner] = childrenOf(node);
    if (node.type === 'else_clause' && inner !== undefined && conditionals.has(inner.type))
      return this.#conditional(inner, nesting, true);
    return 1 + this.all(node, nesting + 1);
  }

  /** One for each run of like operators; brackets do not matter. */
  #logical(node: Node, nesting: number): number {
    const operators: string[] = [];
    let total = 0;
    const flatten = (part: Node): void => {
      const inner = part.type === 'parenthesized_expression' ? (childrenOf(part)[0] ?? part) : part;
      const operator = inner.type === this.#grammar.binary ? logicalOperator(inner) : undefined;
      const left = field(inner, 'left');
      const right = field(inner, 'right');
      if (operator === undefined || left === undefined || right === undefined) {
        total += this.#visit(inner, nesting);
        return;
      }
      flatten(left);
      operators.push(operator);
      flatten(right);
    };
    flatten(node);
    return total + operators.filter((operator, index) => operator !== operators[index - 1]).length;
  }
}

/** Python has several alternatives, each a child of that field. */
const isAlternative = (node: Node, child: Node): boolean =>
  child.type === 'elif_clause' || child.type === 'else_clause' || child.id === field(node, 'alternative')?.id;

const isBody = (node: Node, child: Node): boolean =>
  child.id === field(node, 'body')?.id || child.type.endsWith('_case') || child.type === 'block';

/** All of a conditional expression but what it asks. */
const isTernaryBranch = (node: Node, child: Node): boolean => {
  if (node.type === 'ternary_expression') return child.id !== field(node, 'condition')?.id;
  // Python: `value if condition else other`, the condition in the middle and without a name.
  return node.type === 'conditional_expression' && child.id !== childrenOf(node)[1]?.id;
};
