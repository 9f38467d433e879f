/** Small streams in the shapes that servers really send, where they differ from the protocol's own documents. */
import { describe, expect, it } from 'vitest';
import { replayAnswer, type CollectedAnswer } from '../../domain/model/collect.ts';
import { AnthropicReader } from './anthropic-reader.ts';
import { OpenAiReader } from './openai-reader.ts';
import type { StreamReader } from './run-call.ts';

const read = (reader: StreamReader, pieces: readonly unknown[]): CollectedAnswer | undefined =>
  replayAnswer([...pieces.flatMap((piece) => reader.read(piece)), ...reader.end()]).answer;

const chunk = (delta: object, finishReason: string | null = null, more: object = {}): object => ({
  id: 'c',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason: finishReason }],
  ...more,
});

const call = (piece: object): object => chunk({ tool_calls: [piece] });
const usage = (more: object): object => ({ prompt_tokens: 10, completion_tokens: 4, total_tokens: 14, ...more });
const readOpenAi = (...pieces: readonly object[]) => read(new OpenAiReader(), pieces);

describe('servers that speak OpenAI’s protocol', () => {
  it.each<[string, readonly object[]]>([
    [
      'reasoning_content (DeepSeek)',
      [{ reasoning_content: '' }, { reasoning_content: 'Hm, ', content: null }, { reasoning_content: 'yes.' }],
    ],
    ['reasoning (Groq, Ollama)', [{ reasoning: 'Hm, ' }, { reasoning: 'yes.' }]],
    [
      'both names',
      [
        { reasoning: 'Hm, ', reasoning_content: 'Hm, ' },
        { reasoning: 'yes.', reasoning_content: 'yes.' },
      ],
    ],
    [
      'parts of the content (Mistral)',
      [
        { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm, ' }] }] },
        { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'yes.' }] }] },
      ],
    ],
    [
      'text beside its details (OpenRouter)',
      ['Hm, ', 'yes.'].map((text) => ({
        reasoning: text,
        reasoning_details: [{ type: 'reasoning.text', text, format: 'unknown', index: 0 }],
      })),
    ],
    ['summaries', [{ reasoning_details: [{ type: 'reasoning.summary', summary: 'Hm, yes.', index: 0 }] }]],
  ])('tell what was thought as %s', (_name, deltas) => {
    const answer = readOpenAi(...deltas.map((delta) => chunk(delta)), chunk({ content: 'Yes.' }), chunk({}, 'stop'));
    expect(answer).toMatchObject({ ok: true, text: 'Yes.', reasoning: [{ type: 'text', text: 'Hm, yes.' }] });
  });

  it('sign and seal what was thought (OpenRouter)', () => {
    const answer = readOpenAi(
      chunk({ reasoning: 'Hm.', reasoning_details: [{ type: 'reasoning.text', text: 'Hm.', index: 0 }] }),
      chunk({ reasoning_details: [{ type: 'reasoning.text', signature: 'signed', index: 0 }] }),
      chunk({
        reasoning_details: [
          { type: 'reasoning.encrypted', data: 'sealed', index: 1 },
          { type: 'new', x: 1 },
        ],
      }),
      chunk({ content: 'Yes.' }, 'stop'),
    );
    expect(answer).toMatchObject({
      reasoning: [
        { type: 'text', text: 'Hm.', signature: 'signed' },
        { type: 'redacted', data: 'sealed' },
      ],
    });
  });

  it.each<[string, readonly object[]]>([
    [
      'from another index on',
      [
        { index: 1, id: 'a', function: { name: 'f', arguments: '' } },
        { index: 1, function: { arguments: '{}' } },
      ],
    ],
    ['without an index', [{ id: 'a', function: { name: 'f', arguments: '{' } }, { function: { arguments: '}' } }]],
    [
      'with an empty id later',
      [
        { index: 0, id: 'a', function: { name: 'f' } },
        { index: 0, id: '', function: { arguments: '{}' } },
      ],
    ],
    [
      'with the id in every piece',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{' } },
        { index: 0, id: 'a', function: { name: 'f', arguments: '}' } },
      ],
    ],
  ])('send one call %s', (_name, pieces) => {
    const answer = readOpenAi(...pieces.map(call), chunk({}, 'tool_calls'));
    expect(answer).toMatchObject({
      ok: true,
      toolCalls: [{ id: 'a', name: 'f', argumentsJson: '{}' }],
      stopReason: 'tool_calls',
    });
  });

  it.each<[string, readonly object[]]>([
    [
      'all of index 0',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } },
        { index: 0, id: 'b', function: { name: 'g', arguments: '[]' } },
      ],
    ],
    [
      'without an index',
      [
        { id: 'a', function: { name: 'f', arguments: '{}' } },
        { id: 'b', function: { name: 'g', arguments: '[]' } },
      ],
    ],
  ])('send several calls %s', (_name, pieces) => {
    expect(readOpenAi(...pieces.map(call), chunk({}, 'stop'))).toMatchObject({
      stopReason: 'tool_calls',
      toolCalls: [
        { id: 'a', name: 'f', argumentsJson: '{}' },
        { id: 'b', name: 'g', argumentsJson: '[]' },
      ],
    });
  });

  it('call the one function that there was before there were tools', () => {
    const pieces = [{ name: 'f', arguments: '' }, { arguments: '{}' }].map((function_call) => chunk({ function_call }));
    expect(readOpenAi(...pieces, chunk({}, 'function_call'))).toMatchObject({
      stopReason: 'tool_calls',
      toolCalls: [{ id: 'call_0', name: 'f', argumentsJson: '{}' }],
    });
  });

  it.each<[string, object, object]>([
    [
      'cached and written tokens',
      { prompt_tokens_details: { cached_tokens: 6, cache_write_tokens: 2 } },
      { cachedInputTokens: 6, cacheWriteTokens: 2 },
    ],
    ['hits of a cache (DeepSeek)', { prompt_cache_hit_tokens: 6 }, { cachedInputTokens: 6 }],
    ['cached tokens by themselves (Moonshot)', { cached_tokens: 6 }, { cachedInputTokens: 6 }],
    [
      'reasoning within the completion',
      { completion_tokens_details: { reasoning_tokens: 3 } },
      { outputTokens: 4, reasoningTokens: 3 },
    ],
    [
      'reasoning beside the completion (xAI)',
      { total_tokens: 17, completion_tokens_details: { reasoning_tokens: 3 } },
      { outputTokens: 7, reasoningTokens: 3 },
    ],
  ])('count %s', (_name, more, counted) => {
    expect(readOpenAi(chunk({ content: 'x' }, 'stop', { usage: usage(more) }))).toMatchObject({
      usage: { inputTokens: 10, outputTokens: 4, cachedInputTokens: 0, ...counted },
    });
  });

  it('end with the reason error, which is no end', () => {
    expect(readOpenAi(chunk({ content: 'x' }), chunk({}, 'error'))).toMatchObject({
      ok: false,
      failure: { kind: 'provider_error', retryable: true },
    });
  });
});

const start = (id: string): object => ({
  type: 'message_start',
  message: { id, usage: { input_tokens: 8, output_tokens: 1 } },
});
const stop = (delta: object, more: object = {}): readonly object[] => [
  { type: 'message_delta', delta, usage: { output_tokens: 5, ...more } },
  { type: 'message_stop' },
];
const block = (index: number, content: object, ...deltas: readonly object[]): readonly object[] => [
  { type: 'content_block_start', index, content_block: content },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index },
];
const text = (index: number, said: string): readonly object[] =>
  block(index, { type: 'text', text: '' }, { type: 'text_delta', text: said });
const readAnthropic = (...pieces: readonly object[]) => read(new AnthropicReader(), pieces);

describe('Anthropic’s stream', () => {
  it('may hide a thought and sign it, in several pieces', () => {
    const answer = readAnthropic(
      start('m'),
      ...block(
        0,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'signature_delta', signature: 'sig' },
        { type: 'signature_delta', signature: 'ned' },
      ),
      ...text(1, 'Yes.'),
      ...stop({ stop_reason: 'end_turn' }),
    );
    expect(answer).toMatchObject({ ok: true, reasoning: [{ type: 'text', text: '', signature: 'signed' }] });
  });

  it.each([
    ['pause_turn', 'end'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'refusal'],
  ])('may stop with %s', (reason, stopReason) => {
    expect(readAnthropic(start('m'), ...text(0, 'x'), ...stop({ stop_reason: reason }))).toMatchObject({
      text: 'x',
      stopReason,
    });
  });

  it('may refuse without a word but why', () => {
    const details = { type: 'refusal', category: 'cyber', explanation: 'Not this.' };
    expect(readAnthropic(start('m'), ...stop({ stop_reason: 'refusal', stop_details: details }))).toMatchObject({
      text: 'Not this.',
      stopReason: 'refusal',
    });
  });

  it('may correct its figures at the end', () => {
    const figures = { input_tokens: 20, cache_creation_input_tokens: 3, cache_read_input_tokens: 2 };
    expect(readAnthropic(start('m'), ...text(0, 'x'), ...stop({ stop_reason: 'end_turn' }, figures))).toMatchObject({
      usage: { inputTokens: 25, outputTokens: 5, cachedInputTokens: 2, cacheWriteTokens: 3 },
    });
  });

  it('may say twice that it begins, but not mix two messages', () => {
    const end = [...text(0, 'x'), ...stop({ stop_reason: 'end_turn' })];
    expect(readAnthropic(start('m'), start('m'), ...end)).toMatchObject({ ok: true, text: 'x' });
    expect(readAnthropic(start('m'), ...text(0, 'y'), start('n'), ...end)).toMatchObject({
      ok: false,
      failure: { kind: 'malformed_response' },
    });
  });

  it('may have blocks and pieces that nobody knows yet', () => {
    const answer = readAnthropic(
      start('m'),
      ...block(
        0,
        { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
        { type: 'input_json_delta', partial_json: '{}' },
      ),
      ...block(
        1,
        { type: 'text', text: '' },
        { type: 'citations_delta', citation: {} },
        { type: 'text_delta', text: 'x' },
      ),
      ...stop({ stop_reason: 'end_turn' }),
    );
    expect(answer).toMatchObject({ ok: true, text: 'x', toolCalls: [] });
  });
});
