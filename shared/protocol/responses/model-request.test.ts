import { describe, expect, it } from 'vitest';
import { responsesRequestSchema } from '../../schemas/responses.ts';
import {
  anthropicCapabilities,
  offlineCapabilities,
  openAiCapabilities,
  type Capabilities,
} from '../openai/capabilities.ts';
import { toResponseModelRequest } from './model-request.ts';
import { inputItems } from './stored-input.ts';

const translate = (more: object, able: Capabilities = anthropicCapabilities) => {
  const request = responsesRequestSchema.parse({ model: 'm', input: 'x', ...more });
  const items = inputItems(request.input).map((item, index) => ({ item, param: `input[${index}]` }));
  return toResponseModelRequest(request, items, able, { model: 'm', idempotencyKey: 'k' });
};

const valueOf = (more: object, able?: Capabilities) => {
  const result = translate(more, able);
  if (!result.ok) throw new Error(result.error.error.message);
  return result.value;
};

const look = { type: 'function', name: 'look' };
const schema = { type: 'object', properties: { a: { type: 'string' } } };

describe('a request', () => {
  it('becomes ours', () => {
    const { request, withoutEffect } = valueOf({
      instructions: 'Be brief.',
      input: [
        { role: 'developer', content: 'And kind.' },
        { role: 'user', content: 'x' },
      ],
      tools: [{ ...look, description: 'looks', parameters: schema, strict: true }],
      tool_choice: { type: 'function', name: 'look' },
      parallel_tool_calls: false,
      text: { format: { type: 'json_schema', name: 'thing', schema } },
      temperature: 0.5,
      top_p: 0.9,
      max_output_tokens: 100,
      user: 'u',
      metadata: { a: 'b' },
      prompt_cache_key: 'p',
      include: ['reasoning.encrypted_content', 'file_search_call.results'],
      truncation: 'disabled',
      background: false,
    });
    expect(request).toEqual({
      model: 'm',
      idempotencyKey: 'k',
      system: 'Be brief.\n\nAnd kind.',
      messages: [{ role: 'user', content: 'x' }],
      tools: [{ name: 'look', description: 'looks', parameters: schema, strict: true }],
      maxOutputTokens: 100,
      options: {
        toolChoice: { type: 'named', name: 'look' },
        parallelToolCalls: false,
        format: { type: 'json_schema', name: 'thing', schema },
        temperature: 0.5,
        topP: 0.9,
        user: 'u',
        promptCaching: true,
      },
    });
    expect(withoutEffect).toEqual(['prompt_cache_key']);
  });

  it.each([
    [{ include: ['message.output_text.logprobs'] }, 0],
    [{ top_logprobs: 3 }, 3],
    [{ include: ['message.output_text.logprobs'], top_logprobs: 20 }, 20],
    [{ top_logprobs: 0 }, undefined],
  ])('asks for logprobs where the provider has them: %j', (more, topLogprobs) => {
    expect(valueOf(more, openAiCapabilities).request.options?.topLogprobs).toBe(topLogprobs);
  });

  it('has the provider’s limit where it sets none', () => {
    expect(valueOf({}).request.maxOutputTokens).toBe(anthropicCapabilities.defaultMaxOutputTokens);
  });

  it.each<[object, string]>([
    [{ background: true }, 'background'],
    [{ prompt: { id: 'p' } }, 'prompt'],
    [{ truncation: 'auto' }, 'truncation'],
    [{ context_management: [] }, 'context_management'],
    [{ moderation: {} }, 'moderation'],
    [{ include: ['message.output_text.logprobs'], top_logprobs: 2 }, 'include'],
    [{ stream_options: {} }, 'stream_options'],
    [{ top_logprobs: 3 }, 'top_logprobs'],
    [{ service_tier: 'flex' }, 'service_tier'],
    [{ text: { verbosity: 'low' } }, 'text.verbosity'],
    [{ text: { format: { type: 'json_object' } } }, 'text.format'],
    [{ text: { format: { type: 'json_schema' } } }, 'text.format'],
    [{ text: { format: { type: 'json_schema', name: 'a', schema: { type: 'no' } } } }, 'text.format.schema'],
    [{ text: { format: { type: 'xml' } } }, 'text.format.type'],
    [{ temperature: 1.5 }, 'temperature'],
    [{ tools: [{ type: 'telepathy' }] }, 'tools[0].type'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ tools: [look, look] }, 'tools[1].name'],
    [{ tools: [{ ...look, parameters: { type: 'string' } }] }, 'tools[0].parameters'],
    [{ tools: [{ ...look, parameters: { properties: 3 } }] }, 'tools[0].parameters'],
    [{ tools: [{ type: 'namespace', tools: [look] }] }, 'tools[0].name'],
    [{ tools: [{ type: 'namespace', name: 'n', tools: [look, look] }] }, 'tools[0].tools[1].name'],
    [{ tool_choice: 'required' }, 'tool_choice'],
    [{ tools: [{ type: 'web_search' }], tool_choice: 'required' }, 'tool_choice'],
    [{ tools: [{ type: 'web_search' }], tool_choice: { type: 'web_search' } }, 'tool_choice'],
    [{ tools: [look], tool_choice: { type: 'function', name: 'see' } }, 'tool_choice'],
    [{ tools: [look], tool_choice: { type: 'allowed_tools', mode: 'required', tools: [] } }, 'tool_choice'],
    [{ input: [] }, 'input'],
    [{ input: [{ role: 'system', content: 'x' }] }, 'input'],
  ])('that cannot be done is refused by its parameter: %j', (more, param) => {
    const refused = translate(more);
    expect(refused).toMatchObject({ ok: false, error: { status: 400, error: { param } } });
    expect(JSON.stringify(refused)).not.toMatch(/response_format|reasoning_effort|max_completion_tokens/);
  });

  it.each([
    { model: undefined },
    { input: [{ type: 'telepathy' }] },
    { shout: true },
    { max_output_tokens: 0 },
    { top_logprobs: 21 },
  ])('of another shape is refused: %j', (more) => {
    expect(responsesRequestSchema.safeParse({ model: 'm', input: 'x', ...more }).success).toBe(false);
  });
});

describe('tools', () => {
  it('of the provider are not offered and are named', () => {
    const { request, withoutEffect } = valueOf({ tools: [{ type: 'web_search' }, look, { type: 'mcp' }] });
    expect(request.tools.map(({ name }) => name)).toEqual(['look']);
    expect(withoutEffect).toEqual(['tools[0].web_search', 'tools[2].mcp']);
  });

  it('of a namespace and custom ones are functions that lead back to what they are', () => {
    const grammar = { type: 'grammar', syntax: 'lark', definition: 'start: "a"' };
    const { request, tools, withoutEffect } = valueOf({
      tools: [
        { type: 'namespace', name: 'files', description: 'Files', tools: [look, { type: 'custom', name: 'patch' }] },
        { type: 'custom', name: 'sql', description: 'Asks.', format: grammar },
        look,
      ],
    });
    expect(request.tools.map(({ name }) => name)).toEqual(['files__look', 'files__patch', 'sql', 'look']);
    expect(request.tools[2]).toMatchObject({
      description: 'Asks.\n\nThe input must follow this grammar:\nstart: "a"',
      parameters: { required: ['input'] },
    });
    expect(withoutEffect).toEqual(['tools[1].format']);
    expect(tools.get('files__patch')).toEqual({ kind: 'custom', name: 'patch', namespace: 'files' });
  });

  it('of long names stay apart', () => {
    const names = ['a', 'b'].map((last) => `${'x'.repeat(60)}${last}`);
    const namespace = { type: 'namespace', name: 'n'.repeat(30), tools: names.map((name) => ({ ...look, name })) };
    const offered = valueOf({ tools: [namespace] }).request.tools.map(({ name }) => name);
    expect(new Set(offered).size).toBe(2);
    expect(offered.every((name) => /^[a-zA-Z0-9_-]{1,64}$/.test(name))).toBe(true);
  });

  it('that are allowed are the only ones offered', () => {
    const see = { ...look, name: 'see' };
    const tool_choice = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'see' }] };
    const { request } = valueOf({ tools: [look, see], tool_choice }, offlineCapabilities);
    expect(request.tools.map(({ name }) => name)).toEqual(['see']);
    expect(request.options?.toolChoice).toEqual({ type: 'required' });
  });
});
