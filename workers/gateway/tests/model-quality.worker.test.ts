/** What calls of `/v1` say of the models, as the API tells it: on every wire, whole and streamed, sound and broken. */
import { beforeAll, describe, expect, it } from 'vitest';
import { workspaceStub } from '../../../durable-objects/stubs.ts';
import { readModelAccounts } from '../../../shared/adapters/models/index.ts';
import { noAmounts } from '../../../shared/domain/budget/amounts.ts';
import { createChatModels } from '../chat-models.ts';
import {
  bindings,
  createGateway,
  createRoleKey,
  createTestProject,
  createWorkspace,
  prepareDirectory,
  type Gateway,
  type TestWorkspace,
} from '../testing/harness.ts';

const chatModels = createChatModels({
  accounts: readModelAccounts(bindings),
  guard: { protect: (client) => client },
  names: ['openai/gpt-4o', 'anthropic/claude-sonnet-4-5'],
});

const operator = createGateway({ chatModels });

beforeAll(prepareDirectory);

const messages = [{ role: 'user', content: 'Hello' }];
/** A chat request that nothing is wrong with. */
const chat = { messages, max_completion_tokens: 2_000 };
const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const chatTools = [{ type: 'function', function: { name: 'get_weather', parameters: city } }];
const chatFormat = { type: 'json_schema', json_schema: { name: 'place', schema: city } };

interface Measure {
  readonly measure: string;
  readonly trials: number;
  readonly misses?: number;
}

const shown = (measures: readonly Measure[]) =>
  Object.fromEntries(measures.map(({ measure, trials, misses }) => [measure, [trials, misses]]));

const qualityOf = async ({ ownerKey }: TestWorkspace, query = '') => {
  const answer = await operator.send(`/api/models/quality${query}`, { key: ownerKey });
  expect(answer.status).toBe(200);
  const { models }: { models: { model: string; measures: Measure[] }[] } = await answer.json();
  return Object.fromEntries(models.map(({ model, measures }) => [model, shown(measures)]));
};

const send = async (gateway: Gateway, { ownerKey }: TestWorkspace, path: string, json: object): Promise<Response> => {
  const answer = await gateway.send(path, { key: ownerKey, json });
  const text = await answer.text();
  return new Response(text, { status: answer.status, headers: answer.headers });
};

const common = { failure: [1, 0], refusal: [1, 0], truncation: [1, 0] };

describe('an answer is judged by what its request asked for', () => {
  const wires = [
    ['chat, passed on', '/v1/chat/completions', 'openai/gpt-4o'],
    ['chat, translated', '/v1/chat/completions', 'anthropic/claude-sonnet-4-5'],
    ['messages, passed on', '/v1/messages', 'anthropic/claude-sonnet-4-5'],
    ['messages, translated', '/v1/messages', 'openai/gpt-4o'],
  ] as const;
  const cases = wires.flatMap((wire) => [false, true].map((stream) => [...wire, stream] as const));

  it.each(cases)('%s (%s, %s, streamed: %s)', async (_name, path, model, stream) => {
    const workspace = await createWorkspace(operator);
    const gateway = createGateway({ chatModels });
    const isChat = path === '/v1/chat/completions';
    const body = { model, messages, stream, ...(isChat ? { max_completion_tokens: 2_000 } : { max_tokens: 2_000 }) };
    const tools = isChat ? chatTools : [{ name: 'get_weather', input_schema: city }];
    const format = isChat
      ? { response_format: chatFormat }
      : { output_config: { format: { type: 'json_schema', schema: city } } };
    // The model calls two tools, of which one was not offered.
    expect((await send(gateway, workspace, path, { ...body, tools })).status).toBe(200);
    await gateway.settle();
    const broken = stream ? { broken: [1, 0] } : {};
    const first = (await qualityOf(workspace))[model];
    expect(first).toMatchObject({ ...common, ...broken, unknown_tool: [1, 1], tool_arguments: [1, 0] });
    expect(first).not.toHaveProperty('schema');
    // It answers a few words where JSON was asked for.
    expect((await send(gateway, workspace, path, { ...body, ...format })).status).toBe(200);
    await gateway.settle();
    expect((await qualityOf(workspace))[model]).toMatchObject({
      schema: [1, 1],
      unknown_tool: [1, 1],
      failure: [2, 0],
    });
    const kind = isChat ? 'chat' : 'messages';
    expect(Object.keys(await qualityOf(workspace, `?taskKind=${kind}&role=client`))).toEqual([model]);
    expect(await qualityOf(workspace, '?taskKind=responses')).toEqual({});
    expect(await qualityOf(workspace, `?model=${encodeURIComponent(model)}`)).toHaveProperty([model]);
  });

  it.each(cases.filter(([, path]) => path === '/v1/chat/completions'))(
    'calls of functions, the older form: %s (%s, %s, streamed: %s)',
    async (_name, path, model, stream) => {
      const workspace = await createWorkspace(operator);
      const gateway = createGateway({ chatModels });
      const functions = [{ name: 'get_weather', parameters: city }];
      expect((await send(gateway, workspace, path, { ...chat, model, stream, functions })).status).toBe(200);
      await gateway.settle();
      // Where the answer is translated, the call that is not shown is judged, too: it was not offered.
      const unknown = model.startsWith('anthropic/') ? [1, 1] : [1, 0];
      expect((await qualityOf(workspace))[model]).toMatchObject({
        ...common,
        unknown_tool: unknown,
        tool_arguments: [1, 0],
      });
    },
  );

  it('responses, and somebody of the team who is asked', async () => {
    const workspace = await createWorkspace(operator);
    const gateway = createGateway({ chatModels }, { AIDEVOS_MODEL: 'openai/gpt-4o' });
    const text = { format: { type: 'json_schema', name: 'place', schema: city } };
    await send(gateway, workspace, '/v1/responses', { model: 'openai/gpt-4o', input: 'Hello', text });
    await send(gateway, workspace, '/v1/chat/completions', { ...chat, model: 'role/architect' });
    await gateway.settle();
    expect((await qualityOf(workspace, '?taskKind=responses'))['openai/gpt-4o']).toMatchObject({ schema: [1, 1] });
    expect((await qualityOf(workspace, '?role=architect'))['openai/gpt-4o']).toMatchObject({ failure: [1, 0] });
  });

  it('and a provider by whether it answers', async () => {
    const workspace = await createWorkspace(operator);
    const gateway = createGateway({ chatModels });
    for (const model of ['openai/cut', 'anthropic/cut', 'openai/broken', 'openai/too-long']) {
      await send(gateway, workspace, '/v1/chat/completions', { ...chat, model, stream: true });
    }
    await gateway.settle();
    expect(await qualityOf(workspace)).toEqual({
      'anthropic/cut': { failure: [1, 1], broken: [1, 1] },
      'openai/broken': { failure: [1, 1] },
      'openai/cut': { failure: [1, 1], broken: [1, 1] },
    });
  });
});

describe('the view of models', () => {
  it('is empty at first, refuses what it cannot read, and shows nothing of another workspace', async () => {
    const workspace = await createWorkspace(operator);
    const stranger = await createWorkspace(operator);
    expect(await qualityOf(workspace)).toEqual({});
    const gateway = createGateway({ chatModels });
    await send(gateway, workspace, '/v1/chat/completions', { ...chat, model: 'openai/gpt-4o' });
    await gateway.settle();
    const one = await operator.send('/api/models/openai%2Fgpt-4o/quality', { key: workspace.ownerKey });
    expect([one.status, await one.json()]).toMatchObject([
      200,
      { model: 'openai/gpt-4o', alarms: [], parts: [{ role: 'client', taskKind: 'chat' }] },
    ]);
    expect(await qualityOf(stranger)).toEqual({});
    const missing = await operator.send('/api/models/openai%2Fgpt-4o/quality', { key: stranger.ownerKey });
    expect([missing.status, await missing.json()]).toMatchObject([
      404,
      { detail: expect.stringContaining('Nothing was') },
    ]);
    for (const query of ['limit=0', 'limit=x', 'since=yesterday', 'sort=name', 'role=']) {
      const refused = await operator.send(`/api/models/quality?${query}`, { key: workspace.ownerKey });
      expect([query, refused.status]).toEqual([query, 400]);
    }
  });
});

describe('an alarm', () => {
  it('is listed with what to do, and is acknowledged by members only', async () => {
    const workspace = await createWorkspace(operator);
    const key = workspace.ownerKey;
    const none = await operator.send('/api/models/quality/alarms', { key });
    expect([none.status, await none.json()]).toEqual([200, { alarms: [] }]);
    for (const [index, total] of [0, 0, 0, 19].entries()) {
      const row = {
        model: 'openai/a',
        role: 'client',
        taskKind: 'chat',
        measure: 'refusal' as const,
        trials: 20,
        total,
      };
      const batch = { batch: index + 1, revision: index + 1, used: noAmounts, hold: noAmounts };
      const report = { holderId: 'i', ...batch, rows: [], quality: [row] };
      await workspaceStub(bindings, workspace.workspaceId).reportCalls(report);
    }
    const listed: { alarms: { alarmId: string; summary: string; next: string; status: string }[] } = await (
      await operator.send('/api/models/quality/alarms', { key })
    ).json();
    const [alarm] = listed.alarms;
    expect(alarm?.summary).toBe('answers that were refused: 95 % of the last 20, 0 % of 60 before.');
    expect(alarm?.next).toContain('name another model');
    const path = `/api/models/quality/alarms/${alarm?.alarmId}/acknowledge`;
    const viewer = await createRoleKey(operator, workspace, 'viewer');
    expect((await operator.send(path, { key: viewer, json: {} })).status).toBe(403);
    const known = await operator.send(path, { key, json: { note: 'seen' } });
    expect([known.status, await known.json()]).toMatchObject([200, { status: 'acknowledged', note: 'seen' }]);
    const over = await operator.send(path, { key, json: { accept: true } });
    expect([over.status, await over.json()]).toMatchObject([200, { status: 'closed', next: 'Nothing: it is over.' }]);
    expect((await operator.send(path.replace(/alm_./, 'alm_7'), { key, json: {} })).status).toBe(404);
  });
});

describe('a rating', () => {
  it('is taken for an answer by any of its ids, and counts for the model that gave it', async () => {
    const workspace = await createWorkspace(operator);
    const gateway = createGateway({ chatModels });
    const passed = await send(gateway, workspace, '/v1/chat/completions', { ...chat, model: 'openai/gpt-4o' });
    const stream = { ...chat, model: 'openai/gpt-4o', stream: true };
    const streamed = await send(gateway, workspace, '/v1/chat/completions', stream);
    const translated = { ...chat, model: 'anthropic/claude-sonnet-4-5' };
    const other = await send(gateway, workspace, '/v1/chat/completions', translated);
    const response = await send(gateway, workspace, '/v1/responses', { model: 'openai/gpt-4o', input: 'Hello' });
    await gateway.settle();
    const idOf = async (answer: Response): Promise<string> => ((await answer.json()) as { id: string }).id;
    const streamedId = /"id":"([^"]+)"/.exec(await streamed.text())?.[1] ?? '';
    const ids = [await idOf(passed), streamedId, await idOf(other), await idOf(response)];
    ids.push(streamed.headers.get('x-request-id') ?? '');
    expect(new Set(ids).size).toBe(5);
    for (const [index, responseId] of ids.entries()) {
      const json = { responseId, rating: index === 0 ? -1 : 1, comment: 'as I see it' };
      const given = await operator.send('/api/feedback', { key: workspace.ownerKey, json });
      expect([responseId, given.status]).toEqual([responseId, 201]);
    }
    const twice = await operator.send('/api/feedback', {
      key: workspace.ownerKey,
      json: { responseId: ids[0], rating: 1 },
    });
    expect(twice.status).toBe(409);
    expect(await qualityOf(workspace)).toMatchObject({
      'openai/gpt-4o': { feedback: [4, 1] },
      'anthropic/claude-sonnet-4-5': { feedback: [1, 0] },
    });
    const list: { feedback: unknown[] } = await (
      await operator.send('/api/feedback?limit=2', { key: workspace.ownerKey })
    ).json();
    expect(list.feedback).toHaveLength(2);
    const stranger = await createWorkspace(operator);
    const foreign = await operator.send('/api/feedback', {
      key: stranger.ownerKey,
      json: { responseId: ids[0], rating: 1 },
    });
    expect([foreign.status, await foreign.json()]).toMatchObject([
      404,
      { detail: expect.stringContaining('x-request-id') },
    ]);
  });

  it('is taken for a project and its tasks, and refused where it says nothing', async () => {
    const workspace = await createWorkspace(operator);
    const key = workspace.ownerKey;
    const projectId = await createTestProject(operator, key);
    const rate = (json: object) => operator.send('/api/feedback', { key, json });
    expect((await rate({ projectId, rating: 0.5 })).status).toBe(201);
    expect(await qualityOf(workspace)).toEqual({ 'openai/engineer': { feedback: [1, 0.5] } });
    const taskId = 'tsk_00000000000000000000000000';
    expect((await rate({ projectId, taskId, rating: 1 })).status).toBe(404);
    for (const json of [
      { rating: 1 },
      { projectId, responseId: 'chatcmpl-1', rating: 1 },
      { responseId: 'chatcmpl-1', taskId, rating: 1 },
      { responseId: 'chatcmpl-1', rating: 2 },
      { responseId: 'chatcmpl-1', rating: -0.5 },
      { responseId: 'with space', rating: 1 },
      { projectId, rating: 'good' },
    ]) {
      expect([json, (await rate(json)).status]).toEqual([json, 400]);
    }
  });
});
