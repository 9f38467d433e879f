/** What an import of TypeScript or JavaScript means: a file of the project, or something outside of it. */
import type { Manifest, ProjectStructure } from './facts.ts';
import { findScript, folderOf, joinPath, type IsFile } from './module-paths.ts';

interface Placed {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Resolves specifiers as bundlers and TypeScript's `bundler` mode do, without packages from outside. */
export class ScriptResolver {
  readonly #isFile: IsFile;
  /** Nearest (longest folder) first. */
  readonly #compilers: readonly Placed[];
  readonly #packages: ReadonlyMap<string, Placed>;

  constructor(project: ProjectStructure) {
    this.#isFile = (path) => project.has(path);
    const placed = [...project].flatMap(([path, { manifest }]) =>
      manifest === undefined || path.endsWith('go.mod') ? [] : [{ path, folder: folderOf(path), manifest }],
    );
    this.#compilers = placed
      .filter(({ path, manifest }) => !path.endsWith('package.json') && Object.keys(manifest).length > 0)
      .sort((left, right) => right.folder.length - left.folder.length);
    this.#packages = new Map(
      placed.flatMap((entry) =>
        entry.path.endsWith('package.json') && entry.manifest.name !== undefined ? [[entry.manifest.name, entry]] : [],
      ),
    );
  }

  /** The path of the file; undefined when it is none of the project's. */
  resolve(from: string, specifier: string): string | undefined {
    const bare = specifier.replace(/[?#].*$/, '');
    if (bare.startsWith('./') || bare.startsWith('../') || bare === '.' || bare === '..') {
      return this.#find(joinPath(folderOf(from), bare));
    }
    if (bare.startsWith('/') || bare === '') return undefined;
    return this.#throughCompiler(from, bare) ?? this.#throughPackage(bare);
  }

  #find(path: string | undefined): string | undefined {
    return path === undefined ? undefined : findScript(path, this.#isFile);
  }

  #throughCompiler(from: string, specifier: string): string | undefined {
    const nearest = this.#compilers.find(({ folder }) => folder === '' || from.startsWith(`${folder}/`));
    if (nearest === undefined) return undefined;
    const { folder, manifest } = nearest;
    const base = joinPath(folder, manifest.baseUrl ?? '.') ?? folder;
    for (const [pattern, targets] of Object.entries(manifest.paths ?? {})) {
      const [before = '', after] = pattern.split('*');
      const matches =
        after === undefined ? specifier === pattern : specifier.startsWith(before) && specifier.endsWith(after);
      if (!matches) continue;
      const rest = after === undefined ? '' : specifier.slice(before.length, specifier.length - after.length);
      for (const target of targets) {
        const found = this.#find(joinPath(base, target.replace('*', rest)));
        if (found !== undefined) return found;
      }
    }
    return manifest.baseUrl === undefined ? undefined : this.#find(joinPath(base, specifier));
  }

  #throughPackage(specifier: string): string | undefined {
    const parts = specifier.split('/');
    const name = parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
    const found = this.#packages.get(name);
    if (found === undefined) return undefined;
    const inside = specifier.slice(name.length + 1);
    const wanted = inside === '' ? (found.manifest.main ?? '') : inside;
    return this.#find(joinPath(found.folder, wanted)) ?? this.#find(joinPath(found.folder, `src/${inside}`));
  }
}
