/**
 * `npm run bench -- scale`: a workspace that grows, and what one more agent, service and topic costs at each size. The
 * objects are the platform's own, in a bare workerd with their databases on disk. Flat per agent is the target: the last
 * column of each table is the figure at this size divided by the one at the first size that is large enough to tell.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureAgents, type AgentFigures } from './agents.ts';
import { readScaleOptions } from './options.ts';
import { startScaleWorker } from './scale-worker.ts';

export interface ScaleFigures {
  readonly agents: readonly AgentFigures[];
}

/** Takes all figures; tells what it does. */
export const measureScale = async (args: readonly string[], tell: (line: string) => void): Promise<ScaleFigures> => {
  const { sizes, samples } = readScaleOptions(args);
  const folder = mkdtempSync(join(tmpdir(), 'aidevos-bench-scale-'));
  mkdirSync(folder, { recursive: true });
  const worker = await startScaleWorker(folder);
  try {
    return { agents: await measureAgents(worker, { sizes, samples }, tell) };
  } finally {
    worker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
