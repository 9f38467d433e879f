import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContentPart, ModelMessage, ModelRequest, ReasoningBlock } from '../../ports/model-client.ts';
import { assertAnthropicRules, sealThought, signThought } from '../../testing/models/anthropic-rules.ts';
import type { AnthropicBlock } from './anthropic-messages.ts';
import { toAnthropicRequest } from './anthropic-request.ts';
import { findAnthropicConflict } from './anthropic-thinking.ts';

const texts = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', ' ', '\n'));
const bytes = fc.uint8Array({ minLength: 1, maxLength: 8 }).map((data) => Buffer.from(data).toString('base64'));
const urls = fc.webUrl({ validSchemes: ['https'] }).map((url) => ({ type: 'url' as const, url }));
const inline = (mediaType: string) => bytes.map((data) => ({ type: 'base64' as const, mediaType, data }));
const documents = fc.oneof(
  urls,
  inline('application/pdf'),
  fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => ({
    type: 'base64' as const,
    mediaType: 'text/plain',
    data: Buffer.from(text).toString('base64'),
  })),
);

const parts: fc.Arbitrary<ContentPart> = fc.oneof(
  texts.map((text) => ({ type: 'text' as const, text })),
  fc.oneof(urls, inline('image/png'), inline('image/webp')).map((source) => ({ type: 'image' as const, source })),
  fc.record({ source: documents, name: fc.string() }).map((file) => ({ type: 'file' as const, ...file })),
);

const withParts = fc
  .array(parts, { minLength: 1, maxLength: 4 })
  .map((all) => ({ content: all.map((part) => (part.type === 'text' ? part.text : '')).join('\n'), parts: all }));

const contents = fc.oneof(
  texts.map((content): { content: string; parts?: readonly ContentPart[] } => ({ content })),
  withParts,
);

const thoughts: fc.Arbitrary<ReasoningBlock> = fc.oneof(
  texts.map((text) => ({ type: 'text' as const, text, signature: signThought(text) })),
  texts.map((text) => ({ type: 'text' as const, text })),
  texts.map((text) => ({ type: 'redacted' as const, data: sealThought(text) })),
);

const turns = fc.record({
  user: fc.array(contents, { minLength: 1, maxLength: 2 }),
  text: texts,
  reasoning: fc.array(thoughts, { maxLength: 3 }),
  calls: fc.array(fc.record({ argumentsJson: fc.oneof(fc.json(), texts), result: contents, isError: fc.boolean() }), {
    maxLength: 3,
  }),
});

/** Conversations that begin with words of the user, as every one does, with all calls answered. */
const conversations = fc.array(turns, { minLength: 1, maxLength: 4 }).map((all): readonly ModelMessage[] => [
  { role: 'user', content: 'Hello.' },
  ...all.flatMap(({ user, text, reasoning, calls }, turn): readonly ModelMessage[] => {
    const id = (index: number): string => `call_${turn}_${index}`;
    return [
      ...user.map((content) => ({ role: 'user' as const, ...content })),
      {
        role: 'assistant',
        content: text,
        toolCalls: calls.map(({ argumentsJson }, index) => ({ id: id(index), name: 'look', argumentsJson })),
        ...(reasoning.length === 0 ? {} : { reasoning }),
      },
      ...calls.map(({ result, isError }, index) => ({
        role: 'tool' as const,
        toolCallId: id(index),
        toolName: 'look',
        ...result,
        isError,
      })),
    ];
  }),
]);

const tools = ['look', 'write'].map((name) => ({ name, description: '', parameters: {} }));
const request = (messages: readonly ModelMessage[], more: Partial<ModelRequest> = {}): ModelRequest => ({
  model: 'claude-sonnet-4-5',
  system: 'You look.',
  messages,
  tools,
  maxOutputTokens: 4_000,
  idempotencyKey: 'k',
  ...more,
});

const wordsOf = (message: ModelMessage): readonly string[] => {
  const sent = message.role === 'assistant' ? undefined : message.parts;
  return (sent ?? [{ type: 'text' as const, text: message.content }])
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .filter((text) => text.trim() !== '');
};

const mediaOf = (message: ModelMessage): readonly string[] =>
  message.role === 'assistant'
    ? []
    : (message.parts ?? []).flatMap((part) => {
        if (part.type === 'text') return [];
        if (part.source.type === 'url') return [part.source.url];
        const { mediaType, data } = part.source;
        return [mediaType === 'text/plain' ? Buffer.from(data, 'base64').toString() : data];
      });

const innerOf = (block: AnthropicBlock): readonly AnthropicBlock[] => {
  if (block.type !== 'tool_result') return [block];
  return typeof block.content === 'string' ? [{ type: 'text', text: block.content }] : block.content;
};

describe('a request to Anthropic', () => {
  it('keeps every rule of the API, whatever the conversation', () => {
    fc.assert(
      fc.property(
        conversations,
        fc.constantFrom('claude-sonnet-4-5', 'claude-opus-4-6', 'claude-3-5-haiku-latest', 'other-model'),
        fc.constantFrom(undefined, 'none', 'minimal', 'high', 'max'),
        fc.boolean(),
        (messages, model, reasoningEffort, caching) => {
          const options = {
            ...(reasoningEffort === undefined ? {} : ({ reasoningEffort } as const)),
            ...(caching ? { promptCaching: true as const } : {}),
          };
          const asked = request(messages, { model, options });
          if (findAnthropicConflict(asked) !== undefined) return;
          expect(() => {
            assertAnthropicRules(toAnthropicRequest(asked));
          }).not.toThrow();
        },
      ),
      {
        examples: [
          [
            // Nothing is sent between two answers, the first of which has no thought: they are one turn that began without.
            [
              { role: 'user', content: 'Hello.' },
              { role: 'assistant', content: '!', toolCalls: [] },
              { role: 'user', content: '' },
              {
                role: 'assistant',
                content: '',
                toolCalls: [{ id: 'call', name: 'look', argumentsJson: '' }],
                reasoning: [{ type: 'text', text: '', signature: signThought('') }],
              },
              { role: 'tool', toolCallId: 'call', toolName: 'look', content: '', isError: false },
            ],
            'claude-sonnet-4-5',
            'high',
            false,
          ],
        ],
      },
    );
  });

  it('loses no words, images, documents, results or signed thoughts, and keeps their order', () => {
    fc.assert(
      fc.property(conversations, (messages) => {
        const sent = toAnthropicRequest(request(messages)).messages.flatMap(({ content }) => content);
        const inner = sent.flatMap(innerOf);
        const words = inner.flatMap((block) => (block.type === 'text' && block.text.trim() !== '' ? [block.text] : []));
        expect(words).toEqual(messages.flatMap(wordsOf));
        const media = inner.flatMap((block) => {
          if (block.type !== 'image' && block.type !== 'document') return [];
          return [block.source.type === 'url' ? block.source.url : block.source.data];
        });
        expect(media).toEqual(messages.flatMap(mediaOf));
        const results = sent.flatMap((block) =>
          block.type === 'tool_result' ? [[block.tool_use_id, block.is_error]] : [],
        );
        expect(results).toEqual(
          messages.flatMap((message) => (message.role === 'tool' ? [[message.toolCallId, message.isError]] : [])),
        );
        const signed = messages.flatMap((message) =>
          message.role === 'assistant' && (message.content.trim() !== '' || message.toolCalls.length > 0)
            ? (message.reasoning ?? []).flatMap((block) =>
                block.type === 'redacted' ? [block.data] : block.signature === undefined ? [] : [block.text],
              )
            : [],
        );
        const thought = sent.flatMap((block) =>
          block.type === 'thinking' ? [block.thinking] : block.type === 'redacted_thinking' ? [block.data] : [],
        );
        expect(thought).toEqual(signed);
      }),
    );
  });

  it('marks the tools, the system text and the end of the conversation for the cache, and nothing else changes', () => {
    fc.assert(
      fc.property(conversations, (messages) => {
        const plain = toAnthropicRequest(request(messages));
        const marked = toAnthropicRequest(request(messages, { options: { promptCaching: true } }));
        const unmarked: unknown = JSON.parse(
          JSON.stringify(marked, (key, value: unknown) => (key === 'cache_control' ? undefined : value)),
        );
        expect(JSON.stringify(marked).split('"cache_control"')).toHaveLength(4);
        expect(unmarked).toEqual({
          ...JSON.parse(JSON.stringify(plain)),
          system: [{ type: 'text', text: 'You look.' }],
        });
        expect(marked.tools?.map((tool) => tool.cache_control)).toEqual([undefined, { type: 'ephemeral' }]);
      }),
    );
  });
});

describe('thinking', () => {
  const ask = (model: string, effort: 'minimal' | 'low' | 'medium' | 'high' | 'max', maxOutputTokens = 10_000) => {
    const { thinking, output_config: config } = toAnthropicRequest(
      request([{ role: 'user', content: 'x' }], { model, maxOutputTokens, options: { reasoningEffort: effort } }),
    );
    return [thinking, config?.effort];
  };
  const adaptive = { type: 'adaptive', display: 'summarized' };
  const budget = (tokens: number) => ({ type: 'enabled', budget_tokens: tokens });

  it.each([
    ['claude-opus-4-6', [adaptive, 'high']],
    ['claude-sonnet-5', [adaptive, 'high']],
    ['claude-something-new', [adaptive, 'high']],
    ['claude-opus-4.8-20260101', [adaptive, 'high']],
    ['claude-sonnet-4-5-20250929', [budget(6_000), undefined]],
    ['claude-opus-4-20250514', [budget(6_000), undefined]],
    ['claude-3-7-sonnet-latest', [budget(6_000), undefined]],
    ['a-compatible-server', [budget(6_000), undefined]],
    ['claude-3-haiku-20240307', [undefined, undefined]],
    ['claude-2.1', [undefined, undefined]],
  ])('is asked of %s in its own words', (model, said) => {
    expect(ask(model, 'high')).toEqual(said);
  });

  it('has the least budget that there is, or an effort that there is', () => {
    expect(ask('claude-sonnet-4-5', 'minimal')).toEqual([budget(1_024), undefined]);
    expect(ask('claude-sonnet-4-5', 'low', 2_000)).toEqual([budget(1_024), undefined]);
    expect(ask('claude-opus-4-6', 'minimal')).toEqual([adaptive, 'low']);
  });
});
