/**
 * Changing files by a unified diff. Read and written in one transaction under one command id, so that a repeat answers
 * what the first did instead of looking for lines that it has replaced itself.
 */
import { applyDiff, changedPaths } from '../../shared/domain/repository/apply-diff.ts';
import { parseDiff } from '../../shared/domain/repository/parse-diff.ts';
import { err, type AppError, type Result } from '../../shared/errors/result.ts';
import type { RepositoryRpc } from '../../shared/rpc/repository.ts';
import { writeFiles, type CommandContext } from './branch-commands.ts';
import { readFile } from './file-queries.ts';
import { invalid } from './refusals.ts';

type Apply = Parameters<RepositoryRpc['applyDiff']>[0];

/** The texts that the diff is about; a path without an entry is not there. */
const readAll = (
  context: CommandContext,
  branch: string,
  paths: readonly string[],
): Result<ReadonlyMap<string, string>> => {
  const texts = new Map<string, string>();
  for (const path of paths) {
    const file = readFile(context, { ref: branch, path });
    if (file.ok) texts.set(path, file.value.content);
    else if (!isAbsent(file.error)) return file;
  }
  return { ok: true, value: texts };
};

/** The branch itself may be what is missing: then the write behind this says so. */
const isAbsent = (error: AppError): boolean => error.type === 'resource.not_found';

export const applyDiffToBranch = (
  context: CommandContext,
  { diff, ...command }: Apply,
): Result<{ readonly written: number }> => {
  if (typeof diff !== 'string') return invalid([{ field: 'diff', reason: 'is not a text' }]);
  const files = parseDiff(diff);
  if (!files.ok) return invalid([{ field: 'diff', reason: files.error }]);
  const texts = readAll(context, command.branch, changedPaths(files.value));
  if (!texts.ok) return texts;
  const changes = applyDiff(files.value, (path) => texts.value.get(path));
  return changes.ok
    ? writeFiles(context, { ...command, changes: changes.value })
    : err({ type: 'resource.conflict', detail: changes.error });
};
