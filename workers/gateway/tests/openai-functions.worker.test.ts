/** The older form of tools on `/v1/chat/completions`: passed on where the provider knows it, translated everywhere else. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readModelAccounts } from '../../../shared/adapters/models/index.ts';
import { createChatModels } from '../chat-models.ts';
import { bindings, createGateway, createWorkspace, prepareDirectory } from '../testing/harness.ts';
import { finishOf, readError, readStream, textOf, type Completion } from '../testing/openai-answers.ts';

const chatModels = createChatModels({
  accounts: readModelAccounts(bindings),
  guard: { protect: (client) => client },
  names: [],
  chains: new Map([['openai/broken', ['anthropic/plain']]]),
});
const gateway = createGateway({ chatModels });
let key: string;

beforeAll(async () => {
  await prepareDirectory();
  key = (await createWorkspace(gateway)).ownerKey;
});

const words = 'one two three four five six seven eight nine ten';
const user = { role: 'user', content: 'What is the weather in Oslo?' };
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const functions = [{ name: 'get_weather', description: 'The weather of a city.', parameters }];

const ask = async (model: string, more: object = {}): Promise<Response> =>
  await gateway.send('/v1/chat/completions', {
    key,
    json: { model, messages: [user], functions, max_completion_tokens: 100, ...more },
  });

const complete = async (model: string, more: object = {}): Promise<Completion> => {
  const answer = await ask(model, more);
  expect(answer.status).toBe(200);
  return await answer.json();
};

describe.each([
  ['openai/plain', words],
  ['anthropic/plain', words],
  ['openai/broken', words],
  ['offline/engineer', 'The tool get_weather answered: rain'],
])('%s', (model, answerAfter) => {
  it('calls one function, whole', async () => {
    const { choices, usage } = await complete(model);
    expect(choices).toHaveLength(1);
    const message = choices[0]?.message;
    expect(choices[0]?.finish_reason).toBe('function_call');
    expect(message).toMatchObject({ role: 'assistant', content: null, refusal: null });
    expect(message?.function_call?.name).toBe('get_weather');
    expect(JSON.parse(message?.function_call?.arguments ?? '')).toEqual({ city: 'Oslo' });
    expect(message).not.toHaveProperty('tool_calls');
    expect(usage?.total_tokens).toBeGreaterThan(0);
  });

  it('calls one function, streamed: its name, then its arguments in pieces', async () => {
    const stream = await readStream(await ask(model, { stream: true, stream_options: { include_usage: true } }));
    expect([finishOf(stream), stream.isDone, stream.error]).toEqual(['function_call', true, undefined]);
    const deltas = stream.chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
    expect(deltas.every((delta) => delta.tool_calls === undefined)).toBe(true);
    const calls = deltas.flatMap((delta) => (delta.function_call === undefined ? [] : [delta.function_call]));
    expect(calls[0]).toEqual({ name: 'get_weather', arguments: '' });
    expect(calls.slice(1).every(({ name }) => name === undefined)).toBe(true);
    expect(JSON.parse(calls.map((call) => call.arguments ?? '').join(''))).toEqual({ city: 'Oslo' });
    expect(stream.chunks.at(-1)?.usage?.total_tokens).toBeGreaterThan(0);
  });

  it('takes the result', async () => {
    const { choices } = await complete(model);
    const messages = [user, choices[0]?.message, { role: 'function', name: 'get_weather', content: 'rain' }];
    const after = await complete(model, { messages });
    expect(after.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: answerAfter } });
    const stream = await readStream(await ask(model, { messages, stream: true }));
    expect([textOf(stream), finishOf(stream)]).toEqual([answerAfter, 'stop']);
  });
});

it('the offline engineer heeds the choice', async () => {
  const forced = await complete('offline/engineer', {
    messages: [{ role: 'user', content: 'Hello in Oslo' }],
    function_call: { name: 'get_weather' },
  });
  expect(forced.choices[0]?.message.function_call?.name).toBe('get_weather');
  const { choices } = await complete('offline/engineer', { function_call: 'none' });
  expect(choices[0]?.message.function_call).toBeUndefined();
  expect(choices[0]?.finish_reason).toBe('stop');
});

it('a role and auto take functions, too', async () => {
  for (const model of ['role/architect', 'auto']) {
    const answer = await createGateway({}, { AIDEVOS_MODELS: 'openai/gpt-5' }).send('/v1/chat/completions', {
      key,
      json: { model, messages: [user], functions },
    });
    const { choices }: Completion = await answer.json();
    expect(choices[0]?.message.function_call).toMatchObject({ name: 'get_weather' });
  }
});

describe('what is refused', () => {
  it.each<[string, object, string | null]>([
    ['both forms', { tools: [{ type: 'function', function: { name: 'f' } }] }, null],
    ['a choice among none', { functions: null, function_call: 'auto' }, 'function_call'],
    ['a function that is not there', { function_call: { name: 'other' } }, 'function_call'],
    ['a choice that is none', { function_call: 'always' }, 'function_call'],
    ['functions of text', { functions: 'all' }, 'functions'],
    ['a function without a name', { functions: [{ parameters }] }, 'functions[0].name'],
    ['a schema that is none', { functions: [{ name: 'f', parameters: { type: 'x' } }] }, 'functions[0].parameters'],
    ['a loose result', { messages: [user, { role: 'function', name: 'f', content: 'x' }] }, 'messages[1].role'],
    ['a result without a name', { messages: [user, { role: 'function', content: 'x' }] }, 'messages[1].name'],
    [
      'a call that is none',
      { messages: [user, { role: 'assistant', content: null, function_call: { name: 'f' } }] },
      'messages[1].function_call.arguments',
    ],
  ])('names the parameter: %s', async (_name, more, param) => {
    for (const model of ['anthropic/plain', 'offline/engineer']) {
      const answer = await ask(model, more);
      expect(answer.status).toBe(400);
      expect(await readError(answer)).toMatchObject({ type: 'invalid_request_error', param });
    }
  });
});
