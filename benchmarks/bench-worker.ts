/** Starts the measuring Worker in a wrangler of its own and takes its two measurements. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loopback, reserveFreePort } from '../scripts/platform/ports.ts';
import { repositoryRoot } from '../scripts/platform/state-folder.ts';
import { Supervisor } from '../scripts/platform/supervisor.ts';
import { wranglerEnvironment, wranglerProgram } from '../scripts/platform/wrangler.ts';
import { findRuntime, readResidentMib } from '../scripts/platform/processes.ts';
import { median, quantile } from './statistics.ts';

export interface WorkerFigures {
  readonly bareInsertMs: number;
  readonly journaledStepMs: number;
  /** Median over rounds of step time to insert time in the same round. */
  readonly stepOverheadRatio: number;
  readonly testRunMs: { readonly first: number; readonly p50: number };
  /** Operations per second, each on disk before the next of the same object. */
  readonly throughput: {
    readonly oneObject: ThroughputFigures;
    readonly hundredObjects: ThroughputFigures;
  };
  readonly eventLog: {
    /** One event in a transaction of its own: written, as OpenHands' benchmark counts it. */
    readonly writtenMs: number;
    /** The same, on disk before the next; and a bare row likewise in the same run. */
    readonly forcedMs: number;
    readonly bareForcedMs: number;
    readonly replays: readonly {
      readonly events: number;
      readonly replayMs: number;
      /** From a dead instance to its first answer. */
      readonly recoveryMs: number;
    }[];
    readonly publishToSocketMs: { readonly p50: number; readonly p99: number };
  };
  readonly largeLog: {
    readonly events: number;
    readonly fillMs: number;
    readonly recoveryMs: number;
    readonly appendMs: number;
    /** Growth of the runtime's resident memory from before the log was written until after it was read again. */
    readonly memoryGrowthMib: number | null;
  };
}

interface ThroughputFigures {
  readonly barePerSecond: number;
  readonly stepsPerSecond: number;
  /** Median over rounds of the bare rate to the rate of steps in the same round. */
  readonly overheadRatio: number;
}

/** Starts a measuring Worker, unless told the one of objects and logs. */
export const startBenchWorker = async (
  folder: string,
  configPath = 'benchmarks/worker/wrangler.toml',
): Promise<{ readonly url: string; readonly supervisor: Supervisor }> => {
  const reserved = await reserveFreePort();
  const reservedInspector = await reserveFreePort();
  const { port } = reserved;
  const url = `http://${loopback}:${port}`;
  const supervisor = new Supervisor(
    {
      command: {
        name: 'bench',
        program: wranglerProgram,
        args: [
          'dev',
          '--local',
          '--show-interactive-dev-session=false',
          '--config',
          join(repositoryRoot, configPath),
          '--ip',
          loopback,
          '--port',
          String(port),
          '--inspector-port',
          String(reservedInspector.port),
          '--persist-to',
          join(folder, 'state'),
        ],
        cwd: repositoryRoot,
        environment: wranglerEnvironment(folder),
        logPath: join(folder, 'bench.log'),
        staleFiles: [],
      },
      port,
      pingUrl: `${url}/health`,
      readyNeedsOk: true,
      watch: false,
    },
    () => undefined,
  );
  await supervisor.ready();
  reserved.release();
  reservedInspector.release();
  return { url, supervisor };
};

/** One measurement of a measuring Worker. */
export const post = async <T>(url: string): Promise<T> => {
  const response = await fetch(url, { method: 'POST' });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  // SAFETY: the Worker is ours and answers this shape; see benchmarks/worker/entry.ts.
  return (await response.json()) as T;
};

interface Round {
  readonly barePerSecond: number;
  readonly stepsPerSecond: number;
}

const summarizeRounds = (rounds: readonly Round[]): ThroughputFigures => ({
  barePerSecond: median(rounds.map(({ barePerSecond }) => barePerSecond)),
  stepsPerSecond: median(rounds.map(({ stepsPerSecond }) => stepsPerSecond)),
  overheadRatio: median(rounds.map(({ barePerSecond, stepsPerSecond }) => barePerSecond / stepsPerSecond)),
});

const spread = (values: readonly number[]): { readonly p50: number; readonly p99: number } => ({
  p50: median(values),
  p99: quantile(values, 0.99),
});

interface Replay {
  readonly events: number;
  readonly replayMs: readonly number[];
  readonly recoveryMs: readonly number[];
}

const measureEventLog = async (url: string): Promise<WorkerFigures['eventLog']> => {
  const persist = await post<{ writtenMs: number[]; forcedMs: number[]; bareForcedMs: number[] }>(`${url}/persist`);
  const replays = await post<readonly Replay[]>(`${url}/replay`);
  return {
    writtenMs: median(persist.writtenMs),
    forcedMs: median(persist.forcedMs),
    bareForcedMs: median(persist.bareForcedMs),
    replays: replays.map(({ events, replayMs, recoveryMs }) => ({
      events,
      replayMs: median(replayMs),
      recoveryMs: median(recoveryMs),
    })),
    publishToSocketMs: spread(await post<number[]>(`${url}/socket`)),
  };
};

/** Resident memory of the runtime that holds the objects, where this system can tell. */
const readMemoryMib = (supervisor: Supervisor): number | null => {
  const pid = findRuntime(supervisor.status().pid);
  return pid === undefined ? null : readResidentMib(pid);
};

const measureLargeLog = async (url: string, supervisor: Supervisor): Promise<WorkerFigures['largeLog']> => {
  const before = readMemoryMib(supervisor);
  const large = await post<{ events: number; fillMs: number; recoveryMs: number[]; appendMs: number }>(
    `${url}/large-log`,
  );
  const after = readMemoryMib(supervisor);
  const memoryGrowthMib = before === null || after === null ? null : after - before;
  return { ...large, recoveryMs: median(large.recoveryMs), memoryGrowthMib };
};

/** Figures from inside workerd. */
export const measureWorker = async (): Promise<WorkerFigures> => {
  const folder = mkdtempSync(join(tmpdir(), 'aidevos-bench-'));
  const { url, supervisor } = await startBenchWorker(folder);
  try {
    const steps = await post<{ bareMs: number[]; stepMs: number[] }>(`${url}/steps`);
    const runs = await post<number[]>(`${url}/test-run`);
    return {
      bareInsertMs: median(steps.bareMs),
      journaledStepMs: median(steps.stepMs),
      stepOverheadRatio: median(steps.stepMs.map((step, round) => step / (steps.bareMs[round] ?? Number.NaN))),
      testRunMs: { first: runs[0] ?? Number.NaN, p50: median(runs.slice(1)) },
      throughput: {
        oneObject: summarizeRounds(await post<readonly Round[]>(`${url}/throughput-of-one`)),
        hundredObjects: summarizeRounds(await post<readonly Round[]>(`${url}/throughput-of-hundred`)),
      },
      eventLog: await measureEventLog(url),
      largeLog: await measureLargeLog(url, supervisor),
    };
  } finally {
    await supervisor.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
