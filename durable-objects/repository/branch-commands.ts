/**
 * Commands on one branch. Each runs inside the caller's transaction and answers a refusal instead of throwing;
 * the caller then undoes the transaction.
 */

import type { RepositoryEvent } from '../../shared/domain/repository/events.ts';
import { summaryOf } from '../../shared/domain/repository/events.ts';
import { authorIssues, messageIssues } from '../../shared/domain/repository/commit-input.ts';
import {
  changeIssues,
  maximumChangesPerWrite,
  maximumFilesPerRepository,
  type UncheckedChange,
} from '../../shared/domain/repository/file-changes.ts';
import type { TreeFile } from '../../shared/domain/repository/listing.ts';
import { branchNameProblem, mainBranch, referenceInTheWay } from '../../shared/domain/repository/ref-name.ts';
import { ok, type Issue, type Result } from '../../shared/errors/result.ts';
import type { BranchEntry, CommitEntry, FileChange, RepositoryRpc } from '../../shared/rpc/repository.ts';
import {
  branchReference,
  BranchView,
  checkToken,
  findBranch,
  passFence,
  resolve,
  type RepositoryParts,
} from './branch-view.ts';
import { commitEntry, writeCommit } from './commit-writer.ts';
import { hashObject } from './git/object-format.ts';
import { deflate } from './git/zlib-stream.ts';
import { conflict, invalid, tooLarge } from './refusals.ts';

type Command<Method extends keyof RepositoryRpc> = Parameters<RepositoryRpc[Method]>[0];

/** What a command needs besides the parts: the moment, and where its events go. */
export interface CommandContext extends RepositoryParts {
  readonly nowMs: number;
  readonly emit: (event: RepositoryEvent) => void;
}

const maximumNameLength = 200;
/** Everything that is created at once has to fit in one message between objects (32 MB) with room to spare. */
const maximumCreatedBytes = 24 * 1024 * 1024;
const encoder = new TextEncoder();

export const createRepository = (context: CommandContext, command: Command<'create'>): Result<CommitEntry> => {
  const { store, objects, trees, nowMs } = context;
  const issues = [...nameIssues(command.name), ...authorIssues(command.author), ...filesIssues(command.files)];
  if (issues.length > 0) return invalid(issues);
  // The first content may also have come by a push.
  if (store.name() !== undefined || store.references().length > 0)
    return conflict('repository', 'has been created already');
  const files = new Map<string, TreeFile>();
  let totalBytes = 0;
  for (const [path, text] of Object.entries(command.files)) {
    const content = encoder.encode(text);
    totalBytes += content.byteLength;
    if (totalBytes > maximumCreatedBytes) return tooLarge(`The files are more than ${maximumCreatedBytes} bytes.`);
    files.set(path, { oid: objects.add('blob', content), executable: false });
  }
  const oid = writeCommit(objects, {
    tree: trees.update(undefined, files),
    parents: [],
    author: command.author,
    message: `Create ${command.name}`,
    nowMs,
  });
  store.create(command.name, nowMs);
  store.setReference(branchReference(mainBranch), oid);
  context.emit({ type: 'repository.created', name: command.name, head: oid });
  return ok(commitEntry(objects, oid));
};

export const openBranch = (context: CommandContext, command: Command<'openBranch'>): Result<BranchEntry> => {
  const { store } = context;
  const problem = typeof command.branch === 'string' ? branchNameProblem(command.branch) : 'is not a text';
  if (problem !== undefined) return invalid([{ field: 'branch', reason: problem }]);
  const name = branchReference(command.branch);
  const existing = store.reference(name);
  if (existing === undefined) {
    const from = resolve(context, command.from, 'from');
    if (!from.ok) return from;
    const other = referenceInTheWay(
      name,
      store.references().map((reference) => reference.name),
    );
    if (other !== undefined) return conflict('branch', `cannot be there beside ${other}`);
    store.setReference(name, from.value.commit);
    context.emit({ type: 'branch.opened', branch: command.branch, from: command.from, head: from.value.commit });
  }
  const reference = findBranch(context, command.branch);
  if (!reference.ok) return reference;
  const fence = passFence(context, reference.value, command.fencingToken);
  if (!fence.ok) return fence;
  // What the holder before left half-done is not part of the new holder's work.
  if (command.fencingToken > reference.value.fencingToken) store.dropWorkingChanges(command.branch);
  const uncommittedChanges = store.workingChanges(command.branch).length;
  return ok({ name: command.branch, head: reference.value.oid, uncommittedChanges });
};

/** Takes from now on only tokens of at least this; lower ones were given out by work that was ended. */
export const fenceOff = (
  { store }: CommandContext,
  command: Command<'fenceOff'>,
): Result<{ readonly lowestToken: number }> => {
  const token = checkToken(command.fencingToken);
  if (!token.ok) return token;
  store.raiseLowestToken(token.value);
  return ok({ lowestToken: store.lowestToken() });
};

export const writeFiles = (
  context: CommandContext,
  command: Command<'write'>,
): Result<{ readonly written: number }> => {
  const reference = findBranch(context, command.branch);
  if (!reference.ok) return reference;
  const fence = passFence(context, reference.value, command.fencingToken);
  if (!fence.ok) return fence;
  const { changes } = command;
  if (!Array.isArray(changes) || changes.length === 0 || changes.length > maximumChangesPerWrite)
    return invalid([{ field: 'changes', reason: `must be a list of 1 to ${maximumChangesPerWrite} changes` }]);
  const view = new BranchView(context, reference.value.oid, command.branch);
  const issues = changeIssues(new Set(view.files.keys()), changes.map(asChange));
  if (issues.length > 0) return invalid(issues);
  for (const change of command.changes) writeFile(context, command.branch, view, change);
  return ok({ written: command.changes.length });
};

/** A row only for what differs from the commit, so that undoing an edit by hand leaves no change behind. */
const writeFile = (context: CommandContext, branch: string, view: BranchView, change: FileChange): void => {
  const { path } = change;
  const committed = view.committed.get(path);
  if (change.content === null) {
    if (committed === undefined) context.store.dropWorkingChange(branch, path);
    else context.store.setWorkingChange(branch, { path, oid: null, executable: false, sizeBytes: 0 }, null);
    return;
  }
  const content = encoder.encode(change.content);
  const oid = hashObject('blob', content);
  const executable = (view.files.get(path) ?? committed)?.executable ?? false;
  if (committed?.oid === oid && committed.executable === executable) {
    context.store.dropWorkingChange(branch, path);
    return;
  }
  const sizeBytes = content.byteLength;
  context.store.setWorkingChange(branch, { path, oid, executable, sizeBytes }, deflate(content));
};

export const commitBranch = (context: CommandContext, command: Command<'commit'>): Result<CommitEntry> => {
  const { store, objects, trees, nowMs } = context;
  const issues = [...messageIssues(command.message), ...authorIssues(command.author)];
  if (issues.length > 0) return invalid(issues);
  const reference = findBranch(context, command.branch);
  if (!reference.ok) return reference;
  const fence = passFence(context, reference.value, command.fencingToken);
  if (!fence.ok) return fence;
  const head = reference.value.oid;
  const changes = store.workingChanges(command.branch);
  if (changes.length === 0) return ok(commitEntry(objects, head));
  store.keepWorkingBlobs(command.branch);
  const tree = trees.update(
    objects.commit(head).tree,
    new Map(changes.map(({ path, oid, executable }) => [path, oid === null ? null : { oid, executable }] as const)),
  );
  const oid = writeCommit(objects, {
    tree,
    parents: [head],
    author: command.author,
    message: command.message,
    nowMs,
  });
  store.setReference(reference.value.name, oid);
  store.dropWorkingChanges(command.branch);
  context.emit({
    type: 'commit.created',
    branch: command.branch,
    oid,
    summary: summaryOf(command.message),
    changedFiles: changes.length,
  });
  return ok(commitEntry(objects, oid));
};

const nameIssues = (name: unknown): readonly Issue[] => {
  if (typeof name !== 'string' || name.trim() === '') return [{ field: 'name', reason: 'is empty or not a text' }];
  if (name.length > maximumNameLength)
    return [{ field: 'name', reason: `is longer than ${maximumNameLength} characters` }];
  return !name.isWellFormed() || /\p{Cc}/u.test(name)
    ? [{ field: 'name', reason: 'contains a control character or is not well-formed Unicode' }]
    : [];
};

const filesIssues = (files: unknown): readonly Issue[] => {
  if (typeof files !== 'object' || files === null || Array.isArray(files))
    return [{ field: 'files', reason: 'is not an object of texts by path' }];
  const entries = Object.entries(files);
  if (entries.length > maximumFilesPerRepository)
    return [{ field: 'files', reason: `has more than ${maximumFilesPerRepository} files` }];
  // Null means "delete" for a change; among files to create it is a wrong value like any other.
  return changeIssues(
    new Set(),
    entries.map(([path, content]: [string, unknown]) => ({ path, content: content ?? undefined })),
  );
};

/** A change as far as it is one; a missing content is not a deletion. */
const asChange = (change: unknown): UncheckedChange => ({
  path: undefined,
  content: undefined,
  ...(typeof change === 'object' ? change : {}),
});
