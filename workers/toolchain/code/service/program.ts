/** The compiler's language service over a workspace. Two projects stay warm, so that an edit costs what it touches. */
import type { CompilerOptions, LanguageService, LanguageServiceHost, ResolvedModuleFull } from 'typescript6';
import type { ProjectFacts } from '../../../../shared/domain/code/facts.ts';
import { ScriptResolver } from '../../../../shared/domain/code/resolve-script.ts';
import { compilerOptions } from '../../check/check.ts';
import { ambientFiles, libraries, libraryFile, projectFolder, type TypeScript } from '../../check/virtual-files.ts';
import type { Workspace } from '../workspace.ts';

const mostKept = 2;

interface Snapshot {
  readonly workspace: Workspace;
  readonly roots: readonly string[];
  readonly resolver: ScriptResolver;
}

/** One kept service. What it looks at is replaced with each request. */
export class KeptService {
  readonly service: LanguageService;
  #snapshot: Snapshot | undefined;
  #version = 0;
  /** Versions by path, to find out how much of a workspace is known here. */
  #versions: ReadonlyMap<string, string> = new Map();

  constructor(ts: TypeScript) {
    this.service = ts.createLanguageService(this.#createHost(ts), ts.createDocumentRegistry(true, '/project'));
  }

  /** How many of these files it has in just this version. */
  overlap(workspace: Workspace, roots: readonly string[]): number {
    return roots.filter((path) => this.#versions.get(path) === workspace.version(path)).length;
  }

  look(workspace: Workspace, roots: readonly string[], project: ProjectFacts): void {
    const data = [...project.keys()].filter((path) => path.endsWith('.json'));
    const versions = new Map([...roots, ...data].map((path) => [path, workspace.version(path)]));
    const isSame =
      versions.size === this.#versions.size &&
      [...versions].every(([path, version]) => this.#versions.get(path) === version);
    this.#snapshot = { workspace, roots, resolver: new ScriptResolver(project) };
    if (isSame) return;
    this.#versions = versions;
    this.#version += 1;
  }

  #createHost(ts: TypeScript): LanguageServiceHost {
    const options: CompilerOptions = { ...compilerOptions(ts), jsx: ts.JsxEmit.Preserve };
    const pathOf = (name: string): string | undefined =>
      name.startsWith(projectFolder) ? name.slice(projectFolder.length) : undefined;
    const read = (name: string): string | undefined => {
      const path = pathOf(name);
      return path === undefined ? libraries.get(name) : this.#snapshot?.workspace.text(path);
    };
    const isThere = (name: string): boolean => {
      const path = pathOf(name);
      return path === undefined ? libraries.has(name) : this.#versions.has(path);
    };
    return {
      getCompilationSettings: () => options,
      getProjectVersion: () => String(this.#version),
      getScriptFileNames: () => [
        ...ambientFiles,
        ...(this.#snapshot?.roots ?? []).map((path) => `${projectFolder}${path}`),
      ],
      getScriptVersion: (name) => this.#versions.get(pathOf(name) ?? '') ?? 'library',
      getScriptSnapshot: (name) => {
        const text = read(name);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => '/project',
      getDefaultLibFileName: () => libraryFile,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => '\n',
      fileExists: isThere,
      readFile: read,
      directoryExists: () => true,
      getDirectories: () => [],
      resolveModuleNameLiterals: (literals, containing) =>
        literals.map(({ text }) => ({ resolvedModule: this.#resolve(ts, pathOf(containing), text) })),
    };
  }

  #resolve(ts: TypeScript, from: string | undefined, specifier: string): ResolvedModuleFull | undefined {
    const path = from === undefined ? undefined : this.#snapshot?.resolver.resolve(from, specifier);
    if (path === undefined || !this.#versions.has(path)) return undefined;
    const extension = /(?:\.d)?\.[cm]?[jt]sx?$|\.json$/.exec(path)?.[0] ?? ts.Extension.Ts;
    return { resolvedFileName: `${projectFolder}${path}`, extension, isExternalLibraryImport: false };
  }
}

/** Most recently used last. */
const kept: KeptService[] = [];

/** The kept service that knows most of these files, or a new one; it looks at the workspace afterwards. */
export const serviceFor = (workspace: Workspace, roots: readonly string[], project: ProjectFacts): KeptService => {
  let best: KeptService | undefined;
  let bestOverlap = roots.length / 3;
  for (const candidate of kept) {
    const overlap = candidate.overlap(workspace, roots);
    if (overlap <= bestOverlap) continue;
    best = candidate;
    bestOverlap = overlap;
  }
  const service = best ?? new KeptService(workspace.ts);
  const index = kept.indexOf(service);
  if (index !== -1) kept.splice(index, 1);
  kept.push(service);
  if (kept.length > mostKept) kept.shift()?.service.dispose();
  service.look(workspace, roots, project);
  return service;
};
