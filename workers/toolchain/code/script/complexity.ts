/**
 * Cyclomatic and cognitive complexity of every function of a script. The first counts what ESLint's rule `complexity`
 * counts in its classic form; the second follows "Cognitive Complexity" (SonarSource, 1.7) without recursion.
 */
import type { ConstructorDeclaration, Node, SourceFile, SyntaxKind } from 'typescript6';
import type { CodeFunction } from '../../../../shared/domain/code/facts.ts';
import type { TypeScript } from '../../check/typescript.ts';
import { CognitiveCounter } from './cognitive.ts';
import { functionName, functionRoots } from './function-roots.ts';
import { positionAt, spanOf } from './place.ts';

export interface FoundFunction extends CodeFunction {
  readonly node: Node;
}

/** In the order of their beginnings. */
export const measureFunctions = (ts: TypeScript, file: SourceFile): readonly FoundFunction[] => {
  const found: FoundFunction[] = [];
  const cognitive = new CognitiveCounter(ts);
  const measure = (root: Node): FoundFunction => {
    let cyclomatic = 1;
    for (const part of functionRoots(ts, root)) cyclomatic += countDecisions(ts, part, search);
    const span = spanOf(file, root);
    return {
      node: root,
      name: functionName(ts, root),
      span,
      cyclomatic,
      cognitive: cognitive.of(root),
      parameters: ts.isFunctionLike(root) ? root.parameters.length : 0,
      lines: positionAt(file, root.end).line - span.start.line + 1,
    };
  };
  const search = (node: Node): void => {
    found.push(measure(node));
  };
  countDecisions(ts, file, search);
  return found.sort((left, right) => left.node.getStart(file) - right.node.getStart(file));
};

let kinds: ReadonlySet<number> | undefined;

/** Nodes of every other kind neither decide nor have a flow of their own: most of them, passed over by their number. */
const kindsOfInterest = ({ SyntaxKind }: TypeScript): ReadonlySet<number> => {
  kinds ??= new Set([
    SyntaxKind.CatchClause,
    SyntaxKind.ConditionalExpression,
    SyntaxKind.ForStatement,
    SyntaxKind.ForInStatement,
    SyntaxKind.ForOfStatement,
    SyntaxKind.IfStatement,
    SyntaxKind.WhileStatement,
    SyntaxKind.DoStatement,
    SyntaxKind.CaseClause,
    SyntaxKind.BinaryExpression,
    SyntaxKind.Parameter,
    SyntaxKind.BindingElement,
    SyntaxKind.ShorthandPropertyAssignment,
    SyntaxKind.PropertyAccessExpression,
    SyntaxKind.ElementAccessExpression,
    SyntaxKind.CallExpression,
    SyntaxKind.ClassStaticBlockDeclaration,
    SyntaxKind.PropertyDeclaration,
    SyntaxKind.FunctionDeclaration,
    SyntaxKind.FunctionExpression,
    SyntaxKind.ArrowFunction,
    SyntaxKind.MethodDeclaration,
    SyntaxKind.Constructor,
    SyntaxKind.GetAccessor,
    SyntaxKind.SetAccessor,
  ]);
  return kinds;
};

/** Decisions below a node; functions inside go to `enter` and count for themselves. */
const countDecisions = (ts: TypeScript, start: Node, enter: (root: Node) => void): number => {
  let count = 0;
  const interesting = kindsOfInterest(ts);
  const { forEachChild } = ts;
  const visit = (node: Node): void => {
    if (!interesting.has(node.kind)) {
      forEachChild(node, visit);
      return;
    }
    if (isOwnFlow(ts, node)) {
      enter(node);
      // Names and decorators of members are evaluated outside of them.
      outsideParts(ts, node).forEach(visit);
      return;
    }
    if (isDecision(ts, node)) count += 1;
    forEachChild(node, visit);
  };
  visit(start);
  return count;
};

/** Has a control flow of its own: functions with a body, initialisers of fields, static blocks. */
const isOwnFlow = (ts: TypeScript, node: Node): boolean => {
  if (ts.isClassStaticBlockDeclaration(node)) return true;
  if (ts.isPropertyDeclaration(node)) return node.initializer !== undefined;
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
};

const outsideParts = (ts: TypeScript, node: Node): readonly Node[] => {
  // SAFETY: of nodes with a flow of their own, all that have a name have it in this form.
  const name = 'name' in node ? (node as ConstructorDeclaration).name : undefined;
  const decorators = ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : [];
  return name === undefined ? decorators : [...decorators, name];
};

const isDecision = (ts: TypeScript, node: Node): boolean => {
  switch (node.kind) {
    case ts.SyntaxKind.CatchClause:
    case ts.SyntaxKind.ConditionalExpression:
    case ts.SyntaxKind.ForStatement:
    case ts.SyntaxKind.ForInStatement:
    case ts.SyntaxKind.ForOfStatement:
    case ts.SyntaxKind.IfStatement:
    case ts.SyntaxKind.WhileStatement:
    case ts.SyntaxKind.DoStatement:
    case ts.SyntaxKind.CaseClause:
      return true;
    default:
  }
  if (ts.isBinaryExpression(node)) {
    const operator = node.operatorToken.kind;
    return isLogical(ts, operator) || (operator === ts.SyntaxKind.EqualsToken && isDefaultInPattern(ts, node));
  }
  if (ts.isParameter(node) || ts.isBindingElement(node)) return node.initializer !== undefined;
  if (ts.isShorthandPropertyAssignment(node)) return node.objectAssignmentInitializer !== undefined;
  return (
    (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) || ts.isCallExpression(node)) &&
    node.questionDotToken !== undefined
  );
};

const isLogical = (ts: TypeScript, operator: SyntaxKind): boolean =>
  operator === ts.SyntaxKind.AmpersandAmpersandToken ||
  operator === ts.SyntaxKind.BarBarToken ||
  operator === ts.SyntaxKind.QuestionQuestionToken ||
  operator === ts.SyntaxKind.AmpersandAmpersandEqualsToken ||
  operator === ts.SyntaxKind.BarBarEqualsToken ||
  operator === ts.SyntaxKind.QuestionQuestionEqualsToken;

/** `[a = 1] = list`: the inner one is a default, not an assignment. */
const isDefaultInPattern = (ts: TypeScript, node: Node): boolean => {
  let child = node;
  let { parent } = node;
  while (
    ts.isArrayLiteralExpression(parent) ||
    ts.isObjectLiteralExpression(parent) ||
    ts.isSpreadElement(parent) ||
    (ts.isPropertyAssignment(parent) && parent.initializer === child)
  ) {
    child = parent;
    parent = parent.parent;
  }
  if (child === node) return false;
  if (ts.isForOfStatement(parent) || ts.isForInStatement(parent)) return parent.initializer === child;
  return (
    ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken && parent.left === child
  );
};
