/** Cognitive complexity of one function with all functions inside it, which stand one level deeper. */
import type { IfStatement, Node } from 'typescript6';
import type { TypeScript } from '../../check/typescript.ts';
import { functionRoots } from './function-roots.ts';

export class CognitiveCounter {
  readonly #ts: TypeScript;

  constructor(ts: TypeScript) {
    this.#ts = ts;
  }

  /** Of a function, field initialiser or static block. */
  of(root: Node): number {
    let total = 0;
    for (const part of functionRoots(this.#ts, root)) total += this.#visit(part, 0);
    return total;
  }

  #visit(node: Node, nesting: number): number {
    const ts = this.#ts;
    if (ts.isIfStatement(node)) return 1 + nesting + this.#branches(node, nesting);
    if (ts.isConditionalExpression(node)) {
      return (
        1 +
        nesting +
        this.#visit(node.condition, nesting) +
        this.#visit(node.whenTrue, nesting + 1) +
        this.#visit(node.whenFalse, nesting + 1)
      );
    }
    if (ts.isFunctionLike(node)) return this.#children(node, nesting + 1);
    if (this.#isNestingStatement(node)) return 1 + nesting + this.#statement(node, nesting);
    if (ts.isBreakOrContinueStatement(node)) return node.label === undefined ? 0 : 1;
    if (ts.isBinaryExpression(node) && this.#isLogical(node)) return this.#logical(node, nesting);
    return this.#children(node, nesting);
  }

  /** Conditions stay on the level of the statement, its body goes one deeper. */
  #statement(node: Node, nesting: number): number {
    const ts = this.#ts;
    let total = 0;
    ts.forEachChild(node, (child) => {
      const isBody = ts.isBlock(child) || ts.isCaseBlock(child) || ('statement' in node && node.statement === child);
      total += this.#visit(child, isBody ? nesting + 1 : nesting);
    });
    return total;
  }

  #branches(node: IfStatement, nesting: number): number {
    const total = this.#visit(node.expression, nesting) + this.#visit(node.thenStatement, nesting + 1);
    const otherwise = node.elseStatement;
    if (otherwise === undefined) return total;
    if (this.#ts.isIfStatement(otherwise)) return total + 1 + this.#branches(otherwise, nesting);
    return total + 1 + this.#visit(otherwise, nesting + 1);
  }

  #children(node: Node, nesting: number): number {
    let total = 0;
    this.#ts.forEachChild(node, (child) => {
      total += this.#visit(child, nesting);
    });
    return total;
  }

  #isNestingStatement(node: Node): boolean {
    const { SyntaxKind } = this.#ts;
    return (
      node.kind === SyntaxKind.ForStatement ||
      node.kind === SyntaxKind.ForInStatement ||
      node.kind === SyntaxKind.ForOfStatement ||
      node.kind === SyntaxKind.WhileStatement ||
      node.kind === SyntaxKind.DoStatement ||
      node.kind === SyntaxKind.SwitchStatement ||
      node.kind === SyntaxKind.CatchClause
    );
  }

  #isLogical(node: Node): boolean {
    const ts = this.#ts;
    if (!ts.isBinaryExpression(node)) return false;
    const { kind } = node.operatorToken;
    // `??` is a shorthand, which the measure leaves out.
    return kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
  }

  /** One for each run of like operators, read from left to right; brackets do not matter. */
  #logical(node: Node, nesting: number): number {
    const operators: number[] = [];
    let total = 0;
    const flatten = (part: Node): void => {
      const ts = this.#ts;
      const inner = ts.isParenthesizedExpression(part) ? part.expression : part;
      if (ts.isBinaryExpression(inner) && this.#isLogical(inner)) {
        flatten(inner.left);
        operators.push(inner.operatorToken.kind);
        flatten(inner.right);
      } else total += this.#visit(inner, nesting);
    };
    flatten(node);
    return total + operators.filter((operator, index) => operator !== operators[index - 1]).length;
  }
}
