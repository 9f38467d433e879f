/** `/v1/responses` over every kind of model: whole, streamed, with tools, refused and broken. */
import type OpenAI from 'openai';
import { APIError } from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readModelAccounts } from '../../../shared/adapters/models/index.ts';
import { createChatModels } from '../chat-models.ts';
import { bindings, createGateway, createRoleKey, createWorkspace, prepareDirectory } from '../testing/harness.ts';
import { readError } from '../testing/openai-answers.ts';
import { createOpenAi } from '../testing/openai-client.ts';

/** Without the breaker, which the faults of these tests would open. */
const chatModels = createChatModels({
  accounts: readModelAccounts(bindings),
  guard: { protect: (client) => client },
  names: [],
});
const gateway = createGateway({ chatModels });
let key: string;
let viewerKey: string;
let client: OpenAI;

beforeAll(async () => {
  await prepareDirectory();
  const workspace = await createWorkspace(gateway);
  key = workspace.ownerKey;
  viewerKey = await createRoleKey(gateway, workspace, 'viewer');
  client = createOpenAi(gateway, key);
});

const words = 'one two three four five six seven eight nine ten';
const weather = {
  type: 'function' as const,
  name: 'get_weather',
  strict: false,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

const post = async (json: object): Promise<Response> => await gateway.send('/v1/responses', { key, json });

describe.each(['openai/plain', 'anthropic/plain'])('%s', (model) => {
  it('answers whole', async () => {
    const response = await client.responses.create({ model, input: 'Hello', max_output_tokens: 100 });
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      model,
      error: null,
      incomplete_details: null,
      output_text: words,
      usage: {
        input_tokens: 12,
        output_tokens: 10,
        total_tokens: 22,
        input_tokens_details: { cached_tokens: 4, cache_write_tokens: 0 },
        output_tokens_details: { reasoning_tokens: 0 },
      },
    });
    expect(response.id).toMatch(/^resp_[0-9a-z]{58}$/);
    expect(response.output).toMatchObject([{ type: 'message', role: 'assistant', status: 'completed' }]);
  });

  it('streams what the SDK puts together to the same', async () => {
    const stream = client.responses.stream({ model, input: 'Hello', max_output_tokens: 100 });
    const types: string[] = [];
    let text = '';
    stream.on('event', (event) => types.push(event.type));
    stream.on('response.output_text.delta', ({ delta }) => {
      text += delta;
    });
    const whole = await stream.finalResponse();
    expect([text, whole.output_text, whole.status]).toEqual([words, words, 'completed']);
    expect(whole.usage).toMatchObject({ input_tokens: 12, output_tokens: 10 });
    const deltas = types.filter((type) => type === 'response.output_text.delta');
    expect(deltas.length).toBeGreaterThan(1);
    expect(types.filter((type) => type !== 'response.output_text.delta')).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
  });

  it('calls tools, streamed and whole, and takes their results', async () => {
    const tools = [weather, { ...weather, name: 'get_time', parameters: null }];
    const request = { model, input: 'Hello', tools, max_output_tokens: 100 };
    const called = await client.responses.create(request);
    expect(called.output).toMatchObject([
      { type: 'function_call', call_id: 'call_a', name: 'get_weather', arguments: '{"city":"Oslo"}' },
      { type: 'function_call', call_id: 'call_b', name: 'get_time', arguments: '{}' },
    ]);
    const streamed = await client.responses.stream(request).finalResponse();
    expect(streamed.output.map((item) => ({ ...item, id: '' }))).toMatchObject(
      called.output.map((item) => ({ ...item, id: '' })),
    );
    const results = ['call_a', 'call_b'].map((call_id) => {
      return { type: 'function_call_output' as const, call_id, output: 'fine' };
    });
    const after = await client.responses.create({
      ...request,
      input: [{ role: 'user', content: 'Hello' }, ...(called.output as OpenAI.Responses.ResponseInput), ...results],
    });
    expect(after.output_text).toBe(words);
    const chained = await client.responses.create({ ...request, previous_response_id: called.id, input: results });
    expect([chained.output_text, chained.previous_response_id]).toEqual([words, called.id]);
  });
});

describe.each(['openai', 'anthropic'])('%s that fails', (provider) => {
  it.each([
    ['rate-limited', 429, 'rate_limit_exceeded', null],
    ['missing', 404, 'model_not_found', 'model'],
    ['too-long', 400, 'context_length_exceeded', 'input'],
    ['broken', 502, 'provider_error', null],
    ['html', 502, 'provider_malformed_response', null],
    ['reset', 502, 'provider_connection_lost', null],
  ])('%s is status %i, whole and streamed', async (fault, status, code, param) => {
    for (const stream of [false, true]) {
      const answer = await post({ model: `${provider}/${fault}`, input: 'x', stream });
      expect(answer.status).toBe(status);
      expect(await readError(answer)).toMatchObject({ code, param });
    }
  });

  it.each(['cut', 'closed', 'malformed', 'error-frame'])(
    'a stream that is %s ends as failed, never as completed, and is kept as that',
    async (fault) => {
      const stream = client.responses.stream({ model: `${provider}/${fault}`, input: 'x' });
      const types: string[] = [];
      stream.on('event', (event) => types.push(event.type));
      const response = await stream.finalResponse();
      expect(types.at(-1)).toBe('response.failed');
      expect(types).not.toContain('response.completed');
      expect(response).toMatchObject({ status: 'failed', error: { code: 'server_error' } });
      expect(words.startsWith(response.output_text)).toBe(true);
      expect(await client.responses.retrieve(response.id)).toMatchObject({ status: 'failed', error: response.error });
      const refused = await post({ model: 'offline/engineer', input: 'y', previous_response_id: response.id });
      expect((await readError(refused)).param).toBe('previous_response_id');
      expect((await post({ model: `${provider}/${fault}`, input: 'x' })).status).toBe(502);
    },
  );
});

describe('the offline engineer', () => {
  const model = 'offline/engineer';

  it('keeps to a schema', async () => {
    const shape = z.object({ title: z.string(), kind: z.enum(['book', 'film']) });
    const text = { format: zodTextFormat(shape, 'thing') };
    const response = await client.responses.parse({ model, input: 'x', text });
    expect(response.output_parsed).toEqual({ title: '', kind: 'book' });
    expect(response.text?.format).toMatchObject({ type: 'json_schema', name: 'thing', strict: true });
  });

  it('that meets its limit is incomplete', async () => {
    const response = await client.responses.create({ model, input: 'x', max_output_tokens: 3 });
    expect(response).toMatchObject({
      status: 'incomplete',
      completed_at: null,
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ type: 'message', status: 'incomplete' }],
    });
  });

  it('says what it was asked, with what was left out', async () => {
    const answer = await post({
      model,
      input: 'Please look.',
      instructions: 'Be brief.',
      metadata: { a: 'b' },
      temperature: 0.5,
      tools: [{ type: 'web_search' }, { type: 'namespace', name: 'eyes', tools: [{ type: 'function', name: 'look' }] }],
      tool_choice: { type: 'function', name: 'look', namespace: 'eyes' },
      max_output_tokens: 50,
      user: 'u',
    });
    expect(answer.headers.get('x-aidevos-without-effect')).toBe('user, tools[0].web_search');
    expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
    const response: OpenAI.Responses.Response = await answer.json();
    expect(response).toMatchObject({
      instructions: 'Be brief.',
      metadata: { a: 'b' },
      temperature: 0.5,
      top_p: 1,
      max_output_tokens: 50,
      parallel_tool_calls: true,
      truncation: 'disabled',
      user: 'u',
      output: [{ type: 'function_call', name: 'look', namespace: 'eyes' }],
    });
  });
});

describe('a request that cannot be', () => {
  it.each<[object, number, string | null, string | null]>([
    [{ model: 'offline/enginer' }, 404, 'model', 'model_not_found'],
    [{ input: undefined }, 400, 'input', 'invalid_value'],
    [{ input: [] }, 400, 'input', 'invalid_value'],
    [{ input: [{ type: 'telepathy' }] }, 400, 'input', 'invalid_value'],
    [{ input: 5 }, 400, 'input', 'invalid_value'],
    [{ loud: true }, 400, 'loud', 'unsupported_parameter'],
    [{ background: true }, 400, 'background', 'unsupported_parameter'],
    [{ conversation: 'conv_1' }, 404, null, null],
    [{ conversation: 5 }, 400, 'conversation', 'invalid_value'],
    [
      { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`k${at}`, 'v'])) },
      400,
      'metadata',
      'invalid_value',
    ],
    [{ reasoning: { effort: 'extreme' } }, 400, 'reasoning.effort', 'invalid_value'],
    [{ previous_response_id: 'resp_1' }, 400, 'previous_response_id', 'previous_response_not_found'],
    [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 404, 'input[0].id', 'not_found'],
  ])('%j is refused', async (more, status, param, code) => {
    const answer = await post({ model: 'offline/engineer', input: 'x', ...more });
    expect(answer.status).toBe(status);
    expect(await readError(answer)).toMatchObject({ param, code });
  });

  it('is refused to a role that may not use models, and without a key', async () => {
    const json = { model: 'offline/engineer', input: 'x' };
    expect((await gateway.send('/v1/responses', { key: viewerKey, json })).status).toBe(403);
    expect((await gateway.send('/v1/responses', { json })).status).toBe(401);
    const text = await gateway.send('/v1/responses', { key, body: 'x', headers: { 'content-type': 'text/plain' } });
    expect(text.status).toBe(415);
    expect((await gateway.send('/v1/responses/other', { key, json })).status).toBe(404);
  });

  it('is an error of the SDK', async () => {
    const failing = client.responses.create({ model: 'nobody/knows', input: 'x' });
    await expect(failing).rejects.toBeInstanceOf(APIError);
  });
});

describe('a client that leaves', () => {
  it.each(['openai/silent', 'anthropic/silent'])('ends the call of %s, and nothing is kept', async (model) => {
    const answer = await post({ model, input: 'x', stream: true });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    const first = await reader?.read();
    const [id] = /resp_[0-9a-z]+/.exec(first?.value ?? '') ?? [];
    // Resolves only when the call behind it has ended.
    await reader?.cancel();
    expect((await gateway.send(`/v1/responses/${id}`, { key })).status).toBe(404);
  });
});

describe('a workspace with a budget', () => {
  it('pays for what it asks, and is refused when nothing is left', async () => {
    const limited = await createWorkspace(gateway);
    const budget = `/api/workspaces/${limited.workspaceId}/budget`;
    const limit = (maxTokens: number): Promise<Response> =>
      gateway.send(budget, { method: 'PUT', key: limited.ownerKey, json: { maxTokens } });
    const ask = async (model: string): Promise<Response> =>
      await gateway.send('/v1/responses', { key: limited.ownerKey, json: { model, input: 'x' } });
    expect((await limit(1_000_000)).status).toBe(200);
    const answered = await ask('openai/plain');
    expect(answered.status).toBe(200);
    await answered.text();
    const usage = async (): Promise<string> => {
      const path = `/api/workspaces/${limited.workspaceId}/usage`;
      return await (await gateway.send(path, { key: limited.ownerKey })).text();
    };
    // The isolate reports a moment later.
    await expect.poll(usage, { timeout: 10_000 }).toContain('openai/plain');
    expect((await limit(1)).status).toBe(200);
    // What the isolate was given before is spent or given back first.
    const asked = async (): Promise<number> => (await ask('openai/plain')).status;
    await expect.poll(asked, { timeout: 15_000, interval: 500 }).toBe(429);
  });
});
