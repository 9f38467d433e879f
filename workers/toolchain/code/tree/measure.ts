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
export const cognitiveOf = (grammar: Grammar, root: Node): number => {
  const all = (node: Node, nesting: number): number =>
    childrenOf(node).reduce((sum, child) => sum + visit(child, nesting), 0);

  const conditional = (node: Node, nesting: number, isElse: boolean): number => {
    const consequence = field(node, 'consequence')?.id;
    let total = isElse ? 1 : 1 + nesting;
    for (const child of childrenOf(node)) {
      if (child.id === consequence) total += visit(child, nesting + 1);
      else if (isAlternative(node, child)) total += alternative(child, nesting);
      else total += visit(child, nesting);
    }
    return total;
  };
  /** Python has several alternatives, each a child of that field. */
  const isAlternative = (node: Node, child: Node): boolean =>
    child.type === 'elif_clause' || child.type === 'else_clause' || child.id === field(node, 'alternative')?.id;
  const alternative = (node: Node, nesting: number): number => {
    if (grammar.conditionals.has(node.type)) return conditional(node, nesting, true);
    const [inner] = childrenOf(node);
    if (node.type === 'else_clause' && inner !== undefined && grammar.conditionals.has(inner.type))
      return conditional(inner, nesting, true);
    return 1 + all(node, nesting + 1);
  };

  const logical = (node: Node, nesting: number): number => {
    const operators: string[] = [];
    let total = 0;
    const flatten = (part: Node): void => {
      const inner = part.type === 'parenthesized_expression' ? (childrenOf(part)[0] ?? part) : part;
      const operator = inner.type === grammar.binary ? logicalOperator(inner) : undefined;
      const left = field(inner, 'left');
      const right = field(inner, 'right');
      if (operator === undefined || left === undefined || right === undefined) {
        total += visit(inner, nesting);
        return;
      }
      flatten(left);
      operators.push(operator);
      flatten(right);
    };
    flatten(node);
    return total + operators.filter((operator, index) => operator !== operators[index - 1]).length;
  };

  const isBody = (node: Node, child: Node): boolean =>
    child.id === field(node, 'body')?.id || child.type.endsWith('_case') || child.type === 'block';

  const visit = (node: Node, nesting: number): number => {
    if (grammar.conditionals.has(node.type)) return conditional(node, nesting, false);
    if (grammar.functions.has(node.type)) return all(node, nesting + 1);
    if (node.type === grammar.binary && logicalOperator(node) !== undefined) return logical(node, nesting);
    if (grammar.nesting.has(node.type)) {
      return childrenOf(node).reduce(
        (sum, child) => sum + visit(child, isBody(node, child) || isTernaryBranch(node, child) ? nesting + 1 : nesting),
        1 + nesting,
      );
    }
    return all(node, nesting);
  };
  return all(root, 0);
};

/** All of a conditional expression but what it asks. */
const isTernaryBranch = (node: Node, child: Node): boolean => {
  if (node.type === 'ternary_expression') return child.id !== field(node, 'condition')?.id;
  // Python: `value if condition else other`, the condition in the middle and without a name.
  return node.type === 'conditional_expression' && child.id !== childrenOf(node)[1]?.id;
};
