/** What one more agent costs: on the disk, in memory while it sleeps, and until it is awake. */
import { setTimeout as sleep } from 'node:timers/promises';
import { median, quantile } from '../statistics.ts';
import type { Range, SampleJob, Times } from './jobs.ts';
import type { ScaleOptions } from './options.ts';
import type { ScaleWorker } from './scale-worker.ts';
import { spread } from './spread.ts';

export interface AgentFigures {
  readonly agents: number;
  readonly createdPerSecond: number;
  readonly diskBytesPerAgent: number;
  /** Of the whole runtime, after every object has been put away; null where this system cannot tell. */
  readonly idleMib: number | null;
  /** The same, less what the runtime has without agents, for each agent. */
  readonly idleBytesPerAgent: number | null;
  /** From a request to the answer of an object that was not in memory. */
  readonly wakeMs: { readonly p50: number; readonly p99: number };
  /** The same, asked again at once. */
  readonly awakeMs: { readonly p50: number; readonly p99: number };
}

/** The runtime puts an object away that nobody has asked for ten seconds. */
const putAwayMs = 12_000;

/** Made by one request to the Worker. */
const agentsOfJob = 500;

const grow = async (worker: ScaleWorker, { from, to }: Range): Promise<number> => {
  const startedAt = performance.now();
  for (let next = from; next < to; next += agentsOfJob) {
    await worker.run('/agents/grow', { from: next, to: Math.min(to, next + agentsOfJob) });
  }
  return ((to - from) * 1_000) / (performance.now() - startedAt);
};

const timesOf = async (worker: ScaleWorker, job: SampleJob): Promise<readonly number[]> => {
  // SAFETY: the answer of our own Worker; see worker/agents.ts.
  const { timesMs } = (await worker.run('/agents/wake', job)) as Times;
  return timesMs;
};

const describe = ({ agents, createdPerSecond, diskBytesPerAgent, idleMib, wakeMs }: AgentFigures): string =>
  `${agents} agents: ${createdPerSecond.toFixed(0)} made a second, ${(diskBytesPerAgent / 1_024).toFixed(0)} KiB each on disk, ${idleMib?.toFixed(0) ?? '?'} MiB idle, awake in ${wakeMs.p50.toFixed(1)} ms (p99 ${wakeMs.p99.toFixed(1)})`;

/** At each size, after the runtime has put every object away. */
export const measureAgents = async (
  worker: ScaleWorker,
  { agents: sizes, samples }: Pick<ScaleOptions, 'agents' | 'samples'>,
  tell: (line: string) => void,
): Promise<readonly AgentFigures[]> => {
  const figures: AgentFigures[] = [];
  const emptyMib = worker.residentMib();
  let from = 0;
  for (const to of sizes) {
    const createdPerSecond = from === to ? Number.NaN : await grow(worker, { from, to });
    await sleep(putAwayMs);
    const idleMib = worker.residentMib();
    const { bytes } = worker.disk('AgentObject');
    const numbers = spread(to, samples);
    const wakeMs = await timesOf(worker, { numbers });
    const awakeMs = await timesOf(worker, { numbers });
    const figure: AgentFigures = {
      agents: to,
      createdPerSecond,
      diskBytesPerAgent: bytes / to,
      idleMib,
      idleBytesPerAgent: idleMib === null || emptyMib === null ? null : ((idleMib - emptyMib) * 2 ** 20) / to,
      wakeMs: { p50: median(wakeMs), p99: quantile(wakeMs, 0.99) },
      awakeMs: { p50: median(awakeMs), p99: quantile(awakeMs, 0.99) },
    };
    tell(describe(figure));
    figures.push(figure);
    from = to;
  }
  return figures;
};
