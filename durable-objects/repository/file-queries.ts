/** Reading files of a branch (with its uncommitted changes) or of a commit. */

import { createLineMatcher } from '../../shared/domain/repository/line-matcher.ts';
import { comparePaths } from '../../shared/domain/repository/listing.ts';
import { pathProblem } from '../../shared/domain/repository/path.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { FileEntry, RepositoryRpc } from '../../shared/rpc/repository.ts';
import { viewOf, type RepositoryParts } from './branch-view.ts';
import { invalid, notFound, tooLarge } from './refusals.ts';
import { decodeText } from './text-content.ts';

type Query<Method extends keyof RepositoryRpc> = Parameters<RepositoryRpc[Method]>[0];

/** An answer travels between objects as one message of at most 32 MB. */
const maximumAnswerBytes = 24 * 1024 * 1024;
const maximumPrefixLength = 512;
const maximumShownLineLength = 500;

export const readFile = (
  parts: RepositoryParts,
  query: Query<'readFile'>,
): Result<{ readonly content: string; readonly oid: string }> => {
  const problem = typeof query.path === 'string' ? pathProblem(query.path) : 'is not a text';
  if (problem !== undefined) return invalid([{ field: 'path', reason: problem }]);
  const view = viewOf(parts, query.ref);
  if (!view.ok) return view;
  const content = view.value.content(query.path);
  const oid = view.value.files.get(query.path)?.oid;
  if (content === undefined || oid === undefined) return notFound('path', `The file "${query.path}"`);
  const text = decodeText(content);
  if (text === undefined) {
    return err({
      type: 'resource.conflict',
      detail: `"${query.path}" is a binary file of ${content.byteLength} bytes and cannot be read as text.`,
      issues: [{ field: 'path', reason: 'is a binary file' }],
    });
  }
  return content.byteLength > maximumAnswerBytes
    ? tooLarge(`"${query.path}" is larger than ${maximumAnswerBytes} bytes.`)
    : ok({ content: text, oid });
};

export const listFiles = (
  parts: RepositoryParts,
  query: Query<'listFiles'>,
): Result<{ readonly files: readonly FileEntry[]; readonly next?: string }> => {
  const limit = readLimit(query.limit, { usual: 1000, maximum: 5000 });
  if (!limit.ok) return limit;
  for (const field of ['prefix', 'after'] as const) {
    const text = query[field];
    if (text !== undefined && (typeof text !== 'string' || text.length > maximumPrefixLength))
      return invalid([{ field, reason: `is not a text of at most ${maximumPrefixLength} characters` }]);
  }
  const { prefix = '', after = '' } = query;
  const view = viewOf(parts, query.ref);
  if (!view.ok) return view;
  const paths = [...view.value.files.keys()]
    .filter((path) => path.startsWith(prefix) && comparePaths(path, after) > 0)
    .toSorted(comparePaths);
  const page = paths.slice(0, limit.value);
  const sizes = view.value.sizes(page);
  const files = page.map((path) => ({
    path,
    oid: view.value.files.get(path)?.oid ?? '',
    sizeBytes: sizes.get(path) ?? 0,
  }));
  const next = page.at(-1);
  return ok(paths.length > page.length && next !== undefined ? { files, next } : { files });
};

export const snapshot = (
  parts: RepositoryParts,
  query: Query<'snapshot'>,
): Result<{ readonly commit: string; readonly dirty: boolean; readonly files: Readonly<Record<string, string>> }> => {
  const view = viewOf(parts, query.ref);
  if (!view.ok) return view;
  const { commit, changes, files } = view.value;
  const texts: [string, string][] = [];
  let totalBytes = 0;
  for (const { path, content } of view.value.contents(files.keys())) {
    const text = decodeText(content);
    if (text === undefined) continue;
    totalBytes += content.byteLength;
    if (totalBytes > maximumAnswerBytes)
      return tooLarge(`The text files are more than ${maximumAnswerBytes} bytes together. Read them one by one.`);
    texts.push([path, text]);
  }
  texts.sort(([a], [b]) => comparePaths(a, b));
  return ok({ commit, dirty: changes.length > 0, files: Object.fromEntries(texts) });
};

export const search = (
  parts: RepositoryParts,
  query: Query<'search'>,
): Result<readonly { readonly path: string; readonly line: number; readonly text: string }[]> => {
  const limit = readLimit(query.limit, { usual: 100, maximum: 1000 });
  if (!limit.ok) return limit;
  const matcher = createLineMatcher(query.text);
  if (!matcher.ok) return invalid([{ field: 'text', reason: matcher.error }]);
  const view = viewOf(parts, query.ref);
  if (!view.ok) return view;
  const matches: { path: string; line: number; text: string }[] = [];
  const paths = [...view.value.files.keys()].toSorted(comparePaths);
  for (const path of paths) {
    const content = view.value.content(path);
    const text = content && decodeText(content);
    if (text === undefined || !matcher.value.mayMatch(text)) continue;
    for (const [index, line] of text.split('\n').entries()) {
      if (!matcher.value.matches(line)) continue;
      matches.push({ path, line: index + 1, text: line.slice(0, maximumShownLineLength).toWellFormed() });
      if (matches.length === limit.value) return ok(matches);
    }
  }
  return ok(matches);
};

/** A page size, or why it is none. */
export const readLimit = (
  limit: unknown,
  bounds: { readonly usual: number; readonly maximum: number },
): Result<number> => {
  if (limit === undefined) return ok(bounds.usual);
  return typeof limit === 'number' && Number.isSafeInteger(limit) && limit >= 1 && limit <= bounds.maximum
    ? ok(limit)
    : invalid([{ field: 'limit', reason: `is not a whole number from 1 to ${bounds.maximum}` }]);
};
