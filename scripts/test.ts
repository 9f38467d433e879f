/**
 * Runs every test there is and ends with one line of counts: `N passed, N failed` (and `, N skipped` where some were).
 * Arguments go on to vitest, for example `npm test -- --project unit`. Without any, the rings run in two lanes side by side:
 * a ring in workerd keeps one processor busy.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { forwardSignals, waitForExit } from './platform/child-process.ts';
import { installPackage } from './platform/own-package.ts';
import { repositoryRoot } from './platform/state-folder.ts';
import { combine, summarize, summaryLine, type TestSummary } from './test-summary.ts';

const vitestArguments = process.argv.slice(2);

/** Rings that take about as long as all others together. */
const longRings = ['system'];

const lanes =
  vitestArguments.length === 0 && availableParallelism() > 1
    ? [longRings.map((ring) => `--project=${ring}`), longRings.map((ring) => `--project=!${ring}`)]
    : [vitestArguments];

/** Without the clients all other tests can run: their place is then taken by one that is skipped and says why. */
const prepareClients = async (): Promise<'sdk' | 'none'> => {
  const projects = vitestArguments.filter((_, index) => vitestArguments[index - 1] === '--project');
  if (projects.length > 0 && !projects.includes('clients')) return 'none';
  try {
    await installPackage(join(repositoryRoot, 'test', 'clients'));
    return 'sdk';
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 'none';
  }
};

const readReport = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // vitest ended before it wrote a report; the summary says so.
    return undefined;
  }
};

const runLane = async (
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  reportPath: string,
): Promise<TestSummary> => {
  const isAlone = lanes.length === 1;
  const child = spawn(
    process.execPath,
    [
      join(repositoryRoot, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportPath}`,
      ...args,
    ],
    { cwd: repositoryRoot, stdio: isAlone ? 'inherit' : ['ignore', 'pipe', 'pipe'], env: environment },
  );
  forwardSignals(child);
  // Line by line, so that no lane writes into a line of the other.
  for (const [stream, tell] of [
    [child.stdout, console.log],
    [child.stderr, console.error],
  ] as const) {
    if (stream !== null) createInterface({ input: stream }).on('line', (line) => tell(line));
  }
  const exitCode = await waitForExit(child);
  return summarize(readReport(reportPath), exitCode);
};

const folder = mkdtempSync(join(tmpdir(), 'aidevos-test-'));
const environment = {
  ...process.env,
  WRANGLER_SEND_METRICS: 'false',
  AIDEVOS_CLIENTS: await prepareClients(),
};
const summary = combine(
  await Promise.all(lanes.map((args, lane) => runLane(args, environment, join(folder, `lane-${lane}.json`)))),
);
rmSync(folder, { recursive: true, force: true });
for (const note of summary.notes) console.error(note);
console.log(summaryLine(summary));
process.exitCode = summary.exitCode;
