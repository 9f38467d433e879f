import type Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import { messagesRequestSchema } from '../../schemas/anthropic-messages.ts';
import { openAiCapabilities } from '../openai/capabilities.ts';
import { estimateTokens } from '../../domain/model/request-size.ts';
import { toModelRequest } from './model-request.ts';

/** The SDK's types left out what its newest models refuse; older clients send it. */
type Sent = Anthropic.MessageCreateParams & { readonly temperature?: number; readonly top_p?: number };

const translate = (more: Partial<Sent>) => {
  const sent: Sent = {
    model: 'openai/x',
    max_tokens: 50,
    messages: [{ role: 'user', content: 'Hello' }],
    ...more,
  };
  const parsed = messagesRequestSchema.parse(sent);
  const result = toModelRequest(parsed, openAiCapabilities, { model: 'x', idempotencyKey: 'req_1' });
  if (!result.ok) throw new Error(result.error.error.message);
  return result.value;
};

describe('a request in our form', () => {
  it('says everything that the sender said', () => {
    const { request, withoutEffect } = translate({
      system: [
        { type: 'text', text: 'One.' },
        { type: 'text', text: 'Two.' },
      ],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look:' },
            { type: 'image', source: { type: 'url', url: 'https://a.test/b.png' } },
            { type: 'document', title: 'T', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' } },
            { type: 'document', context: 'C', source: { type: 'text', media_type: 'text/plain', data: 'D' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'sig' },
            { type: 'redacted_thinking', data: 'xx' },
            { type: 'text', text: 'Let me ' },
            { type: 'text', text: 'see.' },
            { type: 'tool_use', id: 'a', name: 'f', input: { n: 1 } },
            { type: 'tool_use', id: 'b', name: 'g', input: {} },
          ],
        },
        { role: 'system', content: 'Three.' },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'b', is_error: true, content: 'no' },
            {
              type: 'tool_result',
              tool_use_id: 'a',
              content: [
                { type: 'text', text: 'yes' },
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } },
              ],
            },
            { type: 'text', text: 'Go on.' },
          ],
        },
      ],
      tools: [
        { name: 'f', description: 'F', input_schema: { type: 'object' }, strict: true },
        { name: 'g', input_schema: { type: 'object' } },
      ],
      tool_choice: { type: 'tool', name: 'g', disable_parallel_tool_use: true },
      temperature: 0.5,
      top_p: 0.9,
      stop_sequences: ['END'],
      metadata: { user_id: 'me' },
      thinking: { type: 'enabled', budget_tokens: 5_000 },
      output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
    });
    expect(withoutEffect).toEqual([]);
    expect(request).toEqual({
      model: 'x',
      idempotencyKey: 'req_1',
      system: 'One.\nTwo.\n\nThree.',
      messages: [
        {
          role: 'user',
          content: 'Look:\nC\nD',
          parts: [
            { type: 'text', text: 'Look:' },
            { type: 'image', source: { type: 'url', url: 'https://a.test/b.png' } },
            { type: 'file', source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBE' }, name: 'T' },
            { type: 'text', text: 'C' },
            { type: 'text', text: 'D' },
          ],
        },
        {
          role: 'assistant',
          content: 'Let me see.',
          toolCalls: [
            { id: 'a', name: 'f', argumentsJson: '{"n":1}' },
            { id: 'b', name: 'g', argumentsJson: '{}' },
          ],
          reasoning: [
            { type: 'text', text: 'hm', signature: 'sig' },
            { type: 'redacted', data: 'xx' },
          ],
        },
        { role: 'tool', toolCallId: 'b', toolName: 'g', isError: true, content: 'no' },
        {
          role: 'tool',
          toolCallId: 'a',
          toolName: 'f',
          isError: false,
          content: 'yes',
          parts: [
            { type: 'text', text: 'yes' },
            { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AA==' } },
          ],
        },
        { role: 'user', content: 'Go on.' },
      ],
      tools: [
        { name: 'f', description: 'F', parameters: { type: 'object' }, strict: true },
        { name: 'g', description: '', parameters: { type: 'object' } },
      ],
      maxOutputTokens: 50,
      options: {
        temperature: 0.5,
        topP: 0.9,
        stop: ['END'],
        user: 'me',
        reasoningEffort: 'medium',
        toolChoice: { type: 'named', name: 'g' },
        parallelToolCalls: false,
        format: { type: 'json_schema', name: 'answer', schema: { type: 'object' } },
      },
    });
  });

  it.each([
    [{ thinking: { type: 'enabled', budget_tokens: 1_024 } }, 'low', 'shown'],
    [{ thinking: { type: 'enabled', budget_tokens: 30_000, display: 'omitted' } }, 'high', 'omitted'],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'xhigh' } }, 'xhigh', 'shown'],
    [{ thinking: { type: 'adaptive' } }, undefined, 'shown'],
    [{ thinking: { type: 'adaptive', display: 'summarized' } }, undefined, 'shown'],
    [{ thinking: { type: 'disabled' }, output_config: { effort: 'high' } }, undefined, 'hidden'],
    [{ output_config: { effort: 'max' } }, 'max', 'hidden'],
    [{}, undefined, 'hidden'],
  ] as const)('asks for thoughts: %j is %s, %s', (asked, effort, display) => {
    const { request, thinking } = translate(asked);
    expect([request.options?.reasoningEffort, thinking]).toEqual([effort, display]);
  });

  it('keeps the wish for a cache, wherever it is marked, and says that its places had no effect', () => {
    const mark = { cache_control: { type: 'ephemeral' } } as const;
    for (const more of [
      mark,
      { system: [{ type: 'text', text: 'x', ...mark }] },
      { tools: [{ name: 'f', input_schema: { type: 'object' }, ...mark }] },
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'x', ...mark }] }] },
    ] satisfies Partial<Anthropic.MessageCreateParams>[]) {
      const { request, withoutEffect } = translate(more);
      expect([request.options?.promptCaching, withoutEffect]).toEqual([true, ['cache_control']]);
    }
  });

  it('is estimated by its texts, and by its images not by their bytes', () => {
    const image = {
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(100_000) },
    } as const;
    const { request } = translate({ messages: [{ role: 'user', content: [{ type: 'text', text: 'xxxx' }, image] }] });
    expect(estimateTokens(request)).toBe(1_601);
  });
});
