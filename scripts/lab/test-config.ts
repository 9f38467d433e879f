/**
 * What a project's configuration of Vitest or Jest says about which files are tests and what is loaded before them. Only
 * what stands there plainly is read: a configuration is a program of somebody else, and is not run on this machine.
 */
import { matchesGlob } from 'node:path';
import { objectsIn, parsed, settingsOf, textsOf, type Settings } from './config-objects.ts';
import { jestAliases, viteAliases, type Aliases } from './test-aliases.ts';

/** All paths are relative to the folder of the project. */
export interface TestConfig {
  /** Where it stands, for a person. */
  readonly source: string;
  /** Undefined: as usual. */
  readonly isTest: ((path: string) => boolean) | undefined;
  readonly isLeftOut: (path: string) => boolean;
  /** Files that are loaded before each test file, as they are named there. */
  readonly setupFiles: readonly string[];
  /** What imports stand for, as in the `paths` of a tsconfig. */
  readonly aliases: Aliases;
}

const plainPath = (path: string): string => path.replace(/^<rootDir>\//, '').replace(/^\.\//, '');

const matchesAny = (globs: readonly string[]): ((path: string) => boolean) => {
  const plain = globs.map(plainPath);
  return (path) => plain.some((glob) => matchesGlob(path, glob));
};

/** Jest's patterns are for whole paths. A pattern that is no regular expression matches nothing. */
const matchesPattern = (patterns: readonly string[]): ((path: string) => boolean) => {
  const expressions = patterns.flatMap((pattern) => {
    try {
      return [new RegExp(pattern.replace('<rootDir>', ''))];
    } catch (cause) {
      if (cause instanceof SyntaxError) return [];
      throw cause;
    }
  });
  return (path) => expressions.some((expression) => expression.test(`/${path}`));
};

const jestConfig = (source: string, settings: Settings): TestConfig => {
  const globs = textsOf(settings.get('testMatch'));
  const patterns = textsOf(settings.get('testRegex'));
  const isTest = globs.length > 0 ? matchesAny(globs) : patterns.length > 0 ? matchesPattern(patterns) : undefined;
  return {
    source,
    isTest,
    isLeftOut: matchesPattern(textsOf(settings.get('testPathIgnorePatterns'))),
    setupFiles: ['setupFiles', 'setupFilesAfterEnv'].flatMap((name) => textsOf(settings.get(name)).map(plainPath)),
    aliases: jestAliases(settings),
  };
};

const vitestConfig = (source: string, settings: Settings, aliases: Aliases): TestConfig => {
  const include = textsOf(settings.get('include'));
  return {
    source,
    isTest: include.length === 0 ? undefined : matchesAny(include),
    isLeftOut: matchesAny(textsOf(settings.get('exclude'))),
    setupFiles: textsOf(settings.get('setupFiles')).map(plainPath),
    aliases,
  };
};

const jestNames: ReadonlySet<string> = new Set([
  'testMatch',
  'testRegex',
  'testPathIgnorePatterns',
  'setupFiles',
  'setupFilesAfterEnv',
  'moduleNameMapper',
  'modulePaths',
  'moduleDirectories',
]);

const vitestFile = /^(?:vitest|vite)\.config\.[cm]?[jt]s$/;
const jestFile = /^jest\.config\.(?:[cm]?[jt]s|json)$/;

const readJest = (source: string, text: string): TestConfig | undefined => {
  const object = objectsIn(parsed(text)).find((each) => [...settingsOf(each).keys()].some((key) => jestNames.has(key)));
  return object === undefined ? undefined : jestConfig(source, settingsOf(object));
};

const readVitest = (source: string, text: string): TestConfig | undefined => {
  const objects = objectsIn(parsed(text));
  const tests = objects.flatMap((each) => settingsOf(each).get('test') ?? []);
  const object = tests.find((each) => each.type === 'ObjectExpression');
  const aliases = viteAliases(objects);
  if (object === undefined && Object.keys(aliases).length === 0) return undefined;
  return vitestConfig(source, object === undefined ? new Map() : settingsOf(object), aliases);
};

/** The part `jest` of a manifest, as the text of an expression. */
const jestOfManifest = (text: string): string | undefined => {
  try {
    const manifest: unknown = JSON.parse(text);
    const isManifest = typeof manifest === 'object' && manifest !== null && 'jest' in manifest;
    return isManifest ? `(${JSON.stringify(manifest.jest)})` : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
};

/** The configuration at the top of a project; undefined when there is none that says anything of this. */
export const readTestConfig = (files: Readonly<Record<string, string>>): TestConfig | undefined => {
  for (const [path, text] of Object.entries(files)) {
    const found = vitestFile.test(path)
      ? readVitest(path, text)
      : jestFile.test(path)
        ? readJest(path, path.endsWith('.json') ? `(${text})` : text)
        : undefined;
    if (found !== undefined) return found;
  }
  const inManifest = jestOfManifest(files['package.json'] ?? '');
  return inManifest === undefined ? undefined : readJest('package.json', inManifest);
};
