/** What goes beyond text, over the wires of both providers: reasoning and its way back, images, files, caches. */
import { afterEach, describe, expect, it } from 'vitest';
import { collectAnswer } from '../../domain/model/collect.ts';
import type { ModelMessage, ModelOptions, ModelRequest } from '../../ports/model-client.ts';
import { startFakeAnthropic } from '../../testing/models/fake-anthropic.ts';
import { startFakeOpenAi } from '../../testing/models/fake-openai.ts';
import type { FakeModelServer, ScriptedTurn } from '../../testing/models/script.ts';
import { createAnthropicClient } from './anthropic.ts';
import type { WireQuirks } from '../../domain/model/providers/provider.ts';
import { createOpenAiClient } from './openai.ts';

const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object', properties: {} } }];
const question: ModelMessage = { role: 'user', content: 'What is there?' };

const request = (more: Partial<ModelRequest> = {}, options: ModelOptions = {}): ModelRequest => ({
  model: 'claude-haiku-4-5',
  system: 'You look.',
  messages: [question],
  tools,
  maxOutputTokens: 4_000,
  idempotencyKey: 'k',
  options,
  ...more,
});

let server: FakeModelServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const anthropic = async (turns: readonly ScriptedTurn[]) => {
  const started = await startFakeAnthropic(({ index }) => turns[index] ?? {});
  server = started;
  const client = createAnthropicClient({ apiKey: started.apiKey, baseUrl: started.url });
  return { ask: (asked: ModelRequest) => collectAnswer(client, asked), body: () => started.requests.at(-1)?.body };
};

const openAi = async (turns: readonly ScriptedTurn[], quirks?: WireQuirks) => {
  const started = await startFakeOpenAi(({ index }) => turns[index] ?? {});
  server = started;
  const client = createOpenAiClient({ apiKey: started.apiKey, baseUrl: `${started.url}/v1` }, undefined, quirks);
  return { ask: (asked: ModelRequest) => collectAnswer(client, asked), body: () => started.requests.at(-1)?.body };
};

const picture = Buffer.from('a picture').toString('base64');
const shown: ModelMessage = {
  role: 'user',
  content: 'Compare.',
  parts: [
    { type: 'text', text: 'Compare.' },
    { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: picture }, detail: 'low' },
    { type: 'image', source: { type: 'url', url: 'https://a.test/b.png' } },
    { type: 'file', source: { type: 'base64', mediaType: 'application/pdf', data: picture }, name: 'a.pdf' },
    { type: 'file', source: { type: 'base64', mediaType: 'text/plain', data: picture } },
  ],
};

describe('anthropic', () => {
  const thoughtful: ScriptedTurn = {
    reasoning: [{ text: 'I should look first.' }, { sealed: 'not to be read' }, { text: '' }],
    text: 'I look.',
    toolCalls: [{ id: 'a', name: 'look', arguments: {} }],
    inputTokens: 30,
    cachedInputTokens: 10,
    cacheWriteTokens: 5,
    outputTokens: 40,
    reasoningTokens: 25,
  };

  it('tells what the model thought, and takes it back with the result of the call it led to', async () => {
    const { ask } = await anthropic([thoughtful, { text: 'A door.' }]);
    const asked = request({}, { reasoningEffort: 'medium' });
    const answer = await ask(asked);
    if (!answer.ok) throw new Error(answer.failure.message);
    expect(answer.reasoning).toMatchObject([
      { type: 'text', text: 'I should look first.', signature: expect.any(String) },
      { type: 'redacted', data: expect.any(String) },
      { type: 'text', text: '', signature: expect.any(String) },
    ]);
    expect(answer.usage).toEqual({
      inputTokens: 30,
      outputTokens: 40,
      cachedInputTokens: 10,
      cacheWriteTokens: 5,
      reasoningTokens: 25,
    });
    const { text: content, toolCalls, reasoning = [] } = answer;
    const next = (kept: typeof reasoning): ModelRequest => ({
      ...asked,
      messages: [
        question,
        { role: 'assistant', content, toolCalls, reasoning: kept },
        { role: 'tool', toolCallId: 'a', toolName: 'look', content: 'a door', isError: false },
      ],
    });
    expect(await ask(next(reasoning))).toMatchObject({ ok: true, text: 'A door.' });
    // The server knows its own words: a changed thought is refused, so nothing above was left out.
    const changed = reasoning.map((block) => (block.type === 'text' ? { ...block, text: `${block.text}!` } : block));
    expect(await ask(next(changed))).toMatchObject({ ok: false, failure: { kind: 'invalid_request', status: 400 } });
  });

  it('goes on without thinking in a turn whose thoughts were lost', async () => {
    const { ask, body } = await anthropic([{ text: 'A door.' }]);
    const messages: readonly ModelMessage[] = [
      question,
      { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'look', argumentsJson: '' }] },
      { role: 'tool', toolCallId: 'a', toolName: 'look', content: 'a door', isError: false },
    ];
    expect(await ask(request({ messages }, { reasoningEffort: 'high' }))).toMatchObject({ ok: true });
    expect(body()).toMatchObject({ thinking: { type: 'disabled' } });
  });

  it('takes images and documents, also of tool results', async () => {
    const { ask, body } = await anthropic([{ text: 'Alike.' }]);
    const parts = shown.role === 'user' ? shown.parts : undefined;
    const messages: readonly ModelMessage[] = [
      shown,
      { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'look', argumentsJson: '{}' }] },
      { role: 'tool', toolCallId: 'a', toolName: 'look', content: 'Compare.', isError: false, ...(parts && { parts }) },
    ];
    expect(await ask(request({ messages }))).toMatchObject({ ok: true, text: 'Alike.' });
    const content = [
      { type: 'text', text: 'Compare.' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture } },
      { type: 'image', source: { type: 'url', url: 'https://a.test/b.png' } },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: picture }, title: 'a.pdf' },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a picture' } },
    ];
    expect(body()).toMatchObject({
      messages: [{ content }, { content: [{ type: 'tool_use' }] }, { content: [{ type: 'tool_result', content }] }],
    });
  });

  it('marks what is worth keeping in the cache', async () => {
    const { ask, body } = await anthropic([{ text: 'Yes.' }]);
    expect(await ask(request({}, { promptCaching: true }))).toMatchObject({ ok: true });
    const cache_control = { type: 'ephemeral' };
    expect(body()).toMatchObject({
      system: [{ type: 'text', text: 'You look.', cache_control }],
      tools: [{ name: 'look', cache_control }],
      messages: [{ content: [{ type: 'text', cache_control }] }],
    });
  });

  it('tells the text that it stopped at', async () => {
    const { ask, body } = await anthropic([{ text: 'One.', stopText: 'END' }]);
    const asked = request({}, { stop: ['END'], topK: 5 });
    expect(await ask(asked)).toMatchObject({ ok: true, stopReason: 'end', stopText: 'END' });
    expect(body()).toMatchObject({ stop_sequences: ['END'], top_k: 5 });
  });

  it.each<[ModelOptions, string]>([
    [{ seed: 1 }, 'has no seed'],
    [{ frequencyPenalty: 1 }, 'has no penalties'],
    [{ presencePenalty: 0 }, 'has no penalties'],
    [{ format: { type: 'json_object' } }, 'no json_object'],
    [{ reasoningEffort: 'low', temperature: 0 }, 'no temperature but 1'],
    [{ reasoningEffort: 'low', topK: 3 }, 'no top_k'],
    [{ reasoningEffort: 'low', toolChoice: { type: 'required' } }, 'made to call a tool'],
  ])('says that it cannot do %o, and asks nobody', async (options, words) => {
    const { ask, body } = await anthropic([]);
    expect(await ask(request({}, options))).toMatchObject({
      ok: false,
      failure: { kind: 'invalid_request', retryable: false, message: expect.stringContaining(words) },
    });
    expect(body()).toBeUndefined();
  });
});

describe('openai', () => {
  it('takes images and files, and says every option in its own words', async () => {
    const { ask, body } = await openAi([{ text: 'Alike.', cacheWriteTokens: 3, reasoningTokens: 2 }]);
    const options: ModelOptions = {
      seed: 7,
      topK: 40,
      frequencyPenalty: 0.5,
      presencePenalty: -0.5,
      reasoningEffort: 'high',
      promptCaching: true,
    };
    expect(await ask(request({ messages: [shown] }, options))).toMatchObject({
      ok: true,
      usage: { cacheWriteTokens: 3, reasoningTokens: 2 },
    });
    const pdf = `data:application/pdf;base64,${picture}`;
    expect(body()).toMatchObject({
      seed: 7,
      top_k: 40,
      frequency_penalty: 0.5,
      presence_penalty: -0.5,
      reasoning_effort: 'high',
      max_completion_tokens: 4_000,
      messages: [
        { role: 'system' },
        {
          content: [
            { type: 'text', text: 'Compare.' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}`, detail: 'low' } },
            { type: 'image_url', image_url: { url: 'https://a.test/b.png' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: pdf } },
            { type: 'file', file: { filename: 'document', file_data: `data:text/plain;base64,${picture}` } },
          ],
        },
      ],
    });
  });

  it('tells what a model thought, and gives it back only where that is wanted', async () => {
    const { ask, body } = await openAi([{ reasoning: [{ text: 'A door, I think.' }], text: 'A door.' }]);
    const answer = await ask(request());
    expect(answer).toMatchObject({
      ok: true,
      text: 'A door.',
      reasoning: [{ type: 'text', text: 'A door, I think.' }],
    });
    const reasoning = answer.ok ? (answer.reasoning ?? []) : [];
    const messages: readonly ModelMessage[] = [
      question,
      { role: 'assistant', content: 'A door.', toolCalls: [], reasoning },
      question,
    ];
    expect(await ask(request({ messages }))).toMatchObject({ ok: true });
    expect(JSON.stringify(body())).not.toContain('I think');
  });

  it('sends the limit, the thoughts and the headers as the server wants them', async () => {
    const { ask, body } = await openAi([], {
      tokenLimit: 'max_tokens',
      streamOptions: false,
      headers: { 'x-title': 'a title' },
      reasoning: 'reasoning_content',
    });
    const reasoning = [{ type: 'text' as const, text: 'A door, I think.' }];
    await ask(request({ messages: [question, { role: 'assistant', content: 'A door.', toolCalls: [], reasoning }] }));
    expect(body()).toMatchObject({
      max_tokens: 4_000,
      messages: [{}, {}, { role: 'assistant', reasoning_content: 'A door, I think.' }],
    });
    expect(body()).not.toHaveProperty('max_completion_tokens');
    expect(body()).not.toHaveProperty('stream_options');
    expect(server?.requests[0]?.headers['x-title']).toBe('a title');
  });
});
