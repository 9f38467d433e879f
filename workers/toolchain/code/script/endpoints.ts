/** HTTP routes as the usual frameworks declare them: `app.get('/x', …)` and `{ method: 'GET', path: '/x' }`. */
import type { Node, ObjectLiteralExpression, SourceFile } from 'typescript6';
import type { CodeEndpoint } from '../../../../shared/domain/code/facts.ts';
import type { TypeScript } from '../../check/typescript.ts';
import { positionAt } from './place.ts';

const methods: ReadonlySet<string> = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'all']);

/** The route that a node declares. */
export const readEndpoint = (ts: TypeScript, file: SourceFile, node: Node): CodeEndpoint | undefined => {
  const found = ts.isObjectLiteralExpression(node) ? ofObject(ts, file, node) : ofCall(ts, node);
  return found === undefined
    ? undefined
    : { method: found.method.toUpperCase(), path: found.path, line: positionAt(file, node.getStart(file)).line };
};

type Route = Pick<CodeEndpoint, 'method' | 'path'>;

const ofCall = (ts: TypeScript, node: Node): Route | undefined => {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const [path, handler] = node.arguments;
  const method = node.expression.name.text;
  if (!methods.has(method) || path === undefined || handler === undefined || !ts.isStringLiteralLike(path))
    return undefined;
  // A map or client is also asked with `get('/x')`, but not with a function behind it.
  const isHandler = ts.isFunctionLike(handler) || ts.isIdentifier(handler) || ts.isCallExpression(handler);
  return path.text.startsWith('/') && isHandler ? { method, path: path.text } : undefined;
};

const ofObject = (ts: TypeScript, file: SourceFile, node: ObjectLiteralExpression): Route | undefined => {
  const textOf = (wanted: string): string | undefined => {
    for (const property of node.properties) {
      if (!ts.isPropertyAssignment(property) || property.name.getText(file) !== wanted) continue;
      if (ts.isStringLiteralLike(property.initializer)) return property.initializer.text;
    }
    return undefined;
  };
  const method = textOf('method')?.toLowerCase();
  const path = textOf('path') ?? textOf('url');
  if (method === undefined || path === undefined || !methods.has(method) || !path.startsWith('/')) return undefined;
  return { method, path };
};
