/** `/v1/chat/completions` over every kind of model: whole, streamed, with tools, refused and broken. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readModelAccounts } from '../../../shared/adapters/models/index.ts';
import { createChatModels } from '../chat-models.ts';
import { bindings, createGateway, createWorkspace, prepareDirectory } from '../testing/harness.ts';
import { finishOf, readError, readStream, textOf, type Completion } from '../testing/openai-answers.ts';

/** Without the breaker, which the faults of these tests would open. */
const chatModels = createChatModels({
  accounts: readModelAccounts(bindings),
  guard: { protect: (client) => client },
  names: [],
});
const gateway = createGateway({ chatModels });
let key: string;

beforeAll(async () => {
  await prepareDirectory();
  key = (await createWorkspace(gateway)).ownerKey;
});

const words = 'one two three four five six seven eight nine ten';
const messages = [{ role: 'user', content: 'Hello' }];
const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

const ask = async (model: string, more: object = {}): Promise<Response> =>
  await gateway.send('/v1/chat/completions', {
    key,
    json: { model, messages, max_completion_tokens: 100, ...more },
  });

const complete = async (model: string, more: object = {}): Promise<Completion> => {
  const answer = await ask(model, more);
  expect(answer.status).toBe(200);
  return await answer.json();
};

describe.each(['openai/plain', 'anthropic/plain'])('%s', (model) => {
  it('answers whole', async () => {
    const completion = await complete(model);
    expect(completion).toMatchObject({
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          logprobs: null,
          message: { role: 'assistant', content: words, refusal: null },
        },
      ],
      usage: {
        prompt_tokens: 12,
        completion_tokens: 10,
        total_tokens: 22,
        prompt_tokens_details: { cached_tokens: 4 },
        // Read by clients without a look whether it is there.
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    });
    expect(completion.id).toMatch(/^chatcmpl-/);
  });

  it('streams: the role first, then the text, a reason, the usage and the end', async () => {
    const stream = await readStream(await ask(model, { stream: true, stream_options: { include_usage: true } }));
    expect(stream.error).toBeUndefined();
    expect(stream.isDone).toBe(true);
    expect(stream.chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '', refusal: null });
    expect(stream.chunks.filter(({ choices }) => choices[0]?.delta.role !== undefined)).toHaveLength(1);
    expect(textOf(stream)).toBe(words);
    expect(finishOf(stream)).toBe('stop');
    expect(stream.chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 12, completion_tokens: 10 } });
    expect(stream.chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(new Set(stream.chunks.map(({ id, created }) => `${id} ${created}`)).size).toBe(1);
  });

  it('calls tools, and takes their results', async () => {
    const tools = [weather, { type: 'function', function: { name: 'get_time' } }];
    const { choices } = await complete(model, { tools });
    expect(choices[0]?.finish_reason).toBe('tool_calls');
    const called = choices[0]?.message.tool_calls;
    expect(called).toEqual([
      { id: 'call_a', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } },
      { id: 'call_b', type: 'function', function: { name: 'get_time', arguments: '{}' } },
    ]);
    const results = ['call_a', 'call_b'].map((id) => ({ role: 'tool', tool_call_id: id, content: 'fine' }));
    const after = await complete(model, { tools, messages: [...messages, choices[0]?.message, ...results] });
    expect(after.choices[0]?.message.content).toBe(words);
  });

  it('streams tool calls in pieces, each with its index, the first with id and name', async () => {
    const stream = await readStream(await ask(model, { stream: true, tools: [weather] }));
    const deltas = stream.chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    for (const [index, id] of ['call_a', 'call_b'].entries()) {
      const pieces = deltas.filter((delta) => delta.index === index);
      expect(pieces[0]).toMatchObject({ id, type: 'function' });
      expect(pieces.slice(1).every((piece) => piece.id === undefined)).toBe(true);
      expect(JSON.parse(pieces.map((piece) => piece.function?.arguments ?? '').join(''))).toEqual(
        index === 0 ? { city: 'Oslo' } : {},
      );
    }
    expect([finishOf(stream), stream.isDone]).toEqual(['tool_calls', true]);
  });
});

describe.each(['openai', 'anthropic'])('%s that fails', (provider) => {
  it.each([
    ['rate-limited', 429, 'rate_limit_exceeded'],
    ['out-of-quota', 429, 'insufficient_quota'],
    ['missing', 404, 'model_not_found'],
    ['too-long', 400, 'context_length_exceeded'],
    ['broken', 502, 'provider_error'],
    ['html', 502, 'provider_malformed_response'],
    ['html-error', 502, 'provider_error'],
    ['redirect', 400, 'invalid_value'],
    ['reset', 502, 'provider_connection_lost'],
  ])('%s is status %i, whole and streamed', async (fault, status, code) => {
    if (provider === 'anthropic' && fault === 'out-of-quota') return;
    for (const stream of [false, true]) {
      const answer = await failing(provider, fault, stream);
      expect(answer.status).toBe(status);
      expect((await readError(answer)).code).toBe(code);
    }
  });

  it('passes on how long to wait', async () => {
    const answer = await failing(provider, 'rate-limited', false);
    expect(answer.headers.get('retry-after')).toBe('7');
  });

  it.each(['cut', 'closed', 'malformed', 'error-frame'])(
    'a stream that is %s ends with an error, never as if it were finished',
    async (fault) => {
      const stream = await readStream(await failing(provider, fault, true));
      expect(stream.error?.type).toBe('server_error');
      expect([stream.isDone, finishOf(stream)]).toEqual([false, undefined]);
      expect(words.startsWith(textOf(stream))).toBe(true);
      expect((await failing(provider, fault, false)).status).toBe(502);
    },
  );
});

const failing = async (provider: string, fault: string, stream: boolean): Promise<Response> =>
  await ask(`${provider}/${fault}`, { stream });

describe('what is passed on', () => {
  it('is the provider’s own bytes, with its limits and without the rest of its headers', async () => {
    const answer = await ask('openai/plain', { stream: true });
    expect(answer.headers.get('x-ratelimit-remaining-requests')).toBe('59');
    expect(answer.headers.get('x-request-id')).toMatch(/^req_[0-9a-z]{26}$/);
    expect((await readStream(answer)).chunks[0]?.model).toBe('plain');
  });

  it('arrives frame by frame, however it is cut on its way', async () => {
    const answer = await ask('openai/drip', { stream: true });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    const pieces: string[] = [];
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) pieces.push(next.value);
    expect(pieces.length).toBeGreaterThan(4);
    expect(pieces.every((piece) => piece.endsWith('\n\n'))).toBe(true);
    expect(pieces.join('')).toMatch(/data: \[DONE\]\n\n$/);
  });

  it('is whole when only the end mark is missing', async () => {
    const stream = await readStream(await ask('openai/without-done', { stream: true }));
    expect([textOf(stream), finishOf(stream), stream.isDone]).toEqual([words, 'stop', true]);
  });

  it('leaves everything to the provider that is not routing', async () => {
    await complete('openai/plain', { logit_bias: { 5: 1 }, something_new: true, seed: 7 });
    const refused = await ask('openai/plain', { max_completion_tokens: undefined });
    expect(refused.status).toBe(400);
  });
});

describe('a client that leaves', () => {
  it.each(['openai/silent', 'anthropic/silent'])('ends the call of %s', async (model) => {
    const answer = await ask(model, { stream: true });
    const reader = answer.body?.getReader();
    await reader?.read();
    // Resolves only when the call behind it has ended.
    await reader?.cancel();
  });
});
