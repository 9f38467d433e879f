/** `/v1/messages` over both kinds of model, passed on and translated: whole, streamed, with tools, refused and broken. */
import type Anthropic from '@anthropic-ai/sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { readModelAccounts } from '../../../shared/adapters/models/index.ts';
import { createChatModels } from '../chat-models.ts';
import { readMessage, readMessageError, readMessageStream } from '../testing/anthropic-answers.ts';
import { bindings, createGateway, createWorkspace, prepareDirectory } from '../testing/harness.ts';

/** Without the breaker, which the faults of these tests would open. */
const guard = { protect: <Client>(client: Client) => client };
const gatewayOf = (variables: object) => {
  const accounts = readModelAccounts(variables);
  const chatModels = createChatModels({ accounts, guard, names: [] });
  return createGateway({ chatModels });
};

const gateway = gatewayOf(bindings);
let key: string;

beforeAll(async () => {
  await prepareDirectory();
  key = (await createWorkspace(gateway)).ownerKey;
});

const words = 'one two three four five six seven eight nine ten';
const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'Hello' }];
const weather: Anthropic.Tool = {
  name: 'get_weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const time: Anthropic.Tool = { name: 'get_time', input_schema: { type: 'object' } };

type Sent = Partial<Anthropic.MessageCreateParams> & { readonly [unknown: string]: unknown };

const ask = async (model: string, more: Sent = {}, headers: Record<string, string> = {}): Promise<Response> =>
  await gateway.send('/v1/messages?beta=true', {
    headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01', ...headers },
    json: { model, messages, max_tokens: 100, ...more },
  });

describe.each(['anthropic/plain', 'plain', 'openai/plain'])('%s', (model) => {
  it('answers whole', async () => {
    expect(await readMessage(await ask(model))).toMatchObject({
      content: [{ type: 'text', text: words }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 8, cache_read_input_tokens: 4, output_tokens: 10 },
    });
  });

  it('streams as the original does', async () => {
    const { events, text, error, isDone } = await readMessageStream(await ask(model, { stream: true }));
    expect([text, error, isDone]).toEqual([words, undefined, true]);
    const types = events.map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['message_start', 'content_block_start', 'content_block_delta']);
    expect(types.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop']);
    expect(events.at(-2)).toMatchObject({
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 10 },
    });
  });

  it('calls tools, and takes their results', async () => {
    const tools = [weather, time];
    const called = await readMessage(await ask(model, { tools }));
    expect(called.stop_reason).toBe('tool_use');
    expect(called.content).toMatchObject([
      { type: 'tool_use', id: 'call_a', name: 'get_weather', input: { city: 'Oslo' } },
      { type: 'tool_use', id: 'call_b', name: 'get_time', input: {} },
    ]);
    const content: Anthropic.ToolResultBlockParam[] = ['call_a', 'call_b'].map((id) => ({
      type: 'tool_result',
      tool_use_id: id,
      content: [{ type: 'text', text: 'fine' }],
    }));
    const history = [...messages, { role: 'assistant', content: called.content }, { role: 'user', content }] as const;
    expect(await readMessage(await ask(model, { tools, messages: [...history] }))).toMatchObject({
      content: [{ text: words }],
    });
  });

  it('streams calls of tools block by block', async () => {
    const { events, isDone } = await readMessageStream(await ask(model, { tools: [weather, time], stream: true }));
    expect(isDone).toBe(true);
    for (const [index, input] of [{ city: 'Oslo' }, {}].entries()) {
      const own = events.filter((event) => 'index' in event && event.index === index);
      expect(own[0]).toMatchObject({ type: 'content_block_start', content_block: { type: 'tool_use', input: {} } });
      expect(own.at(-1)).toMatchObject({ type: 'content_block_stop' });
      const parts = own.map((event) =>
        event.type === 'content_block_delta' && event.delta.type === 'input_json_delta' ? event.delta.partial_json : '',
      );
      expect(JSON.parse(parts.join('') || '{}')).toEqual(input);
    }
  });
});

describe.each(['anthropic', 'openai'])('%s that fails', (provider) => {
  it.each([
    ['rate-limited', 429, 'rate_limit_error'],
    ['missing', 404, 'not_found_error'],
    ['too-long', 400, 'invalid_request_error'],
    ['broken', 502, 'api_error'],
    ['overloaded', 529, 'overloaded_error'],
    ['html', 502, 'api_error'],
    ['html-error', 502, 'api_error'],
    ['redirect', 400, 'invalid_request_error'],
    ['reset', 502, 'api_error'],
  ])('%s is status %i, whole and streamed', async (fault, status, type) => {
    for (const stream of [false, true]) {
      const answer = await ask(`${provider}/${fault}`, { stream });
      expect(answer.status).toBe(status);
      const error = await readMessageError(answer);
      expect(error.type).toBe(type);
      if (fault === 'too-long') expect(error.message).toContain('prompt is too long');
      if (fault === 'rate-limited') expect(answer.headers.get('retry-after')).toBe('7');
    }
  });

  it.each(['cut', 'closed', 'malformed', 'error-frame'])(
    'a stream that is %s ends with an error, never as if it were finished',
    async (fault) => {
      const read = await readMessageStream(await ask(`${provider}/${fault}`, { stream: true }));
      expect(read.error?.type).toMatch(/^(api|overloaded)_error$/);
      expect(read.isDone).toBe(false);
      expect(words.startsWith(read.text)).toBe(true);
    },
  );

  it('with a wrong key is a bad gateway that repeats no key and is not tried again', async () => {
    const wrong = gatewayOf({
      ...bindings,
      OPENAI_API_KEY: 'sk-proj-wrong-0123456789',
      ANTHROPIC_API_KEY: 'sk-ant-wrong-0123456789',
    });
    const json = { model: `${provider}/plain`, messages, max_tokens: 5 };
    const answer = await wrong.send('/v1/messages', { key, json });
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([502, 'false']);
    expect((await readMessageError(answer)).type).toBe('api_error');
  });

  it('ends the call of a client that leaves', async () => {
    const answer = await ask(`${provider}/silent`, { stream: true });
    const reader = answer.body?.getReader();
    await reader?.read();
    // Resolves only when the call behind it has ended.
    await reader?.cancel();
  });
});

describe('what is passed on', () => {
  it('is the provider’s own bytes, with its limits and without the rest of its headers', async () => {
    const answer = await ask('anthropic/plain', { stream: true });
    expect(answer.headers.get('anthropic-ratelimit-requests-remaining')).toBe('59');
    expect(answer.headers.get('request-id')).toMatch(/^req_[0-9a-z]{26}$/);
    const { events } = await readMessageStream(answer);
    expect(events[0]).toMatchObject({ type: 'message_start', message: { model: 'plain' } });
  });

  it('arrives frame by frame, however it is cut on its way', async () => {
    const answer = await ask('anthropic/drip', { stream: true });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    const pieces: string[] = [];
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) pieces.push(next.value);
    expect(pieces.length).toBeGreaterThan(4);
    expect(pieces.every((piece) => piece.endsWith('\n\n'))).toBe(true);
  });
});

describe('counting', () => {
  const count = async (model: string, more: object = {}): Promise<Response> =>
    await gateway.send('/v1/messages/count_tokens', {
      headers: { 'x-api-key': key },
      json: { model, messages, ...more },
    });

  it('is Anthropic’s own for its models', async () => {
    const answer = await count('anthropic/plain');
    expect([answer.status, answer.headers.get('x-aidevos-estimated')]).toEqual([200, null]);
    expect(await answer.json()).toEqual({ input_tokens: JSON.stringify(messages).length });
  });

  it('is an estimate for all others, and says so', async () => {
    const answer = await count('offline/engineer', { system: 'x'.repeat(395), tools: [] });
    expect([answer.status, answer.headers.get('x-aidevos-estimated')]).toEqual([200, 'true']);
    expect(await answer.json()).toEqual({ input_tokens: 100 });
    expect((await readMessageError(await count('openai/plain', { max_tokens: 5 }))).message).toContain('max_tokens');
  });
});
