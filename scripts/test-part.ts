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
import { processorMs } from './platform/processor-time.ts';
import { killTree } from './platform/service-process.ts';
import { repositoryRoot } from './platform/state-folder.ts';
import { summarize, type TestSummary } from './test-summary.ts';

export interface TestPart {
  /** For vitest. */
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly reportPath: string;
}

/** When a run counts as stalled. */
export interface Patience {
  /** No file of tests is silent for so long, on a machine however busy. */
  readonly silenceMs: number;
  /** None is silent for so long and does nothing meanwhile, which is known where the system tells it. */
  readonly idleMs: number;
  readonly lookEveryMs: number;
}

const usualPatience: Patience = { silenceMs: 8 * 60_000, idleMs: 2 * 60_000, lookEveryMs: 15_000 };

/** Programs that only wait use less of a processor than this. */
const leastShare = 0.01;

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

interface Watch {
  readonly heard: () => void;
  readonly stop: () => void;
}

/** Calls `end` once, when the process has been silent, or silent and idle, for too long. */
const watch = (pid: number, { silenceMs, idleMs, lookEveryMs }: Patience, end: () => void): Watch => {
  let heardAt = Date.now();
  let activeAt = heardAt;
  let before = processorMs(pid);
  const look = (): void => {
    const now = Date.now();
    const used = processorMs(pid);
    const isIdle = used !== undefined && before !== undefined && Math.abs(used - before) < lookEveryMs * leastShare;
    if (!isIdle) activeAt = now;
    before = used;
    const isSilent = (ms: number): boolean => now - heardAt >= ms;
    if (!isSilent(silenceMs) && !(isSilent(idleMs) && now - activeAt >= idleMs)) return;
    clearInterval(timer);
    end();
  };
  const timer = setInterval(look, lookEveryMs);
  return {
    heard: () => {
      heardAt = Date.now();
    },
    stop: () => clearInterval(timer),
  };
};

/** The summary, or undefined when it stalled and was ended. */
const runWatched = async (part: TestPart, patience: Patience): Promise<TestSummary | undefined> => {
  const child = spawn(process.execPath, vitest(part), {
    cwd: repositoryRoot,
    // A group of its own, so that it is ended with everything it started.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: part.environment,
  });
  forwardSignals(child);
  let isStalled = false;
  const { pid } = child;
  const watching = watch(pid ?? 0, patience, () => {
    isStalled = true;
    if (pid !== undefined) killTree(pid);
  });
  for (const [stream, tell] of [
    [child.stdout, console.log],
    [child.stderr, console.error],
  ] as const) {
    createInterface({ input: stream }).on('line', (line) => {
      watching.heard();
      tell(line);
    });
  }
  const exitCode = await waitForExit(child);
  watching.stop();
  return isStalled ? undefined : summarize(readReport(part.reportPath), exitCode);
};

/** Runs it beside others. */
export const runBeside = async (part: TestPart, patience = usualPatience): Promise<TestSummary> => {
  const startedAt = Date.now();
  const first = await runWatched(part, patience);
  if (first !== undefined) return first;
  const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
  const stalled = `vitest ${part.args.join(' ')} stood still and was ended after ${minutes} minutes`;
  console.error(`${stalled}; it is begun once more.`);
  const second = await runWatched(part, patience);
  if (second !== undefined) return { ...second, notes: [...second.notes, `${stalled}; its second run counts.`] };
  return { passed: 0, failed: 1, skipped: 0, exitCode: 1, notes: [`${stalled}, twice.`] };
};
