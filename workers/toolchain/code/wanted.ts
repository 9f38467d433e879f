/** Which files a question is about. */
import { isScript, languageOf } from '../../../shared/domain/code/language.ts';
import { manifestKind } from '../../../shared/domain/code/manifest.ts';
import type { FileEntry } from '../../../shared/rpc/repository.ts';

const longestDataBytes = 256 * 1024;

/** Source code, what tells how it is resolved, and data that scripts may import. */
export const isCode = ({ path, sizeBytes }: FileEntry): boolean =>
  languageOf(path) !== 'text' || isResolving(path, sizeBytes);

/** Scripts, and what resolving their imports takes. */
export const isScriptCode = ({ path, sizeBytes }: FileEntry): boolean =>
  isScript(languageOf(path)) || isResolving(path, sizeBytes);

const isResolving = (path: string, sizeBytes: number): boolean =>
  manifestKind(path) !== undefined || (path.endsWith('.json') && sizeBytes <= longestDataBytes);
