/** From vitest's JSON report to the last line of `npm test`. */

export interface TestSummary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly exitCode: number;
  /** What the counts alone do not say. */
  readonly notes: readonly string[];
}

interface TestResult {
  readonly status?: unknown;
  readonly fullName?: unknown;
  readonly failureMessages?: readonly unknown[];
}

interface FileResult {
  readonly name?: unknown;
  readonly status?: unknown;
  readonly message?: unknown;
  readonly assertionResults?: readonly TestResult[];
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** A file that could not be loaded has no tests of its own, and must still count as a failure. */
const unloadedFiles = (files: readonly FileResult[]): readonly string[] =>
  files
    .filter((file) => file.status === 'failed' && !file.assertionResults?.some((test) => test.status === 'failed'))
    .map((file) => `failed outside of a test: ${String(file.name)}`);

/** A second try may hide a race in the product: it passes, and it is told. */
const retriedTests = (files: readonly FileResult[]): readonly string[] =>
  files.flatMap(({ assertionResults = [] }) =>
    assertionResults.flatMap(({ status, fullName, failureMessages: [first] = [] }) =>
      status === 'passed' && first !== undefined
        ? [`passed when it was tried again: ${String(fullName)} (at first: ${String(first).split('\n')[0]})`]
        : [],
    ),
  );

/** `report` is the parsed JSON of vitest, or undefined when there is none. */
export const summarize = (report: unknown, vitestExitCode: number): TestSummary => {
  if (typeof report !== 'object' || report === null) {
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      exitCode: vitestExitCode || 1,
      notes: [`vitest ended with code ${vitestExitCode} and wrote no report; its own message stands above.`],
    };
  }
  const fields: Readonly<Record<string, unknown>> = { ...report };
  const files: readonly FileResult[] = Array.isArray(fields['testResults']) ? fields['testResults'] : [];
  const unloaded = unloadedFiles(files);
  const notes = [...unloaded, ...retriedTests(files)];
  const passed = numberOf(fields['numPassedTests']);
  let failed = numberOf(fields['numFailedTests']) + unloaded.length;
  const skipped = numberOf(fields['numPendingTests']) + numberOf(fields['numTodoTests']);
  if (vitestExitCode !== 0 && failed === 0) {
    failed = 1;
    notes.push(`vitest ended with code ${vitestExitCode} although no test failed; its own message stands above.`);
  }
  return { passed, failed, skipped, exitCode: failed > 0 ? vitestExitCode || 1 : 0, notes };
};

/** The summaries of several runs of vitest as one; its exit code is that of the first that failed. */
export const combine = (summaries: readonly TestSummary[]): TestSummary => ({
  passed: summaries.reduce((sum, { passed }) => sum + passed, 0),
  failed: summaries.reduce((sum, { failed }) => sum + failed, 0),
  skipped: summaries.reduce((sum, { skipped }) => sum + skipped, 0),
  exitCode: summaries.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0,
  notes: summaries.flatMap(({ notes }) => notes),
});

/** `12 passed, 0 failed`, with `, 1 skipped` where some were. */
export const summaryLine = ({ passed, failed, skipped }: TestSummary): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
