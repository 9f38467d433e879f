/** What belongs to a function of a script, and what it is called. */
import type { Node } from 'typescript6';
import type { TypeScript } from '../../check/typescript.ts';

/** The parts that run when it is called: parameters (their defaults) and the body. */
export const functionRoots = (ts: TypeScript, root: Node): readonly Node[] => {
  if (ts.isClassStaticBlockDeclaration(root)) return [root.body];
  if (ts.isPropertyDeclaration(root)) return root.initializer === undefined ? [] : [root.initializer];
  if (!ts.isFunctionLike(root)) return [];
  const body = 'body' in root ? root.body : undefined;
  return body === undefined ? root.parameters : [...root.parameters, body];
};

/** Its own name, or that of what it is given to. */
export const functionName = (ts: TypeScript, root: Node): string => {
  if (ts.isClassStaticBlockDeclaration(root)) return 'static';
  if (ts.isConstructorDeclaration(root)) return 'constructor';
  // SAFETY: all that has a flow of its own is a declaration; static blocks have ended above.
  const own = ts.getNameOfDeclaration(root as Parameters<TypeScript['getNameOfDeclaration']>[0]);
  if (own !== undefined) return own.getText();
  const { parent } = root;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent))
    return parent.name.getText().slice(0, 200);
  if (ts.isBinaryExpression(parent)) return parent.left.getText().slice(0, 200);
  return '(anonymous)';
};
