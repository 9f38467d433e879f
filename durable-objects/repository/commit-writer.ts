/** Writes commits and shows them as the contract does. */

import type { Author, CommitEntry } from '../../shared/rpc/repository.ts';
import { encodeCommit } from './git/object-format.ts';
import type { ObjectDatabase } from './git/object-database.ts';
import { normalizeMessage } from '../../shared/domain/repository/commit-input.ts';

/** Adds the commit and answers its id. It is never dated before its parents, whatever the clock says. */
export const writeCommit = (
  objects: ObjectDatabase,
  commit: {
    readonly tree: string;
    readonly parents: readonly string[];
    readonly author: Author;
    readonly message: string;
    readonly nowMs: number;
  },
): string => {
  const atSeconds = Math.max(
    Math.floor(commit.nowMs / 1000),
    ...commit.parents.map((parent) => objects.commit(parent).committer.atSeconds),
  );
  const identity = { name: commit.author.name, email: commit.author.email, atSeconds, zone: '+0000' };
  const content = encodeCommit({
    tree: commit.tree,
    parents: commit.parents,
    author: identity,
    committer: identity,
    message: normalizeMessage(commit.message),
  });
  return objects.add('commit', content);
};

/** The commit as callers see it. */
export const commitEntry = (objects: ObjectDatabase, oid: string): CommitEntry => {
  const commit = objects.commit(oid);
  return {
    oid,
    message: commit.message.trimEnd(),
    author: { name: commit.author.name, email: commit.author.email },
    committedAt: commit.committer.atSeconds * 1000,
    parents: commit.parents,
  };
};
