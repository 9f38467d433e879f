/** The edges of `/v1/messages`: who may, which models, what is refused and in which words, and the offline engineer. */
import type Anthropic from '@anthropic-ai/sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { entry } from '../entry.ts';
import { readMessage, readMessageError, readMessageStream } from '../testing/anthropic-answers.ts';
import { bindings, createGateway, createRoleKey, createWorkspace, prepareDirectory } from '../testing/harness.ts';
import { readError } from '../testing/openai-answers.ts';

const gateway = createGateway({}, { AIDEVOS_MODELS: 'anthropic/claude-sonnet-4-5,openai/qwen3-coder' });
let key: string;
let viewerKey: string;

beforeAll(async () => {
  await prepareDirectory();
  const workspace = await createWorkspace(gateway);
  key = workspace.ownerKey;
  viewerKey = await createRoleKey(gateway, workspace, 'viewer');
});

const path = '/v1/messages';
const version = { 'anthropic-version': '2023-06-01' };
const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'Hello' }];
const request = { model: 'offline/engineer', max_tokens: 500, messages };

const ask = async (more: object, to = path): Promise<Response> =>
  await gateway.send(to, { headers: { 'x-api-key': key }, json: { ...request, ...more } });

describe('access', () => {
  it.each([
    ['no key', {}],
    ['a key that nobody has', { 'x-api-key': 'sk-ant-other' }],
    ['another scheme', { authorization: 'Basic x' }],
  ])('refuses %s', async (_name, headers) => {
    for (const address of [path, '/v1/messages/count_tokens', '/v1/messages/batches']) {
      const answer = await gateway.send(address, { headers, json: request });
      expect(answer.status).toBe(401);
      expect((await readMessageError(answer)).type).toBe('authentication_error');
    }
  });

  it('takes the key as either header, and as x-api-key here alone', async () => {
    expect((await gateway.send(path, { key, json: request })).status).toBe(200);
    expect((await ask({})).status).toBe(200);
    const headers = { 'x-api-key': key };
    expect((await gateway.send('/v1/models', { headers: { ...headers, ...version } })).status).toBe(200);
    expect((await gateway.send('/v1/models', { headers })).status).toBe(401);
    const chat = { model: 'offline/engineer', messages };
    const refused = await gateway.send('/v1/chat/completions', { headers: { ...headers, ...version }, json: chat });
    expect([refused.status, (await readError(refused)).type]).toEqual([401, 'invalid_request_error']);
    expect((await gateway.send('/api/projects', { headers })).status).toBe(401);
  });

  it('lets a viewer see the models and not use them', async () => {
    expect((await gateway.send('/v1/models', { key: viewerKey, headers: version })).status).toBe(200);
    const answer = await gateway.send(path, { key: viewerKey, json: request });
    expect([answer.status, (await readMessageError(answer)).type]).toEqual([403, 'permission_error']);
  });

  it('lets pages of listed origins send what the SDK sends', async () => {
    const answer = await gateway.send(path, {
      method: 'OPTIONS',
      headers: { origin: 'https://dashboard.example.com', 'access-control-request-method': 'POST' },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://dashboard.example.com');
    const allowed = answer.headers.get('access-control-allow-headers');
    for (const name of ['x-api-key', 'anthropic-version', 'x-stainless-retry-count']) expect(allowed).toContain(name);
  });

  it('tells a wrong configuration in the same shape', async () => {
    const broken = { ...bindings, AIDEVOS_KEY_PEPPER: 'short' };
    const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };
    // SAFETY: the entry uses nothing else of the context.
    const answer = await entry.fetch(new Request('https://a.test/v1/messages'), broken, context as never);
    expect([answer.status, (await readMessageError(answer)).type]).toEqual([500, 'api_error']);
  });

  it("of a workspace with a budget counts, and is refused when nothing is left, in Anthropic's words", async () => {
    const limited = await createWorkspace(gateway);
    const budget = `/api/workspaces/${limited.workspaceId}/budget`;
    const limit = async (maxTokens: number): Promise<void> => {
      const set = await gateway.send(budget, { method: 'PUT', key: limited.ownerKey, json: { maxTokens } });
      expect(set.status).toBe(200);
    };
    await limit(1_000_000);
    for (const model of ['offline/engineer', 'openai/plain', 'anthropic/plain']) {
      const answered = await gateway.send(path, { key: limited.ownerKey, json: { ...request, model } });
      expect([model, answered.status]).toEqual([model, 200]);
      await answered.text();
    }
    await gateway.settle();
    await limit(1);
    const refused = await gateway.send(path, { key: limited.ownerKey, json: { ...request, model: 'anthropic/plain' } });
    expect([refused.status, (await readMessageError(refused)).type]).toEqual([429, 'rate_limit_error']);
  });
});

describe('the models', () => {
  const ids = ['offline/engineer', 'anthropic/claude-sonnet-4-5', 'openai/qwen3-coder'];
  const list = async (query: string): Promise<Response> =>
    await gateway.send(`/v1/models${query}`, { key, headers: version });

  it('are listed page by page', async () => {
    const page: Anthropic.ModelInfosPage = await (await list('')).json();
    expect(page).toMatchObject({ has_more: false, first_id: ids[0], last_id: ids[2] });
    const all = page.data.map(({ id }) => id);
    expect(all).toEqual(expect.arrayContaining([...ids, 'team', 'role/architect', 'auto', 'auto:best']));
    expect(all.some((id) => id.includes('embed'))).toBe(false);
    const first: Anthropic.ModelInfosPage = await (await list('?limit=1&after_id=auto:best')).json();
    expect(first).toMatchObject({ has_more: true, first_id: ids[1], last_id: ids[1] });
    const before: Anthropic.ModelInfosPage = await (await list('?limit=1&before_id=openai/qwen3-coder')).json();
    expect(before).toMatchObject({ has_more: true, data: [{ id: ids[1] }] });
    for (const query of ['?limit=0', '?limit=x', '?after_id=nobody']) {
      const refused = await list(query);
      expect([refused.status, (await readMessageError(refused)).type]).toEqual([400, 'invalid_request_error']);
    }
  });

  it.each(['/offline/engineer', '/claude-sonnet-4-5', '/anthropic%2Fclaude-sonnet-4-5'])(
    'are found as %s',
    async (id) => {
      const model: Anthropic.ModelInfo = await (await list(id)).json();
      expect(model).toMatchObject({ type: 'model', created_at: '1970-01-01T00:00:00Z', lifecycle: 'active' });
      expect(ids).toContain(model.id);
    },
  );

  it('that are not there are 404 with near names', async () => {
    for (const answer of [await ask({ model: 'offline/enginer' }), await list('/offline/enginer')]) {
      expect(answer.status).toBe(404);
      const error = await readMessageError(answer);
      expect(error.type).toBe('not_found_error');
      expect(error.message).toContain('offline/engineer');
    }
    const overlong = await ask({ model: `team/${'x'.repeat(5_000)}` });
    expect(overlong.status).toBe(404);
    expect((await readMessageError(overlong)).message.length).toBeLessThan(300);
  });
});

const textOf = ({ content }: Anthropic.Message): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('');

const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } };

describe('what is refused', () => {
  it.each<[string, object, string]>([
    ['an unknown field', { colour: 'red' }, 'colour'],
    ['no messages', { messages: [] }, 'messages'],
    ['no limit', { max_tokens: undefined }, 'max_tokens: Field required'],
    ['a limit of nothing', { max_tokens: 0 }, 'max_tokens'],
    ['an unknown role', { messages: [{ role: 'king', content: 'x' }] }, 'messages.0.role'],
    [
      'a block of Anthropic’s own',
      { messages: [{ role: 'user', content: [{ type: 'search_result' }] }] },
      'messages.0.content.0.type',
    ],
    [
      'an unknown field of a block',
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'a', loud: 1 }] }] },
      'messages.0.content.0.loud',
    ],
    [
      'a file of the Files API',
      { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'file', file_id: 'f' } }] }] },
      'messages.0.content.0.source.type',
    ],
    [
      'a loose tool result',
      { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] }] },
      'messages.0.content.0.tool_use_id',
    ],
    [
      'a call without its result',
      {
        messages: [
          ...messages,
          { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
          { role: 'user', content: 'and?' },
        ],
      },
      'messages.2',
    ],
    [
      'two calls of one id',
      {
        messages: [
          ...messages,
          { role: 'assistant', content: ['a', 'a'].map((id) => ({ type: 'tool_use', id, name: 'f', input: {} })) },
        ],
      },
      'messages.1.content.1.id',
    ],
    ['an answer that was begun', { messages: [...messages, { role: 'assistant', content: 'I am' }] }, 'messages'],
    ['a tool of Anthropic’s own', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'tools.0.type'],
    [
      'a tool whose input is no schema',
      { tools: [{ name: 'f', input_schema: { type: 'object', properties: { a: { type: 'thing' } } } }] },
      'tools.0.input_schema',
    ],
    [
      'two tools of one name',
      { tools: [1, 2].map(() => ({ name: 'f', input_schema: { type: 'object' } })) },
      'tools.1.name',
    ],
    ['a required tool without tools', { tool_choice: { type: 'any' } }, 'tool_choice'],
    ['a tool that is not there', { tool_choice: { type: 'tool', name: 'f' } }, 'tool_choice.name'],
    ['a temperature out of range', { temperature: 1.5 }, 'temperature'],
    ['too small a budget of thoughts', { thinking: { type: 'enabled', budget_tokens: 5 } }, 'thinking.budget_tokens'],
    ['servers of tools', { mcp_servers: [{ type: 'url', url: 'https://a.test' }] }, 'mcp_servers'],
    [
      'citations',
      {
        messages: [
          {
            role: 'user',
            content: [
              {
                type: 'document',
                source: { type: 'text', media_type: 'text/plain', data: 'x' },
                citations: { enabled: true },
              },
            ],
          },
        ],
      },
      'messages.0.content.0.citations.enabled',
    ],
    ['a container', { container: 'c' }, 'container'],
    ['a region', { inference_geo: 'us' }, 'inference_geo'],
    ['a model that is no text', { model: 5 }, 'model'],
  ])('names the field: %s', async (_name, more, field) => {
    const answer = await ask(more);
    expect(answer.status).toBe(400);
    const error = await readMessageError(answer);
    expect(error.type).toBe('invalid_request_error');
    expect(error.message.startsWith(field)).toBe(true);
  });

  it('is a held conversation, in the words by which the SDK sends the whole one again', async () => {
    const thread = { type: 'continue', previous_message_id: 'msg_1' };
    const answer = await ask({ thread });
    expect(answer.status).toBe(404);
    const body: { error: { type: string; details: object } } = await answer.json();
    expect(body.error).toMatchObject({ type: 'not_found_error', details: { error_code: 'thread_not_found' } });
    const created = await ask({ thread: { type: 'create' } });
    expect([created.status, created.headers.get('x-aidevos-without-effect')]).toEqual([200, 'thread']);
  });

  it('names top_k where a model samples and has no such parameter', async () => {
    const answer = await ask({ model: 'openai/plain', top_k: 5 });
    expect([answer.status, (await readMessageError(answer)).message.slice(0, 6)]).toEqual([400, 'top_k:']);
  });

  it.each<[string, string, string, string | undefined, number, string]>([
    ['broken JSON', 'POST', '{"model":', 'application/json', 400, 'invalid_request_error'],
    ['no body', 'POST', '', 'application/json', 400, 'invalid_request_error'],
    ['JSON that is no object', 'POST', '[1]', 'application/json', 400, 'invalid_request_error'],
    ['another media type', 'POST', 'x=1', 'application/x-www-form-urlencoded', 415, 'invalid_request_error'],
    ['too much', 'POST', `"${'x'.repeat(9_000_000)}"`, 'application/json', 413, 'request_too_large'],
    ['another method', 'PUT', '{}', 'application/json', 405, 'invalid_request_error'],
  ])('in Anthropic’s shape: %s', async (_name, method, body, contentType, status, type) => {
    const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };
    const answer = await gateway.send(path, { key, method, body, headers });
    expect(answer.status).toBe(status);
    expect((await readMessageError(answer)).type).toBe(type);
  });

  it('in Anthropic’s shape: an unknown path', async () => {
    const unknown = await gateway.send('/v1/messages/batches', { key });
    expect([unknown.status, (await readMessageError(unknown)).type]).toEqual([404, 'not_found_error']);
  });
});

describe('the offline engineer', () => {
  it('says what it is, whole and streamed alike', async () => {
    const whole = await readMessage(await ask({}));
    expect(whole).toMatchObject({ model: 'offline/engineer', stop_reason: 'end_turn' });
    const [block] = whole.content;
    const { text, isDone } = await readMessageStream(await ask({ stream: true }));
    expect([text, isDone]).toEqual([block?.type === 'text' ? block.text : '', true]);
  });

  it('calls the tool that it must, and tells what came back', async () => {
    const tools: Anthropic.Tool[] = [
      {
        name: 'first',
        input_schema: { type: 'object', properties: { day: { type: 'string', format: 'date' } }, required: ['day'] },
      },
    ];
    const called = await readMessage(await ask({ tools, tool_choice: { type: 'any' } }));
    expect(called).toMatchObject({
      stop_reason: 'tool_use',
      content: [{ name: 'first', input: { day: '2000-01-01' } }],
    });
    const [call] = called.content;
    const result = { type: 'tool_result', tool_use_id: call?.type === 'tool_use' ? call.id : '', content: 'sunny' };
    const history = [...messages, { role: 'assistant', content: called.content }, { role: 'user', content: [result] }];
    expect(await readMessage(await ask({ tools, messages: history }))).toMatchObject({
      content: [{ text: 'The tool first answered: sunny' }],
    });
  });

  it('says of an image what its bytes tell', async () => {
    const content = [image, { type: 'text', text: 'What is in this image?' }];
    expect(textOf(await readMessage(await ask({ messages: [{ role: 'user', content }] })))).toMatch(/PNG/);
  });

  it('keeps to a schema, a limit and a text to stop at, and tells what had no effect', async () => {
    const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
    const format = { output_config: { format: { type: 'json_schema', schema } } };
    expect((await readMessage(await ask(format))).content).toMatchObject([{ text: '{"ok":false}' }]);
    const who = [{ role: 'user', content: 'Who are you?' }];
    const whole = textOf(await readMessage(await ask({ messages: who })));
    const cut = await readMessage(await ask({ messages: who, max_tokens: 2 }));
    expect(cut.stop_reason).toBe('max_tokens');
    expect(textOf(cut)).not.toBe('');
    expect(whole.startsWith(textOf(cut)) && textOf(cut).length < whole.length).toBe(true);
    const stopped = await readMessage(await ask({ messages: who, stop_sequences: ['rule', 'offline'] }));
    expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'offline' });
    expect(textOf(stopped)).toBe(whole.slice(0, whole.indexOf('offline')));
    const answer = await ask({
      metadata: { user_id: 'me' },
      temperature: 0,
      top_k: 3,
      thinking: { type: 'adaptive' },
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
      output_config: { effort: 'high' },
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      messages: [...messages, { role: 'system', content: 'A reminder.' }],
      tools: [{ name: 'f', input_schema: { type: 'object' }, eager_input_streaming: true }],
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-aidevos-without-effect')).toBe(
      'cache_control, context_management, metadata, top_k, thinking, output_config.effort, tools.eager_input_streaming',
    );
  });
});
