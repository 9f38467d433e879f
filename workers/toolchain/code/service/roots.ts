/** Which scripts the type checker looks at together. */
import { reverse, type Graph } from '../../../../shared/domain/code/cycles.ts';
import type { CodeImport, ProjectStructure } from '../../../../shared/domain/code/facts.ts';
import { buildImportGraph } from '../../../../shared/domain/code/import-graph.ts';
import { isScript } from '../../../../shared/domain/code/language.ts';
import { ScriptResolver } from '../../../../shared/domain/code/resolve-script.ts';
import type { Workspace } from '../workspace.ts';

/** More than these are not checked together: the nearest to the file that was asked about are taken. */
export const checkedTogether = { files: 2_000, bytes: 12 * 1024 * 1024 } as const;

export interface Scope {
  /** `whole`: everything that may use a name; `narrow`: what one file needs to be understood. */
  readonly kind: 'whole' | 'narrow';
  /** The files that can be seen. */
  readonly paths: readonly string[];
  /** Those that are looked at also when no other imports them. */
  readonly roots: readonly string[];
  /** Set when not all scripts are among them, and says so. */
  readonly partial?: string;
  /** What files of a narrow scope import from its first root, `*` for all of it. */
  readonly imported?: ReadonlySet<string>;
}

/** All scripts, or those nearest to `center` over imports in both directions. */
export const wholeScope = (workspace: Workspace, project: ProjectStructure, center: string | undefined): Scope => {
  const scripts = [...project].flatMap(([path, { language, depth }]) =>
    isScript(language) && depth === 'parsed' ? [path] : [],
  );
  const size = (path: string): number => workspace.files.get(path)?.sizeBytes ?? 0;
  const total = scripts.reduce((sum, path) => sum + size(path), 0);
  if (scripts.length <= checkedTogether.files && total <= checkedTogether.bytes)
    return { kind: 'whole', paths: scripts, roots: scripts };
  const ordered = center === undefined ? scripts : [...new Set([...nearest(project, center), ...scripts])];
  const paths: string[] = [];
  let bytes = 0;
  for (const path of ordered) {
    bytes += size(path);
    if (paths.length >= checkedTogether.files || bytes > checkedTogether.bytes) break;
    paths.push(path);
  }
  paths.sort();
  return {
    kind: 'whole',
    paths,
    roots: paths,
    partial: `The project has ${scripts.length} scripts; the ${paths.length} nearest ones were looked at.`,
  };
};

/** One file with all that it imports, directly or not, and the declarations that hold everywhere. */
export const narrowScope = (project: ProjectStructure, path: string): Scope => {
  const resolver = new ScriptResolver(project);
  const roots = [path, ...[...project.keys()].filter((file) => file !== path && /\.d\.[cm]?ts$/.test(file))];
  const seen = new Set(roots);
  const imported = new Set<string>();
  // A set goes on with what is added during the walk.
  for (const file of seen) {
    for (const { specifier, names } of project.get(file)?.imports ?? []) {
      const found = resolver.resolve(file, specifier);
      if (found === path) for (const name of takenNames(names)) imported.add(name);
      if (found !== undefined && isScript(project.get(found)?.language ?? 'text')) seen.add(found);
      if (seen.size > checkedTogether.files) break;
    }
  }
  return { kind: 'narrow', paths: [...seen].sort(), roots, imported };
};

/** An import that names nothing (`import('./x')`) may take all of it. */
const takenNames = (names: CodeImport['names']): readonly string[] =>
  names.length === 0 ? ['*'] : names.map(({ imported }) => imported);

const nearest = (project: ProjectStructure, center: string): readonly string[] => {
  const { targets } = buildImportGraph(project);
  const sources: Graph = reverse(targets);
  const found = new Set([center]);
  // A set goes on with what is added during the walk, so this visits the files in the order of their distance.
  for (const path of found) {
    for (const next of targets.get(path) ?? []) found.add(next);
    for (const next of sources.get(path) ?? []) found.add(next);
  }
  return [...found];
};
