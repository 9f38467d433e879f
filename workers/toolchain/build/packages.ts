/**
 * Finds the files of npm packages that a project brings in `node_modules`, and what its own `package.json` names, as
 * Node's "Modules: Packages" says: `exports` and `imports` with conditions and patterns, then `main`, then `index`.
 */
import { joinPath } from './source-paths.ts';

/** How a package is asked for. */
export type ImportStyle = 'import' | 'require';

type Files = ReadonlyMap<string, string>;

interface Manifest {
  readonly name?: unknown;
  readonly main?: unknown;
  readonly exports?: unknown;
  readonly imports?: unknown;
}

const maxDepth = 20;

const manifestAt = (files: Files, folder: string): Manifest | undefined => {
  const text = files.get(`${folder === '' ? '' : `${folder}/`}package.json`);
  if (text === undefined) return undefined;
  try {
    const manifest: unknown = JSON.parse(text);
    return typeof manifest === 'object' && manifest !== null ? manifest : undefined;
  } catch {
    // A package whose manifest is broken has none; importing the file itself tells the reason.
    return undefined;
  }
};

/** Folders from the importer's own outwards, the project's last. */
const foldersAround = (importer: string): readonly string[] => {
  const segments = importer.split('/').slice(0, -1);
  return Array.from({ length: segments.length + 1 }, (_, index) =>
    segments.slice(0, segments.length - index).join('/'),
  );
};

const inFolder = (folder: string, path: string): string => (folder === '' ? path : `${folder}/${path}`);

/** Name of the package that a specifier asks for, and the part after it, as `.` or `./part`. */
export const splitSpecifier = (specifier: string): { readonly name: string; readonly subpath: string } => {
  const segments = specifier.split('/');
  const length = specifier.startsWith('@') ? 2 : 1;
  return { name: segments.slice(0, length).join('/'), subpath: ['.', ...segments.slice(length)].join('/') };
};

/** The condition's target: text, the first that fits of a list, or of an object by conditions in its own order. */
const targetOf = (value: unknown, style: ImportStyle, depth = 0): string | undefined => {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || depth > maxDepth) return undefined;
  const choices = Array.isArray(value)
    ? value
    : Object.entries(value).flatMap(([condition, target]) => (isMet(condition, style) ? [target as unknown] : []));
  for (const choice of choices) {
    const target = targetOf(choice, style, depth + 1);
    if (target !== undefined) return target;
  }
  return undefined;
};

const isMet = (condition: string, style: ImportStyle): boolean =>
  condition === style || condition === 'node' || condition === 'default' || condition === 'module-sync';

/** The entry of `exports` or `imports` for a key, exact ones before patterns, longer patterns before shorter ones. */
const entryFor = (table: unknown, key: string, style: ImportStyle): string | undefined => {
  if (typeof table !== 'object' || table === null) return undefined;
  const entries = Object.entries(table);
  const exact = entries.find(([name]) => name === key);
  if (exact !== undefined) return targetOf(exact[1], style);
  const patterns = entries.filter(([name]) => name.includes('*')).toSorted(([a], [b]) => b.length - a.length);
  for (const [pattern, value] of patterns) {
    const [before = '', after = ''] = pattern.split('*');
    if (!key.startsWith(before) || !key.endsWith(after) || key.length < pattern.length - 1) continue;
    const matched = key.slice(before.length, key.length - after.length);
    return targetOf(value, style)?.replaceAll('*', matched);
  }
  return undefined;
};

const exportedPath = (manifest: Manifest, subpath: string, style: ImportStyle): string | undefined => {
  const { exports } = manifest;
  const isTable =
    typeof exports === 'object' && exports !== null && Object.keys(exports).some((key) => key.startsWith('.'));
  if (isTable) return entryFor(exports, subpath, style);
  return subpath === '.' ? targetOf(exports, style) : undefined;
};

/** Paths to try for a specifier, in order; none when the project brings no such package. */
export const packageCandidates = (
  specifier: string,
  importer: string,
  style: ImportStyle,
  files: Files,
): readonly string[] => {
  if (specifier.startsWith('#')) return ownImports(specifier, importer, style, files);
  const { name, subpath } = splitSpecifier(specifier);
  let isOwnKnown = false;
  for (const folder of foldersAround(importer)) {
    // A package is known to itself by its name; the nearest manifest says whose file this is.
    const own: Manifest | undefined = isOwnKnown ? undefined : manifestAt(files, folder);
    isOwnKnown ||= own !== undefined;
    const root = own?.name === name && own.exports !== undefined ? folder : inFolder(folder, `node_modules/${name}`);
    const manifest = manifestAt(files, root);
    if (manifest !== undefined) return pathsIn(root, manifest, subpath, style);
  }
  return [];
};

const pathsIn = (root: string, manifest: Manifest, subpath: string, style: ImportStyle): readonly string[] => {
  const within = (path: string): readonly string[] => {
    const joined = joinPath(inFolder(root, 'package.json'), path);
    return joined === undefined ? [] : [joined];
  };
  if (manifest.exports !== undefined) {
    const target = exportedPath(manifest, subpath, style);
    return target === undefined ? [] : within(target);
  }
  if (subpath !== '.') return within(subpath);
  return typeof manifest.main === 'string' ? [...within(manifest.main), ...within('./index')] : within('./index');
};

/** `#name` of the nearest manifest's `imports`; a target may be another package. */
const ownImports = (specifier: string, importer: string, style: ImportStyle, files: Files): readonly string[] => {
  for (const folder of foldersAround(importer)) {
    const manifest = manifestAt(files, folder);
    if (manifest === undefined) continue;
    const target = entryFor(manifest.imports, specifier, style);
    if (target === undefined) return [];
    if (!target.startsWith('.')) return packageCandidates(target, importer, style, files);
    const joined = joinPath(inFolder(folder, 'package.json'), target);
    return joined === undefined ? [] : [joined];
  }
  return [];
};
