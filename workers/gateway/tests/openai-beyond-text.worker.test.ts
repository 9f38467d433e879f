/** `/v1/chat/completions` beyond text: reasoning and its way back, images, files, and a client that hangs up. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readModelAccounts } from '../../../shared/adapters/models/index.ts';
import { createChatModels } from '../chat-models.ts';
import { bindings, createGateway, createWorkspace, prepareDirectory } from '../testing/harness.ts';
import { finishOf, readError, readStream, type Completion } from '../testing/openai-answers.ts';

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

const question = { role: 'user', content: 'Count.' };
const tools = ['get_weather', 'get_time'].map((name) => ({ type: 'function', function: { name } }));

interface Thought {
  readonly content?: string | null;
  readonly reasoning_content?: string;
  readonly reasoning_details?: readonly { readonly type: string; readonly index: number; readonly text?: string }[];
}

const ask = async (model: string, more: object): Promise<Response> =>
  await gateway.send('/v1/chat/completions', {
    key,
    json: { model, messages: [question], max_completion_tokens: 4_000, ...more },
  });

describe('reasoning', () => {
  const thinking = { reasoning_effort: 'medium', tools };

  /** The server takes a thought back only as it gave it, right before its calls. */
  const goOn = async (message: object | undefined): Promise<Response> => {
    const results = ['call_a', 'call_b'].map((id) => ({ role: 'tool', tool_call_id: id, content: 'fine' }));
    return await ask('anthropic/thoughtful', { ...thinking, messages: [question, message, ...results] });
  };

  it('is told whole, and taken back', async () => {
    const answer = await ask('anthropic/thoughtful', thinking);
    expect(answer.status).toBe(200);
    const { choices, usage }: Completion = await answer.json();
    const message: (Completion['choices'][0]['message'] & Thought) | undefined = choices[0]?.message;
    expect(message).toMatchObject({
      reasoning_content: 'One should count, slowly.',
      reasoning_details: [
        { type: 'reasoning.text', text: 'One should count, slowly.', signature: expect.any(String), index: 0 },
        { type: 'reasoning.encrypted', data: expect.any(String), index: 1 },
      ],
    });
    expect(usage).toMatchObject({
      prompt_tokens_details: { cache_write_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 6 },
    });
    expect((await goOn(message)).status).toBe(200);
    const changed = {
      ...message,
      reasoning_details: message?.reasoning_details?.map((one) => ({ ...one, text: 'No.' })),
    };
    expect((await goOn(changed)).status).toBe(400);
  });

  it('is streamed, and taken back from a client that only gathers the pieces', async () => {
    const options = { include_usage: true, include_obfuscation: false };
    const stream = await readStream(
      await ask('anthropic/thoughtful', { ...thinking, stream: true, stream_options: options }),
    );
    expect([finishOf(stream), stream.isDone]).toEqual(['tool_calls', true]);
    const deltas = stream.chunks.flatMap(({ choices }): readonly Thought[] => choices.map(({ delta }) => delta));
    expect(deltas.map((delta) => delta.reasoning_content ?? '').join('')).toBe('One should count, slowly.');
    const details = deltas.flatMap((delta) => delta.reasoning_details ?? []);
    expect(details.length).toBeGreaterThan(3);
    expect(stream.chunks.at(-1)?.usage).toMatchObject({ completion_tokens_details: { reasoning_tokens: 6 } });
    const calls = ['get_weather', 'get_time'].map((name, index) => ({
      id: index === 0 ? 'call_a' : 'call_b',
      type: 'function',
      function: { name, arguments: '{}' },
    }));
    const message = { role: 'assistant', content: null, reasoning_details: details, tool_calls: calls };
    expect((await goOn(message)).status).toBe(200);
  });

  it('that was lost on the way has no effect on the rest of the turn, which the answer says', async () => {
    const calls = [
      { id: 'call_a', type: 'function', function: { name: 'get_weather', arguments: '{}' } },
      { id: 'call_b', type: 'function', function: { name: 'get_time', arguments: '{}' } },
    ];
    const answer = await goOn({ role: 'assistant', content: null, tool_calls: calls });
    expect([answer.status, answer.headers.get('x-aidevos-without-effect')]).toEqual([200, 'reasoning_effort']);
  });
});

describe('images and files', () => {
  const picture = `data:image/png;base64,${btoa('a picture')}`;
  const parts = [
    { type: 'text', text: 'Count what is here.' },
    { type: 'image_url', image_url: { url: picture, detail: 'auto' } },
    { type: 'image_url', image_url: { url: 'https://pictures.test/a.png' } },
    { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${btoa('%PDF-')}` } },
  ];
  const messages = [{ role: 'user', content: parts }];

  it('reach models that take them', async () => {
    expect((await ask('anthropic/plain', { messages })).status).toBe(200);
  });

  it('are refused, with the place, by a model that takes none', async () => {
    const answer = await ask('team', { messages });
    expect(answer.status).toBe(400);
    expect(await readError(answer)).toMatchObject({
      param: 'messages[0].content[1]',
      code: 'unsupported_parameter',
      message: expect.stringContaining('image_url'),
    });
  });

  it('are told by their bytes, by the offline engineer', async () => {
    const answer = await ask('offline/engineer', { messages });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('cannot see what it shows');
  });

  it('that are too large are refused, with the place and the limit', async () => {
    const url = `data:image/png;base64,${'A'.repeat(7_000_000)}`;
    const answer = await ask('anthropic/plain', {
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
    });
    expect(answer.status).toBe(400);
    const error = await readError(answer);
    expect(error.param).toBe('messages[0].content[0].image_url.url');
    expect(error.message).toContain('5242880');
  });
});

describe('a client that hangs up before it has an answer', () => {
  it.each([false, true])('ends the provider’s call, streamed: %s', async (stream) => {
    const hangsUp = new AbortController();
    const answer = gateway.send('/v1/chat/completions', {
      key,
      json: { model: 'anthropic/mute', messages: [question], stream },
      signal: hangsUp.signal,
    });
    setTimeout(() => {
      hangsUp.abort();
    }, 50);
    // Without the signal this would wait for the provider until the clock of the call runs out.
    expect((await answer).status).toBe(499);
    const failures = gateway.log.filter(({ message }) => message === 'a model failed');
    expect(failures.at(-1)).toMatchObject({ fields: { kind: 'cancelled' } });
  });
});
