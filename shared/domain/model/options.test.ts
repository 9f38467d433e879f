import { describe, expect, it } from 'vitest';
import type { ModelOptions, ModelRequest } from '../../ports/model-client.ts';
import { toAnthropicOptions } from './anthropic-options.ts';
import { toOpenAiOptions } from './openai-options.ts';
import { redactKeys } from './redact.ts';

const request = (options?: ModelOptions): ModelRequest => ({
  model: 'm',
  system: '',
  messages: [],
  tools: [{ name: 'look', description: '', parameters: {} }],
  maxOutputTokens: 1,
  idempotencyKey: 'k',
  ...(options === undefined ? {} : { options }),
});

describe('what is asked of an answer', () => {
  it('adds nothing when nothing is asked', () => {
    expect([toAnthropicOptions(request()), toOpenAiOptions(request())]).toEqual([{}, {}]);
  });

  it.each<[ModelOptions, object, object]>([
    [{ toolChoice: { type: 'none' } }, { tool_choice: { type: 'none' } }, { tool_choice: 'none' }],
    [
      { toolChoice: { type: 'required' }, parallelToolCalls: false },
      { tool_choice: { type: 'any', disable_parallel_tool_use: true } },
      { tool_choice: 'required', parallel_tool_calls: false },
    ],
    [
      { parallelToolCalls: false },
      { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      { parallel_tool_calls: false },
    ],
    [
      { toolChoice: { type: 'named', name: 'look' } },
      { tool_choice: { type: 'tool', name: 'look' } },
      { tool_choice: { type: 'function', function: { name: 'look' } } },
    ],
    [
      { temperature: 0, topP: 0.5, stop: ['x'], user: 'u' },
      { temperature: 0, top_p: 0.5, stop_sequences: ['x'], metadata: { user_id: 'u' } },
      { temperature: 0, top_p: 0.5, stop: ['x'], user: 'u' },
    ],
    [
      { format: { type: 'json_schema', name: 'n', schema: { type: 'object' } } },
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      {
        response_format: { type: 'json_schema', json_schema: { name: 'n', strict: true, schema: { type: 'object' } } },
      },
    ],
  ])('%o', (options, anthropic, openAi) => {
    expect(toAnthropicOptions(request(options))).toEqual(anthropic);
    expect(toOpenAiOptions(request(options))).toEqual(openAi);
  });
});

describe('sentences', () => {
  it.each([
    ['Incorrect API key provided: sk-proj-****cdef.', 'Incorrect API key provided: [key]'],
    ['refused sk-ant-api03-abc', 'refused [key]'],
    ['the secret secret-0123', 'the secret [key]'],
    ['a sketch of a key', 'a sketch of a key'],
  ])('lose what looks like a key: %s', (text, redacted) => {
    expect(redactKeys(text, ['secret-0123'])).toBe(redacted);
  });
});
