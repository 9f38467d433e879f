/**
 * Records the logs of a whole small project as a new version under `test/golden`, which every later version of the code
 * has to replay: `node scripts/bootstrap.mjs scripts/record-golden.ts <version>`, for example `v2`. A version that is
 * there already is never overwritten.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { goldenFolder, writeGolden } from './golden/golden-files.ts';
import { readStoredObjects } from './golden/state-folder-objects.ts';
import { startPlatform, type Platform } from './platform/platform.ts';

const specification = '# Notes\n\nA note has a title (required).\n';

interface ProjectAnswer {
  readonly projectId: string;
  readonly status: string;
  readonly reason?: string;
}

const call = async ({ url, apiKey }: Platform, path: string, body?: unknown): Promise<ProjectAnswer> => {
  const answer = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  // SAFETY: the API's own project.
  return (await answer.json()) as ProjectAnswer;
};

const build = async (platform: Platform): Promise<void> => {
  let project = await call(platform, '/api/projects', { specification });
  while (project.status === 'active') {
    await sleep(250);
    project = await call(platform, `/api/projects/${project.projectId}`);
  }
  if (project.status !== 'completed') throw new Error(`The project is ${project.status}: ${project.reason ?? ''}`);
  // The last messages of the agents are still on their way.
  await sleep(2_000);
};

const version = process.argv[2];
if (version === undefined || !/^v\d+$/.test(version)) throw new Error('Name the version: v1, v2, …');
const folder = join(goldenFolder, version);
if (existsSync(folder)) throw new Error(`${folder} is there already; a recorded version never changes.`);

const stateFolder = mkdtempSync(join(tmpdir(), 'aidevos-golden-'));
try {
  const platform = await startPlatform({ stateFolder });
  try {
    await build(platform);
  } finally {
    await platform.stop();
  }
  const objects = readStoredObjects(stateFolder);
  const bytes = writeGolden(folder, objects);
  console.log(`${objects.length} objects, ${bytes} bytes in ${folder}`);
} finally {
  rmSync(stateFolder, { recursive: true, force: true });
}
