/** What an import specifier stands for: a source file, a module of the sandbox, a module of the runtime, or a refusal. */
import { guestModuleNames } from '../../sandbox/guest/module-names.ts';
import { extensionOf, joinPath, sourceExtensions, typescriptTwin } from './source-paths.ts';

type Resolution =
  | { readonly kind: 'source'; readonly path: string }
  | { readonly kind: 'fixed'; readonly specifier: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Specifiers that the sandbox answers with modules of its own. */
const sandboxModules: ReadonlyMap<string, string> = new Map([
  ['cloudflare:workers', `/${guestModuleNames.cloudflareWorkers}`],
  ['vitest', `/${guestModuleNames.vitest}`],
  ['node:test', `/${guestModuleNames.nodeTest}`],
  ['node:sqlite', `/${guestModuleNames.nodeSqlite}`],
]);

/**
 * `node:` modules of the Workers runtime that guest code may import. Left out are those that could reach around
 * the instrumentation (`module`, `vm`), write past the captured console (`console`), or cannot work (`child_process`).
 */
const nodeModules: ReadonlySet<string> = new Set([
  'assert',
  'assert/strict',
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

/** Resolves a specifier as it is written in `importer`. */
export function resolveSpecifier(specifier: string, importer: string, exists: (path: string) => boolean): Resolution {
  if (specifier.startsWith('./') || specifier.startsWith('../') || specifier === '.' || specifier === '..') {
    return resolveRelative(specifier, importer, exists);
  }
  const sandboxModule = sandboxModules.get(specifier);
  if (sandboxModule !== undefined) return { kind: 'fixed', specifier: sandboxModule };
  const bare = specifier.startsWith('node:') ? specifier.slice('node:'.length) : specifier;
  if (nodeModules.has(bare)) return { kind: 'fixed', specifier: `node:${bare}` };
  return { kind: 'refused', reason: refusalOf(specifier) };
}

function refusalOf(specifier: string): string {
  if (specifier.startsWith('node:')) return `the module "${specifier}" is not available to apps and tests here`;
  if (specifier.startsWith('/')) return `"${specifier}" is an absolute path; import files of the project relatively`;
  if (/^[a-z][a-z0-9+.-]*:/i.test(specifier)) return `"${specifier}" cannot be imported: only relative files are`;
  return `"${specifier}" is an npm package; apps are built without packages, so write the code in the project`;
}

function resolveRelative(specifier: string, importer: string, exists: (path: string) => boolean): Resolution {
  const path = joinPath(importer, specifier);
  if (path === undefined) return { kind: 'refused', reason: `"${specifier}" points outside of the project` };
  const found = candidatesOf(path, specifier.endsWith('/') || /(^|\/)\.{1,2}$/.test(specifier)).find(exists);
  if (found === undefined) return { kind: 'refused', reason: `"${specifier}" is not a file of the project (${path})` };
  if (!sourceExtensions.some((extension) => extension === extensionOf(found))) {
    return { kind: 'refused', reason: `"${specifier}" cannot be imported: only .ts, .mts, .js, .mjs and .json can` };
  }
  return { kind: 'source', path: found };
}

function candidatesOf(path: string, isFolder: boolean): readonly string[] {
  const prefix = path === '' ? '' : `${path}/`;
  const indexes = sourceExtensions.map((extension) => `${prefix}index${extension}`);
  if (isFolder) return indexes;
  const extension = extensionOf(path);
  const twin = typescriptTwin[extension];
  const twins = twin === undefined ? [] : [`${path.slice(0, path.length - extension.length)}${twin}`];
  return [path, ...twins, ...sourceExtensions.map((extension) => `${path}${extension}`), ...indexes];
}
