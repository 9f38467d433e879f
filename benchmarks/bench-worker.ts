/** Starts the measuring Worker in a wrangler of its own and takes its two measurements. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loopback, reserveFreePort } from '../scripts/platform/ports.ts';
import { repositoryRoot } from '../scripts/platform/state-folder.ts';
import { Supervisor } from '../scripts/platform/supervisor.ts';
import { wranglerEnvironment, wranglerProgram } from '../scripts/platform/wrangler.ts';
import { median } from './statistics.ts';

export interface WorkerFigures {
  readonly bareInsertMs: number;
  readonly journaledStepMs: number;
  /** Median over rounds of step time to insert time in the same round. */
  readonly stepOverheadRatio: number;
  readonly testRunMs: { readonly first: number; readonly p50: number };
}

const startWorker = async (folder: string): Promise<{ readonly url: string; readonly supervisor: Supervisor }> => {
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
          join(repositoryRoot, 'benchmarks/worker/wrangler.toml'),
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

const post = async <T>(url: string): Promise<T> => {
  const response = await fetch(url, { method: 'POST' });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  // SAFETY: the Worker is ours and answers this shape; see benchmarks/worker/entry.ts.
  return (await response.json()) as T;
};

/** Figures from inside workerd. */
export const measureWorker = async (): Promise<WorkerFigures> => {
  const folder = mkdtempSync(join(tmpdir(), 'aidevos-bench-'));
  const { url, supervisor } = await startWorker(folder);
  try {
    const steps = await post<{ bareMs: number[]; stepMs: number[] }>(`${url}/steps`);
    const runs = await post<number[]>(`${url}/test-run`);
    return {
      bareInsertMs: median(steps.bareMs),
      journaledStepMs: median(steps.stepMs),
      stepOverheadRatio: median(steps.stepMs.map((step, round) => step / (steps.bareMs[round] ?? Number.NaN))),
      testRunMs: { first: runs[0] ?? Number.NaN, p50: median(runs.slice(1)) },
    };
  } finally {
    await supervisor.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
