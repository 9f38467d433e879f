/** What becomes of one file before it is instrumented: plain JavaScript, and CommonJS made a module. */
import { MagicString } from 'magic-string';
import { parse } from 'acorn';
import type { AnyNode, Node } from 'acorn';
import { full } from 'acorn-walk';
import type { BuildRequest, Diagnostic, MissingModule } from '../../../shared/rpc/toolchain.ts';
import type { CompilerPaths } from '../../../shared/domain/code/compiler-paths.ts';
import { readCompilerPaths } from '../../../shared/domain/code/manifest.ts';
import { guestModuleNames, projectFolder } from '../../sandbox/guest/module-names.ts';
import type { Result } from '../../../shared/errors/result.ts';
import { err, ok } from '../../../shared/errors/result.ts';
import type { CodeShape, Dependency } from './commonjs.ts';
import { facadeModule, looksLikeCommonJs, registeringModule, shapeOf } from './commonjs.ts';
import type { MeasureNames } from './instrument.ts';
import type { Measurer } from './measurer.ts';
import { replacesModules, toCommonJs } from './mock-hoisting.ts';
import type { ImportStyle } from './packages.ts';
import { resolveSpecifier } from './resolve-specifier.ts';
import { commonJsFolder, extensionOf, fromImporter, fromTop, moduleNameOf, sourceExtensions } from './source-paths.ts';
import { parseDiagnostic, transpile } from './transpile.ts';
import type { LinkedModule } from './type-exports.ts';

/** A file as it was read; `shape` only where the file may have to be CommonJS. */
interface ReadFile {
  readonly code: string;
  /** Given when the code has counters or mutants in it. */
  readonly names?: MeasureNames;
  readonly shape?: CodeShape;
  readonly isCommonJs: boolean;
}

/** One build while it goes on. */
export interface Build {
  readonly measurer: Measurer | undefined;
  readonly files: ReadonlyMap<string, string>;
  readonly compilerPaths: CompilerPaths;
  readonly entries: ReadonlySet<string>;
  readonly isForTests: boolean;
  /** A test replaces modules, or the caller wants it: all files are built as CommonJS. */
  readonly allCommonJs: boolean;
  readonly diagnostics: Diagnostic[];
  readonly missing: MissingModule[];
  readonly moduleBySource: Map<string, string>;
  readonly imports: Map<string, readonly string[]>;
  readonly modules: Map<string, string>;
  /** What the modules offer that are no CommonJS, by source path. */
  readonly linked: Map<string, LinkedModule>;
  /** Modules that are printed once all are read. */
  readonly unfinished: (() => void)[];
  /** Files that were read; undefined for one that does not parse. */
  readonly read: Map<string, ReadFile | undefined>;
  readonly moduleName: (path: string) => string;
  /** How one module names another in its code. */
  readonly specifierOf: (importer: string, target: string) => string;
}

/** A file that is ready to be instrumented. */
export interface PreparedFile {
  /** Name of the module that holds `code`. */
  readonly name: string;
  readonly code: string;
  /** Code of the module under the file's own name, where that is another one. */
  readonly facade?: string;
  /** Source files that it requires. */
  readonly reached: readonly string[];
  /** Imports on the first line up to this column are resolved already. */
  readonly resolvedColumns: number;
  readonly allowsComputedImports: boolean;
  readonly names?: MeasureNames;
}

/** A build of which nothing is done yet. */
export function startBuild(request: BuildRequest, measurer: Measurer | undefined): Build {
  const files = new Map(Object.entries(request.files));
  const own = [...files].filter(([path]) => !path.includes('node_modules/') && extensionOf(path) !== '.json');
  return {
    measurer,
    files,
    compilerPaths: readCompilerPaths(files, request.aliases),
    entries: new Set(request.entries),
    isForTests: request.purpose === 'tests',
    allCommonJs:
      request.format === 'commonjs' || own.some(([, text]) => typeof text === 'string' && replacesModules(text)),
    diagnostics: [],
    missing: [],
    moduleBySource: new Map(),
    imports: new Map(),
    modules: new Map(),
    linked: new Map(),
    unfinished: [],
    read: new Map(),
    moduleName: (path) => moduleNameOf(path, (other) => files.has(other)),
    specifierOf: measurer?.isCopied === true ? fromImporter : fromTop,
  };
}

/** Undefined when the file does not parse; the diagnostic is added to the build's then. */
export function prepareFile(path: string, state: Build): PreparedFile | undefined {
  const file = readFile(path, state);
  if (file === undefined) return undefined;
  const names = file.names === undefined ? {} : { names: file.names };
  if (file.isCommonJs && file.shape !== undefined) {
    return { ...prepareCommonJs(path, file.code, file.shape, state), ...names };
  }
  const code = withMeta(path, file.code);
  return {
    ...names,
    name: state.moduleName(path),
    code,
    reached: [],
    resolvedColumns: 0,
    allowsComputedImports: isOfPackage(path),
  };
}

/** Names that a file is known to export when it is built as CommonJS; undefined for any other. */
export function commonJsNames(path: string, state: Build): ReadonlySet<string> | undefined {
  if (extensionOf(path) === '.json') return undefined;
  const file = readFile(path, state);
  return file?.isCommonJs === true ? new Set(file.shape?.exportNames) : undefined;
}

/** Packages load what they find at run time; such an import fails when it is reached. */
const isOfPackage = (path: string): boolean => path.includes('node_modules/');

function readFile(path: string, state: Build): ReadFile | undefined {
  if (state.read.has(path)) return state.read.get(path);
  const file = readAnew(path, state);
  state.read.set(path, file);
  return file;
}

function readAnew(path: string, state: Build): ReadFile | undefined {
  const measured = state.measurer?.measure(path, state.files.get(path) ?? '');
  if (measured === undefined) return readSource(path, state);
  const file = readText(path, measured.code, state);
  return file.ok ? { ...file.value, names: measured.names } : readUnmeasured(path, state);
}

/** Reads a file as it is, after its measured code turned out not to be usable. */
export function readUnmeasured(path: string, state: Build): ReadFile | undefined {
  const file = readSource(path, state);
  if (file !== undefined) state.measurer?.giveUp(path);
  state.read.set(path, file);
  return file;
}

function readSource(path: string, state: Build): ReadFile | undefined {
  const file = readText(path, state.files.get(path) ?? '', state);
  if (file.ok) return file.value;
  state.diagnostics.push(file.error);
  return undefined;
}

function readText(path: string, text: string, state: Build): Result<ReadFile, Diagnostic> {
  const transpiled = transpile(path, text);
  if (!transpiled.ok) return err(transpiled.diagnostic);
  const { code } = transpiled;
  if (extensionOf(path) === '.json') return ok({ code, isCommonJs: false });
  if (!state.allCommonJs && !looksLikeCommonJs(path, code)) return ok({ code, isCommonJs: false });
  try {
    const shape = shapeOf(path, code);
    const mayBecome = state.allCommonJs && (!shape.awaits || state.entries.has(path));
    return ok({ code, shape, isCommonJs: shape.format === 'commonjs' || mayBecome || isMixed(path, shape, state) });
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof RangeError)) throw cause;
    return err(parseDiagnostic(path, cause));
  }
}

/** Test runners give `require` to ES modules as well. */
const isMixed = (path: string, shape: CodeShape, state: Build): boolean =>
  state.isForTests && shape.format === 'module' && shape.requires.length > 0 && !shape.awaits && !isOfPackage(path);

function prepareCommonJs(path: string, code: string, written: CodeShape, state: Build): PreparedFile {
  const id = state.moduleName(path);
  const isModule = written.format === 'module';
  const isAsync = state.allCommonJs && state.entries.has(path);
  const isRewritten = state.allCommonJs || isModule;
  const rewritten = isRewritten ? toCommonJs(withMeta(path, code), isModule, isAsync) : code;
  const shape = isRewritten ? shapeOf(path, rewritten) : written;
  const reached: string[] = [];
  const needed = shape.requires.map((specifier) =>
    dependency(specifier, path, isModule ? 'import' : 'require', state, reached),
  );
  if (needed.some(({ target }) => target.includes(guestModuleNames.nodeChildProcess))) {
    needed.push(...scripts(path, state, reached));
  }
  const registering = registeringModule(id, path, rewritten, needed, isAsync);
  return {
    name: `${commonJsFolder}${id}`,
    code: registering,
    facade: facadeModule(id, state.specifierOf(id, `${commonJsFolder}${id}`), shape.exportNames, isAsync),
    reached,
    resolvedColumns: registering.indexOf('(exports,require,module'),
    allowsComputedImports: isOfPackage(path),
  };
}

function dependency(specifier: string, path: string, style: ImportStyle, state: Build, reached: string[]): Dependency {
  const resolution = resolveSpecifier(specifier, path, state, style);
  if (resolution.kind === 'source') {
    reached.push(resolution.path);
    const mock = isOfPackage(resolution.path)
      ? packageMock(specifier, path, state, reached)
      : manualMock(resolution.path, path, state, reached);
    return { ...fileDependency(specifier, path, resolution.path, state), ...mock };
  }
  if (resolution.kind === 'fixed') {
    const { specifier: target } = resolution;
    const kind = isModuleOfSandbox(target) ? 'module' : 'builtin';
    return { specifier, kind, target, id: target, ...packageMock(specifier, path, state, reached) };
  }
  const named = resolution.package === undefined ? {} : { package: resolution.package };
  state.missing.push({ file: path, specifier, ...named });
  return { specifier, kind: 'missing', target: resolution.reason, id: specifier };
}

/** A file that starts processes may start any script of the project, so all are registered. */
function scripts(path: string, state: Build, reached: string[]): readonly Dependency[] {
  const own = [...state.files.keys()].filter((other) => /\.c?js$/.test(other) && !isOfPackage(other) && other !== path);
  return own.flatMap((other) => {
    if (state.entries.has(other) || !looksLikeCommonJs(other, state.files.get(other) ?? '')) return [];
    if (readFile(other, state)?.isCommonJs !== true) return [];
    reached.push(other);
    return [fileDependency(`script:${other}`, path, other, state)];
  });
}

function fileDependency(specifier: string, importer: string, path: string, state: Build): Dependency {
  const id = state.moduleName(path);
  if (readFile(path, state)?.isCommonJs === true) {
    return { specifier, kind: 'commonjs', target: targetOf(importer, `${commonJsFolder}${id}`, state), id };
  }
  const kind = extensionOf(path) === '.json' ? 'builtin' : 'module';
  return { specifier, kind, target: targetOf(importer, id, state), id };
}

/** How the registering module of a file names another module. */
const targetOf = (importer: string, name: string, state: Build): string =>
  state.specifierOf(`${commonJsFolder}${state.moduleName(importer)}`, name);

/** The file of the same name in `__mocks__` beside a file, which replaces it when it is mocked without a factory. */
function manualMock(path: string, importer: string, state: Build, reached: string[]): Pick<Dependency, 'manualMock'> {
  if (!state.allCommonJs) return {};
  const slash = path.lastIndexOf('/') + 1;
  return registeredMock([`${path.slice(0, slash)}__mocks__/${path.slice(slash)}`], importer, state, reached);
}

/** The same for a package or a module of Node: by its name in `__mocks__` at the top of the project. */
function packageMock(
  specifier: string,
  importer: string,
  state: Build,
  reached: string[],
): Pick<Dependency, 'manualMock'> {
  if (!state.allCommonJs) return {};
  const name = `__mocks__/${specifier.replace(/^node:/, '')}`;
  return registeredMock(
    sourceExtensions.map((extension) => `${name}${extension}`),
    importer,
    state,
    reached,
  );
}

function registeredMock(
  candidates: readonly string[],
  importer: string,
  state: Build,
  reached: string[],
): Pick<Dependency, 'manualMock'> {
  const mockPath = candidates.find((path) => state.files.has(path));
  if (mockPath === undefined || readFile(mockPath, state)?.isCommonJs !== true) return {};
  reached.push(mockPath);
  const id = state.moduleName(mockPath);
  return { manualMock: { id, target: targetOf(importer, `${commonJsFolder}${id}`, state) } };
}

/** `vitest` and `@jest/globals` have named exports only; what Node has is asked for its default. */
const isModuleOfSandbox = (target: string): boolean => /vitest|jest-globals|mocha|cloudflare-workers/.test(target);

/** `import.meta` is empty in the isolate: it is replaced by what Node would say of the file. */
function withMeta(path: string, code: string): string {
  if (!/\bimport\s*\.\s*meta\b/.test(code)) return code;
  const text = new MagicString(code);
  const filename = `${projectFolder}/${path}`;
  const meta = {
    url: `file://${encodeURI(filename)}`,
    filename,
    dirname: filename.slice(0, filename.lastIndexOf('/')),
  };
  try {
    const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true });
    const look = (node: AnyNode): void => {
      if (node.type === 'MetaProperty' && node.meta.name === 'import') {
        text.overwrite(node.start, node.end, `(${JSON.stringify(meta)})`);
      }
    };
    // SAFETY: acorn-walk types its nodes by their common base; they are those that acorn made.
    full(program, look as (node: Node) => void);
  } catch (cause) {
    // It does not parse: the instrumenter says where.
    if (!(cause instanceof SyntaxError) && !(cause instanceof RangeError)) throw cause;
  }
  return text.toString();
}
