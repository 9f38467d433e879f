/** The facts of a folder on disk, made by the code that the toolchain Worker runs. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript6';
import type { FileFacts } from '../../shared/domain/code/facts.ts';
import { isScript, languageOf } from '../../shared/domain/code/language.ts';
import { scriptFacts } from '../../workers/toolchain/code/script/facts.ts';

/** Facts of every script below a folder, by path relative to it. */
export const readPackage = (folder: string, isWanted: (path: string) => boolean): ReadonlyMap<string, FileFacts> => {
  const found = new Map<string, FileFacts>();
  const read = (below: string): void => {
    for (const name of readdirSync(join(folder, below)).toSorted()) {
      const path = below === '' ? name : `${below}/${name}`;
      const full = join(folder, path);
      if (statSync(full).isDirectory()) read(path);
      else if (isScript(languageOf(path)) && isWanted(path))
        found.set(path, scriptFacts(ts, path, readFileSync(full, 'utf8'), languageOf(path)));
    }
  };
  read('');
  return found;
};
