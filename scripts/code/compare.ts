/**
 * `npm run check:code`: imports, complexity and cognitive complexity of three public packages, next to what madge,
 * ESLint and eslint-plugin-sonarjs say of the same files. The tools are installed into a temporary folder.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FileFacts } from '../../shared/domain/code/facts.ts';
import { buildImportGraph } from '../../shared/domain/code/import-graph.ts';
import { repositoryRoot } from '../platform/state-folder.ts';
import { readPackage } from './read-package.ts';

const tools = [
  'madge@8.0.0',
  'eslint@9.39.5',
  'eslint-plugin-sonarjs@3.0.7',
  '@typescript-eslint/parser@8.74.0',
  'typescript@5.9.3',
];

const packages = [
  { name: 'hono', folder: 'hono/dist', extension: 'js' },
  { name: 'yaml', folder: 'yaml/dist', extension: 'js' },
  { name: 'openai', folder: 'openai/src', extension: 'ts' },
] as const;

type Madge = (folder: string, options: object) => Promise<{ obj(): Readonly<Record<string, readonly string[]>> }>;

interface LintMessage {
  readonly ruleId: string | null;
  readonly line: number;
  readonly message: string;
  readonly fatal?: boolean;
}

interface Tools {
  readonly madge: Madge;
  readonly lint: (path: string, text: string) => readonly LintMessage[];
}

const loadTools = (folder: string): Tools => {
  const require = createRequire(join(folder, 'package.json'));
  // SAFETY: the shapes of these pinned versions, as their documentation tells them.
  const { Linter } = require('eslint') as {
    readonly Linter: new (options: object) => {
      verify(text: string, config: readonly object[], options: object): readonly LintMessage[];
    };
  };
  const linter = new Linter({ configType: 'flat' });
  const sonarjs: unknown = require('eslint-plugin-sonarjs');
  const parser: unknown = require('@typescript-eslint/parser');
  const lint = (path: string, text: string): readonly LintMessage[] => {
    const language = path.endsWith('.ts') ? { parser } : {};
    const config = {
      files: ['**/*.js', '**/*.ts'],
      plugins: { sonarjs },
      languageOptions: { sourceType: 'module', ...language },
      linterOptions: { noInlineConfig: true },
      rules: { complexity: ['error', 0], 'sonarjs/cognitive-complexity': ['error', 0] },
    };
    return linter.verify(text, [config], { filename: path });
  };
  return { madge: require('madge') as Madge, lint };
};

interface Comparison {
  readonly compared: number;
  readonly differences: readonly string[];
}

const compareImports = async (
  madge: Madge,
  folder: string,
  extension: string,
  facts: ReadonlyMap<string, FileFacts>,
): Promise<Comparison> => {
  const compilerOptions = { module: 'esnext', moduleResolution: 'bundler', allowImportingTsExtensions: true };
  const result = await madge(folder, {
    fileExtensions: [extension],
    detectiveOptions: { es6: { mixedImports: true }, ts: { mixedImports: true } },
    ...(extension === 'ts' ? { tsConfig: { compilerOptions } } : {}),
  });
  const theirs = result.obj();
  const differences: string[] = [];
  let compared = 0;
  for (const [path, targets] of buildImportGraph(facts).targets) {
    const other = new Set(theirs[path] ?? []);
    compared += targets.size;
    for (const target of targets) if (!other.delete(target)) differences.push(`only here: ${path} -> ${target}`);
    for (const target of other) differences.push(`only madge: ${path} -> ${target}`);
  }
  return { compared, differences };
};

const numbersOf = (
  messages: readonly LintMessage[],
  rule: string,
  pattern: RegExp,
): readonly (readonly [number, number])[] =>
  messages
    .filter(({ ruleId }) => ruleId === rule)
    .map(({ line, message }) => [line, Number(pattern.exec(message)?.[1])]);

const sorted = (values: readonly number[]): string => values.toSorted((left, right) => left - right).join();

/**
 * The plugin leaves out `||` and `??`, and counts functions inside others apart: so only functions without these are
 * compared, for which both follow the paper.
 */
const comparableFunction = (
  facts: FileFacts,
  text: string,
  line: number,
): FileFacts['functions'][number] | undefined => {
  const around = facts.functions.filter(({ span }) => span.start.line <= line && line <= span.end.line);
  const inner = around.at(-1);
  if (inner === undefined || around.length > 2) return undefined;
  const { start, end } = inner.span;
  const body = text
    .split('\n')
    .slice(start.line - 1, end.line)
    .join('\n');
  const holdsOthers = facts.functions.some(
    (other) => other !== inner && other.span.start.line >= start.line && other.span.end.line <= end.line,
  );
  return holdsOthers || /\|\||\?\?/.test(body) ? undefined : inner;
};

const compareComplexity = (
  { lint }: Tools,
  folder: string,
  facts: ReadonlyMap<string, FileFacts>,
): { readonly cyclomatic: Comparison; readonly cognitive: Comparison } => {
  const cyclomatic = { compared: 0, differences: [] as string[] };
  const cognitive = { compared: 0, differences: [] as string[] };
  for (const [path, found] of facts) {
    const text = readFileSync(join(folder, path), 'utf8');
    const messages = lint(path, text);
    const fatal = messages.find((message) => message.fatal === true);
    if (fatal !== undefined) throw new Error(`ESLint cannot read ${path}: ${fatal.message}`);
    const theirs = sorted(numbersOf(messages, 'complexity', /complexity of (\d+)/).map(([, value]) => value));
    const ours = sorted(found.functions.map((measured) => measured.cyclomatic));
    cyclomatic.compared += found.functions.length;
    if (theirs !== ours) cyclomatic.differences.push(`${path}: ${ours} here, ${theirs} by ESLint`);
    for (const [line, value] of numbersOf(messages, 'sonarjs/cognitive-complexity', /from (\d+)/)) {
      const own = comparableFunction(found, text, line);
      if (own === undefined) continue;
      cognitive.compared += 1;
      if (own.cognitive !== value) cognitive.differences.push(`${path}:${line} ${own.cognitive} here, ${value} there`);
    }
  }
  return { cyclomatic, cognitive };
};

const show = (what: string, { compared, differences }: Comparison): number => {
  console.log(`  ${what.padEnd(22)} ${String(compared).padStart(6)} compared, ${differences.length} different`);
  for (const line of differences.slice(0, 10)) console.log(`    ${line}`);
  return differences.length;
};

const folder = mkdtempSync(join(tmpdir(), 'aidevos-code-'));
try {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  await promisify(execFile)('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...tools], {
    cwd: folder,
  });
  const loaded = loadTools(folder);
  let differences = 0;
  for (const { name, folder: source, extension } of packages) {
    // madge leaves out everything below a folder of that name, so the package is read from a copy.
    const copy = join(folder, 'packages', name);
    cpSync(join(repositoryRoot, 'node_modules', source), copy, { recursive: true });
    const facts = readPackage(copy, (path) => path.endsWith(`.${extension}`) && !path.endsWith('.d.ts'));
    console.log(`${name}: ${facts.size} files`);
    const { cyclomatic, cognitive } = compareComplexity(loaded, copy, facts);
    differences += show('imports', await compareImports(loaded.madge, copy, extension, facts));
    differences += show('cyclomatic complexity', cyclomatic);
    differences += show('cognitive complexity', cognitive);
  }
  if (differences > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
