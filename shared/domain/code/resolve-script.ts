/** What an import of TypeScript or JavaScript means: a file of the project, or something outside of it. */
import { CompilerPaths } from './compiler-paths.ts';
import type { Manifest, ProjectStructure } from './facts.ts';
import { findScript, folderOf, joinPath, type IsFile } from './module-paths.ts';

interface Placed {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Resolves specifiers as bundlers and TypeScript's `bundler` mode do, without packages from outside. */
export class ScriptResolver {
  readonly #isFile: IsFile;
  readonly #compilerPaths: CompilerPaths;
  readonly #packages: ReadonlyMap<string, Placed>;

  constructor(project: ProjectStructure) {
    this.#isFile = (path) => project.has(path);
    this.#compilerPaths = new CompilerPaths(project);
    this.#packages = new Map(
      [...project].flatMap(([path, { manifest }]) =>
        path.endsWith('package.json') && manifest?.name !== undefined
          ? [[manifest.name, { folder: folderOf(path), manifest }]]
          : [],
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
    for (const candidate of this.#compilerPaths.candidates(from, specifier)) {
      const found = this.#find(candidate);
      if (found !== undefined) return found;
    }
    return undefined;
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
