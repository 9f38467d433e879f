/** What is said of test files that could not be run, because of what they import. */
import type { TestFailure, TestReport } from '../../shared/rpc/sandbox.ts';
import type { Diagnostic } from '../../shared/rpc/toolchain.ts';
import type { LabAnswer } from './laboratory.ts';

/** Packages with a runner of their own, which their tests do not work without. */
const foreignRunners: ReadonlySet<string> = new Set([
  '@japa/runner',
  '@open-wc/testing',
  '@playwright/test',
  '@hapi/lab',
  'ava',
  'baretest',
  'cypress',
  'qunit',
  'tap',
  'tape',
  'uvu',
  'zora',
]);

export const isForeignRunner = (name: string): boolean => foreignRunners.has(name);

/** Why a package is not there, and what to do about it. */
const packageReason = (name: string): string =>
  isForeignRunner(name)
    ? `"${name}" has a test runner of its own, which is not here: tests of vitest, jest, mocha, node:test and bun:test run`
    : `"${name}" is not installed in this folder or one above it: install the project's packages there, and run again`;

/** The diagnostic in the words of the laboratory, where packages are those of the folder. */
const toldFor = (diagnostic: Diagnostic): Diagnostic =>
  diagnostic.package === undefined
    ? diagnostic
    : { ...diagnostic, message: `Cannot import: ${packageReason(diagnostic.package)}` };

const failureOf = (diagnostics: readonly Diagnostic[]): TestFailure => {
  const messages = new Set(diagnostics.map(({ message }) => message));
  const [first] = diagnostics;
  return { message: [...messages].join('\n'), ...(first === undefined ? {} : { file: first.file, line: first.line }) };
};

/** Puts test files that could not be built among those that could not be loaded, and says of packages what is missing. */
export const withBrokenFiles = (answer: LabAnswer): LabAnswer => {
  const { report, missing } = answer;
  const diagnostics = answer.diagnostics.map(toldFor);
  if (report === undefined) return { ...answer, diagnostics };
  const packageOf = new Map(missing.map(({ specifier, package: name }) => [specifier, name]));
  const inOurWords = (failure: TestFailure): TestFailure => {
    const specifier = /^Error: Cannot find module '([^']+)'/.exec(failure.message)?.[1];
    const name = specifier === undefined ? undefined : packageOf.get(specifier);
    return name === undefined ? failure : { ...failure, message: `Cannot require: ${packageReason(name)}` };
  };
  const loadFailures: TestReport['loadFailures'] = [
    ...Object.entries(answer.broken ?? {}).map(([file, own]) => ({ file, failure: failureOf(own.map(toldFor)) })),
    ...report.loadFailures.map(({ file, failure }) => ({ file, failure: inOurWords(failure) })),
  ];
  const isFailed = loadFailures.length > 0 && (report.status === 'passed' || report.status === 'empty');
  return { ...answer, diagnostics, report: { ...report, loadFailures, ...(isFailed ? { status: 'failed' } : {}) } };
};
