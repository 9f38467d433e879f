/** The edges of `/v1`: who may, which models, what is refused and in which words, and the offline engineer. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readModelAccounts } from '../../../shared/adapters/models/index.ts';
import { listedTeamModels } from '../../../shared/domain/team-chat/model-names.ts';
import { createChatModels } from '../chat-models.ts';
import { entry } from '../entry.ts';
import { bindings, createGateway, createRoleKey, createWorkspace, prepareDirectory } from '../testing/harness.ts';
import { finishOf, readError, readStream, textOf, type Completion } from '../testing/openai-answers.ts';

const gateway = createGateway({}, { AIDEVOS_MODELS: 'openai/qwen3-coder, anthropic/claude-sonnet-4-5,other/model' });
let key: string;
let viewerKey: string;

beforeAll(async () => {
  await prepareDirectory();
  const workspace = await createWorkspace(gateway);
  key = workspace.ownerKey;
  viewerKey = await createRoleKey(gateway, workspace, 'viewer');
});

const path = '/v1/chat/completions';
const messages = [{ role: 'user', content: 'Hello' }];
const chat = { model: 'offline/engineer', messages };

const ask = async (more: object): Promise<Response> => await gateway.send(path, { key, json: { ...chat, ...more } });

describe('an address', () => {
  it('that is none is told, for clients that have a part of it twice', async () => {
    const answer = await gateway.send(`/v1${path}`, { key, json: chat });
    expect(answer.status).toBe(404);
    expect(await readError(answer)).toEqual({
      message: 'Invalid URL (POST /v1/v1/chat/completions)',
      type: 'invalid_request_error',
      param: null,
      code: 'not_found',
    });
  });
});

describe('access', () => {
  it.each([
    ['no key', {}, null],
    ['a key that nobody has', { authorization: 'Bearer sk-other' }, 'invalid_api_key'],
    ['another scheme', { authorization: 'Basic x' }, 'invalid_api_key'],
  ])('refuses %s', async (_name, headers, code) => {
    for (const address of ['/v1/models', '/v1/models/offline/engineer', '/v1/nothing']) {
      const answer = await gateway.send(address, { headers });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      expect(await readError(answer)).toMatchObject({ type: 'invalid_request_error', code, param: null });
    }
    expect((await gateway.send(path, { headers, json: chat })).status).toBe(401);
  });

  it('lets a viewer see the models and not use them', async () => {
    expect((await gateway.send('/v1/models', { key: viewerKey })).status).toBe(200);
    const answer = await gateway.send(path, { key: viewerKey, json: chat });
    expect(answer.status).toBe(403);
    expect((await readError(answer)).code).toBe('insufficient_permissions');
  });

  it('tells a wrong configuration in the same shape', async () => {
    const broken = { ...bindings, AIDEVOS_KEY_PEPPER: 'short' };
    const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };
    // SAFETY: the entry uses nothing else of the context.
    const answer = await entry.fetch(new Request('https://a.test/v1/models'), broken, context as never);
    expect(answer.status).toBe(500);
    expect((await readError(answer)).type).toBe('server_error');
  });
});

describe('the models', () => {
  it('are those whose provider is configured, and those of the platform itself', async () => {
    const answer = await gateway.send('/v1/models', { key });
    const auto = ['auto', 'auto:cheap', 'auto:fast', 'auto:best'];
    const own = ['offline/engineer', 'offline/embedder', ...listedTeamModels, ...auto];
    expect(await answer.json()).toEqual({
      object: 'list',
      data: [...own, 'openai/qwen3-coder', 'anthropic/claude-sonnet-4-5'].map((id) => ({
        id,
        object: 'model',
        created: 0,
        owned_by: id.includes('/') && !listedTeamModels.includes(id) ? id.split('/')[0] : 'aidevos',
      })),
    });
  });

  it.each(['offline/engineer', 'offline%2Fengineer'])('are found as %s', async (id) => {
    const answer = await gateway.send(`/v1/models/${id}`, { key });
    expect(await answer.json()).toMatchObject({ id: 'offline/engineer', object: 'model' });
  });

  it.each([
    ['offline/enginer', 'offline/engineer'],
    ['claude-sonnet-4-6', 'anthropic/claude-sonnet-4-5'],
    ['qwen3-coder', 'openai/qwen3-coder'],
    ['team/nobody-knows', 'GET /v1/models'],
    ['x'.repeat(5_000), 'GET /v1/models'],
  ])('that are not there are 404 with near names: %s', async (id, near) => {
    const asked = [await ask({ model: id }), await gateway.send(`/v1/models/${id}`, { key })];
    for (const answer of asked) {
      expect(answer.status).toBe(404);
      const error = await readError(answer);
      expect(error).toMatchObject({ type: 'invalid_request_error', param: 'model', code: 'model_not_found' });
      expect(error.message).toContain(near);
    }
  });

  it('of a provider with a wrong key are a bad gateway that repeats no key and is not tried again', async () => {
    const accounts = readModelAccounts({
      ...bindings,
      OPENAI_API_KEY: 'sk-proj-wrong-0123456789',
      ANTHROPIC_API_KEY: 'sk-ant-wrong-0123456789',
    });
    const chatModels = createChatModels({ accounts, guard: { protect: (client) => client }, names: [] });
    const wrong = createGateway({ chatModels });
    for (const model of ['openai/plain', 'anthropic/plain']) {
      const answer = await wrong.send(path, { key, json: { ...chat, model, max_completion_tokens: 5 } });
      expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([502, 'false']);
      const error = await readError(answer);
      expect(error.code).toBe('provider_authentication');
      expect(error.message).not.toContain('wrong-0');
    }
  });
});

describe('what is refused', () => {
  it.each<[string, object, string | null, number]>([
    ['an unknown parameter', { colour: 'red' }, 'colour', 400],
    ['no messages', { messages: [] }, 'messages', 400],
    ['a message of no known role', { messages: [{ role: 'king', content: 'x' }] }, 'messages[0].role', 400],
    ['a text that is none', { messages: [{ role: 'user', content: 7 }] }, 'messages[0].content', 400],
    [
      'an image that is none',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:x' } }] }] },
      'messages[0].content[0].image_url.url',
      400,
    ],
    [
      'a loose tool result',
      { messages: [{ role: 'tool', tool_call_id: 'a', content: 'x' }] },
      'messages[0].tool_call_id',
      400,
    ],
    ['n', { n: 2 }, 'n', 400],
    ['logprobs', { logprobs: true }, 'logprobs', 400],
    ['storing', { store: true }, 'store', 400],
    ['both limits', { max_tokens: 1, max_completion_tokens: 1 }, 'max_tokens', 400],
    ['a limit of nothing', { max_tokens: 0 }, 'max_tokens', 400],
    ['a temperature out of range', { temperature: 3 }, 'temperature', 400],
    ['a required tool without tools', { tool_choice: 'required' }, 'tool_choice', 400],
    [
      'a tool whose parameters are no schema',
      { tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'thing' } } }] },
      'tools[0].function.parameters',
      400,
    ],
    ['stream options of no stream', { stream_options: { include_usage: true } }, 'stream_options', 400],
    ['a model that is no text', { model: 5 }, 'model', 400],
    ['no model', { model: undefined }, 'model', 400],
  ])('names the parameter: %s', async (_name, more, param, status) => {
    const answer = await ask(more);
    expect(answer.status).toBe(status);
    expect(await readError(answer)).toMatchObject({ type: 'invalid_request_error', param });
  });

  it.each([
    ['no model', { model: undefined }, 'model', 'missing_required_parameter', "Missing required parameter: 'model'."],
    ['no messages', { messages: undefined }, 'messages', 'missing_required_parameter', "parameter: 'messages'."],
    ['messages of text', { messages: 'Hello' }, 'messages', 'invalid_type', 'expected array, but got string instead.'],
    ['a limit of text', { max_tokens: '5' }, 'max_tokens', 'invalid_type', "Invalid type for 'max_tokens': expected"],
  ])('says in the words of the original: %s', async (_name, more, param, code, detail) => {
    const error = await readError(await ask(more));
    expect(error).toMatchObject({ param, code, message: expect.stringContaining(detail) });
  });

  it.each([
    ['a seed', { seed: 1 }, 'seed'],
    ['json_object', { response_format: { type: 'json_object' } }, 'response_format'],
    ['a high temperature', { temperature: 1.5 }, 'temperature'],
    ['a blank stop', { stop: ' ' }, 'stop'],
  ])('of what Anthropic cannot do: %s', async (_name, more, param) => {
    const answer = await ask({ model: 'anthropic/claude-sonnet-4-5', ...more });
    expect([answer.status, (await readError(answer)).param]).toEqual([400, param]);
  });

  it.each<[string, string, string, string | undefined, number]>([
    ['broken JSON', 'POST', '{"model":', 'application/json', 400],
    ['no body', 'POST', '', 'application/json', 400],
    ['JSON that is no object', 'POST', '[1]', 'application/json', 400],
    ['another media type', 'POST', 'x=1', 'application/x-www-form-urlencoded', 415],
    ['too much', 'POST', `"${'x'.repeat(9_000_000)}"`, 'application/json', 413],
    ['another method', 'PUT', '{}', 'application/json', 405],
  ])('in OpenAI’s shape: %s', async (_name, method, body, contentType, status) => {
    const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };
    const answer = await gateway.send(path, { key, method, body, headers });
    expect(answer.status).toBe(status);
    await readError(answer);
  });

  it('in OpenAI’s shape: an unknown path, and bytes that are no text', async () => {
    const unknown = await gateway.send('/v1/assistants', { key });
    expect(unknown.status).toBe(404);
    await readError(unknown);
    const body = new Uint8Array([0x22, 0xff, 0x22]);
    const bytes = await gateway.send(path, { key, body, headers: { 'content-type': 'application/json' } });
    expect([bytes.status, (await readError(bytes)).type]).toEqual([400, 'invalid_request_error']);
  });
});

describe('the offline engineer', () => {
  const tool = (name: string, parameters: object) => ({ type: 'function', function: { name, parameters } });
  const complete = async (more: object): Promise<Completion> => {
    const answer = await ask(more);
    expect(answer.status).toBe(200);
    return await answer.json();
  };

  it('says what it is and where projects are made, whole and streamed alike', async () => {
    const who = { messages: [{ role: 'user', content: 'Who are you?' }] };
    const whole = await complete(who);
    expect(whole.model).toBe('offline/engineer');
    expect(whole.choices[0]?.message.content).toMatch(/rule-based/);
    const stream = await readStream(await ask({ ...who, stream: true }));
    expect(textOf(stream)).toBe(whole.choices[0]?.message.content);
    expect([finishOf(stream), stream.isDone]).toEqual(['stop', true]);
    expect(stream.chunks.some((chunk) => 'usage' in chunk)).toBe(false);
  });

  it('calls the tool that it must, and tells what came back', async () => {
    const tools = [
      tool('first', { type: 'object', properties: { day: { type: 'string', format: 'date' } }, required: ['day'] }),
      tool('second', { type: 'object', properties: {} }),
    ];
    const required = await complete({ tools, tool_choice: 'required' });
    const [call] = required.choices[0]?.message.tool_calls ?? [];
    expect(call).toMatchObject({ function: { name: 'first', arguments: '{"day":"2000-01-01"}' } });
    const named = await complete({ tools, tool_choice: { type: 'function', function: { name: 'second' } } });
    expect(named.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
    expect((await complete({ tools })).choices[0]?.message.tool_calls).toBeUndefined();
    const results = [{ role: 'tool', tool_call_id: call?.id, content: 'sunny' }];
    const after = await complete({ tools, messages: [...messages, required.choices[0]?.message, ...results] });
    expect(after.choices[0]?.message.content).toBe('The tool first answered: sunny');
  });

  it('keeps to a schema, a limit and a text to stop at, and tells what had no effect', async () => {
    const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
    const format = { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } };
    expect((await complete({ response_format: format })).choices[0]?.message.content).toBe('{"ok":false}');
    const who = { messages: [{ role: 'user', content: 'Who are you?' }] };
    const whole = (await complete(who)).choices[0]?.message.content ?? '';
    const cut = (await complete({ ...who, max_tokens: 2 })).choices[0];
    expect(cut?.finish_reason).toBe('length');
    expect(whole.startsWith(cut?.message.content ?? 'nothing')).toBe(true);
    const stopped = (await complete({ ...who, stop: ['offline'] })).choices[0]?.message.content;
    expect(stopped).toBe(whole.slice(0, whole.indexOf('offline')));
    const labelled = await ask({ metadata: { a: 'b' }, user: 'me', temperature: 0, seed: 4 });
    expect(labelled.headers.get('x-aidevos-without-effect')).toBe('metadata, user');
    const named = await ask({ messages: [{ role: 'user', content: 'Who are you?', name: 'Ada' }] });
    expect([named.status, named.headers.get('x-aidevos-without-effect')]).toEqual([200, 'messages.name']);
  });

  it('says so when it cannot make what the schema asks for', async () => {
    const parameters = { type: 'object', properties: { a: { type: 'string', pattern: '^(?=y)x$' } }, required: ['a'] };
    const answer = await ask({ tools: [tool('f', parameters)], tool_choice: 'required', stream: true });
    expect(answer.status).toBe(400);
    expect((await readError(answer)).message).toContain('arguments.a has a pattern');
  });
});
