/** Names of source files and of the modules built from them. */
import { folderOf, joinPath as joinToFolder } from '../../../shared/domain/code/module-paths.ts';
import { reservedFolder } from '../../sandbox/guest/module-names.ts';

/** Extensions that can be built, in the order in which an import without extension tries them. */
export const sourceExtensions = ['.ts', '.tsx', '.js', '.jsx', '.mts', '.mjs', '.cts', '.cjs', '.json'] as const;

/** The same for a person. */
export const sourceExtensionsText = sourceExtensions.join(', ').replace(/, ([^,]+)$/, ' and $1');

/** Modules that hold the code of CommonJS files stand in this folder, so no source file may. */
export const commonJsFolder = '@commonjs/';

/** The extensions that a written extension may stand for: TypeScript allows `./a.js` for the file `a.ts`. */
export const typescriptTwins: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

/** Why a path cannot be a source path, or undefined when it can. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'the path is empty';
  if (path.length > 1_024) return 'the path is longer than 1,024 characters';
  if (path.startsWith('/')) return 'the path must be relative';
  if (/[\\\p{Cc}?#%]/u.test(path)) return 'the path has a backslash, a control character or one of ? # %';
  for (const folder of [reservedFolder, commonJsFolder]) {
    if (path.startsWith(folder)) return `the folder ${folder} is reserved`;
  }
  if (path.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')) {
    return 'the path has an empty, "." or ".." segment';
  }
  return undefined;
}

/** Extension with its dot, lower case as written; empty when there is none. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot);
}

/** `src/app.ts` becomes `src/app.js`, unless a source of that name exists too: then `src/app.ts.js`. */
export function moduleNameOf(path: string, exists: (path: string) => boolean): string {
  const extension = extensionOf(path);
  if (extension === '.js') return path;
  const short = `${path.slice(0, path.length - extension.length)}.js`;
  const rivals = sourceExtensions.filter((other) => other !== extension && extension !== '.ts');
  const stem = path.slice(0, path.length - extension.length);
  const taken = exists(short) || extension === '.json' || rivals.some((other) => exists(`${stem}${other}`));
  return taken ? `${path}.js` : short;
}

/** The same place for every importer. */
export const fromTop = (_importer: string, target: string): string => `/${target}`;

/** By the way from the importing module, so that copies of all modules in another folder import each other. */
export const fromImporter = (importer: string, target: string): string =>
  `${'../'.repeat(importer.split('/').length - 1) || './'}${target}`;

/** Joins a relative specifier to the folder of the importing file; undefined when it leaves the project. */
export function joinPath(importer: string, specifier: string): string | undefined {
  return joinToFolder(folderOf(importer), specifier);
}
