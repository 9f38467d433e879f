/** What imports of Python, Go, Java and Rust mean among the files of a project. */
import type { CodeImport, FileStructure, ProjectStructure } from './facts.ts';
import { folderOf, joinPath } from './module-paths.ts';

/** The files of the project that an import of that file means; empty for what comes from outside. */
export type PackageResolver = (path: string, facts: FileStructure, used: CodeImport) => readonly string[];

const group = (entries: Iterable<readonly [string, string]>): ReadonlyMap<string, readonly string[]> => {
  const groups = new Map<string, string[]>();
  for (const [key, value] of entries) {
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [value]);
    else known.push(value);
  }
  return groups;
};

/** `a.b` from the root, from `src`, or from the folder of the importing file and those above it. */
const pythonResolver = (project: ProjectStructure): PackageResolver => {
  const moduleAt = (base: string): string | undefined =>
    [`${base}.py`, `${base}/__init__.py`, `${base}.pyi`].find((candidate) => project.has(candidate));
  const find = (roots: readonly string[], dotted: string): string | undefined => {
    const relative = dotted.replaceAll('.', '/');
    for (const root of roots) {
      const base = root === '' ? relative : relative === '' ? root : `${root}/${relative}`;
      const found = moduleAt(base);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return (path, _facts, { specifier, names }) => {
    const dots = /^\.*/.exec(specifier)?.[0].length ?? 0;
    const dotted = specifier.slice(dots);
    const above = dots === 0 ? undefined : joinPath(folderOf(path), '../'.repeat(dots - 1));
    if (dots > 0 && above === undefined) return [];
    const roots = above === undefined ? ['', 'src', ...foldersAbove(path)] : [above];
    const found = new Set<string>();
    for (const { imported } of names) {
      const submodule = find(roots, dotted === '' ? imported : `${dotted}.${imported}`);
      if (submodule !== undefined) found.add(submodule);
    }
    const module = find(roots, dotted);
    if (module !== undefined && (found.size === 0 || found.size < names.length)) found.add(module);
    return [...found];
  };
};

const foldersAbove = (path: string): readonly string[] => {
  const folders: string[] = [];
  for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) folders.push(folder);
  return folders;
};

/** An import names a folder below a module; all its files but tests are meant. */
const goResolver = (project: ProjectStructure): PackageResolver => {
  const filesByFolder = group(
    [...project.keys()]
      .filter((path) => path.endsWith('.go') && !path.endsWith('_test.go'))
      .map((path) => [folderOf(path), path]),
  );
  const modules = [...project].flatMap(([path, { manifest }]) =>
    path.endsWith('go.mod') && manifest?.name !== undefined ? [{ folder: folderOf(path), name: manifest.name }] : [],
  );
  return (_path, _facts, { specifier }) => {
    const module = modules.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
    if (module === undefined) return [];
    const folder = joinPath(module.folder, specifier.slice(module.name.length));
    return folder === undefined ? [] : (filesByFolder.get(folder) ?? []);
  };
};

/** An import names a type by its package, `a.b.*` all of a package. */
const javaResolver = (project: ProjectStructure): PackageResolver => {
  const java = [...project].filter(([path]) => path.endsWith('.java'));
  const typeName = (path: string): string => path.slice(path.lastIndexOf('/') + 1, -'.java'.length);
  const byType = group(java.map(([path, { packageName }]) => [`${packageName ?? ''}.${typeName(path)}`, path]));
  const byPackage = group(java.map(([path, { packageName }]) => [packageName ?? '', path]));
  return (_path, _facts, { specifier }) => {
    if (specifier.endsWith('.*')) {
      const outer = specifier.slice(0, -2);
      return byPackage.get(outer) ?? byType.get(outer) ?? [];
    }
    // An inner type or a static member is found through the type around it.
    for (let name = specifier; name.includes('.'); name = name.slice(0, name.lastIndexOf('.'))) {
      const found = byType.get(name);
      if (found !== undefined) return found;
    }
    return [];
  };
};

/** `mod x;` names a file below this one's module; `crate::`, `self::` and `super::` paths lead along the modules. */
const rustResolver = (project: ProjectStructure): PackageResolver => {
  const moduleFolder = (path: string): string =>
    /(?:^|\/)(?:mod|lib|main)\.rs$/.test(path) ? folderOf(path) : path.slice(0, -'.rs'.length);
  const inside = (folder: string, name: string): string | undefined => {
    const base = folder === '' ? name : `${folder}/${name}`;
    return [`${base}.rs`, `${base}/mod.rs`].find((candidate) => project.has(candidate));
  };
  const crateRoot = (path: string): string => {
    const source = /^(.*?(?:^|\/)src)\//.exec(path)?.[1];
    return source ?? folderOf(path);
  };
  const ownFile = (folder: string): string | undefined =>
    [`${folder}.rs`, `${folder}/mod.rs`, `${folder}/lib.rs`, `${folder}/main.rs`].find((candidate) =>
      project.has(candidate),
    );
  return (path, _facts, { specifier, kind }) => {
    if (kind === 'module') {
      const found = inside(moduleFolder(path), specifier);
      return found === undefined ? [] : [found];
    }
    const [first = '', ...rest] = specifier.split('::');
    let folder = first === 'crate' ? crateRoot(path) : first === 'self' ? moduleFolder(path) : undefined;
    if (first === 'super') folder = folderOf(moduleFolder(path));
    const steps = [...rest];
    if (folder === undefined) {
      // Since the 2018 edition a path may begin with a module of the present one.
      folder = moduleFolder(path);
      steps.unshift(first);
      if (inside(folder, first) === undefined) return [];
    }
    let found = ownFile(folder);
    for (const step of steps) {
      if (step === 'super') {
        folder = folderOf(folder);
        found = ownFile(folder);
        continue;
      }
      const next = inside(folder, step);
      if (next === undefined) break;
      found = next;
      folder = `${folder}/${step}`;
    }
    return found === undefined ? [] : [found];
  };
};

/** One resolver for all of them; an unknown language has no imports. */
export const createPackageResolvers = (project: ProjectStructure): PackageResolver => {
  const byLanguage: Partial<Record<FileStructure['language'], PackageResolver>> = {
    python: pythonResolver(project),
    go: goResolver(project),
    java: javaResolver(project),
    rust: rustResolver(project),
  };
  return (path, facts, used) => byLanguage[facts.language]?.(path, facts, used) ?? [];
};
