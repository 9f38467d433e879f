/** Uses that need no import: files of one Go or Java package know each other's names. */
import type { FileStructure, ProjectStructure } from './facts.ts';
import type { ImportEdge } from './import-graph.ts';
import { folderOf } from './module-paths.ts';

/** Files by declared name, by package. */
type Declarations = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

const packageOf = (path: string, facts: FileStructure): string | undefined => {
  if (facts.language === 'go') return `go:${folderOf(path)}`;
  return facts.language === 'java' ? `java:${facts.packageName ?? folderOf(path)}` : undefined;
};

const collect = (project: ProjectStructure): Declarations => {
  const packages = new Map<string, Map<string, string[]>>();
  for (const [path, facts] of project) {
    const name = packageOf(path, facts);
    if (name === undefined || path.endsWith('_test.go')) continue;
    const declared = packages.get(name) ?? new Map<string, string[]>();
    packages.set(name, declared);
    for (const symbol of facts.symbols) {
      if (symbol.container !== undefined) continue;
      declared.set(symbol.name, [...(declared.get(symbol.name) ?? []), path]);
    }
  }
  return packages;
};

/** The edges of a file to those of its own package whose top names it mentions. */
export const findPackageUses = (
  project: ProjectStructure,
): ((path: string, facts: FileStructure) => readonly ImportEdge[]) => {
  const packages = collect(project);
  return (path, facts) => {
    const name = packageOf(path, facts);
    const names = new Map<string, string[]>();
    for (const [declared, files] of (name === undefined ? undefined : packages.get(name)) ?? []) {
      if (!facts.identifiers.has(declared)) continue;
      for (const file of files) if (file !== path) names.set(file, [...(names.get(file) ?? []), declared]);
    }
    return [...names].map(([to, used]) => ({
      from: path,
      to,
      kind: 'package',
      line: 1,
      names: used.map((imported) => ({ imported, local: imported })),
    }));
  };
};
