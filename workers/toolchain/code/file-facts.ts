/** The facts of any file: by the compiler, by tree-sitter, or by counting its lines. */
import { plainFacts, type FileFacts, type FileStructure } from '../../../shared/domain/code/facts.ts';
import { isScript, languageOf, plainReason } from '../../../shared/domain/code/language.ts';
import { countPlainLines } from '../../../shared/domain/code/lines.ts';
import { manifestKind, readManifest } from '../../../shared/domain/code/manifest.ts';
import type { TypeScript } from '../check/typescript.ts';
import { scriptFacts, scriptStructure } from './script/facts.ts';
import { treeFacts } from './tree/facts.ts';
import type { TreeLanguage } from './tree/grammar.ts';
import { withTree } from './tree/parse.ts';

const noLines = { total: 0, code: 0, comment: 0, blank: 0 };

/** Files above this are never asked for, in bytes. */
export const longestReadBytes = 8 * 1024 * 1024;

/** A file whose text is not known, and why. */
export const unreadFacts = (sizeBytes: number): FileFacts =>
  sizeBytes > longestReadBytes
    ? plainFacts('text', noLines, `The file has ${sizeBytes} bytes, more than the ${longestReadBytes} that are read.`)
    : plainFacts('binary', noLines, 'This is a binary file, or no UTF-8.');

/** True for a language that tree-sitter reads. */
export const isTreeLanguage = (language: FileFacts['language']): language is TreeLanguage =>
  language === 'python' || language === 'go' || language === 'java' || language === 'rust';

/**
 * What a file declares, takes and gives. Never throws: what the parser cannot bear (nesting without end) has its lines
 * counted. The language is prepared.
 */
export const readStructure = (ts: TypeScript, path: string, text: string, sizeBytes: number): FileStructure =>
  read(ts, path, text, sizeBytes, scriptStructure);

/** The same with what is measured. */
export const readFacts = (ts: TypeScript, path: string, text: string, sizeBytes: number): FileFacts =>
  read(ts, path, text, sizeBytes, scriptFacts);

type ReadScript<Known> = (ts: TypeScript, path: string, text: string, language: FileFacts['language']) => Known;

const read = <Known extends FileStructure>(
  ts: TypeScript,
  path: string,
  text: string,
  sizeBytes: number,
  readScript: ReadScript<Known>,
): Known | FileFacts => {
  const language = languageOf(path);
  const reason = plainReason(path, sizeBytes);
  const kind = manifestKind(path);
  const manifest = kind === undefined ? undefined : readManifest(kind, text);
  if (reason !== undefined) {
    const facts = plainFacts(language, countPlainLines(text), reason);
    return manifest === undefined ? facts : { ...facts, manifest };
  }
  try {
    if (isScript(language)) return readScript(ts, path, text, language);
    if (isTreeLanguage(language)) return withTree(language, text, (tree, grammar) => treeFacts(grammar, tree, text));
  } catch (error) {
    const cause = error instanceof RangeError ? 'it is nested too deeply' : 'the parser failed on it';
    return plainFacts(language, countPlainLines(text), `The file cannot be parsed (${cause}): only lines are counted.`);
  }
  return plainFacts(language, countPlainLines(text), 'Only lines are counted.');
};
