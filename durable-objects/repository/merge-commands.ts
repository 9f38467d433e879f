/** Merging one branch into another, inside the caller's transaction. A conflict is a refusal and changes nothing. */

import { authorIssues, messageIssues } from '../../shared/domain/repository/commit-input.ts';
import { ok, type Result } from '../../shared/errors/result.ts';
import type { Author, CommitEntry, RepositoryRpc } from '../../shared/rpc/repository.ts';
import { branchOf, findBranch, passFence } from './branch-view.ts';
import type { CommandContext } from './branch-commands.ts';
import { commitEntry, writeCommit } from './commit-writer.ts';
import { mergeBases } from './git/history.ts';
import { mergeTrees } from './merge-trees.ts';
import { gitRefused, invalid } from './refusals.ts';
import type { Reference } from './store.ts';

type Command<Method extends keyof RepositoryRpc> = Parameters<RepositoryRpc[Method]>[0];

export const mergeBranch = (context: CommandContext, command: Command<'merge'>): Result<CommitEntry> => {
  const issues = [...messageIssues(command.message), ...authorIssues(command.author)];
  if (issues.length > 0) return invalid(issues);
  const theirs = findBranch(context, command.branch);
  if (!theirs.ok) return theirs;
  const fence =
    command.fencingToken === undefined ? ok(undefined) : passFence(context, theirs.value, command.fencingToken);
  if (!fence.ok) return fence;
  const ours = findBranch(context, command.into, 'into');
  return ours.ok ? mergeInto(context, ours.value, theirs.value, command) : ours;
};

export const updateBranch = (context: CommandContext, command: Command<'updateBranch'>): Result<CommitEntry> => {
  const issues = authorIssues(command.author);
  if (issues.length > 0) return invalid(issues);
  const ours = findBranch(context, command.branch);
  if (!ours.ok) return ours;
  const fence = passFence(context, ours.value, command.fencingToken);
  if (!fence.ok) return fence;
  const theirs = findBranch(context, command.from, 'from');
  if (!theirs.ok) return theirs;
  const message = `Merge branch '${command.from}' into ${command.branch}`;
  return mergeInto(context, ours.value, theirs.value, { message, author: command.author });
};

const mergeInto = (
  context: CommandContext,
  ours: Reference,
  theirs: Reference,
  commit: { readonly message: string; readonly author: Author },
): Result<CommitEntry> => {
  const { objects, store } = context;
  const into = branchOf(ours.name) ?? ours.name;
  const branch = branchOf(theirs.name) ?? theirs.name;
  const uncommitted = store.workingChanges(into);
  if (uncommitted.length > 0) {
    return gitRefused(
      `The branch ${into} has uncommitted changes. Commit them, then merge.`,
      uncommitted.map(({ path }) => ({ field: path, reason: `is changed on ${into} but not committed` })),
    );
  }
  const bases = mergeBases(objects, ours.oid, theirs.oid);
  if (bases.length === 0) return gitRefused(`The branches ${branch} and ${into} have no history in common.`);
  if (bases.includes(theirs.oid)) return ok(commitEntry(objects, ours.oid));
  const fastForward = bases.includes(ours.oid);
  let head = theirs.oid;
  if (!fastForward) {
    const tree = mergeTrees(context, { bases, ours: ours.oid, theirs: theirs.oid }, { into, branch });
    if (!tree.ok) return tree;
    const parents = [ours.oid, theirs.oid];
    head = writeCommit(objects, { tree: tree.value, parents, ...commit, nowMs: context.nowMs });
  }
  store.setReference(ours.name, head);
  context.emit({ type: 'branch.merged', branch, into, head, fastForward });
  return ok(commitEntry(objects, head));
};
