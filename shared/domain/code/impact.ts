/** What a change can reach: the files that use the changed ones, directly or not, and the tests and endpoints among them. */
import type { CodeEndpoint, ProjectStructure } from './facts.ts';
import { reach, reverse } from './cycles.ts';
import type { ImportGraph } from './import-graph.ts';
import { isTestPath } from './language.ts';

export interface ReachedFile {
  readonly path: string;
  /** Imports between it and the nearest changed file; 0 for a changed one. */
  readonly distance: number;
  /** The file through which it is reached. */
  readonly via?: string;
}

export interface Impact {
  /** Changed files that are in the project. */
  readonly changed: readonly string[];
  /** Changed paths that are not, for example deleted ones. */
  readonly unknown: readonly string[];
  /** Nearest first. Tests are not among them. */
  readonly files: readonly ReachedFile[];
  readonly tests: readonly ReachedFile[];
  readonly endpoints: readonly (CodeEndpoint & { readonly file: string; readonly distance: number })[];
}

/** Upper bound: a file that is reached need not behave differently, but one that is not reached cannot. */
export const findImpact = (project: ProjectStructure, graph: ImportGraph, paths: readonly string[]): Impact => {
  const changed = paths.filter((path) => project.has(path));
  const reached = reach(reverse(graph.targets), changed);
  const all = [...reached]
    .map(([path, { distance, via }]): ReachedFile => ({ path, distance, ...(via === undefined ? {} : { via }) }))
    .sort((left, right) => left.distance - right.distance || (left.path < right.path ? -1 : 1));
  return {
    changed,
    unknown: paths.filter((path) => !project.has(path)),
    files: all.filter(({ path, distance }) => distance > 0 && !isTestPath(path)),
    tests: all.filter(({ path }) => isTestPath(path)),
    endpoints: all.flatMap(({ path, distance }) =>
      isTestPath(path)
        ? []
        : (project.get(path)?.endpoints ?? []).map((endpoint) => ({ ...endpoint, file: path, distance })),
    ),
  };
};
