/** The cells of both loops: every target in turn, over and over, so that a bad moment of the machine hits all alike. */
import { ownProcessorMs } from '../../scripts/platform/processor-time.ts';
import { median } from '../statistics.ts';
import type { LoadJob, LoadResult, Spread } from './load.ts';
import type { GatewayBenchOptions } from './options.ts';
import type { MeasuredTarget, Stage, TargetName } from './targets.ts';

export interface Cell {
  readonly target: TargetName;
  readonly stream: boolean;
  /** Requests per second of the open loop, connections of the closed one. */
  readonly pressure: number;
  /** Medians over the runs. */
  readonly perSecond: number;
  readonly firstByteMs: Spread;
  readonly wholeMs: Spread;
  /** To `direct` in the same cell of the same run: the median over the runs of the differences of the p50s. */
  readonly addedFirstByteMs: number;
  readonly addedWholeMs: number;
  /** Processor time of the target's process for each request; null where the system does not tell. */
  readonly processorMicroseconds: number | null;
  readonly requests: number;
  readonly errors: number;
  readonly firstError?: string;
}

interface Run extends LoadResult {
  readonly processorMicroseconds: number | null;
}

const runOnce = async (stage: Stage, { target, pid }: MeasuredTarget, job: Omit<LoadJob, 'target'>): Promise<Run> => {
  const before = ownProcessorMs(pid);
  const result = await stage.load.run({ ...job, target });
  const after = ownProcessorMs(pid);
  const spent = before === undefined || after === undefined ? null : (after - before) * 1_000;
  return { ...result, processorMicroseconds: spent === null ? null : spent / Math.max(1, result.requests) };
};

const mid = (runs: readonly Run[], read: (run: Run) => number): number => median(runs.map(read));

const spreadOf = (runs: readonly Run[], read: (run: Run) => Spread): Spread => ({
  p50: mid(runs, (run) => read(run).p50),
  p99: mid(runs, (run) => read(run).p99),
});

const toCell = (runs: readonly Run[], direct: readonly Run[]): Omit<Cell, 'target' | 'stream' | 'pressure'> => {
  const added = (read: (run: Run) => number): number =>
    median(runs.map((run, index) => read(run) - (direct[index] === undefined ? Number.NaN : read(direct[index]))));
  const firstError = runs.find((run) => run.firstError !== undefined)?.firstError;
  const spent = runs.flatMap(({ processorMicroseconds }) => processorMicroseconds ?? []);
  return {
    perSecond: mid(runs, ({ perSecond }) => perSecond),
    firstByteMs: spreadOf(runs, ({ firstByteMs }) => firstByteMs),
    wholeMs: spreadOf(runs, ({ wholeMs }) => wholeMs),
    addedFirstByteMs: added(({ firstByteMs }) => firstByteMs.p50),
    addedWholeMs: added(({ wholeMs }) => wholeMs.p50),
    processorMicroseconds: spent.length === 0 ? null : median(spent),
    requests: runs.reduce((sum, { requests }) => sum + requests, 0),
    errors: runs.reduce((sum, { errors }) => sum + errors, 0),
    ...(firstError === undefined ? {} : { firstError }),
  };
};

const warmUpRequests = 400;

/** Compiles the code of both paths everywhere. */
export const warmUp = async (stage: Stage): Promise<void> => {
  for (const { target } of stage.targets)
    for (const stream of [false, true])
      await stage.load.run({
        target,
        model: 'bench',
        stream,
        shape: { type: 'count', connections: 4, requests: warmUpRequests },
      });
};

/** Every cell of one loop, for both kinds of answers. */
export const measureCells = async (
  stage: Stage,
  loop: 'open' | 'closed',
  options: GatewayBenchOptions,
  tell: (line: string) => void,
): Promise<readonly Cell[]> => {
  const { seconds } = options;
  const cells: Cell[] = [];
  for (const stream of [false, true])
    for (const pressure of loop === 'open' ? options.ratesPerSecond : options.connections) {
      const shape: LoadJob['shape'] =
        loop === 'open'
          ? { type: 'open', ratePerSecond: pressure, seconds }
          : { type: 'closed', connections: pressure, seconds };
      const runs = new Map<TargetName, Run[]>(stage.targets.map(({ name }) => [name, []]));
      for (let run = 1; run <= options.runs; run += 1) {
        tell(`${loop} loop, ${stream ? 'streamed' : 'plain'}, ${pressure}, run ${run} of ${options.runs} …`);
        for (const measured of stage.targets)
          runs.get(measured.name)?.push(await runOnce(stage, measured, { model: 'bench', stream, shape }));
      }
      const direct = runs.get('direct') ?? [];
      for (const [target, made] of runs) cells.push({ target, stream, pressure, ...toCell(made, direct) });
    }
  return cells;
};
