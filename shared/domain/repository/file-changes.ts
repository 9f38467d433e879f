/** Decides whether a batch of changes may be written on top of the files that are there. */

import type { Issue } from '../../errors/result.ts';
import { findCollisions } from './name-collisions.ts';
import { pathProblem, utf8Length } from './path.ts';

export const maximumChangesPerWrite = 200;
const maximumFileBytes = 1_048_576;
export const maximumFilesPerRepository = 20_000;

/** A file to write, or to delete with null; anything at all until `changeIssues` has found nothing wrong with it. */
export interface UncheckedChange {
  readonly path: unknown;
  readonly content: unknown;
}

/** Why a text cannot be a file, as the rest of a sentence. */
const contentProblem = (content: unknown): string | undefined => {
  if (typeof content !== 'string') return 'has content that is not a text';
  if (content.length > maximumFileBytes || utf8Length(content) > maximumFileBytes)
    return `is larger than ${maximumFileBytes} bytes`;
  if (!content.isWellFormed()) return 'is not well-formed Unicode';
  // Git and every reader here take a NUL as the mark of a binary file.
  return content.includes('\0') ? 'contains a NUL character' : undefined;
};

/** What is wrong with the changes; empty when all of them can be applied to files at the `existing` paths. */
export const changeIssues = (existing: ReadonlySet<string>, changes: readonly UncheckedChange[]): readonly Issue[] => {
  const issues: Issue[] = [];
  const resulting = new Set(existing);
  const added = new Set<string>();
  const seen = new Set<string>();
  for (const [index, { path, content }] of changes.entries()) {
    if (typeof path !== 'string') {
      issues.push({ field: `changes[${index}].path`, reason: 'is not a text' });
      continue;
    }
    const reason = changeProblem(existing, seen, path, content);
    if (reason !== undefined) {
      issues.push({ field: fieldOf(path, index), reason });
      continue;
    }
    seen.add(path);
    if (content === null) resulting.delete(path);
    else if (!existing.has(path)) {
      resulting.add(path);
      added.add(path);
    }
  }
  if (issues.length > 0) return issues;
  if (resulting.size > maximumFilesPerRepository && added.size > 0)
    return [{ field: 'changes', reason: `would make more than ${maximumFilesPerRepository} files` }];
  return findCollisions(resulting, added);
};

const changeProblem = (
  existing: ReadonlySet<string>,
  seen: ReadonlySet<string>,
  path: string,
  content: unknown,
): string | undefined => {
  const problem = pathProblem(path);
  if (problem !== undefined) return problem;
  if (seen.has(path)) return 'is changed twice';
  if (content === null) return existing.has(path) ? undefined : 'is to be deleted but does not exist';
  return contentProblem(content);
};

/** The path itself, shortened and printable, because it may be the very thing that is wrong. */
const fieldOf = (path: string, index: number): string => {
  if (path === '') return `changes[${index}].path`;
  const printable = path.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}]/gu, '\u{FFFD}');
  return printable.length > 200 ? `${printable.slice(0, 200).toWellFormed()}…` : printable;
};
