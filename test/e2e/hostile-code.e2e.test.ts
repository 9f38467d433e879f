import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type Platform } from '../../scripts/platform/platform.ts';
import { startWireEngineers, type WireEngineers } from '../../shared/testing/models/wire-engineers.ts';

let stateFolder = '';
let engineers: WireEngineers;
let platform: Platform;

// A platform of its own: its sandbox dies again and again, and other tests are to be left in peace.
beforeAll(async () => {
  stateFolder = mkdtempSync(join(tmpdir(), 'aidevos-hostile-'));
  engineers = await startWireEngineers({ faults: [] });
  platform = await startPlatform({ stateFolder, variables: engineers.variables });
});

afterAll(async () => {
  await platform.stop();
  await engineers.close();
  rmSync(stateFolder, { recursive: true, force: true });
});

const call = async (
  path: string,
  body?: object,
): Promise<{ readonly status: string; readonly projectId: string; readonly reason?: string }> => {
  const response = await fetch(`${platform.url}${path}`, {
    headers: { authorization: `Bearer ${platform.apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as { readonly status: string; readonly projectId: string };
};

const specification = '# Notes\n\nA note has a title (required) and a text.\n';

/** Builds with a model, asking the platform for its health all the while. */
const build = async (model: string): Promise<{ readonly status: string; readonly reason?: string }> => {
  const { projectId } = await call('/api/projects', { specification, model, maxAttempts: 1 });
  for (;;) {
    await call('/health');
    const project = await call(`/api/projects/${projectId}`);
    if (project.status !== 'active') return project;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
};

describe('code that takes the sandbox down', () => {
  it.each([
    ['hangs in native code', 'openai/hanger'],
    ['allocates without end', 'openai/bomber'],
  ])('ends as the failure of its own run when it %s, and the platform goes on', async (_name, model) => {
    const hostile = await build(model);
    expect(hostile.status).toBe('failed');
    expect(hostile.reason).toMatch(/crashed|timed_out/);
    const peaceful = await build('offline/engineer');
    expect(peaceful.reason).toBeUndefined();
    expect(peaceful.status).toBe('completed');
  });
});
