/**
 * Runs every test there is and ends with one line of counts: `N passed, N failed` (and `, N skipped` where some were).
 * Arguments go on to vitest, for example `npm test -- --project unit`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardSignals, waitForExit } from './platform/child-process.ts';
import { installPackage } from './platform/own-package.ts';
import { repositoryRoot } from './platform/state-folder.ts';
import { summarize } from './test-summary.ts';

const vitestArguments = process.argv.slice(2);

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

const clients = await prepareClients();
const folder = mkdtempSync(join(tmpdir(), 'aidevos-test-'));
const reportPath = join(folder, 'report.json');

const child = spawn(
  process.execPath,
  [
    join(repositoryRoot, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportPath}`,
    ...vitestArguments,
  ],
  {
    cwd: repositoryRoot,
    stdio: 'inherit',
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', AIDEVOS_CLIENTS: clients },
  },
);
forwardSignals(child);
const exitCode = await waitForExit(child);

const readReport = (): unknown => {
  try {
    return JSON.parse(readFileSync(reportPath, 'utf8'));
  } catch {
    // vitest ended before it wrote a report; the summary says so.
    return undefined;
  }
};

const summary = summarize(readReport(), exitCode);
rmSync(folder, { recursive: true, force: true });
for (const note of summary.notes) console.error(note);
console.log(summary.line);
process.exitCode = summary.exitCode;
