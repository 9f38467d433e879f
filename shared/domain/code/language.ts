/** Which language a file is in, by its name, and how far it can be understood. */
import type { CodeLanguage } from './facts.ts';

const languageByExtension: ReadonlyMap<string, CodeLanguage> = new Map([
  ...['ts', 'mts', 'cts', 'tsx'].map((extension) => [extension, 'typescript'] as const),
  ...['js', 'mjs', 'cjs', 'jsx'].map((extension) => [extension, 'javascript'] as const),
  ...['py', 'pyi'].map((extension) => [extension, 'python'] as const),
  ['go', 'go'],
  ['java', 'java'],
  ['rs', 'rust'],
]);

/** Programming languages that are known by name only: their files get the metrics of plain text, and that is said. */
const withoutGrammar: ReadonlyMap<string, string> = new Map([
  ['c', 'C'],
  ['h', 'C'],
  ['cc', 'C++'],
  ['cpp', 'C++'],
  ['hpp', 'C++'],
  ['cs', 'C#'],
  ['rb', 'Ruby'],
  ['php', 'PHP'],
  ['kt', 'Kotlin'],
  ['swift', 'Swift'],
  ['scala', 'Scala'],
  ['sh', 'shell'],
  ['lua', 'Lua'],
  ['dart', 'Dart'],
  ['ex', 'Elixir'],
  ['zig', 'Zig'],
  ['vue', 'Vue'],
  ['svelte', 'Svelte'],
]);

/** Files above this are not parsed, in UTF-8 bytes: they are nearly always made by programs. */
export const longestParsedBytes = 1024 * 1024;

/** The last extension in lower case, without the dot; empty when there is none. */
export const extensionOf = (path: string): string => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
};

/** The language of a text file. */
export const languageOf = (path: string): CodeLanguage => languageByExtension.get(extensionOf(path)) ?? 'text';

/** Why a text file has plain metrics only; undefined when it can be parsed. */
export const plainReason = (path: string, sizeBytes: number): string | undefined => {
  const unknown = withoutGrammar.get(extensionOf(path));
  if (unknown !== undefined) return `There is no grammar for ${unknown} here: only lines are counted.`;
  if (languageOf(path) === 'text') return 'This is not source code of a known language: only lines are counted.';
  if (sizeBytes > longestParsedBytes)
    return `The file has ${sizeBytes} bytes, more than the ${longestParsedBytes} that are parsed: only lines are counted.`;
  return undefined;
};

/** True for TypeScript and JavaScript, which the type checker understands. */
export const isScript = (language: CodeLanguage): boolean => language === 'typescript' || language === 'javascript';

/** The files that are tests, by the customs of each language. */
export const isTestPath = (path: string): boolean =>
  /(?:\.|_)(?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)(?:__tests__|tests?)\/.*\.(?:[cm]?[jt]sx?|py|rs)$|(?:^|\/)test_[^/]*\.py$|_test\.(?:py|go)$|(?:Test|Tests|IT)\.java$|(?:^|\/)src\/test\//.test(
    path,
  );
