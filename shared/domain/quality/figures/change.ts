/** What a project’s change is: what main has and the version before it had not. */
import type { ProjectEvent } from '../../../protocol/project-events.ts';
import type { SourceFiles } from '../../../rpc/toolchain.ts';
import { changedLines } from '../changed-lines.ts';

/** A state of the project’s files. */
export interface State {
  readonly commit: string;
  readonly files: SourceFiles;
}

/** Line numbers, from 1, of the files that were added or changed. */
export type ChangedLines = ReadonlyMap<string, ReadonlySet<number>>;

/**
 * The version that a commit is compared with: the last one that went into production and is another. Undefined while
 * there is none: then everything counts as the change, and no API can be broken.
 */
export const releasedBefore = (events: readonly ProjectEvent[], commit: string): string | undefined => {
  const released = events.findLast(
    (event) => event.type === 'deployment.recorded' && event.slot === 'production' && event.version !== commit,
  );
  return released?.type === 'deployment.recorded' ? released.version : undefined;
};

/** The lines of `after` that differ from `before`; all of them without a version before. */
export const linesOfChange = (before: State | undefined, after: State): ChangedLines =>
  changedLines(before?.files ?? {}, after.files);

/** How a sentence names what a change is measured against. */
export const sinceText = (before: State | undefined): string =>
  before === undefined ? 'no version was released before, so all of it counts' : `since ${before.commit.slice(0, 10)}`;
