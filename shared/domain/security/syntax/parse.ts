/** Source text to a syntax tree with the positions of the text, for TypeScript, JavaScript and JSX. */
import { parse, type ParserPlugin } from '@babel/parser';
import type { File } from '@babel/types';
import { err, ok, type Result } from '../../../errors/result.ts';

export interface ParseFailure {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

const typeScript = /\.[cm]?tsx?$/;
const withoutJsx = /\.[cm]?ts$/;

const pluginsOf = (path: string): readonly ParserPlugin[] => [
  ...(typeScript.test(path) ? (['typescript'] as const) : []),
  ...(withoutJsx.test(path) ? [] : (['jsx'] as const)),
  'decorators',
];

const readFailure = (error: unknown): ParseFailure => {
  const reason = error instanceof Error ? error.message.replace(/ \(\d+:\d+\)$/, '') : String(error);
  const place: unknown = typeof error === 'object' && error !== null && 'loc' in error ? error.loc : undefined;
  if (typeof place !== 'object' || place === null || !('line' in place) || !('column' in place)) {
    return { line: 1, column: 1, reason };
  }
  return { line: Number(place.line), column: Number(place.column) + 1, reason };
};

/** Recovers from what is only forbidden; fails, with place and reason, on what cannot be read. */
export const parseSource = (path: string, text: string): Result<File, ParseFailure> => {
  try {
    return ok(
      parse(text, {
        sourceType: 'unambiguous',
        errorRecovery: true,
        allowReturnOutsideFunction: true,
        allowAwaitOutsideFunction: true,
        allowImportExportEverywhere: true,
        allowSuperOutsideMethod: true,
        allowUndeclaredExports: true,
        attachComment: false,
        plugins: [...pluginsOf(path)],
      }),
    );
  } catch (error) {
    // The parser throws only syntax errors, which are an answer about the file.
    return err(readFailure(error));
  }
};
