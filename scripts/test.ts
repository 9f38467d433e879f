/**
 * Runs every test there is and ends with one line of counts: `N passed, N failed` (and `, N skipped` where some were).
 * Arguments go on to vitest, for example `npm test -- --project unit`. Without any, parts of them run side by side, one for
 * each processor: a ring in workerd keeps one busy.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackage } from './platform/own-package.ts';
import { repositoryRoot } from './platform/state-folder.ts';
import { runAlone, runBeside } from './test-part.ts';
import { combine, summaryLine, type TestSummary } from './test-summary.ts';

const vitestArguments = process.argv.slice(2);

/** The long ones first, so that none is left over at the end. */
const parts: readonly (readonly string[])[] = [
  ['--project=e2e', '--project=clients'],
  ['--project=system', '--shard=1/3'],
  ['--project=!system', '--project=!e2e', '--project=!clients'],
  ['--project=system', '--shard=2/3'],
  ['--project=system', '--shard=3/3'],
];
const atOnce = Math.min(availableParallelism(), parts.length);
const isTogether = vitestArguments.length === 0 && atOnce > 1;
const wanted = isTogether ? parts : [vitestArguments];
const run = isTogether ? runBeside : runAlone;

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

const folder = mkdtempSync(join(tmpdir(), 'aidevos-test-'));
const environment = {
  ...process.env,
  WRANGLER_SEND_METRICS: 'false',
  AIDEVOS_CLIENTS: await prepareClients(),
};
const summaries: TestSummary[] = [];
const waiting = [...wanted.entries()];
const runWaiting = async (): Promise<void> => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [part, args] = next;
    summaries[part] = await run({ args, environment, reportPath: join(folder, `part-${part}.json`) });
  }
};
await Promise.all(Array.from({ length: atOnce }, runWaiting));
const summary = combine(summaries);
rmSync(folder, { recursive: true, force: true });
for (const note of summary.notes) console.error(note);
console.log(summaryLine(summary));
process.exitCode = summary.exitCode;
