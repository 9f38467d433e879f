/** Finding files by their names and lines by a pattern, and changing several files by one diff. */
import { z } from 'zod';
import { changedPaths } from '../repository/apply-diff.ts';
import { compileGlob } from '../repository/glob.ts';
import { compileLinearPattern } from '../repository/linear-pattern.ts';
import { parseDiff } from '../repository/parse-diff.ts';
import { describeError, refusePaths, writingTo } from './file-tools.ts';
import { defineOpenTool, toolError, type OpenContext, type ToolResult } from './tool.ts';

const pattern = z.string().min(1).max(300);
const listPage = 5_000;
const readPage = 200;

/** All paths of the place, in order; or why they cannot be told. */
const listPaths = async (
  { repository, place }: OpenContext,
  fits: (path: string) => boolean,
): Promise<
  | { readonly ok: true; readonly files: readonly { readonly path: string; readonly sizeBytes: number }[] }
  | { readonly ok: false; readonly result: ToolResult }
> => {
  const files: { path: string; sizeBytes: number }[] = [];
  for (let after: string | undefined; ;) {
    const page = await repository.listFiles({
      ref: place.ref,
      limit: listPage,
      ...(after === undefined ? {} : { after }),
    });
    if (!page.ok) return { ok: false, result: toolError(describeError(page.error)) };
    files.push(...page.value.files.filter(({ path }) => fits(path)));
    after = page.value.next;
    if (after === undefined) return { ok: true, files };
  }
};

export const glob = defineOpenTool({
  name: 'glob',
  description: 'Lists the files whose paths fit a pattern: * within a name, ** across folders, ?, [ab], {one,two}.',
  parameters: z.strictObject({ pattern }),
  effectClass: 'pure',
  capability: 'files.read',
  cost: 'low',
  examples: [{ arguments: { pattern: 'src/**/*.test.ts' }, shows: 'all test files below src' }],
  describe: (input) => input.pattern,
  run: async (input, context) => {
    const compiled = compileGlob(input.pattern);
    if (!compiled.ok) return toolError(`The pattern ${compiled.error}.`);
    const listed = await listPaths(context, compiled.value);
    if (!listed.ok) return listed.result;
    const lines = listed.files.map(({ path, sizeBytes }) => `${path} (${sizeBytes} bytes)`);
    return { content: lines.length === 0 ? 'No file fits.' : lines.join('\n') };
  },
});

const grepInput = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .max(500)
    .describe('A regular expression in the syntax of RE2; (?i) at its start ignores case.'),
  glob: pattern.optional().describe('Only files whose paths fit, for example src/**/*.ts.'),
  context: z.int().min(0).max(10).default(0).describe('How many lines to show before and after each match.'),
  limit: z.int().min(1).max(2_000).default(200).describe('Most matching lines.'),
});

/** The lines around matches, each once; a gap between two groups is a line of dashes, as grep prints it. */
const showMatches = (path: string, lines: readonly string[], matches: readonly number[], around: number): string[] => {
  const matching = new Set(matches);
  const shown = new Set(
    matches.flatMap((at) => Array.from({ length: 2 * around + 1 }, (_, offset) => at - around + offset)),
  );
  const wanted = [...shown].filter((at) => at >= 0 && at < lines.length).toSorted((left, right) => left - right);
  return wanted.flatMap((at, index) => {
    const previous = wanted[index - 1];
    const gap = around > 0 && previous !== undefined && previous !== at - 1 ? ['--'] : [];
    return [
      ...gap,
      `${path}${matching.has(at) ? ':' : '-'}${at + 1}${matching.has(at) ? ':' : '-'} ${(lines[at] ?? '').slice(0, 500)}`,
    ];
  });
};

export const grep = defineOpenTool({
  name: 'grep',
  description:
    'Finds lines by a regular expression, with the lines around them, in all text files or those that fit a pattern.',
  parameters: grepInput,
  effectClass: 'pure',
  capability: 'files.read',
  cost: 'medium',
  examples: [
    {
      arguments: { pattern: 'export (const|function) create\\w+', glob: 'src/**/*.ts' },
      shows: 'where creating functions are declared',
    },
  ],
  describe: (input) => input.pattern,
  run: async (input, context) => {
    const matches = compileLinearPattern(input.pattern);
    if (!matches.ok) return toolError(`pattern: ${matches.error}.`);
    const fits = compileGlob(input.glob ?? '**');
    if (!fits.ok) return toolError(`glob: ${fits.error}.`);
    const listed = await listPaths(context, fits.value);
    if (!listed.ok) return listed.result;
    const shown: string[] = [];
    let found = 0;
    for (let start = 0; start < listed.files.length; start += readPage) {
      const paths = listed.files.slice(start, start + readPage).map(({ path }) => path);
      const texts = await context.repository.readTexts({ ref: context.place.ref, paths });
      if (!texts.ok) return toolError(describeError(texts.error));
      for (const { path, text } of texts.value.texts) {
        const lines = text?.split('\n') ?? [];
        const hits = lines.flatMap((line, at) => (matches.value(line) ? [at] : [])).slice(0, input.limit - found);
        found += hits.length;
        shown.push(...showMatches(path, lines, hits, input.context));
        if (found < input.limit) continue;
        return {
          content: [...shown, `[stopped after ${found} matching lines; narrow the pattern, or raise limit]`].join('\n'),
        };
      }
    }
    return { content: found === 0 ? `No line fits in ${listed.files.length} files.` : shown.join('\n') };
  },
});

export const applyDiffTool = defineOpenTool({
  name: 'apply_diff',
  description:
    'Changes, makes and deletes files by one unified diff (--- path, +++ path, @@ hunks). All of it or nothing; a hunk that does not fit is named with the line that was expected and the line that is there.',
  parameters: z.strictObject({ diff: z.string().min(1).max(900_000) }),
  effectClass: 'idempotent',
  capability: 'files.write',
  cost: 'low',
  examples: [
    {
      arguments: {
        diff: '--- a/src/note.ts\n+++ b/src/note.ts\n@@ -1 +1 @@\n-export const note = 1;\n+export const note = 2;\n',
      },
      shows: 'one line of a file changed',
    },
  ],
  describe: ({ diff }) => {
    const files = parseDiff(diff);
    return files.ok ? changedPaths(files.value).join(', ') : '';
  },
  run: async ({ diff }, context) => {
    const files = parseDiff(diff);
    if (!files.ok) return toolError(`The diff cannot be read: ${files.error}.`);
    const paths = changedPaths(files.value);
    const refused = refusePaths(paths, context);
    if (refused !== undefined) return refused;
    const { commandId, repository } = context;
    const applied = await repository.applyDiff({ commandId, ...writingTo(context), diff });
    return applied.ok ? { content: `Changed ${paths.join(', ')}.` } : toolError(describeError(applied.error));
  },
});
