/** The main job as a user starts it: a platform of its own, whole projects from example 1, and single requests. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlatform, type Platform } from '../scripts/platform/platform.ts';
import { repositoryRoot } from '../scripts/platform/state-folder.ts';
import { median, quantile } from './statistics.ts';

export interface MainJobFigures {
  readonly startToReadyMs: { readonly first: number; readonly second: number };
  readonly specToAppMs: { readonly p50: number; readonly all: readonly number[] };
  /** Of the median build: time inside the model, summed over all agents, which work side by side. */
  readonly modelMs: number;
  readonly firstEventMs: { readonly p50: number; readonly p95: number };
}

const builds = 5;
const firstEvents = 20;

const call = async (
  platform: Platform,
  path: string,
  init: { readonly method?: string; readonly body?: string } = {},
): Promise<unknown> => {
  const headers = { authorization: `Bearer ${platform.apiKey}`, 'content-type': 'application/json' };
  const response = await fetch(`${platform.url}${path}`, { ...init, headers });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
};

interface Project {
  readonly projectId: string;
  readonly status: string;
  readonly reason?: string;
  readonly appUrl: string;
}

const create = (platform: Platform, specification: string): Promise<Project> =>
  call(platform, '/api/projects', { method: 'POST', body: JSON.stringify({ specification }) }) as Promise<Project>;

const build = async (
  platform: Platform,
  specification: string,
): Promise<{ readonly totalMs: number; readonly modelMs: number }> => {
  const startedAt = performance.now();
  const { projectId, appUrl } = await create(platform, specification);
  for (;;) {
    const project = (await call(platform, `/api/projects/${projectId}`)) as Project;
    if (project.status === 'completed') break;
    if (project.status !== 'active') throw new Error(`the project ended ${project.status}: ${project.reason ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const answer = await fetch(appUrl);
  if (!answer.ok) throw new Error(`the app answered ${answer.status}`);
  await answer.text();
  const totalMs = performance.now() - startedAt;
  return { totalMs, modelMs: await modelTime(platform, projectId) };
};

const modelTime = async (platform: Platform, projectId: string): Promise<number> => {
  const agents = (await call(platform, `/api/projects/${projectId}/agents`)) as {
    readonly agents: readonly { readonly agentId: string }[];
  };
  const details = await Promise.all(
    agents.agents.map(
      ({ agentId }) =>
        call(platform, `/api/agents/${agentId}`) as Promise<{ readonly usage: { readonly modelTimeMs: number } }>,
    ),
  );
  return details.reduce((sum, { usage }) => sum + usage.modelTimeMs, 0);
};

/** From sending the request to the first event in the client's hands. */
const firstEvent = async (platform: Platform, specification: string): Promise<number> => {
  const startedAt = performance.now();
  const { projectId } = await create(platform, specification);
  const stop = new AbortController();
  const response = await fetch(`${platform.url}/api/projects/${projectId}/events?after=0`, {
    headers: { authorization: `Bearer ${platform.apiKey}`, accept: 'text/event-stream' },
    signal: stop.signal,
  });
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (reader !== undefined && !text.includes('data:')) {
    const { done, value } = await reader.read();
    if (done) throw new Error('the event stream ended before its first event');
    text += decoder.decode(value, { stream: true });
  }
  const elapsedMs = performance.now() - startedAt;
  stop.abort();
  await call(platform, `/api/projects/${projectId}/cancel`, { method: 'POST', body: '{}' });
  return elapsedMs;
};

const start = async (stateFolder: string): Promise<{ readonly platform: Platform; readonly readyMs: number }> => {
  const startedAt = performance.now();
  const platform = await startPlatform({ stateFolder });
  return { platform, readyMs: performance.now() - startedAt };
};

/** Takes all figures; prints what it does on standard error. */
export const measureMainJob = async (tell: (line: string) => void): Promise<MainJobFigures> => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'aidevos-bench-'));
  const specification = readFileSync(join(repositoryRoot, 'examples/bookshelf/spec.md'), 'utf8');
  const first = await start(stateFolder);
  await first.platform.stop();
  const second = await start(stateFolder);
  const { platform } = second;
  try {
    const results: { totalMs: number; modelMs: number }[] = [];
    for (let round = 1; round <= builds; round += 1) {
      const result = await build(platform, specification);
      tell(`build ${round} of ${builds}: ${(result.totalMs / 1_000).toFixed(1)} s`);
      results.push(result);
    }
    const events: number[] = [];
    for (let round = 0; round < firstEvents; round += 1) events.push(await firstEvent(platform, specification));
    return {
      startToReadyMs: { first: first.readyMs, second: second.readyMs },
      specToAppMs: { p50: median(results.map(({ totalMs }) => totalMs)), all: results.map(({ totalMs }) => totalMs) },
      modelMs: median(results.map(({ modelMs }) => modelMs)),
      firstEventMs: { p50: median(events), p95: quantile(events, 0.95) },
    };
  } finally {
    await platform.stop();
    rmSync(stateFolder, { recursive: true, force: true });
  }
};
