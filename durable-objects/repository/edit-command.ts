/**
 * Replacing one passage of a file. Read and written in one transaction under one command id, so that a repeat answers
 * what the first did instead of looking for a passage that it has replaced itself.
 */
import { err, type Result } from '../../shared/errors/result.ts';
import type { RepositoryRpc } from '../../shared/rpc/repository.ts';
import { writeFiles, type CommandContext } from './branch-commands.ts';
import { readFile } from './file-queries.ts';
import { invalid } from './refusals.ts';

type Edit = Parameters<RepositoryRpc['edit']>[0];

const refused = (detail: string) => err({ type: 'resource.conflict' as const, detail });

export const editFile = (context: CommandContext, command: Edit): Result<{ readonly written: number }> => {
  const { commandId, branch, fencingToken, path, find, replace } = command;
  if (typeof find !== 'string' || find === '') return invalid([{ field: 'find', reason: 'is empty or not a text' }]);
  if (typeof replace !== 'string') return invalid([{ field: 'replace', reason: 'is not a text' }]);
  const file = readFile(context, { ref: branch, path });
  if (!file.ok) return file;
  const parts = file.value.content.split(find);
  if (parts.length === 1) return refused(`The passage does not stand in ${path}. Read the file again.`);
  if (parts.length > 2) {
    return refused(`The passage stands in ${path} ${parts.length - 1} times: give more of what is around it.`);
  }
  const changes = [{ path, content: parts.join(replace) }];
  return writeFiles(context, { commandId, branch, fencingToken, changes });
};
