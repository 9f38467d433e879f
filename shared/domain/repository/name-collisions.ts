/**
 * Finds new paths that cannot live beside the existing ones: a file where a directory is, a directory where a file is,
 * or a name that differs from another only in case or Unicode form and would overwrite it on macOS or Windows.
 */

import type { Issue } from '../../errors/result.ts';
import { foldName } from './path.ts';

interface Name {
  readonly path: string;
  readonly isFile: boolean;
}

/** One issue for each path of `added` that collides; `paths` is everything that will be there, `added` included. */
export const findCollisions = (paths: Iterable<string>, added: ReadonlySet<string>): readonly Issue[] => {
  if (added.size === 0) return [];
  const names = new Map<string, Name>();
  for (const path of paths) {
    if (added.has(path)) continue;
    for (const name of namesOf(path)) names.set(foldName(name.path), name);
  }
  const issues: Issue[] = [];
  for (const path of added) {
    const reason = enter(names, path);
    if (reason !== undefined) issues.push({ field: path, reason });
  }
  return issues;
};

const enter = (names: Map<string, Name>, path: string): string | undefined => {
  for (const name of namesOf(path)) {
    const key = foldName(name.path);
    const other = names.get(key);
    if (other === undefined) names.set(key, name);
    else if (other.path !== name.path) return `differs from "${other.path}" only in case or Unicode form`;
    else if (other.isFile && !name.isFile) return `needs the directory "${name.path}", which is a file`;
    else if (!other.isFile && name.isFile) return 'is a directory already';
  }
  return undefined;
};

/** The directories on the way to a file, then the file itself. */
const namesOf = (path: string): readonly Name[] => {
  const names: Name[] = [];
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1))
    names.push({ path: path.slice(0, slash), isFile: false });
  names.push({ path, isFile: true });
  return names;
};
