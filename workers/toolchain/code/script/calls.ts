/** The calls in a script. */
import type { Node, SourceFile } from 'typescript6';
import type { CodeCall } from '../../../../shared/domain/code/facts.ts';
import type { TypeScript } from '../../check/typescript.ts';
import { measureFunctions } from './complexity.ts';
import { positionAt } from './place.ts';

/** A call with the node of the name that is called. */
export interface FoundCall extends CodeCall {
  readonly node: Node;
}

/** In the order of the text. `within` counts as the functions of the file's facts do. */
export const readCalls = (ts: TypeScript, file: SourceFile): readonly FoundCall[] => {
  const indexOf = new Map(measureFunctions(ts, file).map(({ node }, index) => [node, index]));
  const calls: FoundCall[] = [];
  const visit = (node: Node, within: number): void => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const call = callOf(ts, file, node.expression, within);
      if (call !== undefined) calls.push(call);
    }
    const inside = indexOf.get(node) ?? within;
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(file, -1);
  return calls;
};

const callOf = (ts: TypeScript, file: SourceFile, callee: Node, within: number): FoundCall | undefined => {
  if (ts.isIdentifier(callee))
    return { node: callee, name: callee.text, at: positionAt(file, callee.getStart(file)), within };
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const { expression, name } = callee;
  const isPlain = ts.isIdentifier(expression) || expression.kind === ts.SyntaxKind.ThisKeyword;
  const at = positionAt(file, name.getStart(file));
  return { node: name, name: name.text, at, within, ...(isPlain ? { receiver: expression.getText(file) } : {}) };
};
