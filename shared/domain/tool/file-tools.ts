/** Reading and writing the files of the branch that the agent works on. */
import { z } from 'zod';
import type { AppError } from '../../errors/result.ts';
import { covers } from '../task/plan.ts';
import { cut, defineTool, toolError, type ToolContext, type ToolResult } from './tool.ts';

const path = z.string().min(1).max(512).describe('Relative to the root of the repository, with forward slashes.');

const describeError = (error: AppError): string =>
  [error.detail, ...(error.issues ?? []).map(({ field, reason }) => `${field}: ${reason}`)].join('\n');

/** Why the agent may not write these paths, or undefined when it may. */
const refusePaths = (paths: readonly string[], { assignment }: ToolContext): ToolResult | undefined => {
  if (!assignment.writes) return toolError('This task only reads: it has no branch of its own to write to.');
  const foreign = paths.filter((candidate) => !assignment.task.paths.some((pattern) => covers(pattern, candidate)));
  return foreign.length === 0
    ? undefined
    : toolError(
        `This task may not write ${foreign.slice(0, 5).join(', ')}. It may write: ${assignment.task.paths.join(', ')}.`,
      );
};

const write = async (
  context: ToolContext,
  changes: readonly { readonly path: string; readonly content: string | null }[],
): Promise<ToolResult> => {
  const refused = refusePaths(
    changes.map((change) => change.path),
    context,
  );
  if (refused !== undefined) return refused;
  const { branch, fencingToken } = context.assignment;
  const written = await context.repository.write({ commandId: context.commandId, branch, fencingToken, changes });
  return written.ok
    ? { content: `Changed ${changes.map((change) => change.path).join(', ')}.` }
    : toolError(describeError(written.error));
};

export const readFile = defineTool({
  name: 'read_file',
  description: 'Reads a text file of your branch.',
  parameters: z.strictObject({ path }),
  effectClass: 'pure',
  describe: (input) => input.path,
  run: async (input, { repository, assignment }) => {
    const file = await repository.readFile({ ref: assignment.branch, path: input.path });
    return file.ok
      ? { content: cut(file.value.content, 'search for the part you need') }
      : toolError(describeError(file.error));
  },
});

export const readSpecification = defineTool({
  name: 'read_specification',
  description: 'Reads the product specification that the person gave, whole.',
  parameters: z.strictObject({}),
  effectClass: 'pure',
  run: async (_input, { repository, assignment }) => {
    const file = await repository.readFile({ ref: 'main', path: assignment.context.specificationPath });
    return file.ok ? { content: file.value.content } : toolError(describeError(file.error));
  },
});

export const listFiles = defineTool({
  name: 'list_files',
  description: 'Lists the files of your branch with their sizes.',
  parameters: z.strictObject({
    prefix: z.string().max(512).optional().describe('Only paths that begin with this.'),
    after: z.string().max(512).optional().describe('Go on after this path.'),
  }),
  effectClass: 'pure',
  describe: (input) => input.prefix ?? '',
  run: async (input, { repository, assignment }) => {
    const listing = await repository.listFiles({
      ref: assignment.branch,
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

export const searchFiles = defineTool({
  name: 'search_files',
  description: 'Finds the lines that contain a text in the files of your branch.',
  parameters: z.strictObject({ text: z.string().min(1).max(200) }),
  effectClass: 'pure',
  describe: (input) => input.text,
  run: async (input, { repository, assignment }) => {
    const found = await repository.search({ ref: assignment.branch, text: input.text, limit: 100 });
    if (!found.ok) return toolError(describeError(found.error));
    return {
      content:
        found.value.length === 0
          ? 'Nothing found.'
          : cut(
              found.value.map((hit) => `${hit.path}:${hit.line}: ${hit.text}`).join('\n'),
              'search for a longer text',
            ),
    };
  },
});

export const writeFiles = defineTool({
  name: 'write_files',
  description: 'Writes whole files in your branch, new ones or over those that are there. All or none are written.',
  parameters: z.strictObject({
    files: z
      .array(z.strictObject({ path, content: z.string().max(900_000) }))
      .min(1)
      .max(100),
  }),
  effectClass: 'idempotent',
  describe: (input) => input.files.map((file) => file.path).join(', '),
  run: (input, context) => write(context, input.files),
});

export const editFile = defineTool({
  name: 'edit_file',
  description: 'Replaces one passage of a file. The passage must stand there exactly once, to the letter.',
  parameters: z.strictObject({ path, find: z.string().min(1), replace: z.string() }),
  effectClass: 'idempotent',
  describe: (input) => input.path,
  run: async (input, context) => {
    const refused = refusePaths([input.path], context);
    if (refused !== undefined) return refused;
    const { branch, fencingToken } = context.assignment;
    const edited = await context.repository.edit({ commandId: context.commandId, branch, fencingToken, ...input });
    return edited.ok ? { content: `Changed ${input.path}.` } : toolError(describeError(edited.error));
  },
});

export const deleteFile = defineTool({
  name: 'delete_file',
  description: 'Deletes a file in your branch.',
  parameters: z.strictObject({ path }),
  effectClass: 'idempotent',
  describe: (input) => input.path,
  run: (input, context) => write(context, [{ path: input.path, content: null }]),
});

export const commit = defineTool({
  name: 'commit',
  description: 'Commits what you changed in your branch.',
  parameters: z.strictObject({ message: z.string().min(1).max(2_000) }),
  effectClass: 'idempotent',
  describe: (input) => input.message.split('\n')[0] ?? '',
  run: async (input, { repository, assignment, author, commandId }) => {
    if (!assignment.writes) return toolError('This task only reads: there is nothing to commit.');
    const { branch, fencingToken } = assignment;
    const committed = await repository.commit({ commandId, branch, fencingToken, message: input.message, author });
    return committed.ok
      ? { content: `Committed as ${committed.value.oid}.` }
      : toolError(describeError(committed.error));
  },
});

export const updateBranch = defineTool({
  name: 'update_branch',
  description: 'Brings your branch up to date with main, after a conflict.',
  parameters: z.strictObject({}),
  effectClass: 'idempotent',
  run: async (_input, { repository, assignment, author, commandId }) => {
    const { branch, fencingToken } = assignment;
    const updated = await repository.updateBranch({ commandId, branch, from: 'main', fencingToken, author });
    return updated.ok ? { content: `Up to date at ${updated.value.oid}.` } : toolError(describeError(updated.error));
  },
});

export const readDiff = defineTool({
  name: 'read_diff',
  description: 'Shows what the branch changes against main, file by file.',
  parameters: z.strictObject({
    files: z.array(path).max(100).optional().describe('Only these files; without it, all of them.'),
  }),
  effectClass: 'pure',
  run: async (input, { repository, assignment }) => {
    const diff = await repository.diff({ from: 'main', to: assignment.branch });
    if (!diff.ok) return toolError(describeError(diff.error));
    const wanted = diff.value.filter((file) => input.files === undefined || input.files.includes(file.path));
    if (wanted.length === 0) return { content: 'No difference.' };
    const summary = wanted.map((file) => `${file.status} ${file.path}`).join('\n');
    return { content: cut(`${summary}\n\n${wanted.map((file) => file.patch).join('\n')}`, 'ask for single files') };
  },
});
