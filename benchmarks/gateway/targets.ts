/** All that is measured beside each other, before one upstream. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loopback } from '../../scripts/platform/ports.ts';
import type { LoadJob, LoadResult, Target } from './load.ts';
import { gatewayFlags, startOurGateway } from './our-gateway.ts';
import { startPortkey } from './portkey.ts';
import { startProgram, type Program } from './program.ts';
import type { UpstreamAddress } from './upstream.ts';
import { startWorkerd, textBinding, type Running } from './workerd.ts';

/** `direct` is the upstream itself, which every other one is compared with. */
export const targetNames = ['direct', 'pass-through', 'parse-frames', 'least-gateway', 'portkey', 'ours'] as const;

export type TargetName = (typeof targetNames)[number];

export interface MeasuredTarget {
  readonly name: TargetName;
  readonly target: Target;
  /** The process that stands between; the upstream's own for `direct`. */
  readonly pid: number;
}

export interface Stage {
  readonly targets: readonly MeasuredTarget[];
  /** The load generator. */
  readonly load: Program<LoadJob, LoadResult>;
  readonly upstream: string;
  readonly stop: () => void;
}

const providerKey = 'bench-key-0123456789abcdef';
const bearer = (key: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${key}` });

const startFloor = (name: TargetName, upstream: string, folder: string): Promise<Running> =>
  startWorkerd(
    [
      {
        name,
        module: join(import.meta.dirname, 'workers', `${name}.js`),
        compatibilityFlags: name === 'least-gateway' ? gatewayFlags : [],
        bindings: [textBinding('UPSTREAM', upstream)],
      },
    ],
    folder,
  );

interface Made {
  readonly running: Running;
  readonly headers: Readonly<Record<string, string>>;
  readonly modelPrefix?: string;
}

const make = async (name: Exclude<TargetName, 'direct'>, upstream: string, folder: string): Promise<Made> => {
  switch (name) {
    case 'pass-through':
    case 'parse-frames':
    case 'least-gateway':
      return { running: await startFloor(name, upstream, folder), headers: bearer(providerKey) };
    case 'portkey': {
      const route = { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${upstream}/v1` };
      return { running: await startPortkey(folder), headers: { ...bearer(providerKey), ...route } };
    }
    case 'ours': {
      const running = await startOurGateway(upstream, folder);
      return { running, headers: bearer(running.apiKey), modelPrefix: 'openai/' };
    }
  }
};

/** Starts the upstream, the load generator and these targets. */
export const startStage = async (names: readonly TargetName[], tell: (line: string) => void): Promise<Stage> => {
  const folder = mkdtempSync(join(tmpdir(), 'aidevos-bench-gateway-'));
  const provider = startProgram<object, UpstreamAddress>('upstream.ts');
  const load = startProgram<LoadJob, LoadResult>('load.ts');
  const started: Running[] = [];
  const stop = (): void => {
    for (const { stop } of started) stop();
    load.stop();
    provider.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { port } = await provider.run({});
    const upstream = `http://${loopback}:${port}`;
    const direct = { origin: upstream, headers: bearer(providerKey), modelPrefix: '' };
    const targets: MeasuredTarget[] = [{ name: 'direct', target: direct, pid: provider.pid }];
    for (const name of names) {
      if (name === 'direct') continue;
      tell(`Starting ${name} …`);
      const own = join(folder, name);
      mkdirSync(own);
      const { running, headers, modelPrefix = '' } = await make(name, upstream, own);
      started.push(running);
      targets.push({ name, target: { origin: running.origin, headers, modelPrefix }, pid: running.pid });
    }
    return { targets, load, upstream, stop };
  } catch (error) {
    stop();
    throw error;
  }
};
