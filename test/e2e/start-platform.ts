/** Starts one platform in a folder of its own for all end-to-end tests, and stops it afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPlatform } from '../../scripts/platform/platform.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly url: string;
    readonly apiKey: string;
    readonly stateFolder: string;
  }
}

export default async (project: TestProject): Promise<() => Promise<void>> => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'aidevos-e2e-'));
  const platform = await startPlatform({ stateFolder });
  project.provide('url', platform.url);
  project.provide('apiKey', platform.apiKey);
  project.provide('stateFolder', stateFolder);
  return async () => {
    await platform.stop();
    rmSync(stateFolder, { recursive: true, force: true });
  };
};
