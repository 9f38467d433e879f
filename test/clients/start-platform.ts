/** Installs the clients where needed and starts one platform for all of them, with a provider behind it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { installPackage } from '../../scripts/platform/own-package.ts';
import { startPlatform } from '../../scripts/platform/platform.ts';
import { startFakeOpenAi } from '../../shared/testing/models/fake-openai.ts';
import { script } from './scripted.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly platformUrl: string;
    readonly platformKey: string;
    /** The wires that the platform answers with anything but 404. */
    readonly offered: { readonly responses: boolean; readonly messages: boolean; readonly embeddings: boolean };
  }
}

const isOffered = async (url: string, key: string, path: string): Promise<boolean> => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const response = await fetch(`${url}/v1/${path}`, { method: 'POST', headers, body: '{}' });
  await response.body?.cancel();
  return response.status !== 404;
};

export default async (project: TestProject): Promise<() => Promise<void>> => {
  await installPackage(import.meta.dirname);
  if (process.env['AIDEVOS_CLIENTS'] === 'all') await installPackage(join(import.meta.dirname, 'coding-tools'));
  const stateFolder = mkdtempSync(join(tmpdir(), 'aidevos-clients-'));
  const provider = await startFakeOpenAi(script, [], { limitRequired: false });
  const platform = await startPlatform({
    stateFolder,
    variables: {
      OPENAI_API_KEY: provider.apiKey,
      OPENAI_BASE_URL: `${provider.url}/v1`,
      AIDEVOS_MODELS: 'openai/scripted',
      // For clients that insist on names of OpenAI's kind.
      AIDEVOS_MODEL_ALIASES: 'gpt-scripted=openai/scripted',
      // So that `auto` knows what it can do and costs.
      AIDEVOS_PRICES: JSON.stringify([
        {
          name: 'openai/scripted',
          abilities: ['tools', 'json_schema'],
          price: { input: 50_000, cachedInput: 5_000, output: 400_000 },
        },
      ]),
    },
  });
  const { url, apiKey } = platform;
  project.provide('platformUrl', url);
  project.provide('platformKey', apiKey);
  project.provide('offered', {
    responses: await isOffered(url, apiKey, 'responses'),
    messages: await isOffered(url, apiKey, 'messages'),
    embeddings: await isOffered(url, apiKey, 'embeddings'),
  });
  return async () => {
    await platform.stop();
    await provider.close();
    rmSync(stateFolder, { recursive: true, force: true });
  };
};
