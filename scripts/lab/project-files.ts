/** Reads a folder for the laboratory: its text files, which of them are tests, and packages as they are asked for. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestConfig } from './test-config.ts';

export interface ProjectFiles {
  readonly files: Readonly<Record<string, string>>;
  /** Files that are no text, in Base64. */
  readonly binaries: Readonly<Record<string, string>>;
  /** Files that are too large, each or together. */
  readonly left: readonly string[];
}

const ignoredFolders: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.svn',
  'coverage',
  '.aidevos',
  '.nyc_output',
]);
const maxFileBytes = 4 * 1024 * 1024;
const maxFiles = 20_000;
/** Files that are no text are for tests that read them: more than this is no data of tests. */
const maxBinaryBytes = 8 * 1024 * 1024;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The text of a file; undefined when it is binary or not UTF-8. */
const textOf = (bytes: Uint8Array): string | undefined => {
  if (bytes.includes(0)) return undefined;
  try {
    return decoder.decode(bytes);
  } catch {
    // Not UTF-8: such a file is data that no module can be made of.
    return undefined;
  }
};

const walk = (folder: string, prefix: string, visit: (path: string, full: string) => void): void => {
  for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) {
      if (!ignoredFolders.has(entry.name)) walk(join(folder, entry.name), `${prefix}${entry.name}/`, visit);
    } else if (entry.isFile()) visit(`${prefix}${entry.name}`, join(folder, entry.name));
  }
};

/** All files of a folder by their paths in it. */
export const readProject = (folder: string, keep: (path: string) => boolean = () => true): ProjectFiles => {
  const files: Record<string, string> = {};
  const binaries: Record<string, string> = {};
  const left: string[] = [];
  let count = 0;
  let binaryBytes = 0;
  walk(folder, '', (path, full) => {
    if (!keep(path)) return;
    count += 1;
    if (count > maxFiles) throw new Error(`${folder} has more than ${maxFiles} files: name a smaller folder`);
    if (statSync(full).size > maxFileBytes) {
      left.push(path);
      return;
    }
    const bytes = readFileSync(full);
    const text = textOf(bytes);
    if (text !== undefined) files[path] = text;
    else if (binaryBytes + bytes.length > maxBinaryBytes) left.push(path);
    else {
      binaryBytes += bytes.length;
      binaries[path] = bytes.toString('base64');
    }
  });
  return { files, binaries, left };
};

const codeFile = /\.[cm]?[jt]sx?$/;
const namedTest = /\.(?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)__tests__\/.*\.[cm]?[jt]sx?$/;
const otherwiseNamedTest = /(?:\.tests|[_-](?:tests?|spec))\.[cm]?[jt]sx?$/;
const placedTest =
  /(?:^|\/)(?:test|tests|spec)\/.*\.[cm]?[jt]sx?$|(?:^|\/)test\.[cm]?[jt]sx?$|(?:^|\/)test-[^/]*\.[cm]?[jt]sx?$/;
const isDeclaration = /\.d\.[cm]?ts$/;
const notTest = /\.d\.[cm]?ts$|(?:^|\/)(?:fixtures?|__fixtures__|helpers?|__mocks__|__snapshots__|mocks?)\//;

/**
 * The files that are tests: those that the configuration names, else by name as vitest and jest look for them, else by
 * place as mocha and node:test do.
 */
export const findTests = (paths: readonly string[], config?: TestConfig): readonly string[] => {
  const wanted = paths.filter((path) => codeFile.test(path) && config?.isLeftOut(path) !== true);
  const isTest = config?.isTest;
  if (isTest !== undefined) return wanted.filter((path) => isTest(path) && !isDeclaration.test(path));
  const candidates = wanted.filter((path) => !notTest.test(path));
  const named = candidates.filter((path) => namedTest.test(path));
  if (named.length > 0) return named;
  const otherwiseNamed = candidates.filter((path) => otherwiseNamedTest.test(path));
  const placed = candidates.filter((path) => placedTest.test(path));
  // Where most files of the folder for tests have such names, the others help them.
  return otherwiseNamed.length * 2 > placed.length ? otherwiseNamed : placed;
};

/** The files of a package that the folder or one above it has installed; undefined when none has it. */
export const readPackage = (folder: string, name: string): Readonly<Record<string, string>> | undefined => {
  for (let around = folder; ; around = dirname(around)) {
    const root = join(around, 'node_modules', name);
    if (existsSync(join(root, 'package.json'))) {
      const isCode = (path: string): boolean =>
        /\.(?:[cm]?js|json)$/.test(path) && !/(?:^|\/)(?:test|tests|__tests__|docs|example|examples)\//.test(path);
      const { files } = readProject(root, isCode);
      return Object.fromEntries(Object.entries(files).map(([path, text]) => [`node_modules/${name}/${path}`, text]));
    }
    if (dirname(around) === around) return undefined;
  }
};
