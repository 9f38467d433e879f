/** Which declared route a request is for. Segments that are words go before parameters. */
import type { ApiRoute } from '../../../schemas/services/api.ts';

export type Match =
  | { readonly kind: 'route'; readonly route: ApiRoute; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: 'other_methods'; readonly methods: readonly string[] }
  | { readonly kind: 'none' };

const decoded = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not percent-encoded text: no parameter has such a value.
    return undefined;
  }
};

/** The parameters when the path is one of the pattern, or undefined. */
export const matchPath = (pattern: string, path: string): Readonly<Record<string, string>> | undefined => {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = decoded(given[index] ?? '');
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (value === undefined || (name === undefined ? value !== part : value === '')) return undefined;
    if (name !== undefined) parameters[name] = value;
  }
  return parameters;
};

const countParameters = (path: string): number => path.split('{').length - 1;

export const matchRoute = (routes: readonly ApiRoute[], method: string, path: string): Match => {
  const fitting = routes.flatMap((route) => {
    const parameters = matchPath(route.path, path);
    return parameters === undefined ? [] : [{ route, parameters }];
  });
  const [best] = fitting
    .filter(({ route }) => route.method === method)
    .sort((one, other) => countParameters(one.route.path) - countParameters(other.route.path));
  if (best !== undefined) return { kind: 'route', ...best };
  return fitting.length === 0
    ? { kind: 'none' }
    : { kind: 'other_methods', methods: fitting.map(({ route }) => route.method) };
};
