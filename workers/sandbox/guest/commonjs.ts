/**
 * CommonJS in an isolate: built files register their code here, and it runs when it is first asked for. The registry is
 * also where a test replaces modules. What is here serves guest code and is no part of the report.
 */
import { automock } from './automock.ts';
import { projectFolder } from './module-names.ts';

/** As the toolchain writes it: specifier, kind, name, namespace or reason, name of the manual mock. */
type Needed = readonly [specifier: string, kind: Kind, id: string, value: unknown, manualMock?: string];
type Kind = 'commonjs' | 'module' | 'builtin' | 'missing';

type Body = (
  this: unknown,
  exports: unknown,
  require: Require,
  module: ModuleRecord,
  filename: string,
  dirname: string,
) => unknown;

interface Registered {
  /** The source file. */
  readonly file: string;
  readonly body: Body;
  readonly needed: ReadonlyMap<string, Needed>;
}

interface ModuleRecord {
  readonly id: string;
  exports: unknown;
  loaded: boolean;
  readonly filename: string;
  readonly path: string;
  readonly children: readonly never[];
  readonly paths: readonly never[];
  readonly parent: null;
}

interface Require {
  (specifier: string): unknown;
  readonly resolve: (specifier: string) => string;
  readonly later: (specifier: string) => Promise<unknown>;
  readonly settleMocks: () => Promise<void>;
  readonly cache: Record<string, unknown>;
}

type Factory = (original?: () => Promise<unknown>) => unknown;

interface Mock {
  readonly factory: Factory | undefined;
  readonly isEsModule: boolean;
  /** Every export does what it did, and its calls are recorded. */
  readonly spies: boolean;
  made: { readonly value: unknown } | undefined;
}

const registry = new Map<string, Registered>();
const asyncResults = new Map<string, unknown>();
let cache = new Map<string, ModuleRecord>();
let mocks = new Map<string, Mock>();
const contexts = new WeakMap<object, Registered>();

/** Called by built modules. */
export function register(id: string, file: string, needed: readonly Needed[], body: Body): void {
  registry.set(id, { file, body, needed: new Map(needed.map((entry) => [entry[0], entry])) });
}

/** Name of the registered file at a path of the isolate; undefined when none is there. */
export function commonJsId(path: string): string | undefined {
  const inside = path.startsWith(`${projectFolder}/`) ? path.slice(projectFolder.length + 1) : path;
  const candidates = new Set([inside, `${inside}.js`, `${inside}.ts`, `${inside}/index.js`]);
  return [...registry].find(([, { file }]) => candidates.has(file))?.[0];
}

/** Runs a file unless it ran already; its `module.exports`. */
export function run(id: string): unknown {
  const known = cache.get(id);
  if (known !== undefined) return known.exports;
  const { module, result } = start(id);
  if (result instanceof Promise) asyncResults.set(id, result);
  module.loaded = true;
  return module.exports;
}

/** Runs a file that may wait for mocks. */
export async function runLater(id: string): Promise<unknown> {
  run(id);
  await asyncResults.get(id);
  return cache.get(id)?.exports;
}

/** What `import x from` gives of a CommonJS file: Babel's and sucrase's `default` when the file was a module once. */
export function defaultOf(exported: unknown): unknown {
  return isEsModule(exported) && 'default' in exported ? exported.default : exported;
}

/** What `import * as x from` gives of a CommonJS file. */
export function allOf(exported: unknown): unknown {
  return isEsModule(exported) ? exported : namespaceOf(exported);
}

function isEsModule(value: unknown): value is { readonly __esModule: true; readonly default?: unknown } {
  return typeof value === 'object' && value !== null && (value as { __esModule?: unknown }).__esModule === true;
}

function start(id: string): { readonly module: ModuleRecord; readonly result: unknown } {
  const registered = registry.get(id);
  if (registered === undefined) throw notFound(id, 'it was not built');
  const filename = `${projectFolder}/${registered.file}`;
  const path = filename.slice(0, filename.lastIndexOf('/'));
  const module: ModuleRecord = {
    id: filename,
    exports: {},
    loaded: false,
    filename,
    path,
    children: [],
    paths: [],
    parent: null,
  };
  cache.set(id, module);
  try {
    const result = registered.body.call(module.exports, module.exports, requireOf(registered), module, filename, path);
    return { module, result };
  } catch (cause) {
    cache.delete(id);
    throw cause;
  }
}

function requireOf(registered: Registered): Require {
  const require = (specifier: string): unknown => load(neededOf(registered, specifier));
  const additions = {
    resolve: (specifier: string): string => {
      const [, kind, id] = neededOf(registered, specifier);
      return kind === 'builtin' || kind === 'missing' ? id : `${projectFolder}/${registry.get(id)?.file ?? id}`;
    },
    later: async (specifier: string): Promise<unknown> => {
      await settleMocks();
      return namespaceOf(load(neededOf(registered, specifier)));
    },
    settleMocks,
    cache: {},
    main: undefined,
  };
  const complete = Object.assign(require, additions);
  contexts.set(complete, registered);
  return complete;
}

function neededOf(registered: Registered, specifier: string): Needed {
  const needed = registered.needed.get(specifier);
  if (needed !== undefined) return needed;
  const builtin = process.getBuiltinModule(specifier) as unknown;
  if (builtin !== undefined && allowed.has(specifier.replace(/^node:/, ''))) {
    return [specifier, 'builtin', specifier, builtin];
  }
  throw notFound(specifier, 'only plain strings can be required, so that the files can be built');
}

/** What may be required by a computed name. */
const allowed: ReadonlySet<string> = new Set([
  'path',
  'util',
  'events',
  'assert',
  'os',
  'url',
  'fs',
  'stream',
  'buffer',
]);

function notFound(specifier: string, reason: string): Error {
  return Object.assign(new Error(`Cannot find module '${specifier}': ${reason}`), { code: 'MODULE_NOT_FOUND' });
}

function load(needed: Needed): unknown {
  const mock = mocks.get(needed[2]);
  return mock === undefined ? loadActual(needed) : mockedValue(needed, mock);
}

function loadActual([specifier, kind, id, value]: Needed): unknown {
  if (kind === 'missing') throw notFound(specifier, String(value));
  if (kind === 'commonjs') return run(id);
  const namespace = value as Record<string, unknown>;
  if (kind === 'builtin') return 'default' in namespace ? namespace['default'] : namespace;
  return asExports(id, namespace);
}

let wrapped = new Map<string, object>();

/** A module's namespace as CommonJS code expects it: marked, and with live values. */
function asExports(id: string, namespace: Record<string, unknown>): object {
  const known = wrapped.get(id);
  if (known !== undefined) return known;
  const exported = Object.defineProperty({}, '__esModule', { value: true });
  for (const name of Object.keys(namespace)) {
    Object.defineProperty(exported, name, { enumerable: true, configurable: true, get: () => namespace[name] });
  }
  wrapped.set(id, exported);
  return exported;
}

/** What `import()` resolves to. */
function namespaceOf(exported: unknown): unknown {
  if (isEsModule(exported)) return exported;
  const isHolder = (typeof exported === 'object' && exported !== null) || typeof exported === 'function';
  const fields = isHolder ? exported : {};
  return Object.assign(Object.defineProperty({}, '__esModule', { value: true }), fields, { default: exported });
}

function mockedValue(needed: Needed, mock: Mock): unknown {
  mock.made ??= { value: makeMock(needed, mock) };
  return mock.made.value;
}

function makeMock(needed: Needed, mock: Mock): unknown {
  const [specifier, , , , manualMock] = needed;
  if (mock.factory === undefined) {
    if (manualMock !== undefined) return run(manualMock);
    return automock(loadActual(needed), mock.spies);
  }
  const value = mock.factory(() => Promise.resolve(loadActual(needed)));
  if (value instanceof Promise) {
    throw new Error(`The factory of the mock of '${specifier}' answers with a promise: declare it as async function`);
  }
  return finished(value, mock);
}

function finished(value: unknown, mock: Mock): unknown {
  if (!mock.isEsModule || typeof value !== 'object' || value === null || isEsModule(value)) return value;
  return Object.defineProperties({ __esModule: true }, Object.getOwnPropertyDescriptors(value));
}

/** Makes the mocks with asynchronous factories. */
async function settleMocks(): Promise<void> {
  for (const [id, mock] of mocks) {
    if (mock.made !== undefined || !isAsync(mock.factory)) continue;
    const needed = [...registry.values()]
      .flatMap((entry) => [...entry.needed.values()])
      .find((entry) => entry[2] === id);
    const original = (): Promise<unknown> =>
      needed === undefined ? Promise.reject(notFound(id, 'it was not built')) : Promise.resolve(loadActual(needed));
    const value = await mock.factory?.(original);
    mock.made ??= { value: finished(value, mock) };
  }
}

const isAsync = (value: unknown): boolean => Object.prototype.toString.call(value) === '[object AsyncFunction]';

/** What a call of `vi.mock` and its kin can do for the file that it stands in. */
export interface MockScope {
  readonly mock: (specifier: string, factory: unknown, isEsModule: boolean) => void;
  readonly unmock: (specifier: string) => void;
  readonly actual: (specifier: string) => unknown;
  readonly mocked: (specifier: string) => unknown;
  readonly settle: () => Promise<void>;
}

/** The scope of a `require` function; undefined when the file was not built to have its modules replaced. */
export function scopeOf(require: unknown): MockScope | undefined {
  const registered = typeof require === 'function' ? contexts.get(require) : undefined;
  if (registered === undefined) return undefined;
  return {
    mock: (specifier, factory, isEs) => {
      const spies = typeof factory === 'object' && factory !== null && (factory as { spy?: unknown }).spy === true;
      const [, , id] = neededOf(registered, specifier);
      const isFactory = typeof factory === 'function';
      mocks.set(id, {
        factory: isFactory ? (factory as Factory) : undefined,
        isEsModule: isEs,
        spies,
        made: undefined,
      });
    },
    unmock: (specifier) => {
      mocks.delete(neededOf(registered, specifier)[2]);
    },
    actual: (specifier) => loadActual(neededOf(registered, specifier)),
    mocked: (specifier) => {
      const needed = neededOf(registered, specifier);
      const mock = mocks.get(needed[2]) ?? { factory: undefined, isEsModule: true, spies: false, made: undefined };
      return mockedValue(needed, mock);
    },
    settle: settleMocks,
  };
}

/** Files run anew when they are next required; mocks stay. */
export function resetModules(): void {
  cache = new Map();
}

/** Runs the work with modules of its own. */
export function isolateModules<Value>(work: () => Value): Value {
  const outer = cache;
  cache = new Map();
  const restore = (): void => {
    cache = outer;
  };
  let result: Value;
  try {
    result = work();
  } catch (cause) {
    restore();
    throw cause;
  }
  if (result instanceof Promise) void result.then(restore, restore);
  else restore();
  return result;
}

/** Forgets the mocks of the file before, and all that it has loaded. */
export function forgetMocks(): void {
  mocks = new Map();
  wrapped = new Map();
  cache = new Map();
}
