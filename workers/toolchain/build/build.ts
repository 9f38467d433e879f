/** From source files to modules for the Worker Loader: what the entries reach, and nothing else. */
import type { BuildRequest, BuildResult, Diagnostic } from '../../../shared/rpc/toolchain.ts';
import type { InstrumentedModule } from './instrument.ts';
import { instrument } from './instrument.ts';
import type { Measurer } from './measurer.ts';
import { leaveBroken } from './leave-broken.ts';
import {
  commonJsNames,
  prepareFile,
  readUnmeasured,
  startBuild,
  type Build,
  type PreparedFile,
} from './prepare-file.ts';
import { resolveSpecifier } from './resolve-specifier.ts';
import { extensionOf, pathProblem, sourceExtensions, sourceExtensionsText } from './source-paths.ts';
import { parseDiagnostic } from './transpile.ts';
import { offersValue } from './type-exports.ts';

/** Limits of one build, of whose files only some are reached; beyond them the answer is a diagnostic with code `size`. */
export const buildLimits = { files: 20_000, totalCharacters: 16 * 1024 * 1024, diagnostics: 200 } as const;

/** Builds the modules that the entries reach; all problems are reported together, ordered by file and line. */
export function build(request: BuildRequest): BuildResult {
  return buildMeasured(request, undefined).result;
}

/** A build whose sources pass through a measurer; `imports` are the source files that each built source imports. */
export function buildMeasured(
  request: BuildRequest,
  measurer: Measurer | undefined,
): { readonly result: BuildResult; readonly imports: ReadonlyMap<string, readonly string[]> } {
  const state = startBuild(request, measurer);
  buildReached(request, state);
  return { result: resultOf(request, state), imports: state.imports };
}

function buildReached(request: BuildRequest, state: Build): void {
  const pending = checkInputs(request, state);
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (state.moduleBySource.has(path)) continue;
    state.moduleBySource.set(path, state.moduleName(path));
    const reached = buildFile(path, state);
    state.imports.set(path, reached);
    pending.push(...reached);
  }
  for (const finish of state.unfinished) finish();
}

function resultOf(request: BuildRequest, state: Build): BuildResult {
  const broken = request.leavesBroken === true ? leaveBroken(request.entries, state) : undefined;
  if (state.diagnostics.length > 0 && broken === undefined) {
    return { ok: false, error: inOrder(state.diagnostics).slice(0, buildLimits.diagnostics) };
  }
  return {
    ok: true,
    value: {
      moduleBySource: Object.fromEntries(state.moduleBySource),
      modules: Object.fromEntries(state.modules),
      imports: Object.fromEntries(state.imports),
      missing: state.missing,
      ...(broken === undefined ? {} : { broken }),
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
    const size = `${String(files.size)} files with ${String(totalCharacters)} characters`;
    diagnostics.push(diagnostic('', 'size', `The project has ${size}, and at most ${limit} are built`));
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
  return known ? undefined : `The entry "${entry}" cannot be built: only ${sourceExtensionsText} can`;
}

/** Adds the modules of one file and returns the source files that it imports. */
function buildFile(path: string, state: Build): readonly string[] {
  const instrumented = instrumentFile(path, state);
  if (instrumented === undefined) return [];
  const { prepared, module } = instrumented;
  const targets = new Map<string, string>();
  const reached = new Set(prepared.reached);
  for (const { line, column } of prepared.allowsComputedImports ? [] : module.computedImports) {
    const message = 'import() needs a plain string, so that the file it loads can be built';
    state.diagnostics.push({ file: path, line, column, code: 'import', message, severity: 'error' });
  }
  for (const site of module.imports) {
    // What the build itself wrote at the head of a CommonJS file is resolved already.
    if (site.line === 1 && site.column <= prepared.resolvedColumns) continue;
    const resolution = resolveSpecifier(site.specifier, path, state);
    if (resolution.kind === 'refused') {
      const { line, column } = site;
      const message = `Cannot import: ${resolution.reason}`;
      const named = resolution.package === undefined ? {} : { package: resolution.package };
      state.diagnostics.push({ file: path, line, column, code: 'import', message, severity: 'error', ...named });
    } else if (resolution.kind === 'fixed') {
      site.rewrite(resolution.specifier);
    } else {
      const known = commonJsNames(resolution.path, state);
      if (known !== undefined) site.fromCommonJs(known);
      site.rewrite(state.specifierOf(prepared.name, state.moduleName(resolution.path)));
      reached.add(resolution.path);
      targets.set(site.specifier, resolution.path);
    }
  }
  finishModule(path, instrumented, targets, state);
  if (prepared.facade !== undefined) state.modules.set(state.moduleName(path), prepared.facade);
  return [...reached];
}

/**
 * Prints a module, at once or, when it passes names on that may be types, as soon as it is known which of them are values.
 * Test runners do not mind an import of a name that is not there and not used either, in JavaScript as well.
 */
function finishModule(
  path: string,
  { prepared, module }: InstrumentedFile,
  targets: ReadonlyMap<string, string>,
  state: Build,
): void {
  if (prepared.facade === undefined) state.linked.set(path, { offered: module.offered, targets });
  const print = (): void => {
    for (const { specifier, name, drop } of module.passed) {
      const target = targets.get(specifier);
      if (target !== undefined && !offersValue(target, name, state.linked)) drop();
    }
    state.modules.set(prepared.name, module.print());
  };
  const isLenient = /^\.[cm]?tsx?$/.test(extensionOf(path)) || (state.isForTests && !prepared.allowsComputedImports);
  if (isLenient && prepared.facade === undefined && module.passed.length > 0) state.unfinished.push(print);
  else state.modules.set(prepared.name, module.print());
}

interface InstrumentedFile {
  readonly prepared: PreparedFile;
  readonly module: InstrumentedModule;
}

/** Undefined when the file does not parse; measured code that does not is left out, and the source built as it is. */
function instrumentFile(path: string, state: Build): InstrumentedFile | undefined {
  const prepared = prepareFile(path, state);
  if (prepared === undefined) return undefined;
  try {
    return { prepared, module: instrument(prepared.code, prepared.names) };
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof RangeError)) throw cause;
    if (prepared.names !== undefined) {
      readUnmeasured(path, state);
      return instrumentFile(path, state);
    }
    state.diagnostics.push(parseDiagnostic(path, cause));
    return undefined;
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
