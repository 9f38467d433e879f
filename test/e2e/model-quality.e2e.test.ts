/** One model of two becomes bad: `auto` turns away from it, an alarm is raised, and a person learns what to do. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type Platform } from '../../scripts/platform/platform.ts';
import { startFakeAnthropic } from '../../shared/testing/models/fake-anthropic.ts';
import { startFakeOpenAi } from '../../shared/testing/models/fake-openai.ts';
import type { FakeModelServer } from '../../shared/testing/models/script.ts';
import { request, sendJson, type ProjectAnswer } from './client.ts';

const root = join(import.meta.dirname, '..', '..');
/** By published benchmarks the better one. */
const better = 'anthropic/claude-opus-4-8';
const other = 'openai/gpt-5.4';

let isBad = false;
let folder = '';
let servers: readonly FakeModelServer[] = [];
let platform: Platform;

const sound = { text: '{"city":"Oslo"}' };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aidevos-quality-'));
  const anthropic = await startFakeAnthropic(() => (isBad ? { text: 'Oslo, I should say.' } : sound));
  const openAi = await startFakeOpenAi(() => sound);
  servers = [anthropic, openAi];
  platform = await startPlatform({
    stateFolder: folder,
    variables: {
      ANTHROPIC_API_KEY: anthropic.apiKey,
      ANTHROPIC_BASE_URL: anthropic.url,
      OPENAI_API_KEY: openAi.apiKey,
      OPENAI_BASE_URL: `${openAi.url}/v1`,
      AIDEVOS_MODELS: `${better},${other}`,
    },
  });
});

afterAll(async () => {
  await platform.stop();
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const question = {
  model: 'auto:best',
  messages: [{ role: 'user', content: 'Where does the king of Norway live?' }],
  max_completion_tokens: 2_000,
  response_format: { type: 'json_schema', json_schema: { name: 'place', schema } },
};

const ask = async (): Promise<string> => {
  const answer = await sendJson(`${platform.url}/v1/chat/completions`, question, 'POST', platform.apiKey);
  expect(answer.status, answer.text).toBe(200);
  return answer.headers.get('x-aidevos-model') ?? '';
};

/** Asks so often, ten at once; answers how often each model answered. */
const askOften = async (times: number): Promise<Record<string, number>> => {
  const counts: Record<string, number> = { [better]: 0, [other]: 0 };
  for (let asked = 0; asked < times; asked += 10) {
    for (const model of await Promise.all(Array.from({ length: 10 }, ask))) counts[model] = (counts[model] ?? 0) + 1;
  }
  return counts;
};

const get = async <Body>(path: string): Promise<Body> => {
  const answer = await request(`${platform.url}${path}`, { key: platform.apiKey });
  expect(answer.status, answer.text).toBe(200);
  return answer.json as Body;
};

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 100));
};

interface Alarms {
  readonly alarms: readonly { alarmId: string; model: string; measure: string; status: string; next: string }[];
}

interface Measures {
  readonly measures: readonly { measure: string; trials: number; misses?: number }[];
}

const trialsOf = ({ measures }: Measures, name: string): number =>
  measures.find(({ measure }) => measure === name)?.trials ?? 0;

const aidevos = (...args: string[]): Promise<{ readonly exitCode: number | null; readonly output: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, AIDEVOS_URL: platform.url, AIDEVOS_KEY: platform.apiKey };
    const child = spawn(process.execPath, [join(root, 'cli/index.ts'), ...args], { cwd: root, env });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    child.on('close', (exitCode) => resolve({ exitCode, output }));
  });

describe('a model that becomes bad', () => {
  it('is the one that auto takes while it is good', async () => {
    expect((await get<Alarms>('/api/models/quality/alarms')).alarms).toEqual([]);
    expect((await aidevos('models', 'alarms')).output).toContain('No alarm stands.');
    const counts = await askOften(120);
    expect(counts[better]).toBeGreaterThan(90);
    await until(async () => {
      const { models } = await get<{ models: readonly (Measures & { model: string })[] }>('/api/models/quality');
      return models.reduce((sum, model) => sum + trialsOf(model, 'schema'), 0) === 120;
    });
  });

  it('raises an alarm, and auto turns away from it', async () => {
    isBad = true;
    let asked = 0;
    await until(async () => {
      await askOften(10);
      asked += 10;
      expect(asked).toBeLessThanOrEqual(200);
      return (await get<Alarms>('/api/models/quality/alarms')).alarms.length > 0;
    });
    const { alarms } = await get<Alarms>('/api/models/quality/alarms');
    expect(alarms).toMatchObject([{ model: better, measure: 'schema', status: 'open' }]);
    await until(async () => {
      await askOften(10);
      return ((await askOften(10))[other] ?? 0) >= 8;
    });
    const counts = await askOften(60);
    expect(counts[other]).toBeGreaterThan(counts[better] ?? 0);
    expect(counts[other]).toBeGreaterThan(45);
  });

  it('is shown with its figures, acknowledged and rated by the command line', async () => {
    const [alarm] = (await get<Alarms>('/api/models/quality/alarms')).alarms;
    const listed = await aidevos('models', 'alarms');
    expect(listed.output).toContain(`${alarm?.alarmId}  ${better}  schema  open`);
    expect(listed.output).toContain('of the last');
    const known = await aidevos('models', 'alarms', 'ack', alarm?.alarmId ?? '', '--note', 'asked the provider');
    expect(known).toMatchObject({ exitCode: 0, output: expect.stringContaining('The alarm is acknowledged.') });
    expect((await aidevos('models', 'quality')).output).toMatch(/anthropic\/claude-opus-4-8 .* schema/);
    expect((await aidevos('models', 'quality', better)).output).toContain('Alarms stand for: schema');
    const answer = await sendJson(`${platform.url}/v1/chat/completions`, question, 'POST', platform.apiKey);
    const { id } = answer.json as { readonly id: string };
    await until(async () => (await aidevos('feedback', 'give', id, 'up', '--comment', 'right')).exitCode === 0);
    expect((await aidevos('feedback', 'list')).output).toContain('right');
    expect((await aidevos('feedback', 'give', id, 'great')).exitCode).toBe(2);
  });
});

it('what a team did says of its model how its calls, tasks and reviews went', async () => {
  const made = await sendJson(
    `${platform.url}/api/projects`,
    { specification: '# Notes\n\nA note has a title (required) and a text.\n', model: 'offline/engineer' },
    'POST',
    platform.apiKey,
  );
  const { projectId } = made.json as ProjectAnswer;
  await until(async () => (await get<ProjectAnswer>(`/api/projects/${projectId}`)).status !== 'active');
  const path = '/api/models/offline%2Fengineer/quality';
  const isTold = async (): Promise<boolean> => {
    const answer = await request(`${platform.url}${path}`, { key: platform.apiKey });
    return answer.status === 200 && trialsOf(answer.json as Measures, 'gates') > 0;
  };
  await until(isTold);
  const quality = await get<Measures & { parts: readonly (Measures & { role: string; taskKind: string })[] }>(path);
  for (const name of [
    'failure',
    'tool_arguments',
    'unknown_tool',
    'repair',
    'review',
    'returned',
    'gates',
    'duration',
  ]) {
    expect([name, trialsOf(quality, name)]).not.toEqual([name, 0]);
  }
  expect(quality.measures.find(({ measure }) => measure === 'tool_arguments')).toMatchObject({ misses: 0 });
  const implementing = quality.parts.filter(({ taskKind }) => taskKind === 'implement');
  expect(implementing.length).toBeGreaterThan(0);
  expect(implementing.every((part) => trialsOf(part, 'review') > 0)).toBe(true);
  const rated = await sendJson(`${platform.url}/api/feedback`, { projectId, rating: 1 }, 'POST', platform.apiKey);
  expect([rated.status, rated.json]).toMatchObject([201, { models: ['offline/engineer'] }]);
});
