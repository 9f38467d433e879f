/** Where a composed service answers: each path at one of its members. */
import type { ProjectId } from '../ids.ts';

export type CompositionTarget =
  /** A service object of the composition's own group. */
  | { readonly kind: 'service'; readonly service: 'auth' | 'api' | 'ui' }
  | { readonly kind: 'app'; readonly projectId: ProjectId; readonly slot: 'preview' | 'staging' | 'production' }
  /** Found in the registry at each request. */
  | { readonly kind: 'registered'; readonly name: string; readonly version: string };

export interface CompositionTargetRoute {
  /** `/`, or segments without a slash at the end; everything below it goes there too. */
  readonly path: string;
  readonly member: string;
  readonly target: CompositionTarget;
  readonly timeoutMs?: number | undefined;
  readonly retries?: number | undefined;
  readonly perMinute?: number | undefined;
  readonly balance?: 'weighted' | 'least-loaded' | 'sticky' | undefined;
}

export interface CompositionEndpoint {
  readonly kind: 'composition';
  /** The group of its service objects in the sandbox. */
  readonly group: string;
  /** Longest path first. */
  readonly routes: readonly CompositionTargetRoute[];
  /** Served to everybody, not only to those who hold a key of the workspace. */
  readonly isPublic?: boolean;
}

/** A service object of a composition, as the router passes requests on to it; in no registry. */
export interface GroupEndpoint {
  readonly kind: 'group';
  readonly group: string;
  readonly service: 'auth' | 'api' | 'ui';
}

/** The route that a path takes, and what of the path is left for the member, from `/`. */
export const findTargetRoute = (
  { routes }: Pick<CompositionEndpoint, 'routes'>,
  path: string,
): { readonly route: CompositionTargetRoute; readonly rest: string } | undefined => {
  const route = routes.find((candidate) => candidate.path === '/' || isBelow(path, candidate.path));
  if (route === undefined) return undefined;
  const rest = route.path === '/' ? path : path.slice(route.path.length);
  return { route, rest: rest.startsWith('/') ? rest : `/${rest}` };
};

const isBelow = (path: string, base: string): boolean =>
  path.startsWith(base) && (path.length === base.length || path.charAt(base.length) === '/');
