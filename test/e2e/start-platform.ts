/** Starts one platform in a folder of its own for all end-to-end tests, and stops it afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPlatform } from '../../scripts/platform/platform.ts';
import { startWireEngineers } from '../../shared/testing/models/wire-engineers.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly url: string;
    readonly apiKey: string;
    readonly stateFolder: string;
  }
}

export default async (project: TestProject): Promise<() => Promise<void>> => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'aidevos-e2e-'));
  const engineers = await startWireEngineers();
  const platform = await startPlatform({ stateFolder, variables: engineers.variables });
  project.provide('url', platform.url);
  project.provide('apiKey', platform.apiKey);
  project.provide('stateFolder', stateFolder);
  return async () => {
    await platform.stop();
    await engineers.close();
    rmSync(stateFolder, { recursive: true, force: true });
  };
};
