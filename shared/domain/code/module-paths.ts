/** Paths of modules: joining, and the files that a specifier without its full name can mean. */

/** The folder of a path; empty at the root. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** A path relative to a folder, with `.` and `..` resolved; undefined when it leads out of the repository. */
export const joinPath = (folder: string, relative: string): string | undefined => {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
};

/** Is there a file at this path? */
export type IsFile = (path: string) => boolean;

const scriptExtensions = ['.ts', '.tsx', '.mts', '.cts', '.d.ts', '.js', '.jsx', '.mjs', '.cjs', '.json'];

/** TypeScript sources are imported under the names of what they become. */
const sourcesOf: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.d.ts'],
  '.jsx': ['.tsx', '.d.ts'],
  '.mjs': ['.mts', '.d.mts'],
  '.cjs': ['.cts', '.d.cts'],
};

/** The module file that a path means: itself, its source, with an extension, or the index of the folder. */
export const findScript = (path: string, isFile: IsFile): string | undefined => {
  if (isFile(path)) return path;
  const extension = /\.[cm]?jsx?$/.exec(path)?.[0];
  if (extension !== undefined) {
    const stem = path.slice(0, -extension.length);
    const source = sourcesOf[extension]?.find((candidate) => isFile(stem + candidate));
    if (source !== undefined) return stem + source;
  }
  const direct = scriptExtensions.find((candidate) => isFile(path + candidate));
  if (direct !== undefined) return path + direct;
  const folder = path === '' ? 'index' : `${path}/index`;
  const index = scriptExtensions.find((candidate) => isFile(folder + candidate));
  return index === undefined ? undefined : folder + index;
};
