/** Reading and writing the files of the branch that the agent works on. */
import { z } from 'zod';
import type { AppError } from '../../errors/result.ts';
import { covers } from '../task/plan.ts';
import { defineOpenTool, toolError, type OpenContext, type ToolResult } from './tool.ts';

const path = z.string().min(1).max(512).describe('Relative to the root of the repository, with forward slashes.');

/** An error as a model reads it: what is wrong, and the places of it. */
export const describeError = (error: AppError): string =>
  [error.detail, ...(error.issues ?? []).map(({ field, reason }) => `${field}: ${reason}`)].join('\n');

const readsOnly = 'This task only reads: it has no branch of its own to write to.';

/** The branch to write to, with the token of the lease. Ask `refusePaths` before. */
export const writingTo = ({ place }: OpenContext): { readonly branch: string; readonly fencingToken: number } => ({
  branch: place.ref,
  fencingToken: place.writing?.fencingToken ?? 0,
});

/** Why the agent may not write these paths, or undefined when it may. */
export const refusePaths = (paths: readonly string[], { place }: OpenContext): ToolResult | undefined => {
  const { writing } = place;
  if (writing === undefined) return toolError(readsOnly);
  const { paths: own } = writing;
  if (own === undefined) return undefined;
  const foreign = paths.filter((candidate) => !own.some((pattern) => covers(pattern, candidate)));
  return foreign.length === 0
    ? undefined
    : toolError(`This task may not write ${foreign.slice(0, 5).join(', ')}. It may write: ${own.join(', ')}.`);
};

const write = async (
  context: OpenContext,
  changes: readonly { readonly path: string; readonly content: string | null }[],
): Promise<ToolResult> => {
  const refused = refusePaths(
    changes.map((change) => change.path),
    context,
  );
  if (refused !== undefined) return refused;
  const { commandId, repository } = context;
  const written = await repository.write({ commandId, ...writingTo(context), changes });
  return written.ok
    ? { content: `Changed ${changes.map((change) => change.path).join(', ')}.` }
    : toolError(describeError(written.error));
};

/** Lines with their numbers, so that they can be named. */
const readLines = (content: string, from: number, to: number | undefined): ToolResult => {
  const lines = content.replace(/\n$/, '').split('\n');
  if (from > lines.length) return toolError(`The file has ${lines.length} lines.`);
  if (to !== undefined && to < from) return toolError('toLine: must not be before fromLine.');
  const shown = lines.slice(from - 1, to).map((line, index) => `${from + index}: ${line}`);
  return { content: [`[lines ${from} to ${from + shown.length - 1} of ${lines.length}]`, ...shown].join('\n') };
};

export const readFile = defineOpenTool({
  name: 'read_file',
  description: 'Reads a text file of your branch, or a part of it by its lines.',
  parameters: z.strictObject({
    path,
    fromLine: z.int().min(1).optional().describe('First line to read, counted from 1.'),
    toLine: z.int().min(1).optional().describe('Last line to read.'),
  }),
  effectClass: 'pure',
  capability: 'files.read',
  cost: 'low',
  examples: [{ arguments: { path: 'src/app.ts', fromLine: 40, toLine: 80 }, shows: 'lines 40 to 80 of a file' }],
  describe: (input) => input.path,
  run: async (input, { repository, place }) => {
    const file = await repository.readFile({ ref: place.ref, path: input.path });
    if (!file.ok) return toolError(describeError(file.error));
    const { fromLine, toLine } = input;
    if (fromLine === undefined && toLine === undefined) return { content: file.value.content };
    return readLines(file.value.content, fromLine ?? 1, toLine);
  },
});

export const readSpecification = defineOpenTool({
  name: 'read_specification',
  description: 'Reads the product specification that the person gave, whole.',
  parameters: z.strictObject({}),
  effectClass: 'pure',
  capability: 'files.read',
  cost: 'low',
  run: async (_input, { repository, place }) => {
    const file = await repository.readFile({ ref: 'main', path: place.specificationPath });
    return file.ok ? { content: file.value.content } : toolError(describeError(file.error));
  },
});

export const listFiles = defineOpenTool({
  name: 'list_files',
  description: 'Lists the files of your branch with their sizes.',
  parameters: z.strictObject({
    prefix: z.string().max(512).optional().describe('Only paths that begin with this.'),
    after: z.string().max(512).optional().describe('Go on after this path.'),
  }),
  effectClass: 'pure',
  capability: 'files.read',
  cost: 'low',
  examples: [{ arguments: { prefix: 'src/' }, shows: 'the files below src' }],
  describe: (input) => input.prefix ?? '',
  run: async (input, { repository, place }) => {
    const listing = await repository.listFiles({
      ref: place.ref,
      limit: 500,
      ...(input.prefix === undefined ? {} : { prefix: input.prefix }),
      ...(input.after === undefined ? {} : { after: input.after }),
    });
    if (!listing.ok) return toolError(describeError(listing.error));
    const { files, next } = listing.value;
    const lines = files.map((file) => `${file.path} (${file.sizeBytes} bytes)`);
    if (next !== undefined) lines.push(`[more: call again with after=${next}]`);
    return { content: lines.length === 0 ? 'No file there.' : lines.join('\n') };
  },
});

export const searchFiles = defineOpenTool({
  name: 'search_files',
  description: 'Finds the lines that contain a text in the files of your branch.',
  parameters: z.strictObject({ text: z.string().min(1).max(200) }),
  effectClass: 'pure',
  capability: 'files.read',
  cost: 'low',
  examples: [{ arguments: { text: 'TODO' }, shows: 'every line with a text in it' }],
  describe: (input) => input.text,
  run: async (input, { repository, place }) => {
    const found = await repository.search({ ref: place.ref, text: input.text, limit: 100 });
    if (!found.ok) return toolError(describeError(found.error));
    return {
      content:
        found.value.length === 0
          ? 'Nothing found.'
          : found.value.map((hit) => `${hit.path}:${hit.line}: ${hit.text}`).join('\n'),
    };
  },
});

export const writeFiles = defineOpenTool({
  name: 'write_files',
  description: 'Writes whole files in your branch, new ones or over those that are there. All or none are written.',
  parameters: z.strictObject({
    files: z
      .array(z.strictObject({ path, content: z.string().max(900_000) }))
      .min(1)
      .max(100),
  }),
  effectClass: 'idempotent',
  capability: 'files.write',
  cost: 'low',
  examples: [
    { arguments: { files: [{ path: 'src/note.ts', content: 'export const note = 1;\n' }] }, shows: 'one new file' },
  ],
  describe: (input) => input.files.map((file) => file.path).join(', '),
  run: (input, context) => write(context, input.files),
});

export const editFile = defineOpenTool({
  name: 'edit_file',
  description: 'Replaces one passage of a file. The passage must stand there exactly once, to the letter.',
  parameters: z.strictObject({ path, find: z.string().min(1), replace: z.string() }),
  effectClass: 'idempotent',
  capability: 'files.write',
  cost: 'low',
  examples: [
    { arguments: { path: 'src/note.ts', find: 'note = 1', replace: 'note = 2' }, shows: 'one passage replaced' },
  ],
  describe: (input) => input.path,
  run: async (input, context) => {
    const refused = refusePaths([input.path], context);
    if (refused !== undefined) return refused;
    const { commandId, repository } = context;
    const edited = await repository.edit({ commandId, ...writingTo(context), ...input });
    return edited.ok ? { content: `Changed ${input.path}.` } : toolError(describeError(edited.error));
  },
});

export const deleteFile = defineOpenTool({
  name: 'delete_file',
  description: 'Deletes a file in your branch.',
  parameters: z.strictObject({ path }),
  effectClass: 'idempotent',
  capability: 'files.write',
  cost: 'low',
  describe: (input) => input.path,
  run: (input, context) => write(context, [{ path: input.path, content: null }]),
});

export const commit = defineOpenTool({
  name: 'commit',
  description: 'Commits what you changed in your branch.',
  parameters: z.strictObject({ message: z.string().min(1).max(2_000) }),
  effectClass: 'idempotent',
  capability: 'files.write',
  cost: 'low',
  describe: (input) => input.message.split('\n')[0] ?? '',
  run: async (input, context) => {
    const { repository, place, author, commandId } = context;
    if (place.writing === undefined) return toolError('This task only reads: there is nothing to commit.');
    const committed = await repository.commit({ commandId, ...writingTo(context), message: input.message, author });
    return committed.ok
      ? { content: `Committed as ${committed.value.oid}.` }
      : toolError(describeError(committed.error));
  },
});

export const updateBranch = defineOpenTool({
  name: 'update_branch',
  description: 'Brings your branch up to date with main, after a conflict.',
  parameters: z.strictObject({}),
  effectClass: 'idempotent',
  capability: 'files.write',
  cost: 'low',
  run: async (_input, context) => {
    const { repository, place, author, commandId } = context;
    if (place.writing === undefined) return toolError(readsOnly);
    const updated = await repository.updateBranch({ commandId, ...writingTo(context), from: 'main', author });
    return updated.ok ? { content: `Up to date at ${updated.value.oid}.` } : toolError(describeError(updated.error));
  },
});

export const readDiff = defineOpenTool({
  name: 'read_diff',
  description: 'Shows what the branch changes against main, file by file.',
  parameters: z.strictObject({
    files: z.array(path).max(100).optional().describe('Only these files; without it, all of them.'),
  }),
  effectClass: 'pure',
  capability: 'files.read',
  cost: 'low',
  run: async (input, { repository, place }) => {
    const diff = await repository.diff({ from: 'main', to: place.ref });
    if (!diff.ok) return toolError(describeError(diff.error));
    const wanted = diff.value.filter((file) => input.files === undefined || input.files.includes(file.path));
    if (wanted.length === 0) return { content: 'No difference.' };
    const summary = wanted.map((file) => `${file.status} ${file.path}`).join('\n');
    return { content: `${summary}\n\n${wanted.map((file) => file.patch).join('\n')}` };
  },
});
