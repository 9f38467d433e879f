/** Starts one platform in a folder of its own for all end-to-end tests, and stops it afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { loopback, reservePort, type ReservedPort } from '../../scripts/platform/ports.ts';
import { startPlatform } from '../../scripts/platform/platform.ts';
import { startWireEngineers } from '../../shared/testing/models/wire-engineers.ts';
import { hostileTurn } from './hostile-models.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly url: string;
    readonly apiKey: string;
    readonly stateFolder: string;
    /** Where nobody listens yet, and where workspaces may have keys sent to. */
    readonly modelOrigin: string;
    /** Where nobody listens yet, and where services may be. */
    readonly serviceOrigin: string;
    /** As `serviceOrigin`, for the tests of routing. */
    readonly routedOrigin: string;
  }
}

/** Below what systems hand out by themselves: these ports stay free until a test, much later, listens on one. */
const reserveQuietPort = async (): Promise<ReservedPort> => {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const reserved = await reservePort(20_000 + Math.floor(Math.random() * 12_000));
    if (reserved !== undefined) return reserved;
  }
  throw new Error('no free port was found between 20000 and 32000');
};

export default async (project: TestProject): Promise<() => Promise<void>> => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'aidevos-e2e-'));
  const engineers = await startWireEngineers({ before: hostileTurn });
  const upstream = await reserveQuietPort();
  const modelOrigin = `http://${loopback}:${upstream.port}`;
  const service = await reserveQuietPort();
  const serviceOrigin = `http://${loopback}:${service.port}`;
  const routed = await reserveQuietPort();
  const routedOrigin = `http://${loopback}:${routed.port}`;
  const variables = {
    ...engineers.variables,
    AIDEVOS_MODEL_ORIGINS: modelOrigin,
    AIDEVOS_SERVICE_ORIGINS: `${serviceOrigin},${routedOrigin}`,
  };
  const platform = await startPlatform({ stateFolder, variables });
  project.provide('modelOrigin', modelOrigin);
  project.provide('serviceOrigin', serviceOrigin);
  project.provide('routedOrigin', routedOrigin);
  project.provide('url', platform.url);
  project.provide('apiKey', platform.apiKey);
  project.provide('stateFolder', stateFolder);
  return async () => {
    await platform.stop();
    upstream.release();
    service.release();
    routed.release();
    await engineers.close();
    rmSync(stateFolder, { recursive: true, force: true });
  };
};
