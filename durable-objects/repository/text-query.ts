/** Reading many texts at once, for analysis. */
import { ok, type Result } from '../../shared/errors/result.ts';
import type { RepositoryRpc } from '../../shared/rpc/repository.ts';
import { viewOf, type RepositoryParts } from './branch-view.ts';
import { invalid, tooLarge } from './refusals.ts';
import { decodeText } from './text-content.ts';

const maximumPaths = 1_000;
const maximumTextBytes = 8 * 1024 * 1024;
/** An answer travels between objects as one message of at most 32 MB. */
const maximumAnswerBytes = 24 * 1024 * 1024;

interface ReadText {
  readonly path: string;
  readonly oid: string;
  readonly text: string | null;
}

export const readTexts = (
  parts: RepositoryParts,
  query: Parameters<RepositoryRpc['readTexts']>[0],
): Result<{ readonly texts: readonly ReadText[] }> => {
  const { paths } = query;
  if (!Array.isArray(paths) || paths.length > maximumPaths || !paths.every((path) => typeof path === 'string'))
    return invalid([{ field: 'paths', reason: `is not a list of at most ${maximumPaths} texts` }]);
  const view = viewOf(parts, query.ref);
  if (!view.ok) return view;
  const texts: ReadText[] = [];
  let totalBytes = 0;
  for (const { path, content } of view.value.contents(new Set(paths))) {
    const text = decodeText(content, maximumTextBytes) ?? null;
    if (text !== null) totalBytes += content.byteLength;
    if (totalBytes > maximumAnswerBytes)
      return tooLarge(`These files have more than ${maximumAnswerBytes} bytes together. Ask for fewer at once.`);
    texts.push({ path, oid: view.value.files.get(path)?.oid ?? '', text });
  }
  return ok({ texts });
};
