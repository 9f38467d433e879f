/**
 * `npm run bench -- scale`: a workspace that grows, and what one more agent, service and topic costs at each size. The
 * objects are the platform's own, in a bare workerd with their databases on disk. Flat per agent is the target.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureAgents, type AgentFigures } from './agents.ts';
import { readScaleOptions } from './options.ts';
import { startScaleWorker } from './scale-worker.ts';
import { measureServices, type ServiceFigures } from './services.ts';
import { measureTopics, type TopicFigures } from './topics.ts';

export interface ScaleFigures {
  readonly agents: readonly AgentFigures[];
  readonly topics: readonly TopicFigures[];
  readonly services: readonly ServiceFigures[];
}

/** Takes all figures; tells what it does. */
export const measureScale = async (args: readonly string[], tell: (line: string) => void): Promise<ScaleFigures> => {
  const options = readScaleOptions(args);
  const folder = mkdtempSync(join(tmpdir(), 'aidevos-bench-scale-'));
  const worker = await startScaleWorker(folder);
  try {
    const services = await measureServices(worker, options, tell);
    const topics = await measureTopics(worker, options, tell);
    return { services, topics, agents: await measureAgents(worker, options, tell) };
  } finally {
    worker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
