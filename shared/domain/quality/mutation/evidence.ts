/** What a verdict rests on: the texts that its tests load. While those are the same, so is the verdict. */
import type { SourceFiles } from '../../../rpc/toolchain.ts';
import { mutantKey } from './mutant.ts';
import type { MutantPlan } from './select-tests.ts';

/**
 * A text that names the evidence of each plan: hash it, and a verdict kept under the hash holds for every state of the
 * project in which the hash is the same. `hashOf` turns the text of a file into a short name.
 */
export const evidenceOf = (
  { mutant, tests }: MutantPlan,
  files: SourceFiles,
  reaches: Readonly<Record<string, readonly string[]>>,
  hashOf: (text: string) => string,
): string => {
  const loaded = new Set(tests.flatMap(({ file }) => reaches[file] ?? []));
  const texts = [...loaded].sort().map((file) => `${file} ${hashOf(files[file] ?? '')}`);
  const chosen = tests.map(({ file, names }) => `${file}: ${JSON.stringify(names)}`);
  return [mutantKey(mutant), ...chosen, ...texts].join('\n');
};
