import { describe, expect, it } from 'vitest';
import { chatRequestSchema } from '../../schemas/openai-chat.ts';
import { anthropicCapabilities, offlineCapabilities, type Capabilities } from './capabilities.ts';
import type { ToolMessage } from './functions.ts';
import { toModelRequest } from './model-request.ts';
import { readMessages } from './messages.ts';

const call = (id: string) => ({ id, type: 'function', function: { name: 'look', arguments: '{}' } });
const calling = (...ids: string[]): ToolMessage => ({ role: 'assistant', tool_calls: ids.map(call) });
const result = (id: string): ToolMessage => ({ role: 'tool', tool_call_id: id, content: 'seen' });
const user: ToolMessage = { role: 'user', content: 'x' };

const offlineMedia = { provider: 'offline', images: false, files: false };
const everyMedia = { provider: 'all', images: true, files: true };
const picture = `data:image/png;base64,${Buffer.from('not really a picture').toString('base64')}`;
const image = (url: string) => ({ type: 'image_url', image_url: { url } });
const file = (more: object) => ({ type: 'file', file: more });

describe('messages', () => {
  it('become ours: one system text, parts joined, results with the names of their tools', () => {
    const read = readMessages(
      [
        { role: 'system', content: 'a' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'one' },
            { type: 'text', text: 'two' },
          ],
        },
        { role: 'assistant', content: 'I look.', refusal: null, annotations: [], tool_calls: [call('c')] },
        result('c'),
        { role: 'developer', content: 'b' },
      ],
      offlineMedia,
    );
    expect(read).toEqual({
      ok: true,
      value: {
        system: 'a\n\nb',
        messages: [
          { role: 'user', content: 'one\ntwo' },
          { role: 'assistant', content: 'I look.', toolCalls: [{ id: 'c', name: 'look', argumentsJson: '{}' }] },
          { role: 'tool', toolCallId: 'c', toolName: 'look', content: 'seen', isError: false },
        ],
        withoutEffect: [],
      },
    });
  });

  it('may have names: told where a model can be told who speaks, else said to be without effect', () => {
    const messages: readonly ToolMessage[] = [
      { ...user, name: 'Ada' },
      { ...calling('c'), name: 'guide' },
      { ...result('c'), name: 'look' },
    ];
    const named = readMessages(messages, { ...offlineMedia, names: true });
    expect(named).toMatchObject({ value: { messages: [{ name: 'Ada' }, { name: 'guide' }, {}], withoutEffect: [] } });
    const untold = readMessages(messages, offlineMedia);
    expect(untold.ok && untold.value.messages.some((message) => 'name' in message)).toBe(false);
    expect(untold).toMatchObject({ value: { withoutEffect: ['messages.name'] } });
  });

  it('of a tool may repeat the name of its call; any other name is without effect, as that of a system’s message is', () => {
    const lostNames = (...messages: ToolMessage[]) => readMessages(messages, { ...offlineMedia, names: true });
    const asked = [user, calling('c')];
    expect(lostNames(...asked, { ...result('c'), name: 'look' })).toMatchObject({ value: { withoutEffect: [] } });
    expect(lostNames(...asked, { ...result('c'), name: null })).toMatchObject({ value: { withoutEffect: [] } });
    const lost = { value: { withoutEffect: ['messages.name'] } };
    expect(lostNames(...asked, { ...result('c'), name: 'other' })).toMatchObject(lost);
    expect(lostNames({ role: 'system', content: 'Be kind.', name: 'rules' }, user)).toMatchObject(lost);
  });

  it.each<[string, readonly ToolMessage[], string]>([
    ['a result without its call', [user, result('c')], 'messages[1].tool_call_id'],
    ['a result twice', [calling('c'), result('c'), result('c')], 'messages[2].tool_call_id'],
    ['a call without its result', [calling('c', 'd'), result('c'), user], 'messages[2]'],
    ['a call without its result at the end', [calling('c')], 'messages'],
    ['two calls of one id', [calling('c', 'c')], 'messages[0].tool_calls[1].id'],
    ['an old id again', [calling('c'), result('c'), calling('c')], 'messages[2].tool_calls[0].id'],
    ['a file', [{ role: 'user', content: [{ type: 'file' }] }], 'messages[0].content[0]'],
    ['an image', [{ role: 'user', content: [image(picture)] }], 'messages[0].content[0]'],
    ['reasoning of a user', [{ role: 'user', content: 'x', reasoning_content: 'y' }], 'messages[0].reasoning_content'],
    ['the system alone', [{ role: 'system', content: 'x' }], 'messages'],
  ])('are refused with the place: %s', (_name, messages, param) => {
    expect(readMessages(messages, offlineMedia)).toMatchObject({ ok: false, error: { status: 400, error: { param } } });
  });
});

describe('parts', () => {
  const parts = (...content: readonly object[]): ToolMessage => {
    const message = chatRequestSchema.shape.messages.element.parse({ role: 'user', content });
    if (message.role === 'function') throw new Error('The test is wrong.');
    return message;
  };

  it('of a user stay in their order where there is more than text', () => {
    const pdf = 'data:application/pdf;base64,JVBERi0=';
    const sent = parts(
      { type: 'text', text: 'Compare' },
      { type: 'image_url', image_url: { url: picture, detail: 'low' } },
      image('https://pictures.test/a.png'),
      { type: 'text', text: 'with' },
      file({ file_data: pdf, filename: 'a.pdf' }),
      file({ file_data: 'JVBERi0=' }),
    );
    const data = picture.slice(picture.indexOf(',') + 1);
    const document = { type: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' };
    expect(readMessages([sent], everyMedia)).toMatchObject({
      value: {
        messages: [
          {
            role: 'user',
            content: 'Compare\nwith',
            parts: [
              { type: 'text', text: 'Compare' },
              { type: 'image', source: { type: 'base64', mediaType: 'image/png', data }, detail: 'low' },
              { type: 'image', source: { type: 'url', url: 'https://pictures.test/a.png' } },
              { type: 'text', text: 'with' },
              { type: 'file', source: document, name: 'a.pdf' },
              { type: 'file', source: document },
            ],
          },
        ],
      },
    });
  });

  const tooLarge = `data:image/png;base64,${Buffer.alloc(5 * 1_048_576 + 1).toString('base64')}`;

  it.each<[string, object, string]>([
    ['another scheme', image('ftp://pictures.test/a'), 'image_url.url'],
    ['no base64', image('data:image/png;base64,???='), 'image_url.url'],
    ['nothing', image('data:image/png;base64,'), 'image_url.url'],
    ['a picture of another type', image('data:image/tiff;base64,AAAA'), 'image_url.url'],
    ['a page', image('data:text/html;base64,AAAA'), 'image_url.url'],
    ['too large a picture', image(tooLarge), 'image_url.url'],
    ['no picture', { type: 'image_url' }, 'image_url'],
    ['an uploaded file', file({ file_id: 'file-1' }), 'file.file_id'],
    ['no file', { type: 'file' }, 'file.file_data'],
    ['a file of another type', file({ file_data: 'data:application/zip;base64,AAAA' }), 'file.file_data'],
    ['a file that is no base64', file({ file_data: 'a file' }), 'file.file_data'],
  ])('are refused with the place: %s', (_name, part, place) => {
    expect(readMessages([parts({ type: 'text', text: 'a' }, part)], everyMedia)).toMatchObject({
      ok: false,
      error: {
        status: 400,
        error: { param: `messages[0].content[1].${place}`, code: expect.stringMatching(/^(inv|uns)/) },
      },
    });
  });

  it.each(['input_audio', 'something_new'])('of the type %s are refused', (type) => {
    expect(readMessages([parts({ type })], everyMedia)).toMatchObject({
      error: { error: { param: 'messages[0].content[0]', code: 'unsupported_parameter' } },
    });
  });

  it('are at most twenty images, and none but the user’s', () => {
    const many = Array.from({ length: 20 }, () => image(picture));
    expect(readMessages([parts(...many)], everyMedia).ok).toBe(true);
    expect(readMessages([parts(...many), parts(image(picture))], everyMedia)).toMatchObject({
      error: { error: { param: 'messages[1].content' } },
    });
    const shown: ToolMessage = { role: 'assistant', content: [image(picture)] };
    expect(readMessages([shown], everyMedia)).toMatchObject({ error: { error: { param: 'messages[0].content[0]' } } });
  });
});

describe('a request', () => {
  const translate = (more: object, able: Capabilities = anthropicCapabilities) =>
    toModelRequest(chatRequestSchema.parse({ model: 'm', messages: [{ role: 'user', content: 'x' }], ...more }), able, {
      model: 'm',
      idempotencyKey: 'k',
    });

  it('has everything that was asked', () => {
    const tools = [{ type: 'function', function: { name: 'look', strict: true } }];
    const translated = translate({
      tools,
      tool_choice: { type: 'function', function: { name: 'look' } },
      parallel_tool_calls: false,
      temperature: 0.5,
      top_p: 0.9,
      stop: 'END',
      max_tokens: 7,
      user: 'me',
      metadata: { a: 'b' },
      n: 1,
      frequency_penalty: 0,
      logprobs: false,
    });
    expect(translated).toMatchObject({
      ok: true,
      value: {
        request: {
          maxOutputTokens: 7,
          tools: [{ name: 'look', description: '', strict: true }],
          options: {
            toolChoice: { type: 'named', name: 'look' },
            parallelToolCalls: false,
            temperature: 0.5,
            topP: 0.9,
            stop: ['END'],
            user: 'me',
          },
        },
        withoutEffect: ['metadata'],
      },
    });
  });

  it('has a limit of tokens in any case', () => {
    const translated = translate({});
    expect(translated.ok && translated.value.request.maxOutputTokens).toBe(
      anthropicCapabilities.defaultMaxOutputTokens,
    );
  });

  it('may ask Anthropic’s models to reason, and not for what they cannot do meanwhile', () => {
    const thinking = { reasoning_effort: 'high', max_tokens: 4_000 };
    const model = (name: string, more: object) =>
      toModelRequest(
        chatRequestSchema.parse({ model: 'm', messages: [{ role: 'user', content: 'x' }], ...thinking, ...more }),
        anthropicCapabilities,
        { model: name, idempotencyKey: 'k' },
      );
    expect(model('claude-opus-4-6', { temperature: 1 })).toMatchObject({
      value: { request: { options: { reasoningEffort: 'high' } }, withoutEffect: [] },
    });
    const tools = [{ type: 'function', function: { name: 'look' } }];
    const refused: readonly [string, object, string][] = [
      ['claude-sonnet-4-5', { temperature: 0.2 }, 'temperature'],
      ['claude-sonnet-4-5', { top_p: 0.5 }, 'top_p'],
      ['claude-sonnet-4-5', { tools, tool_choice: 'required' }, 'tool_choice'],
      ['claude-sonnet-4-5', { max_tokens: 1_024 }, 'reasoning_effort'],
      ['claude-3-5-haiku-20241022', {}, 'reasoning_effort'],
    ];
    for (const [name, more, param] of refused) {
      expect(model(name, more)).toMatchObject({ ok: false, error: { status: 400, error: { param } } });
    }
    const turn = [user, calling('c'), result('c')];
    expect(model('claude-sonnet-4-5', { messages: turn })).toMatchObject({
      value: { withoutEffect: ['reasoning_effort'] },
    });
    expect(model('claude-opus-4-6', { messages: turn })).toMatchObject({ value: { withoutEffect: [] } });
  });

  it('of a provider that has them takes seed, penalties and reasoning', () => {
    const able = { ...offlineCapabilities, provider: 'other', penalties: true, reasoning: true };
    const asked = { seed: 4, frequency_penalty: 0.5, presence_penalty: -1, reasoning_effort: 'minimal' };
    expect(translate(asked, able)).toMatchObject({
      value: {
        request: { options: { seed: 4, frequencyPenalty: 0.5, presencePenalty: -1, reasoningEffort: 'minimal' } },
      },
    });
    expect(translate({ frequency_penalty: 0, reasoning_effort: 'none' }, offlineCapabilities)).toMatchObject({
      value: { request: { options: {} } },
    });
    expect(translate({ reasoning_effort: 'high' }, offlineCapabilities)).toMatchObject({
      error: { error: { param: 'reasoning_effort' } },
    });
  });

  it('may vary what a rule-based model does not vary; others say that they cannot', () => {
    const penalty = { presence_penalty: 1, frequency_penalty: -0.5, temperature: 1.5, top_p: 0.2 };
    expect(translate(penalty, offlineCapabilities)).toMatchObject({ ok: true, value: { withoutEffect: [] } });
    const { presence_penalty } = penalty;
    expect(translate({ presence_penalty }, anthropicCapabilities)).toMatchObject({
      error: { status: 400, error: { param: 'presence_penalty' } },
    });
  });

  it.each<[object, string]>([
    [{ logit_bias: { 1: 2 } }, 'logit_bias'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ service_tier: 'flex' }, 'service_tier'],
    [{ web_search_options: { search_context_size: 'low' } }, 'web_search_options'],
    [{ tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'tools[0].type'],
    [{ tool_choice: { type: 'allowed_tools' } }, 'tool_choice'],
    [{ response_format: { type: 'grammar' } }, 'response_format.type'],
    [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema'],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { required: 5 } } } },
      'response_format.json_schema.schema',
    ],
  ])('is refused for what cannot be done: %o', (more, param) => {
    for (const able of [anthropicCapabilities, offlineCapabilities]) {
      expect(translate(more, able)).toMatchObject({ ok: false, error: { status: 400, error: { param } } });
    }
  });
});
