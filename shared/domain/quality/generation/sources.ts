/** The code of a project that tests can be made for. */
import type { SourceFiles } from '../../../rpc/toolchain.ts';
import { isTestFile } from '../../tool/check-tools.ts';

const isCode = (path: string): boolean =>
  /\.[cm]?tsx?$/.test(path) &&
  !path.endsWith('.d.ts') &&
  !isTestFile(path) &&
  !/^(?:test|tests|node_modules)\//.test(path);

/** Code files at a path: the file itself, or all below a folder. */
export const sourcesUnder = (files: SourceFiles, path: string | undefined): readonly string[] => {
  const folder = path === undefined || path.endsWith('/') ? (path ?? '') : `${path}/`;
  return Object.keys(files)
    .filter((file) => isCode(file) && (path === undefined || file === path || file.startsWith(folder)))
    .sort();
};
