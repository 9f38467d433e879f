/** What an import specifier stands for: a source file, a module of the sandbox, a module of the runtime, or a refusal. */
import type { CompilerPaths } from '../../../shared/domain/code/compiler-paths.ts';
import { guestModuleNames } from '../../sandbox/guest/module-names.ts';
import type { ImportStyle } from './packages.ts';
import { packageCandidates, splitSpecifier } from './packages.ts';
import { extensionOf, joinPath, sourceExtensions, sourceExtensionsText, typescriptTwins } from './source-paths.ts';

export type Resolution =
  | { readonly kind: 'source'; readonly path: string }
  | { readonly kind: 'fixed'; readonly specifier: string }
  /** `package` names the npm package that is asked for and not there. */
  | { readonly kind: 'refused'; readonly reason: string; readonly package?: string };

/** Specifiers that the sandbox answers with modules of its own. */
const sandboxModules: ReadonlyMap<string, string> = new Map([
  ['cloudflare:workers', `/${guestModuleNames.cloudflareWorkers}`],
  ['vitest', `/${guestModuleNames.vitest}`],
  ['@jest/globals', `/${guestModuleNames.jestGlobals}`],
  ['mocha', `/${guestModuleNames.mocha}`],
  ['bun:test', `/${guestModuleNames.jestGlobals}`],
  ['expect', `/${guestModuleNames.jestGlobals}`],
  ['fast-check', `/${guestModuleNames.fastCheck}`],
  ['assert', `/${guestModuleNames.nodeAssert}`],
  ['node:assert', `/${guestModuleNames.nodeAssert}`],
  ['assert/strict', `/${guestModuleNames.nodeAssertStrict}`],
  ['node:assert/strict', `/${guestModuleNames.nodeAssertStrict}`],
  ['node:test', `/${guestModuleNames.nodeTest}`],
  ['node:sqlite', `/${guestModuleNames.nodeSqlite}`],
]);

/**
 * `node:` modules of the Workers runtime that guest code may import. Left out are those that could reach around
 * the instrumentation (`module`, `vm`), write past the captured console (`console`), or cannot work (`child_process`).
 */
const nodeModules: ReadonlySet<string> = new Set([
  'async_hooks',
  'buffer',
  'crypto',
  'diagnostics_channel',
  'dns',
  'dns/promises',
  'events',
  'fs',
  'fs/promises',
  'http',
  'https',
  'net',
  'os',
  'path',
  'path/posix',
  'path/win32',
  'perf_hooks',
  'process',
  'punycode',
  'querystring',
  'stream',
  'stream/consumers',
  'stream/promises',
  'stream/web',
  'string_decoder',
  'timers',
  'timers/promises',
  'tls',
  'url',
  'util',
  'util/types',
  'zlib',
]);

/** What else Node has, which no package stands for either. */
const otherNodeModules: ReadonlySet<string> = new Set([
  'child_process',
  'cluster',
  'console',
  'constants',
  'dgram',
  'domain',
  'http2',
  'inspector',
  'module',
  'readline',
  'repl',
  'sys',
  'trace_events',
  'tty',
  'v8',
  'vm',
  'wasi',
  'worker_threads',
]);

/** The same for code that only runs in the isolates of tests. */
const testModules: ReadonlyMap<string, string> = new Map([
  ['child_process', `/${guestModuleNames.nodeChildProcess}`],
  ['worker_threads', `/${guestModuleNames.nodeWorkerThreads}`],
]);

/** Specifiers that a project's own packages answer before the sandbox does. */
const replaceable: ReadonlySet<string> = new Set(['expect', 'fast-check']);

/** What a build knows of its project. */
export interface ResolutionContext {
  readonly files: ReadonlyMap<string, string>;
  readonly compilerPaths: CompilerPaths;
  readonly isForTests: boolean;
}

/** Resolves a specifier as it is written in `importer`. */
export function resolveSpecifier(
  specifier: string,
  importer: string,
  { files, compilerPaths, isForTests }: ResolutionContext,
  style: ImportStyle = 'import',
): Resolution {
  const exists = (path: string): boolean => files.has(path);
  if (specifier.startsWith('./') || specifier.startsWith('../') || specifier === '.' || specifier === '..') {
    return resolveRelative(specifier, importer, exists);
  }
  const sandboxModule = sandboxModules.get(specifier);
  if (sandboxModule !== undefined && !replaceable.has(specifier)) return { kind: 'fixed', specifier: sandboxModule };
  const bare = specifier.startsWith('node:') ? specifier.slice('node:'.length) : specifier;
  const testModule = isForTests ? testModules.get(bare) : undefined;
  if (testModule !== undefined) return { kind: 'fixed', specifier: testModule };
  if (nodeModules.has(bare)) return { kind: 'fixed', specifier: `node:${bare}` };
  const isPackage = !/^[a-z][a-z0-9+.-]*:/i.test(specifier) && !specifier.startsWith('/');
  if (isPackage) {
    const mapped = importer.includes('node_modules/') ? [] : compilerPaths.candidates(importer, specifier);
    for (const path of [...mapped, ...packageCandidates(specifier, importer, style, files)]) {
      const found = foundAt(path, false, specifier, exists);
      if (found?.kind === 'source') return found;
    }
  }
  if (sandboxModule !== undefined) return { kind: 'fixed', specifier: sandboxModule };
  const missing = isPackage && !otherNodeModules.has(specifier) ? { package: splitSpecifier(specifier).name } : {};
  return { kind: 'refused', reason: refusalOf(specifier), ...missing };
}

function refusalOf(specifier: string): string {
  if (specifier.startsWith('node:') || otherNodeModules.has(specifier))
    return `the module "${specifier}" is not available to apps and tests here`;
  if (specifier.startsWith('/')) return `"${specifier}" is an absolute path; import files of the project relatively`;
  if (/^[a-z][a-z0-9+.-]*:/i.test(specifier)) return `"${specifier}" cannot be imported: only relative files are`;
  return `"${specifier}" is an npm package; apps are built without packages, so write the code in the project`;
}

function resolveRelative(specifier: string, importer: string, exists: (path: string) => boolean): Resolution {
  const path = joinPath(importer, specifier);
  if (path === undefined) return { kind: 'refused', reason: `"${specifier}" points outside of the project` };
  const isFolder = specifier.endsWith('/') || /(^|\/)\.{1,2}$/.test(specifier);
  const found = foundAt(path, isFolder, specifier, exists);
  return found ?? { kind: 'refused', reason: `"${specifier}" is not a file of the project (${path})` };
}

function foundAt(
  path: string,
  isFolder: boolean,
  specifier: string,
  exists: (path: string) => boolean,
): Resolution | undefined {
  const found = candidatesOf(path, isFolder).find(exists);
  if (found === undefined) return undefined;
  if (!sourceExtensions.some((extension) => extension === extensionOf(found))) {
    return { kind: 'refused', reason: `"${specifier}" cannot be imported: only ${sourceExtensionsText} can` };
  }
  return { kind: 'source', path: found };
}

function candidatesOf(path: string, isFolder: boolean): readonly string[] {
  const prefix = path === '' ? '' : `${path}/`;
  const indexes = sourceExtensions.map((extension) => `${prefix}index${extension}`);
  if (isFolder) return indexes;
  const extension = extensionOf(path);
  const stem = path.slice(0, path.length - extension.length);
  const twins = (typescriptTwins[extension] ?? []).map((twin) => `${stem}${twin}`);
  return [path, ...twins, ...sourceExtensions.map((other) => `${path}${other}`), ...indexes];
}
