import { beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/schemas/problem.ts';
import { fakeEffectId } from '../testing/fake-cast.ts';
import {
  createGateway,
  createRoleKey,
  createTestProject,
  createWorkspace,
  prepareDirectory,
} from '../testing/harness.ts';

const gateway = createGateway();
let key: string;
let viewerKey: string;
let strangerKey: string;
let path: string;

beforeAll(async () => {
  await prepareDirectory();
  const workspace = await createWorkspace(gateway);
  key = workspace.ownerKey;
  viewerKey = await createRoleKey(gateway, workspace, 'viewer');
  strangerKey = (await createWorkspace(gateway)).ownerKey;
  path = `/api/projects/${await createTestProject(gateway, key)}`;
});

const settle = (json: unknown, over: { key?: string; effectId?: string } = {}): Promise<Response> =>
  gateway.send(`${path}/effects/${over.effectId ?? fakeEffectId}/settle`, { key: over.key ?? key, json });

describe('effects in doubt', () => {
  it('are listed, and counted in the project', async () => {
    const list = async (query: string): Promise<unknown> =>
      (await gateway.send(`${path}/effects${query}`, { key })).json();
    expect(await list('')).toMatchObject({ effects: [{ effectId: fakeEffectId, status: 'in_doubt' }] });
    expect(await list('?status=all&limit=1')).toMatchObject({ effects: [{}], next: 1 });
    expect(await list('?status=settled')).toEqual({ effects: [] });
    expect(await (await gateway.send(path, { key })).json()).toMatchObject({ effectsInDoubt: 1, deadLetters: 1 });
    expect((await gateway.send(`${path}/effects?status=lost`, { key })).status).toBe(400);
    expect((await gateway.send(`${path}/effects`, { key: viewerKey })).status).toBe(200);
  });

  it('are settled in the name of the key', async () => {
    const answer = await settle({ decision: 'done', result: 'It was sent.', reason: 'I looked' });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      status: 'settled',
      decision: 'done',
      result: 'It was sent.',
      by: `person:key_${key.split('_')[2]}`,
    });
  });

  it.each([
    [{ decision: 'perhaps' }],
    [{ decision: 'redo', result: 'x' }],
    [{ decision: 'done', reason: '' }],
    [{ decision: 'done', by: 'person:somebody' }],
    [{}],
  ])('are not settled by %j', async (json) => {
    expect((await settle(json)).status).toBe(400);
  });

  it('are not settled by those who only look, nor from another workspace, nor when they are not there', async () => {
    expect((await settle({ decision: 'done' }, { key: viewerKey })).status).toBe(403);
    expect((await settle({ decision: 'done' }, { key: strangerKey })).status).toBe(404);
    expect((await gateway.send(`${path}/effects`, { key: strangerKey })).status).toBe(404);
    expect((await settle({ decision: 'done' }, { effectId: fakeEffectId.replace('-1', '-2') })).status).toBe(404);
    const wrong = await settle({ decision: 'done' }, { effectId: '..%2Fx' });
    expect(wrong.status).toBe(404);
  });
});

describe('dead letters', () => {
  it('are listed and replayed, by those who may', async () => {
    const list = await gateway.send(`${path}/dead-letters`, { key: viewerKey });
    expect(await list.json()).toMatchObject({ deadLetters: [{ letterId: 'project-outbox-1', attempts: 10 }] });
    const replay = (letterId: string, caller: string): Promise<Response> =>
      gateway.send(`${path}/dead-letters/${letterId}/replay`, { key: caller, method: 'POST' });
    expect((await replay('project-outbox-1', key)).status).toBe(202);
    expect((await replay('project-outbox-1', viewerKey)).status).toBe(403);
    expect((await replay('project-outbox-1', strangerKey)).status).toBe(404);
    expect((await replay('project-outbox-2', key)).status).toBe(404);
    expect((await replay('project-inbox-1', key)).status).toBe(404);
  });
});

describe('tools of a project', () => {
  const tool = { name: 'send_letter', description: 'Sends.', url: 'https://tools.test/x', effectClass: 'unsafe' };
  const create = (tools: unknown): Promise<Response> =>
    gateway.send('/api/projects', { key, json: { specification: '# Spec', tools } });

  it('are taken with what was left out filled in', async () => {
    expect((await create([tool])).status).toBe(201);
  });

  it.each([
    ['a name that is none', [{ ...tool, name: 'Send' }], 'body.tools.0.name'],
    ['a class that is none', [{ ...tool, effectClass: 'harmless' }], 'body.tools.0.effectClass'],
    ['a kind of task that is none', [{ ...tool, taskKinds: ['sleep'] }], 'body.tools.0.taskKinds.0'],
    ['too long a time', [{ ...tool, timeoutMs: 60_001 }], 'body.tools.0.timeoutMs'],
    ['a field too many', [{ ...tool, headers: {} }], 'body.tools.0'],
    ['too many tools', Array.from({ length: 21 }, () => tool), 'body.tools'],
  ])('are refused with %s', async (_what, tools, field) => {
    const answer = await create(tools);
    expect(answer.status).toBe(400);
    const problem: Problem = await answer.json();
    expect(JSON.stringify(problem)).toContain(field);
  });
});
