/**
 * Snapshot files as vitest and jest write them: a module of template literals, `exports[`name 1`] = `value`;`, under a
 * first line that names the writer. They are read as text and never run.
 */

/** Where the snapshots of a test file are kept. */
export const snapshotPathOf = (testFile: string): string => {
  const slash = testFile.lastIndexOf('/') + 1;
  return `${testFile.slice(0, slash)}__snapshots__/${testFile.slice(slash)}.snap`;
};

interface SnapshotFile {
  readonly entries: ReadonlyMap<string, string>;
  /** Between the names of suites and tests: ` > ` of vitest, a space of jest. */
  readonly separator: string;
}

const jestHeader = '// Jest Snapshot v1, https://jestjs.io/docs/snapshot-testing';
const vitestHeader = '// Vitest Snapshot v1, https://vitest.dev/guide/snapshot.html';

const unescaped = (text: string): string => text.replaceAll(/\\([\\`$])/g, '$1');
const escaped = (text: string): string => text.replaceAll(/[\\`]|\$\{/g, (match) => `\\${match}`);

/** Reads a snapshot file; what is not an entry is passed over. */
export const parseSnapshotFile = (text: string): SnapshotFile => {
  const entries = new Map<string, string>();
  const entry = /^exports\[`((?:[^`\\]|\\[\s\S])*)`\] = `((?:[^`\\]|\\[\s\S])*)`;$/gm;
  for (const match of text.replaceAll('\r\n', '\n').matchAll(entry)) {
    entries.set(unescaped(match[1] ?? ''), unescaped(match[2] ?? ''));
  }
  return { entries, separator: text.startsWith('// Jest Snapshot') ? ' ' : ' > ' };
};

/** The text of a snapshot file with some entries added or replaced, ordered by name. */
export const writeSnapshotFile = (before: string, changes: ReadonlyMap<string, string>): string => {
  const { entries, separator } = parseSnapshotFile(before);
  const all = [...new Map([...entries, ...changes])].toSorted(([a], [b]) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const lines = all.map(([name, value]) => `exports[\`${escaped(name)}\`] = \`${escaped(value)}\`;\n`);
  return [separator === ' ' ? jestHeader : vitestHeader, '', ...lines].join('\n');
};

/** Puts a value into the call of `toMatchInlineSnapshot` on a line; undefined when there is not exactly one there. */
export const writeInlineSnapshot = (source: string, line: number, value: string): string | undefined => {
  const lines = source.split('\n');
  const text = lines[line - 1] ?? '';
  const call = /MatchingInlineSnapshot\(|toMatchInlineSnapshot\(/g;
  const matches = [...text.matchAll(call)];
  const [match] = matches;
  if (match === undefined || matches.length !== 1) return undefined;
  const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0) + match.index + match[0].length;
  const end = endOfArgument(source, start);
  if (end === undefined) return undefined;
  const indent = /^\s*/.exec(text)?.[0] ?? '';
  return `${source.slice(0, start)}${inlineText(value, indent)}${source.slice(end)}`;
};

/** Where the old text ends: right away for `()`, after the literal for one that is there. */
const endOfArgument = (source: string, start: number): number | undefined => {
  const rest = source.slice(start);
  const literal = /^\s*(?:`(?:[^`\\]|\\[\s\S])*`|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")?\s*,?\s*(?=\))/.exec(rest);
  return literal === null ? undefined : start + literal[0].length;
};

const inlineText = (value: string, indent: string): string => {
  const text = escaped(value);
  if (!text.includes('\n')) return `\`${text}\``;
  const lines = text.split('\n').map((line) => (line === '' ? '' : `${indent}  ${line}`));
  return `\`\n${lines.join('\n')}\n${indent}\``;
};
