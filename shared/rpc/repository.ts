/**
 * A project's repository: files and git history in one object. A branch has a head commit and a working copy
 * (changes written but not yet committed). Every mutating call carries a command id and may be repeated.
 */
import type { Result } from '../errors/result.ts';
import type { SourceFiles } from './toolchain.ts';

export interface Author {
  readonly name: string;
  readonly email: string;
}

export interface FileChange {
  readonly path: string;
  /** The new text, or null to delete the file. */
  readonly content: string | null;
}

export interface FileEntry {
  readonly path: string;
  readonly oid: string;
  readonly sizeBytes: number;
}

export interface CommitEntry {
  readonly oid: string;
  readonly message: string;
  readonly author: Author;
  readonly committedAt: number;
  readonly parents: readonly string[];
}

export interface FileDifference {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'deleted';
  /** Unified diff with three lines of context; empty for binary files. */
  readonly patch: string;
}

export interface BranchEntry {
  readonly name: string;
  readonly head: string;
  readonly uncommittedChanges: number;
}

/** A write is refused as `lease.stale` when the branch has seen a higher fencing token. */
export interface Fence {
  readonly fencingToken: number;
}

export interface RepositoryRpc {
  /** Makes the repository with a first commit of these files on `main`. */
  create(command: {
    readonly commandId: string;
    readonly name: string;
    readonly author: Author;
    readonly files: SourceFiles;
  }): Promise<Result<CommitEntry>>;

  /**
   * A new branch from the head of another, or, when it is there already, the branch with a raised fencing token; a
   * higher token than before drops what its former holder wrote and did not commit.
   */
  openBranch(command: {
    readonly commandId: string;
    readonly branch: string;
    readonly from: string;
    readonly fencingToken: number;
  }): Promise<Result<BranchEntry>>;

  /**
   * Takes from now on no write, commit, update or fenced merge with a lower fencing token, on any branch. Pushes over
   * git are not leases and go on.
   */
  fenceOff(command: {
    readonly commandId: string;
    readonly fencingToken: number;
  }): Promise<Result<{ readonly lowestToken: number }>>;

  /** Changes the working copy of a branch; all changes or none. */
  write(
    command: { readonly commandId: string; readonly branch: string; readonly changes: readonly FileChange[] } & Fence,
  ): Promise<Result<{ readonly written: number }>>;

  /** Replaces a passage of a file in the working copy; refused unless it stands there exactly once, to the letter. */
  edit(
    command: {
      readonly commandId: string;
      readonly branch: string;
      readonly path: string;
      readonly find: string;
      readonly replace: string;
    } & Fence,
  ): Promise<Result<{ readonly written: number }>>;

  /**
   * Changes files of the working copy by a unified diff; all of it or nothing. A hunk that does not fit is refused with
   * its number, the line that was expected and the line that is there.
   */
  applyDiff(
    command: { readonly commandId: string; readonly branch: string; readonly diff: string } & Fence,
  ): Promise<Result<{ readonly written: number }>>;

  /** Commits the working copy; with no change it answers the head as it is. */
  commit(
    command: {
      readonly commandId: string;
      readonly branch: string;
      readonly message: string;
      readonly author: Author;
    } & Fence,
  ): Promise<Result<CommitEntry>>;

  /**
   * Merges a branch into another (three-way, with a merge commit unless it is a fast-forward with nothing to merge).
   * A conflict changes nothing and answers `git.refused` with an issue for each path: `field` the path, `reason` the cause.
   */
  merge(command: {
    readonly commandId: string;
    readonly branch: string;
    readonly into: string;
    readonly message: string;
    readonly author: Author;
    /** Refused as `lease.stale` when the merged branch has seen a higher one. */
    readonly fencingToken?: number;
  }): Promise<Result<CommitEntry>>;

  /** Brings a branch up to date with another by merging the other into it; conflicts as in `merge`. */
  updateBranch(
    command: {
      readonly commandId: string;
      readonly branch: string;
      readonly from: string;
      readonly author: Author;
    } & Fence,
  ): Promise<Result<CommitEntry>>;

  /** `ref` is a branch (its working copy is read) or a commit id. */
  readFile(query: {
    readonly ref: string;
    readonly path: string;
  }): Promise<Result<{ readonly content: string; readonly oid: string }>>;
  listFiles(query: {
    readonly ref: string;
    readonly prefix?: string;
    readonly after?: string;
    readonly limit?: number;
  }): Promise<Result<{ readonly files: readonly FileEntry[]; readonly next?: string }>>;
  /** Lines that contain the text (or match the RE2-style linear pattern), at most `limit`. */
  search(query: {
    readonly ref: string;
    readonly text: string;
    readonly limit?: number;
  }): Promise<Result<readonly { readonly path: string; readonly line: number; readonly text: string }[]>>;
  /** All text files of a ref at once, for test runs and builds. */
  snapshot(query: {
    readonly ref: string;
  }): Promise<Result<{ readonly commit: string; readonly dirty: boolean; readonly files: SourceFiles }>>;
  /**
   * The texts at these paths (at most 1,000) with their ids; null for a file that is no text or has more than 8 MB. A
   * path that is not there has no entry. Refused when they are more than 24 MB together.
   */
  readTexts(query: {
    readonly ref: string;
    readonly paths: readonly string[];
  }): Promise<
    Result<{ readonly texts: readonly { readonly path: string; readonly oid: string; readonly text: string | null }[] }>
  >;
  /** How often each file changed in the last `commits` commits (at most 500) that are no merges, the most changed first. */
  churn(query: { readonly ref: string; readonly commits?: number }): Promise<
    Result<{
      readonly commits: number;
      readonly files: readonly { readonly path: string; readonly changes: number; readonly lastChangedAt: number }[];
    }>
  >;
  log(query: {
    readonly ref: string;
    readonly after?: string;
    readonly limit?: number;
  }): Promise<Result<readonly CommitEntry[]>>;
  diff(query: { readonly from: string; readonly to: string }): Promise<Result<readonly FileDifference[]>>;
  branches(): Promise<readonly BranchEntry[]>;
}
