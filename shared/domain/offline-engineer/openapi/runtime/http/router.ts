/** Finds the operation for a method and a path; fixed segments win over parameters. */

import type { Operation } from './operation.ts';

export type RouteMatch =
  | { readonly kind: 'found'; readonly operation: Operation; readonly pathValues: Readonly<Record<string, string>> }
  | { readonly kind: 'method_not_allowed'; readonly allowed: readonly string[] }
  | { readonly kind: 'not_found' };

interface Route {
  readonly operation: Operation;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  /** Sorts routes: a segment without parameters is more specific than one with. */
  readonly rank: string;
}

/** Compiles the templates once; the function that comes back matches requests. */
export const createRouter = (operations: readonly Operation[]): ((method: string, path: string) => RouteMatch) => {
  const routes = operations
    .map(compileRoute)
    .sort((left, right) => (left.rank < right.rank ? -1 : left.rank > right.rank ? 1 : 0));
  return (method, path) => {
    const matching = routes.flatMap((route) => {
      const match = route.pattern.exec(path) ?? route.pattern.exec(path.replace(/(?<=.)\/$/, ''));
      return match === null ? [] : [{ route, values: match.slice(1) }];
    });
    const found = matching.find(({ route }) => route.operation.method === method);
    if (found !== undefined) {
      const pathValues = Object.fromEntries(found.route.names.map((name, index) => [name, found.values[index] ?? '']));
      return { kind: 'found', operation: found.route.operation, pathValues };
    }
    if (matching.length === 0) return { kind: 'not_found' };
    return { kind: 'method_not_allowed', allowed: [...new Set(matching.map(({ route }) => route.operation.method))] };
  };
};

const compileRoute = (operation: Operation): Route => {
  const names: string[] = [];
  const parts = operation.path.split(/(\{[^}]*\})/);
  const source = parts.map((part) => {
    if (!part.startsWith('{')) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    names.push(part.slice(1, -1));
    return '([^/]+?)';
  });
  const rank = operation.path
    .split('/')
    .map((segment) => (!segment.includes('{') ? '0' : /^\{[^}]*\}$/.test(segment) ? '2' : '1'))
    .join('');
  return { operation, pattern: new RegExp(`^${source.join('')}$`), names, rank };
};
