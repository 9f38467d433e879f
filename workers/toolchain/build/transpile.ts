/** TypeScript, JavaScript or JSON text to JavaScript text; every statement stays on its line. */
import { transform, type Transform } from 'sucrase';
import type { Diagnostic } from '../../../shared/rpc/toolchain.ts';
import { extensionOf } from './source-paths.ts';

type Transpiled =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

const transformsByExtension: Readonly<Record<string, readonly Transform[]>> = {
  '.ts': ['typescript'],
  '.mts': ['typescript'],
  '.cts': ['typescript'],
  '.tsx': ['typescript', 'jsx'],
  '.jsx': ['jsx'],
};

/** Transpiles one file. JSON becomes a module whose default export is the parsed value. */
export function transpile(file: string, text: string): Transpiled {
  const extension = extensionOf(file);
  if (extension === '.json') return transpileJson(file, text);
  const transforms = transformsByExtension[extension];
  if (transforms === undefined) return { ok: true, code: text };
  try {
    const { code } = transform(text, {
      transforms: [...transforms],
      disableESTransforms: true,
      filePath: file,
      jsxRuntime: 'automatic',
      production: true,
    });
    return { ok: true, code };
  } catch (cause) {
    return { ok: false, diagnostic: parseDiagnostic(file, cause) };
  }
}

/** The diagnostic for whatever a parser threw: both sucrase and acorn put the place into `loc` and the message. */
export function parseDiagnostic(file: string, cause: unknown): Diagnostic {
  if (cause instanceof RangeError) {
    return diagnosticAt(file, 1, 1, 'The file is nested too deeply to be parsed');
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  const place = /\((\d+):(\d+)\)/.exec(message);
  const text = message
    .replace(`Error transforming ${file}: `, '')
    .replace(/ ?\(\d+:\d+\)/, '')
    .trim();
  // Both parsers count columns from 0; sucrase's message already counts from 1.
  const isSucrase = message.startsWith('Error transforming ');
  const column = Number(place?.[2] ?? 0) + (isSucrase ? 0 : 1);
  return diagnosticAt(file, Number(place?.[1] ?? 1), Math.max(column, 1), text);
}

function transpileJson(file: string, text: string): Transpiled {
  try {
    JSON.parse(text);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const line = lineOfJsonError(message, text);
    return { ok: false, diagnostic: diagnosticAt(file, line, 1, `Not valid JSON: ${message}`) };
  }
  // Parsed at load, not written as a literal: a key named `__proto__` stays a key.
  return { ok: true, code: `export default JSON.parse(${JSON.stringify(text)});` };
}

function lineOfJsonError(message: string, text: string): number {
  const position = /position (\d+)/.exec(message)?.[1];
  return position === undefined ? 1 : text.slice(0, Number(position)).split('\n').length;
}

function diagnosticAt(file: string, line: number, column: number, message: string): Diagnostic {
  return { file, line, column, code: 'parse', message, severity: 'error' };
}
