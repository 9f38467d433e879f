/** From source files to modules for the Worker Loader: what the entries reach, and nothing else. */
import type { Result } from '../../../shared/errors/result.ts';
import type { BuildRequest, BuildResult, Diagnostic } from '../../../shared/rpc/toolchain.ts';
import type { InstrumentedModule, MeasureNames } from './instrument.ts';
import { instrument } from './instrument.ts';
import { resolveSpecifier } from './resolve-specifier.ts';
import { extensionOf, moduleNameOf, pathProblem, sourceExtensions } from './source-paths.ts';
import { parseDiagnostic, transpile } from './transpile.ts';

/** Limits of one build; beyond them the answer is a diagnostic with code `size`. */
export const buildLimits = { files: 5_000, totalCharacters: 16 * 1024 * 1024, diagnostics: 200 } as const;

/** A source with counters or mutants put in, before its types are stripped. */
export interface MeasuredCode {
  readonly code: string;
  readonly names: MeasureNames;
}

/** What a measured build does with each source: undefined leaves the source as it is. */
export interface Measurer {
  readonly measure: (path: string, text: string) => MeasuredCode | undefined;
  /** Told when the measured code cannot be built although the source can; the source is then built as it is. */
  readonly giveUp: (path: string) => void;
}

interface Build {
  readonly measurer: Measurer | undefined;
  /** Source files that each built source imports. */
  readonly imports: Map<string, readonly string[]>;
  readonly files: ReadonlyMap<string, string>;
  readonly diagnostics: Diagnostic[];
  readonly moduleBySource: Map<string, string>;
  readonly modules: Map<string, string>;
}

/** Builds the modules that the entries reach; all problems are reported together, ordered by file and line. */
export function build(request: BuildRequest): BuildResult {
  return buildMeasured(request, undefined).result;
}

/** A build whose sources pass through a measurer; `imports` are the source files that each built source imports. */
export function buildMeasured(
  request: BuildRequest,
  measurer: Measurer | undefined,
): { readonly result: BuildResult; readonly imports: ReadonlyMap<string, readonly string[]> } {
  const state: Build = {
    files: new Map(Object.entries(request.files)),
    diagnostics: [],
    moduleBySource: new Map(),
    modules: new Map(),
    measurer,
    imports: new Map(),
  };
  buildReached(request, state);
  return { result: resultOf(state), imports: state.imports };
}

function buildReached(request: BuildRequest, state: Build): void {
  const { files } = state;
  const pending = checkInputs(request, state);
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (state.moduleBySource.has(path)) continue;
    state.moduleBySource.set(
      path,
      moduleNameOf(path, (other) => files.has(other)),
    );
    const reached = buildFile(path, files.get(path) ?? '', state);
    state.imports.set(path, reached);
    pending.push(...reached);
  }
}

function resultOf(state: Build): BuildResult {
  if (state.diagnostics.length > 0) {
    return { ok: false, error: inOrder(state.diagnostics).slice(0, buildLimits.diagnostics) };
  }
  return {
    ok: true,
    value: {
      moduleBySource: Object.fromEntries(state.moduleBySource),
      modules: Object.fromEntries(state.modules),
    },
  };
}

function checkInputs(request: BuildRequest, state: Build): string[] {
  const { files, diagnostics } = state;
  let totalCharacters = 0;
  for (const [path, text] of files) {
    const problem = typeof text === 'string' ? pathProblem(path) : 'the content is not text';
    if (problem !== undefined) diagnostics.push(diagnostic(path, 'path', problem));
    else totalCharacters += text.length;
  }
  if (files.size > buildLimits.files || totalCharacters > buildLimits.totalCharacters) {
    const limit = `${String(buildLimits.files)} files and ${String(buildLimits.totalCharacters)} characters`;
    diagnostics.push(diagnostic('', 'size', `The project is larger than ${limit}`));
  }
  if (request.entries.length === 0) diagnostics.push(diagnostic('', 'entry', 'There is no entry to build'));
  for (const entry of request.entries) {
    const problem = entryProblem(entry, files);
    if (problem !== undefined) diagnostics.push(diagnostic(entry, 'entry', problem));
  }
  return diagnostics.length > 0 ? [] : [...request.entries].reverse();
}

function entryProblem(entry: string, files: ReadonlyMap<string, string>): string | undefined {
  if (!files.has(entry)) return `The entry "${entry}" is not a file of the project`;
  const known = sourceExtensions.some((extension) => extension === extensionOf(entry));
  return known ? undefined : `The entry "${entry}" cannot be built: only .ts, .mts, .js, .mjs and .json can`;
}

/** Adds the module of one file and returns the source files that it imports. */
function buildFile(path: string, text: string, state: Build): readonly string[] {
  const module = instrumentFile(path, text, state);
  if (module === undefined) return [];
  const exists = (other: string): boolean => state.files.has(other);
  const reached: string[] = [];
  for (const { line, column } of module.computedImports) {
    const message = 'import() needs a plain string, so that the file it loads can be built';
    state.diagnostics.push({ file: path, line, column, code: 'import', message, severity: 'error' });
  }
  for (const site of module.imports) {
    const resolution = resolveSpecifier(site.specifier, path, exists);
    if (resolution.kind === 'refused') {
      const { line, column } = site;
      const message = `Cannot import: ${resolution.reason}`;
      state.diagnostics.push({ file: path, line, column, code: 'import', message, severity: 'error' });
    } else if (resolution.kind === 'fixed') {
      site.rewrite(resolution.specifier);
    } else {
      site.rewrite(`/${moduleNameOf(resolution.path, exists)}`);
      reached.push(resolution.path);
    }
  }
  state.modules.set(moduleNameOf(path, exists), module.print());
  return reached;
}

function instrumentFile(path: string, text: string, state: Build): InstrumentedModule | undefined {
  const measured = state.measurer?.measure(path, text);
  const module = measured === undefined ? undefined : moduleOf(path, measured.code, measured.names);
  if (module?.ok === true) return module.value;
  const plain = moduleOf(path, text, undefined);
  if (plain.ok) {
    if (module !== undefined) state.measurer?.giveUp(path);
    return plain.value;
  }
  state.diagnostics.push(plain.error);
  return undefined;
}

function moduleOf(path: string, text: string, names: MeasureNames | undefined): Result<InstrumentedModule, Diagnostic> {
  const transpiled = transpile(path, text);
  if (!transpiled.ok) return { ok: false, error: transpiled.diagnostic };
  try {
    return { ok: true, value: instrument(transpiled.code, names) };
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof RangeError)) throw cause;
    return { ok: false, error: parseDiagnostic(path, cause) };
  }
}

function diagnostic(file: string, code: string, message: string): Diagnostic {
  return { file, line: 1, column: 1, code, message, severity: 'error' };
}

function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const byPlace = (a: Diagnostic, b: Diagnostic): number =>
    a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
  return [...diagnostics].sort(byPlace);
}
