/**
 * The compiler's language service over a workspace. Some stay warm, so that an edit costs what it touches; parsed files
 * are shared by all of them.
 */
import type {
  CompilerOptions,
  DocumentRegistry,
  LanguageService,
  LanguageServiceHost,
  ResolvedModuleFull,
} from 'typescript6';
import type { ProjectStructure } from '../../../../shared/domain/code/facts.ts';
import type { Diagnostic } from '../../../../shared/rpc/toolchain.ts';
import { ScriptResolver } from '../../../../shared/domain/code/resolve-script.ts';
import { compilerOptions } from '../../check/check.ts';
import { ambientFiles, libraries, libraryFile, projectFolder } from '../../check/virtual-files.ts';
import type { TypeScript } from '../../check/typescript.ts';
import type { Workspace } from '../workspace.ts';
import { EditedFile } from './edited-file.ts';
import type { Scope } from './roots.ts';

/** How many of each scope stay. */
const mostKept = 3;

let registry: DocumentRegistry | undefined;

/** By path. */
type Versions = ReadonlyMap<string, string>;

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
  #versions: Versions = new Map();
  #edited: { readonly file: EditedFile; readonly versions: Versions } | undefined;

  constructor(ts: TypeScript) {
    this.service = ts.createLanguageService(
      this.#createHost(ts),
      (registry ??= ts.createDocumentRegistry(true, '/project')),
    );
  }

  /** How many of these files it has in just this version. */
  overlap(workspace: Workspace, roots: readonly string[]): number {
    return roots.filter((path) => this.#versions.get(path) === workspace.version(path)).length;
  }

  /** True when it was made for just these files. */
  hasRoots(roots: readonly string[]): boolean {
    const known = this.#snapshot?.roots ?? [];
    return known.length === roots.length && roots.every((root, index) => known[index] === root);
  }

  look(workspace: Workspace, scope: Scope, project: ProjectStructure): void {
    const versions = versionsOf(workspace, scope, project);
    this.#snapshot = { workspace, roots: scope.roots, resolver: new ScriptResolver(project) };
    if (isSame(versions, this.#versions)) return;
    this.#versions = versions;
    this.#version += 1;
  }

  /** What is wrong with `path`, when nothing but its text has changed since `keepForEdits`; undefined otherwise. */
  checkEdit(
    workspace: Workspace,
    scope: Scope,
    project: ProjectStructure,
    path: string,
  ): readonly Diagnostic[] | undefined {
    const edited = this.#edited;
    const text = workspace.text(path);
    if (edited === undefined || text === undefined) return undefined;
    if (!isSame(edited.versions, versionsOf(workspace, scope, project, path))) return undefined;
    return edited.file.check(text, scope.imported ?? new Set());
  }

  /** Keeps what it looks at now, with its checker, for later texts of `path`. */
  keepForEdits(workspace: Workspace, scope: Scope, project: ProjectStructure, path: string): void {
    const program = this.service.getProgram();
    const resolver = new ScriptResolver(project);
    const { ts } = workspace;
    const resolve = (specifier: string): ResolvedModuleFull | undefined =>
      resolvedIn(ts, this.#versions, resolver.resolve(path, specifier));
    const file = program === undefined ? undefined : EditedFile.of(ts, { program, path, resolve });
    const versions = versionsOf(workspace, scope, project, path);
    this.#edited = file === undefined ? undefined : { file, versions };
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
    return resolvedIn(ts, this.#versions, path);
  }
}

const resolvedIn = (ts: TypeScript, versions: Versions, path: string | undefined): ResolvedModuleFull | undefined => {
  if (path === undefined || !versions.has(path)) return undefined;
  const extension = /(?:\.d)?\.[cm]?[jt]sx?$|\.json$/.exec(path)?.[0] ?? ts.Extension.Ts;
  return { resolvedFileName: `${projectFolder}${path}`, extension, isExternalLibraryImport: false };
};

/** Of all that a check depends on, except one file. */
const versionsOf = (workspace: Workspace, { paths }: Scope, project: ProjectStructure, except?: string): Versions => {
  const data = [...project.keys()].filter((path) => path.endsWith('.json'));
  return new Map(
    [...paths, ...data].flatMap((path) => (path === except ? [] : [[path, workspace.version(path)] as const])),
  );
};

const isSame = (left: Versions, right: Versions): boolean =>
  left.size === right.size && [...left].every(([path, version]) => right.get(path) === version);

/** Most recently used last. */
const kept: Readonly<Record<Scope['kind'], KeptService[]>> = { whole: [], narrow: [] };

/** The kept service with the roots of a narrow scope. */
export const keptFor = ({ roots }: Scope): KeptService | undefined =>
  kept.narrow.find((candidate) => candidate.hasRoots(roots));

/** The kept service that fits best, or a new one; it looks at the workspace afterwards. */
export const serviceFor = (workspace: Workspace, scope: Scope, project: ProjectStructure): KeptService => {
  const known = kept[scope.kind];
  const fitting = scope.kind === 'narrow' ? keptFor(scope) : nearest(known, workspace, scope);
  const service = fitting ?? new KeptService(workspace.ts);
  const index = known.indexOf(service);
  if (index !== -1) known.splice(index, 1);
  known.push(service);
  service.look(workspace, scope, project);
  // The new one has to hold the parsed files first: what nobody holds is parsed anew.
  service.service.getProgram();
  if (known.length > mostKept) known.shift()?.service.dispose();
  return service;
};

/** The one that knows most of these files, if that is at least a third. */
const nearest = (known: readonly KeptService[], workspace: Workspace, { paths }: Scope): KeptService | undefined => {
  let best: KeptService | undefined;
  let bestOverlap = paths.length / 3;
  for (const candidate of known) {
    const overlap = candidate.overlap(workspace, paths);
    if (overlap <= bestOverlap) continue;
    best = candidate;
    bestOverlap = overlap;
  }
  return best;
};
