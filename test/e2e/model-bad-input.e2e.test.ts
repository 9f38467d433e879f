/** Bad input of issue 4, on every wire that it can come by, against the running platform. */
import { describe, expect, it } from 'vitest';
import { request, sendJson, type Answer } from './client.ts';

interface Said {
  readonly error: { readonly message: string; readonly type: string; readonly param?: string; readonly code?: string };
}

type Wire = 'chat' | 'responses' | 'messages';

const paths: Readonly<Record<Wire, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
};

const hello = [{ role: 'user', content: 'Hello' }];

const bodies: Readonly<Record<Wire, (model: string) => Readonly<Record<string, unknown>>>> = {
  chat: (model) => ({ model, messages: hello, max_completion_tokens: 50 }),
  responses: (model) => ({ model, input: 'Hello', store: false, max_output_tokens: 50 }),
  messages: (model) => ({ model, messages: hello, max_tokens: 50 }),
};

/** A wire, and a model that is passed on there (the same wire) or translated (another one). */
const ways: readonly (readonly [wire: Wire, model: string])[] = [
  ['chat', 'openai/small'],
  ['chat', 'anthropic/small'],
  ['responses', 'openai/small'],
  ['responses', 'anthropic/small'],
  ['messages', 'anthropic/small'],
  ['messages', 'openai/small'],
];

const ask = (wire: Wire, model: string, more: object = {}): Promise<Answer> =>
  sendJson(paths[wire], { ...bodies[wire](model), ...more });

const errorOf = (answer: Answer): Said['error'] => (answer.json as Said).error;

/** Refused as the caller's fault, in the wire's own shape and without a trace of where. */
const expectRefused = (answer: Answer, wire: Wire, status: number, words: RegExp): void => {
  expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(words)]);
  const keys = wire === 'messages' ? ['error', 'request_id', 'type'] : ['error'];
  expect(Object.keys(answer.json as object).toSorted()).toEqual(keys);
  expect(answer.text).not.toMatch(/at .+\.(?:ts|js):\d+|<html/);
};

const call = (id: string) => ({ id, type: 'function', function: { name: 'look', arguments: '{}' } });
const tool = { name: 'look', description: 'Looks.' };
const badSchema = { type: 'object', properties: { a: { type: 'thing' } } };
/** A PNG by its first bytes. */
const png = (bytes: number): string =>
  Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(bytes - 8)]).toString('base64');
const longText = 'word '.repeat(160_000);

const imageOf = (bytes: number): Case['more'] => {
  const data = png(bytes);
  const url = `data:image/png;base64,${data}`;
  const source = { type: 'base64', media_type: 'image/png', data };
  return {
    chat: { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] },
    responses: {
      input: [{ role: 'user', content: [{ type: 'input_image', image_url: url, detail: 'auto' }] }],
    },
    messages: { messages: [{ role: 'user', content: [{ type: 'image', source }] }] },
  };
};

interface Case {
  readonly name: string;
  readonly words: RegExp;
  readonly status: number;
  readonly more: Readonly<Record<Wire, object>>;
  /** Ways on which it is no bad input. */
  readonly except?: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'a tool result without its call',
    status: 400,
    words: /tool|call/i,
    more: {
      chat: { messages: [...hello, { role: 'tool', tool_call_id: 'nobody', content: 'x' }] },
      responses: { input: [{ type: 'function_call_output', call_id: 'nobody', output: 'x' }] },
      messages: {
        messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'nobody', content: 'x' }] }],
      },
    },
  },
  {
    name: 'call ids that are used twice',
    status: 400,
    words: /call|id/i,
    more: {
      chat: {
        messages: [
          ...hello,
          { role: 'assistant', content: null, tool_calls: [call('c'), call('c')] },
          { role: 'tool', tool_call_id: 'c', content: 'x' },
          { role: 'tool', tool_call_id: 'c', content: 'y' },
        ],
      },
      responses: {
        input: [
          ...['1', '2'].map((id) => ({
            type: 'function_call',
            id: `fc_${id}`,
            call_id: 'c',
            name: 'look',
            arguments: '{}',
          })),
          { type: 'function_call_output', call_id: 'c', output: 'x' },
        ],
      },
      messages: {
        messages: [
          ...hello,
          { role: 'assistant', content: ['c', 'c'].map((id) => ({ type: 'tool_use', id, name: 'look', input: {} })) },
          { role: 'user', content: ['x', 'y'].map((content) => ({ type: 'tool_result', tool_use_id: 'c', content })) },
        ],
        tools: [{ ...tool, input_schema: { type: 'object' } }],
      },
    },
  },
  {
    name: 'a schema that is none',
    status: 400,
    words: /schema|parameters/i,
    more: {
      chat: { tools: [{ type: 'function', function: { ...tool, parameters: badSchema } }] },
      responses: { tools: [{ type: 'function', ...tool, parameters: badSchema, strict: false }] },
      messages: { tools: [{ ...tool, input_schema: badSchema }] },
    },
  },
  // OpenAI itself takes such an image.
  {
    name: 'an image of more than 5 MiB',
    status: 400,
    words: /image/i,
    more: imageOf(5_500_000),
    except: ['openai chat', 'openai messages'],
  },
  { name: 'an image that no request has room for', status: 413, words: /larger than/, more: imageOf(6_500_000) },
  {
    name: '200,000 tokens for a model of 8,000',
    status: 400,
    words: /context|too long|longer/i,
    more: {
      chat: { messages: [{ role: 'user', content: longText }] },
      responses: { input: longText },
      messages: { messages: [{ role: 'user', content: longText }] },
    },
  },
];

describe('bad input of models', () => {
  it.each(ways)('%s with %s: the model reads what is sound', async (wire, model) => {
    const answer = await ask(wire, model);
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('It fits.')]);
  });

  describe.each(ways)('%s with %s', (wire, model) => {
    it.each(
      cases
        .filter(({ except }) => except?.includes(`${model.split('/')[0]} ${wire}`) !== true)
        .map((one) => [one.name, one] as const),
    )('%s', async (_name, { more, status, words }) => {
      expectRefused(await ask(wire, model, more[wire]), wire, status, words);
      expectRefused(await ask(wire, model, { ...more[wire], stream: true }), wire, status, words);
    });
  });

  it.each(['openai/small', 'anthropic/small'])('both limits of tokens: chat with %s', async (model) => {
    const answer = await ask('chat', model, { max_tokens: 9, max_completion_tokens: 9 });
    expectRefused(answer, 'chat', 400, /./);
  });

  it.each<Wire>(['chat', 'responses', 'messages'])(
    'an unknown model is not found, near names are told: %s',
    async (wire) => {
      for (const stream of [false, true]) {
        const answer = await ask(wire, 'offline/enginer', { stream });
        expectRefused(answer, wire, 404, /offline\/engineer/);
        expect(errorOf(answer)).toMatchObject(
          wire === 'messages'
            ? { type: 'not_found_error' }
            : { type: 'invalid_request_error', param: 'model', code: 'model_not_found' },
        );
      }
    },
  );

  it.each<Wire>(['chat', 'responses', 'messages'])('bytes that are no UTF-8: %s', async (wire) => {
    const body = Buffer.concat([
      Buffer.from('{"model":"openai/small","x":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]);
    const answer = await request(paths[wire], {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expectRefused(answer, wire, 400, /UTF-8/);
  });

  it.each(ways)(
    'a provider that answers HTML is a bad gateway, and none of it goes on: %s with %s',
    async (wire, small) => {
      for (const name of ['html', 'html-error']) {
        for (const stream of [false, true]) {
          // The provider's breaker, which all files share, is not to open: most calls have to be answered.
          for (let good = 0; good < 3; good += 1) expect((await ask(wire, small)).status).toBe(200);
          const answer = await ask(wire, small.replace('small', name), { stream });
          expectRefused(answer, wire, 502, /provider/i);
        }
      }
    },
  );
});
