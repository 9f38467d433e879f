/**
 * Runs every test there is and ends with one line of counts: `N passed, N failed` (and `, N skipped` where some were).
 * Arguments go on to vitest, for example `npm test -- --project unit`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardSignals, waitForExit } from './platform/child-process.ts';
import { repositoryRoot } from './platform/state-folder.ts';
import { summarize } from './test-summary.ts';

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
    ...process.argv.slice(2),
  ],
  { cwd: repositoryRoot, stdio: 'inherit', env: { ...process.env, WRANGLER_SEND_METRICS: 'false' } },
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
