/** Measuring the code of a branch: tests in the sandbox, and the type check. */
import { z } from 'zod';
import { defaultTestRunLimits, type TestReport } from '../../rpc/sandbox.ts';
import type { Diagnostic, SourceFiles } from '../../rpc/toolchain.ts';
import { defineOpenTool, toolError, type OpenContext, type ToolResult } from './tool.ts';

/** The files that are tests, by the names that test runners look for. */
export const isTestFile = (path: string): boolean => /\.(?:test|spec)\.[cm]?[jt]sx?$/.test(path);

const describeDiagnostic = ({ file, line, column, code, message }: Diagnostic): string =>
  file === '' ? message : `${file}:${line}:${column} ${code} ${message}`;

/** A test report as an agent reads it: the counts, then each failure with its place and the two values. */
export const describeReport = (report: TestReport): string => {
  const { passed, failed, skipped } = report.counts;
  const lines = [`Tests ${report.status}: ${passed} passed, ${failed} failed, ${skipped} skipped.`];
  if (report.reason !== undefined) lines.push(report.reason);
  for (const { file, failure } of report.loadFailures) lines.push(`${file} could not be loaded: ${failure.message}`);
  for (const test of report.tests) {
    if (test.status !== 'failed' || test.failure === undefined) continue;
    const { message, file, line, expected, actual } = test.failure;
    lines.push(
      `FAILED ${test.file} > ${test.name}`,
      `  ${message}${file === undefined ? '' : ` (${file}:${line ?? '?'})`}`,
    );
    if (expected !== undefined) lines.push(`  expected: ${expected}`);
    if (actual !== undefined) lines.push(`  actual:   ${actual}`);
  }
  return lines.join('\n');
};

const snapshot = async ({
  repository,
  place,
}: OpenContext): Promise<
  { readonly ok: true; readonly files: SourceFiles } | { readonly ok: false; readonly result: ToolResult }
> => {
  const found = await repository.snapshot({ ref: place.ref });
  return found.ok ? { ok: true, files: found.value.files } : { ok: false, result: toolError(found.error.detail) };
};

export const runTests = defineOpenTool({
  name: 'run_tests',
  description: 'Runs the tests of your branch in the sandbox and reports each failure.',
  parameters: z.strictObject({
    files: z
      .array(z.string().min(1).max(512))
      .max(200)
      .optional()
      .describe('Only these test files; without it, all of them.'),
  }),
  effectClass: 'pure',
  capability: 'quality',
  cost: 'high',
  examples: [{ arguments: { files: ['src/note.test.ts'] }, shows: 'one test file' }],
  describe: (input) => (input.files === undefined ? 'all' : `${input.files.length} files`),
  run: async (input, context) => {
    const files = await snapshot(context);
    if (!files.ok) return files.result;
    const missing = (input.files ?? []).filter((path) => files.files[path] === undefined);
    if (missing.length > 0) return toolError(`These files are not in your branch: ${missing.join(', ')}.`);
    const entries = input.files ?? Object.keys(files.files).filter(isTestFile);
    if (entries.length === 0) return toolError('There is no test file there (a name that ends in .test.ts).');
    const built = await context.toolchain.build({ files: files.files, entries, purpose: 'tests' });
    if (!built.ok) return toolError(`The code does not build:\n${built.error.map(describeDiagnostic).join('\n')}`);
    const report = await context.sandbox.runTests({
      runId: context.commandId,
      host: context.sandboxHost,
      built: built.value,
      testFiles: entries,
      limits: defaultTestRunLimits,
    });
    const { passed, failed, skipped } = report.counts;
    return {
      content: describeReport(report),
      isError: report.status !== 'passed',
      activity: { type: 'tests_ran', status: report.status, counts: { passed, failed, skipped } },
    };
  },
});

export const checkTypes = defineOpenTool({
  name: 'check_types',
  description: 'Type-checks all TypeScript files of your branch under strict settings.',
  parameters: z.strictObject({}),
  effectClass: 'pure',
  capability: 'quality',
  cost: 'medium',
  run: async (_input, context) => {
    const files = await snapshot(context);
    if (!files.ok) return files.result;
    const { diagnostics, filesChecked } = await context.toolchain.check(files.files);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    return errors.length === 0
      ? { content: `No type error in ${filesChecked} files.` }
      : { content: errors.map(describeDiagnostic).join('\n'), isError: true };
  },
});
