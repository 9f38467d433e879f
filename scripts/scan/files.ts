/** The files of a folder, without what was installed, built or is kept by version control. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const left = new Set(['node_modules', '.git', 'dist', '.wrangler', '.aidevos', 'coverage', '.next', 'vendor']);

/** Paths in order of their names; links are not followed. */
export const listFiles = (folder: string, wanted: RegExp): readonly string[] => {
  const found: string[] = [];
  const open = [folder];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      const path = join(next, entry.name);
      if (entry.isDirectory() && !left.has(entry.name)) open.push(path);
      else if (entry.isFile() && wanted.test(entry.name)) found.push(path);
    }
  }
  return found.toSorted();
};
