/** `/v1/completions`, the older operation for bare prompts, over every kind of model: whole, streamed, refused and broken. */
import type OpenAI from 'openai';
import { beforeAll, describe, expect, it } from 'vitest';
import { readModelAccounts } from '../../../shared/adapters/models/index.ts';
import type { ApiUsage } from '../../../shared/rpc/workspace-calls.ts';
import { createChatModels } from '../chat-models.ts';
import { bindings, createGateway, createRoleKey, createWorkspace, prepareDirectory } from '../testing/harness.ts';
import { readError, type ErrorBody } from '../testing/openai-answers.ts';

type Completion = OpenAI.Completion;

const chatModels = createChatModels({
  accounts: readModelAccounts(bindings),
  guard: { protect: (client) => client },
  names: ['openai/gpt-5'],
  chains: new Map([['openai/broken', ['anthropic/plain']]]),
});
const gateway = createGateway({ chatModels });
let key: string;
let viewerKey: string;

beforeAll(async () => {
  await prepareDirectory();
  const workspace = await createWorkspace(gateway);
  key = workspace.ownerKey;
  viewerKey = await createRoleKey(gateway, workspace, 'viewer');
});

const path = '/v1/completions';
const words = 'one two three four five six seven eight nine ten';

const ask = async (model: string, more: object = {}, headers: Record<string, string> = {}): Promise<Response> =>
  await gateway.send(path, { key, headers, json: { model, prompt: 'Hello', max_tokens: 100, ...more } });

const complete = async (model: string, more: object = {}): Promise<Completion> => {
  const answer = await ask(model, more);
  expect(answer.status).toBe(200);
  return await answer.json();
};

interface ReadStream {
  readonly chunks: readonly Completion[];
  readonly error: ErrorBody['error'] | undefined;
  readonly isDone: boolean;
}

const readStream = async (answer: Response): Promise<ReadStream> => {
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const frames = (await answer.text()).split('\n\n').filter((frame) => frame !== '');
  const isDone = frames.at(-1) === 'data: [DONE]';
  const data = (isDone ? frames.slice(0, -1) : frames).map((frame): Completion | ErrorBody =>
    JSON.parse(frame.slice('data: '.length)),
  );
  const last = data.at(-1);
  const error = last !== undefined && 'error' in last ? last.error : undefined;
  return { chunks: data.flatMap((one) => ('choices' in one ? [one] : [])), error, isDone };
};

/** What a client gathers of the answer at that place. */
const gather = ({ chunks }: ReadStream, index = 0): readonly [text: string, reason: string | undefined] => {
  const choices = chunks.flatMap((chunk) => chunk.choices.filter((choice) => choice.index === index));
  const ends = choices.map((choice): string | null => choice.finish_reason).filter((reason) => reason !== null);
  expect(ends.length).toBeLessThan(2);
  return [choices.map(({ text }) => text).join(''), ends[0]];
};

describe.each(['openai/plain', 'anthropic/plain', 'openai/broken'])('%s', (model) => {
  it('completes whole', async () => {
    const completion = await complete(model);
    expect(completion).toMatchObject({
      object: 'text_completion',
      choices: [{ index: 0, text: words, logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 12, completion_tokens: 10, total_tokens: 22 },
    });
    expect(completion.id).toMatch(/^cmpl-/);
  });

  it('streams: the text, a reason, the usage where it is wanted, and the end', async () => {
    const plain = await readStream(await ask(model, { stream: true }));
    expect([gather(plain), plain.isDone]).toEqual([[words, 'stop'], true]);
    expect(plain.chunks.length).toBeGreaterThan(4);
    expect(plain.chunks.some((chunk) => 'usage' in chunk)).toBe(false);
    const told = await readStream(await ask(model, { stream: true, stream_options: { include_usage: true } }));
    expect(gather(told)).toEqual([words, 'stop']);
    expect(told.chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 12, completion_tokens: 10 } });
    expect(told.chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    const heads = told.chunks.map(({ id, object, created }) => `${id} ${object} ${created}`);
    expect(new Set(heads).size).toBe(1);
    expect(heads[0]).toMatch(/^cmpl-\S+ text_completion \d+$/);
  });

  it('gives as many answers as are wanted, each at its place, and the sum of what they used', async () => {
    const asked = { prompt: ['Hello', 'again'], n: 2 };
    const { choices, usage } = await complete(model, asked);
    expect(choices.map(({ index, text }) => [index, text])).toEqual([0, 1, 2, 3].map((index) => [index, words]));
    expect(usage?.total_tokens).toBe(model === 'openai/plain' ? 22 : 88);
    const stream = await readStream(await ask(model, { ...asked, stream: true }));
    expect([0, 1, 2, 3].map((index) => gather(stream, index))).toEqual([0, 1, 2, 3].map(() => [words, 'stop']));
    expect(stream.isDone).toBe(true);
  });
});

describe('the platform’s own models', () => {
  it('complete, also those that the platform chooses', async () => {
    for (const model of ['offline/engineer', 'auto', 'role/architect']) {
      const { choices, model: named } = await complete(model, { prompt: 'What are you?' });
      expect(choices[0]?.text).toMatch(/\w+ \w+/);
      expect(named).toBe(model);
    }
  });

  it('repeat the prompt, stop at a text and at a limit, which is 16 tokens where none is set', async () => {
    const prompt = 'Who are you?';
    const own = { prompt, max_tokens: undefined };
    const [choice] = (await complete('offline/engineer', own)).choices;
    expect(choice?.finish_reason).toBe('length');
    const whole = (await complete('offline/engineer', { prompt, max_tokens: 400 })).choices[0];
    expect(whole).toMatchObject({ finish_reason: 'stop' });
    expect(whole?.text.startsWith(choice?.text ?? 'nothing')).toBe(true);
    const echoed = { prompt, echo: true, max_tokens: 400 };
    expect((await complete('offline/engineer', echoed)).choices[0]?.text).toBe(`${prompt}${whole?.text}`);
    const stream = await readStream(await ask('offline/engineer', { ...echoed, stream: true }));
    expect(gather(stream)).toEqual([`${prompt}${whole?.text}`, 'stop']);
    const stopped = await complete('offline/engineer', { prompt, max_tokens: 400, stop: 'offline' });
    expect(stopped.choices[0]?.text).toBe(whole?.text.split('offline')[0]);
    const labelled = await ask('offline/engineer', { user: 'me' });
    expect(labelled.headers.get('x-aidevos-without-effect')).toBe('user');
  });

  it('show no thoughts', async () => {
    const { choices } = await complete('anthropic/thoughtful');
    expect(choices[0]?.text).toBe(words);
  });
});

describe('what is passed on', () => {
  it('may be tokens, and all else that only the provider knows, also where others stand behind it', async () => {
    for (const more of [{ prompt: [5, 6] }, { suffix: 'end' }, { logprobs: 2 }, { best_of: 3 }]) {
      expect((await complete('openai/plain', more)).choices[0]?.text).toBe(words);
      expect((await ask('openai/broken', more)).status).toBe(502);
    }
    const lists = await complete('openai/plain', { prompt: [[5], [6, 7]], n: 2 });
    expect(lists.choices).toHaveLength(4);
  });

  it('has stand-ins of its own, which the provider is not told of', async () => {
    const answer = await ask('openai/plain', { models: ['anthropic/plain'], prompt: [5] });
    expect([answer.status, answer.headers.get('x-aidevos-model')]).toEqual([200, 'openai/plain']);
    const stood = await ask('openai/closed', { models: ['anthropic/plain'] });
    expect([stood.status, stood.headers.get('x-aidevos-model')]).toEqual([200, 'anthropic/plain']);
  });

  it('is refused in the provider’s words', async () => {
    const error = await readError(await ask('openai/plain', { colour: 'red' }));
    expect(error.message).toContain('Unrecognized request argument supplied: colour');
  });
});

describe.each(['openai', 'anthropic'])('%s that fails', (provider) => {
  it.each([
    ['rate-limited', 429, 'rate_limit_exceeded', null],
    ['missing', 404, 'model_not_found', 'model'],
    ['too-long', 400, 'context_length_exceeded', 'prompt'],
    ['html', 502, 'provider_malformed_response', null],
    ['html-error', 502, 'provider_error', null],
    ['reset', 502, 'provider_connection_lost', null],
  ])('%s is status %i, whole and streamed', async (fault, status, code, param) => {
    for (const stream of [false, true]) {
      const answer = await ask(`${provider}/${fault}`, { stream });
      expect(answer.status).toBe(status);
      expect(await readError(answer)).toMatchObject({ code, param });
    }
  });

  it.each(['cut', 'closed', 'malformed', 'error-frame'])(
    'a stream that is %s ends with an error, never as if it were finished',
    async (fault) => {
      const stream = await readStream(await ask(`${provider}/${fault}`, { stream: true }));
      expect(stream.error?.type).toBe('server_error');
      const [text, reason] = gather(stream);
      expect([stream.isDone, reason]).toEqual([false, undefined]);
      expect(words.startsWith(text)).toBe(true);
      expect((await ask(`${provider}/${fault}`)).status).toBe(502);
    },
  );

  it('ends the call of a client that leaves', async () => {
    const answer = await ask(`${provider}/silent`, { stream: true });
    const reader = answer.body?.getReader();
    await reader?.read();
    // Resolves only when the call behind it has ended.
    await reader?.cancel();
  });
});

describe('what is refused', () => {
  it.each<[string, object, string, string]>([
    ['no prompt', { prompt: undefined }, 'prompt', 'missing_required_parameter'],
    ['no model', { model: undefined }, 'model', 'missing_required_parameter'],
    ['a prompt of another type', { prompt: { text: 'x' } }, 'prompt', 'invalid_type'],
    ['prompts of other types', { prompt: ['a', 5] }, 'prompt', 'invalid_type'],
    ['no prompts', { prompt: [] }, 'prompt', 'invalid_value'],
    ['a limit of text', { max_tokens: '5' }, 'max_tokens', 'invalid_type'],
    ['a limit of nothing', { max_tokens: 0 }, 'max_tokens', 'invalid_value'],
    ['a stream that is neither', { stream: 'yes' }, 'stream', 'invalid_type'],
    ['an unknown parameter', { messages: [] }, 'messages', 'unsupported_parameter'],
    ['a temperature out of range', { temperature: 3 }, 'temperature', 'invalid_value'],
    ['stream options of no stream', { stream_options: { include_usage: true } }, 'stream_options', 'invalid_value'],
    ['tokens', { prompt: [5, 6] }, 'prompt', 'invalid_value'],
    ['the beginning of any text', { prompt: null }, 'prompt', 'invalid_value'],
    ['a suffix', { suffix: 'end' }, 'suffix', 'unsupported_parameter'],
    ['logprobs', { logprobs: 0 }, 'logprobs', 'unsupported_parameter'],
    ['the best of several', { best_of: 2 }, 'best_of', 'unsupported_parameter'],
    ['a bias', { logit_bias: { 5: 1 } }, 'logit_bias', 'unsupported_parameter'],
    ['too many answers', { n: 21 }, 'n', 'invalid_value'],
    ['too many prompts', { prompt: Array.from({ length: 21 }, () => 'x') }, 'prompt', 'invalid_value'],
  ])('names the parameter: %s', async (_name, more, param, code) => {
    for (const stream of 'stream' in more || 'stream_options' in more ? [{}] : [{}, { stream: true }]) {
      const answer = await ask('offline/engineer', { ...stream, ...more });
      expect(answer.status).toBe(400);
      expect(await readError(answer)).toMatchObject({ type: 'invalid_request_error', param, code });
    }
  });

  it('or answered: an empty prompt is no fault of the platform', async () => {
    for (const model of ['offline/engineer', 'anthropic/plain', 'openai/plain']) {
      expect((await ask(model, { prompt: '' })).status).toBeLessThan(500);
      expect((await ask(model, { prompt: ['', ' '], stream: true })).status).toBeLessThan(500);
    }
  });

  it('as everywhere: unknown models with near names, and who may not', async () => {
    const unknown = await ask('offline/enginer');
    expect(unknown.status).toBe(404);
    expect(await readError(unknown)).toMatchObject({ param: 'model', code: 'model_not_found' });
    const forbidden = await gateway.send(path, { key: viewerKey, json: { model: 'offline/engineer', prompt: 'x' } });
    expect(forbidden.status).toBe(403);
    expect((await gateway.send(path, { json: {} })).status).toBe(401);
  });
});

describe('a call', () => {
  const usageOf = async (own: { workspaceId: string; ownerKey: string }): Promise<ApiUsage['totals']> => {
    const answer = await gateway.send(`/api/workspaces/${own.workspaceId}/usage`, { key: own.ownerKey });
    const { totals }: ApiUsage = await answer.json();
    return totals;
  };

  it.each([
    ['openai/gpt-5', 22, 1],
    ['anthropic/claude-sonnet-4-5', 88, 4],
  ])('of %s is one in the ledger and the log, with all that its answers used', async (model, tokens, times) => {
    for (const stream of [false, true]) {
      const own = await createWorkspace(gateway);
      const counted = createGateway({ chatModels });
      const json = { model, prompt: ['a', 'b'], n: 2, max_tokens: 50, stream };
      const answer = await counted.send(path, { key: own.ownerKey, json });
      expect(answer.status).toBe(200);
      await answer.text();
      await counted.settle();
      const used = await usageOf(own);
      expect(used).toMatchObject({ requests: 1, failed: 0, cancelled: 0, estimated: 0 });
      expect(used.inputTokens + used.outputTokens).toBe(tokens);
      expect(used.costMicros).toBeGreaterThan(0);
      const lines = counted.log.filter(({ message }) => message === 'model call');
      expect(lines).toMatchObject([
        { fields: { wire: 'completions', streamed: stream, model, status: 'answered', outputTokens: 10 * times } },
      ]);
      const quality = await gateway.send('/api/models/quality?taskKind=completions', { key: own.ownerKey });
      expect(JSON.stringify(await quality.json())).toContain(model);
    }
  });

  it('is held to the budget, and answered again from what was kept', async () => {
    const own = await createWorkspace(gateway);
    const counted = createGateway({ chatModels });
    const send = async (model: string): Promise<Response> =>
      await counted.send(path, {
        key: own.ownerKey,
        headers: { 'x-aidevos-cache': '60' },
        json: { model, prompt: 'a', max_tokens: 50 },
      });
    for (const state of ['miss', 'hit']) {
      const answer = await send('anthropic/plain');
      expect([answer.status, answer.headers.get('x-aidevos-cache')]).toEqual([200, state]);
      await answer.text();
    }
    await counted.settle();
    const budget = { key: own.ownerKey, method: 'PUT', json: { maxTokens: 1 } };
    expect((await gateway.send(`/api/workspaces/${own.workspaceId}/budget`, budget)).status).toBe(200);
    const later = createGateway({ chatModels });
    for (const model of ['openai/plain', 'anthropic/plain']) {
      const refused = await later.send(path, { key: own.ownerKey, json: { model, prompt: 'a', max_tokens: 50 } });
      expect([refused.status, (await readError(refused)).code]).toEqual([429, 'insufficient_quota']);
    }
  });
});
