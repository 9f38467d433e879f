/**
 * The package that both sides mutate and test: modules of this repository with their tests, which import nothing but
 * each other and vitest. Read where they stand; nothing is copied into the repository.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { repositoryRoot } from '../../scripts/platform/state-folder.ts';

export interface SampleProject {
  readonly files: Readonly<Record<string, string>>;
  readonly tests: readonly string[];
  /** Sources whose mutants are tested. */
  readonly mutated: readonly string[];
}

const subjects = ['shared/domain/access/policy', 'shared/domain/project/acceptance'];

/** Imports that remain when types are stripped. */
const importPattern = /^(?:import|export) (?!type\b)[^;]*?'(\.{1,2}\/[^']+)';$/gm;

/** The subjects, their tests, and all that these import. */
export const readSampleProject = (): SampleProject => {
  const files: Record<string, string> = {};
  const tests = subjects.map((subject) => `${subject}.test.ts`);
  const mutated = subjects.map((subject) => `${subject}.ts`);
  const waiting = [...tests, ...mutated];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files[path] !== undefined) continue;
    const absolute = join(repositoryRoot, path);
    if (!existsSync(absolute)) throw new Error(`${path} is not there: the list of subjects names it`);
    const text = readFileSync(absolute, 'utf8');
    files[path] = text;
    for (const [, specifier] of text.matchAll(importPattern)) {
      if (specifier === undefined) continue;
      waiting.push(posix.normalize(posix.join(dirname(path), specifier)));
    }
  }
  return { files, tests, mutated };
};
