/**
 * One run of vitest with its output passed on line by line. A run that stalls is ended and begun once more: between two files
 * of a ring in workerd vitest may wait for ever for a runtime that has started
 * (https://github.com/cloudflare/workers-sdk/issues/15498).
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { forwardSignals, waitForExit } from './platform/child-process.ts';
import { killTree } from './platform/service-process.ts';
import { repositoryRoot } from './platform/state-folder.ts';
import { summarize, type TestSummary } from './test-summary.ts';

export interface TestPart {
  /** For vitest. */
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly reportPath: string;
}

/** No file of tests is silent for so long, on a machine however busy. */
const longestSilenceMs = 8 * 60_000;

const readReport = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // vitest ended before it wrote a report; the summary says so.
    return undefined;
  }
};

const vitest = ({ args, reportPath }: TestPart): readonly string[] => [
  join(repositoryRoot, 'node_modules', 'vitest', 'vitest.mjs'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${reportPath}`,
  ...args,
];

/** Runs it with the terminal to itself. */
export const runAlone = async (part: TestPart): Promise<TestSummary> => {
  const options = { cwd: repositoryRoot, stdio: 'inherit', env: part.environment } as const;
  const child = spawn(process.execPath, vitest(part), options);
  forwardSignals(child);
  const exitCode = await waitForExit(child);
  return summarize(readReport(part.reportPath), exitCode);
};

/** The summary, or undefined when it stalled and was ended. */
const runWatched = async (part: TestPart, silenceMs: number): Promise<TestSummary | undefined> => {
  const child = spawn(process.execPath, vitest(part), {
    cwd: repositoryRoot,
    // A group of its own, so that it is ended with everything it started.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: part.environment,
  });
  forwardSignals(child);
  let isStalled = false;
  const end = (): void => {
    isStalled = true;
    if (child.pid !== undefined) killTree(child.pid);
  };
  let silence = setTimeout(end, silenceMs);
  for (const [stream, tell] of [
    [child.stdout, console.log],
    [child.stderr, console.error],
  ] as const) {
    createInterface({ input: stream }).on('line', (line) => {
      clearTimeout(silence);
      if (!isStalled) silence = setTimeout(end, silenceMs);
      tell(line);
    });
  }
  const exitCode = await waitForExit(child);
  clearTimeout(silence);
  return isStalled ? undefined : summarize(readReport(part.reportPath), exitCode);
};

/** Runs it beside others. */
export const runBeside = async (part: TestPart, silenceMs = longestSilenceMs): Promise<TestSummary> => {
  const first = await runWatched(part, silenceMs);
  if (first !== undefined) return first;
  const stalled = `vitest ${part.args.join(' ')} said nothing for ${silenceMs / 60_000} minutes and was ended`;
  console.error(`${stalled}; it is begun once more.`);
  const second = await runWatched(part, silenceMs);
  if (second !== undefined) return { ...second, notes: [...second.notes, `${stalled}; its second run counts.`] };
  return { passed: 0, failed: 1, skipped: 0, exitCode: 1, notes: [`${stalled}, twice.`] };
};
