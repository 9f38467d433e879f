/** How a repository becomes a copy of another one: objects first, then the branches, which make it a repository. */

import { branchNameProblem, mainBranch } from '../../shared/domain/repository/ref-name.ts';
import { ok, type Result } from '../../shared/errors/result.ts';
import type { RepositoryReplayRpc } from '../../shared/rpc/replay.ts';
import { branchReference, type RepositoryParts } from './branch-view.ts';
import type { CommandContext } from './branch-commands.ts';
import { IncomingObjects } from './git/incoming-objects.ts';
import { hashObject, isObjectKind, MalformedObject } from './git/object-format.ts';
import { inflate } from './git/zlib-stream.ts';
import { conflict, gitRefused, invalid, notFound } from './refusals.ts';

type Command<Method extends keyof RepositoryReplayRpc> = Parameters<RepositoryReplayRpc[Method]>[0];

/** Inside a transaction, which the caller undoes after a refusal. */
export const importObjects = (
  { store, objects }: RepositoryParts,
  { objects: packed }: Command<'importObjects'>,
): Result<{ readonly added: number }> => {
  if (store.name() !== undefined || store.references().length > 0)
    return conflict('repository', 'has been created already');
  const incoming = new IncomingObjects(objects);
  let added = 0;
  try {
    for (const object of packed) {
      if (!isObjectKind(object.kind)) return invalid([{ field: 'objects', reason: 'hold one of no known kind' }]);
      if (objects.kind(object.oid) !== undefined) continue;
      const content = inflate(object.deflated, object.sizeBytes);
      if (hashObject(object.kind, content) !== object.oid)
        return gitRefused(`The object ${object.oid} is not what its name says.`);
      incoming.accept({ ...object, content });
      added += 1;
    }
    incoming.finish();
  } catch (thrown) {
    if (thrown instanceof MalformedObject) return gitRefused(`An object cannot be taken: ${thrown.message}.`);
    throw thrown;
  }
  return ok({ added });
};

export const importBranches = (
  context: CommandContext,
  command: Command<'importBranches'>,
): Result<{ readonly branches: number }> => {
  const { store, objects, nowMs } = context;
  if (store.name() !== undefined || store.references().length > 0)
    return conflict('repository', 'has been created already');
  const main = command.branches.find(({ branch }) => branch === mainBranch);
  if (main === undefined) return invalid([{ field: 'branches', reason: `have no ${mainBranch}` }]);
  for (const { branch, head } of command.branches) {
    const problem = branchNameProblem(branch);
    if (problem !== undefined) return invalid([{ field: 'branches', reason: `hold a name that ${problem}` }]);
    if (objects.kind(head) !== 'commit') return notFound('branches', `The commit ${head}`);
  }
  store.create(command.name, nowMs);
  context.emit({ type: 'repository.created', name: command.name, head: main.head });
  for (const { branch, head } of command.branches) {
    store.setReference(branchReference(branch), head);
    if (branch !== mainBranch) context.emit({ type: 'branch.opened', branch, from: mainBranch, head });
  }
  return ok({ branches: command.branches.length });
};
