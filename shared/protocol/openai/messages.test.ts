import { describe, expect, it } from 'vitest';
import { chatRequestSchema, type ChatMessage } from '../../schemas/openai-chat.ts';
import { anthropicCapabilities, offlineCapabilities, type Capabilities } from './capabilities.ts';
import { toModelRequest } from './model-request.ts';
import { readMessages } from './messages.ts';

const call = (id: string) => ({ id, type: 'function', function: { name: 'look', arguments: '{}' } });
const calling = (...ids: string[]): ChatMessage => ({ role: 'assistant', tool_calls: ids.map(call) });
const result = (id: string): ChatMessage => ({ role: 'tool', tool_call_id: id, content: 'seen' });
const user: ChatMessage = { role: 'user', content: 'x' };

describe('messages', () => {
  it('become ours: one system text, parts joined, results with the names of their tools', () => {
    const read = readMessages([
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
    ]);
    expect(read).toEqual({
      ok: true,
      value: {
        system: 'a\n\nb',
        messages: [
          { role: 'user', content: 'one\ntwo' },
          { role: 'assistant', content: 'I look.', toolCalls: [{ id: 'c', name: 'look', argumentsJson: '{}' }] },
          { role: 'tool', toolCallId: 'c', toolName: 'look', content: 'seen', isError: false },
        ],
      },
    });
  });

  it.each<[string, readonly ChatMessage[], string]>([
    ['a result without its call', [user, result('c')], 'messages[1].tool_call_id'],
    ['a result twice', [calling('c'), result('c'), result('c')], 'messages[2].tool_call_id'],
    ['a call without its result', [calling('c', 'd'), result('c'), user], 'messages[2]'],
    ['a call without its result at the end', [calling('c')], 'messages'],
    ['two calls of one id', [calling('c', 'c')], 'messages[0].tool_calls[1].id'],
    ['an old id again', [calling('c'), result('c'), calling('c')], 'messages[2].tool_calls[0].id'],
    ['a name', [{ role: 'user', content: 'x', name: 'me' }], 'messages[0].name'],
    ['a file', [{ role: 'user', content: [{ type: 'file' }] }], 'messages[0].content[0]'],
    ['a function', [{ role: 'function' }], 'messages[0].role'],
    ['the system alone', [{ role: 'system', content: 'x' }], 'messages'],
  ])('are refused with the place: %s', (_name, messages, param) => {
    expect(readMessages(messages)).toMatchObject({ ok: false, error: { status: 400, error: { param } } });
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

  it.each<[object, string]>([
    [{ reasoning_effort: 'high' }, 'reasoning_effort'],
    [{ logit_bias: { 1: 2 } }, 'logit_bias'],
    [{ presence_penalty: 1 }, 'presence_penalty'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ service_tier: 'flex' }, 'service_tier'],
    [{ functions: [{ name: 'f' }] }, 'functions'],
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
