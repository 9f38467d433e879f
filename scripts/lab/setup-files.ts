/** What a project has loaded before each of its test files: an import at the head of the file, on its first line. */
import { dirname, relative } from 'node:path/posix';

const codeExtensions = ['', '.ts', '.js', '.mts', '.mjs', '.cts', '.cjs', '.tsx', '.jsx'];

/** The setup files that are there, in their order; a package of that name stays as it is named. */
const specifiersFor = (
  test: string,
  setupFiles: readonly string[],
  files: Readonly<Record<string, string>>,
): readonly string[] =>
  setupFiles.map((name) => {
    const path = codeExtensions.map((extension) => `${name}${extension}`).find((each) => files[each] !== undefined);
    if (path === undefined) return name;
    const way = relative(dirname(test), path);
    return way.startsWith('.') ? way : `./${way}`;
  });

/** The files, with the setup imported by each test. Lines stay where they are. */
export const withSetup = (
  files: Readonly<Record<string, string>>,
  tests: readonly string[],
  setupFiles: readonly string[],
): Readonly<Record<string, string>> => {
  if (setupFiles.length === 0) return files;
  const changed = { ...files };
  for (const test of tests) {
    const text = files[test] ?? '';
    const isModule = /^\s*(?:import\b(?!\s*\()|export\b)/m.test(text);
    const load = specifiersFor(test, setupFiles, files).map((specifier) =>
      isModule ? `import ${JSON.stringify(specifier)};` : `require(${JSON.stringify(specifier)});`,
    );
    // A first line for the system's program loader has to stay the first.
    changed[test] = text.startsWith('#!') ? text : `${load.join('')}${text}`;
  }
  return changed;
};
