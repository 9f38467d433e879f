/** Tests that the code of a branch lacks: found, tried, and shown to whoever commits them. */
import { z } from 'zod';
import { apiTests } from '../quality/generation/api-tests.ts';
import type { GenerationReport } from '../quality/generation/report.ts';
import { sourcesUnder } from '../quality/generation/sources.ts';
import { isTestFile } from './check-tools.ts';
import { defineOpenTool, toolError } from './tool.ts';

const mostListed = 20;

const listed = <Item>(title: string, items: readonly Item[], line: (item: Item) => string): readonly string[] => {
  if (items.length === 0) return [];
  const rest = items.length - mostListed;
  return [
    '',
    title,
    ...items.slice(0, mostListed).map((item) => `  ${line(item)}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
};

/** A generation as an agent reads it: what it came to, what somebody should look at, then the files to write. */
export const describeGeneration = (report: GenerationReport): string => {
  const { functions, candidates, mutants, survivedBefore, noticedNow, files, refuted, skipped, dropped } = report;
  const kept = files.reduce((sum, { tests }) => sum + tests.length, 0);
  return [
    `${functions} functions, ${candidates} candidates: ${kept} tests in ${files.length} files are worth keeping.`,
    `Of ${mutants} mutants the tests of the branch miss ${survivedBefore}; the new ones notice ${noticedNow} of these.`,
    files.length === 0
      ? 'There is nothing to write.'
      : 'Nothing was written: write the files that you want with write_files, as they are.',
    ...listed(
      'These did not hold. For a property that is a counterexample: either the code is wrong, or the property is none of it.',
      refuted,
      ({ file, name, message }) => `${file} > ${name}: ${message}`,
    ),
    ...listed('No test could be made for:', skipped, ({ file, name, reason }) => `${file} ${name}: ${reason}`),
    ...listed('These files were left out:', dropped, ({ path, reason }) => `${path}: ${reason}`),
    ...files.flatMap(({ path, kills, content }) => ['', `=== ${path} (notices ${kills} mutants)`, content.trimEnd()]),
  ].join('\n');
};

export const generateTests = defineOpenTool({
  name: 'generate_tests',
  description:
    'Makes tests for code of your branch (properties, characterisation, and of the API) and keeps those that pass and notice mutants which your tests miss. Shows the files; writes nothing. Takes up to some minutes: ask for one file or a small folder.',
  parameters: z.strictObject({
    path: z.string().min(1).max(512).describe('A code file, or a folder with code.'),
    limit: z.number().int().min(1).max(200).default(40).describe('Mutants at most; of more a sample is taken.'),
    seed: z.number().int().min(0).max(1_000_000_000).default(1).describe('Another one makes other calls.'),
  }),
  effectClass: 'pure',
  capability: 'quality',
  cost: 'high',
  isLong: true,
  examples: [{ arguments: { path: 'src/note.ts' }, shows: 'tests that one file lacks' }],
  describe: ({ path }) => path,
  run: async ({ path, limit, seed }, context) => {
    const found = await context.repository.snapshot({ ref: context.place.ref });
    if (!found.ok) return toolError(found.error.detail);
    const { files } = found.value;
    const sources = sourcesUnder(files, path);
    if (sources.length === 0)
      return toolError(`There is no code at ${path}: name a file, or a folder, of your branch.`);
    const tests = Object.keys(files).filter(isTestFile);
    const more = /^src\/?$/.test(path) ? apiTests(files) : [];
    const report = await context.generateTests({ files, tests, sources, more, limit, seed });
    return report.ok ? { content: describeGeneration(report.value) } : toolError(report.error.detail);
  },
});
