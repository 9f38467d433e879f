/** Our form to OpenAI's wire and back again: what both can say comes back as it was. */
import fc from 'fast-check';
import type OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { AnswerCollector } from '../../domain/model/collect.ts';
import { toOpenAiMessages } from '../../domain/model/openai-messages.ts';
import { readReasoningDetails, toReasoningDetails } from '../../domain/model/reasoning-details.ts';
import type { ContentPart, ModelEvent, ModelMessage, ReasoningBlock } from '../../ports/model-client.ts';
import { chatRequestSchema } from '../../schemas/openai-chat.ts';
import { ChunkWriter, doneFrame, type ChatCompletionChunk } from './chunks.ts';
import { toCompletion } from './completion.ts';
import { toToolRequest } from './functions.ts';
import { readMessages } from './messages.ts';

const able = { provider: 'all', images: true, files: true, names: true };
const texts = fc.string({ unit: 'grapheme' });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 8 }).map((data) => Buffer.from(data).toString('base64'));
const inline = (...types: readonly string[]) =>
  fc
    .record({ mediaType: fc.constantFrom(...types), data: bytes })
    .map((made) => ({ type: 'base64' as const, ...made }));
const urls = fc.webUrl({ validSchemes: ['http', 'https'] }).map((url) => ({ type: 'url' as const, url }));

const parts: fc.Arbitrary<ContentPart> = fc.oneof(
  texts.map((text) => ({ type: 'text' as const, text })),
  fc.oneof(urls, inline('image/png', 'image/gif')).map((source) => ({ type: 'image' as const, source })),
  fc
    .record({ source: inline('application/pdf', 'text/plain'), name: fc.string({ minLength: 1 }) })
    .map((file) => ({ type: 'file' as const, ...file })),
);

const speakers = fc
  .option(fc.string({ minLength: 1 }), { nil: undefined })
  .map((name) => (name === undefined ? {} : { name }));

const users = fc.oneof(
  fc.tuple(texts, speakers).map(([content, speaker]): ModelMessage => ({ role: 'user', content, ...speaker })),
  fc
    .array(parts, { minLength: 1, maxLength: 4 })
    .filter((all) => all.some(({ type }) => type !== 'text'))
    .map((all): ModelMessage => {
      const content = all.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
      return { role: 'user', content, parts: all };
    }),
);

const thoughts: fc.Arbitrary<ReasoningBlock> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: texts, signature: fc.string({ minLength: 1 }) }),
  fc.record({ type: fc.constant('text' as const), text: texts }),
  fc.record({ type: fc.constant('redacted' as const), data: texts }),
);

const answers = fc.record({
  content: texts,
  speaker: speakers,
  reasoning: fc.array(thoughts, { maxLength: 3 }),
  calls: fc.array(
    fc.record({ name: fc.string({ minLength: 1 }), argumentsJson: fc.string({ minLength: 1 }), result: texts }),
  ),
});

const conversations = fc.tuple(users, fc.array(fc.tuple(answers, users), { maxLength: 4 })).map(([first, rest]) => [
  first,
  ...rest.flatMap(([{ content, speaker, reasoning, calls }, user], turn): readonly ModelMessage[] => [
    {
      role: 'assistant',
      content,
      toolCalls: calls.map(({ name, argumentsJson }, index) => ({ id: `call_${turn}_${index}`, name, argumentsJson })),
      ...(reasoning.length === 0 ? {} : { reasoning }),
      ...speaker,
    },
    ...calls.map(({ name, result }, index) => ({
      role: 'tool' as const,
      toolCallId: `call_${turn}_${index}`,
      toolName: name,
      content: result,
      isError: false,
    })),
    user,
  ]),
]);

const overTheWire = (messages: unknown) => {
  const sent: unknown = JSON.parse(JSON.stringify({ model: 'm', messages }));
  const asked = toToolRequest(chatRequestSchema.parse(sent));
  return asked.ok ? readMessages(asked.value.messages, able) : asked;
};

describe('a conversation', () => {
  it('comes back from OpenAI’s wire as it was, reasoning and its signatures included', () => {
    fc.assert(
      fc.property(fc.string(), conversations, (system, messages) => {
        const wire = toOpenAiMessages(system, messages, 'reasoning_details');
        expect(overTheWire(wire)).toEqual({ ok: true, value: { system, messages, withoutEffect: [] } });
      }),
    );
  });

  it('leaves out what was thought for servers that refuse it, or gives the text alone', () => {
    const reasoning: readonly ReasoningBlock[] = [
      { type: 'text', text: 'Hm.', signature: 's' },
      { type: 'redacted', data: 'x' },
    ];
    const messages: readonly ModelMessage[] = [{ role: 'assistant', content: 'Yes.', toolCalls: [], reasoning }];
    expect(toOpenAiMessages('', messages)).toEqual([{ role: 'assistant', content: 'Yes.' }]);
    expect(toOpenAiMessages('', messages, 'reasoning_content')).toEqual([
      { role: 'assistant', content: 'Yes.', reasoning_content: 'Hm.' },
    ]);
  });

  it('shows the images of tool results behind all results of the turn', () => {
    const picture: ContentPart = { type: 'image', source: { type: 'url', url: 'https://a.test/p.png' } };
    const call = (id: string) => ({ id, name: 'look', argumentsJson: '{}' });
    const result = (toolCallId: string, parts?: readonly ContentPart[]): ModelMessage => ({
      role: 'tool',
      toolCallId,
      toolName: 'look',
      content: 'seen',
      isError: false,
      ...(parts === undefined ? {} : { parts }),
    });
    const wire = toOpenAiMessages('', [
      { role: 'assistant', content: '', toolCalls: [call('a'), call('b')] },
      result('a', [{ type: 'text', text: 'seen' }, picture]),
      result('b'),
    ]);
    expect(wire.map(({ role }) => role)).toEqual(['assistant', 'tool', 'tool', 'user']);
    expect(wire[3]?.content).toEqual([
      { type: 'text', text: 'From the result of look:' },
      { type: 'image_url', image_url: { url: 'https://a.test/p.png' } },
    ]);
  });
});

type SentMessage = OpenAI.Chat.Completions.ChatCompletionMessage & { reasoning_details?: readonly object[] };

/** What a client that knows only to gather gives back. */
const gather = (frames: string): Partial<SentMessage> => {
  const chunks = frames
    .replace(doneFrame, '')
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame): ChatCompletionChunk => JSON.parse(frame.slice('data: '.length)));
  const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
  return {
    role: 'assistant',
    content: deltas.map(({ content }) => content ?? '').join(''),
    reasoning_details: deltas.flatMap((delta) => delta.reasoning_details ?? []),
  };
};

describe('what a model thought', () => {
  it('comes back from its details as it was', () => {
    fc.assert(
      fc.property(fc.array(thoughts), (reasoning) => {
        expect(readReasoningDetails(toReasoningDetails(reasoning))).toEqual(reasoning);
      }),
    );
  });

  const streams = fc.array(
    fc.oneof(
      texts.map((text): ModelEvent => ({ type: 'reasoning_delta', text })),
      fc.string({ minLength: 1 }).map((signature): ModelEvent => ({ type: 'reasoning_signed', signature })),
      texts.map((data): ModelEvent => ({ type: 'reasoning_redacted', data })),
      texts.map((text): ModelEvent => ({ type: 'text_delta', text })),
    ),
  );

  it('comes back from a client as it was, whether the client gathered a stream or got the answer whole', () => {
    fc.assert(
      fc.property(streams, (pieces) => {
        const events: readonly ModelEvent[] = [...pieces, { type: 'finished', stopReason: 'end' }];
        const collector = new AnswerCollector();
        const answer = events.map((event) => collector.add(event)).at(-1);
        if (answer?.ok !== true) throw new Error('the answer is not whole');
        const head = { id: 'chatcmpl-1', created: 1, model: 'm' };
        const writer = new ChunkWriter(head, false);
        const streamed = gather(writer.start() + events.map((event) => writer.add(event)).join(''));
        const { message } = toCompletion(head, answer).choices[0];
        const expected = {
          role: 'assistant',
          content: answer.text,
          toolCalls: [],
          ...(answer.reasoning === undefined ? {} : { reasoning: answer.reasoning }),
        };
        for (const sent of [message, streamed]) {
          expect(overTheWire([sent])).toEqual({
            ok: true,
            value: { system: '', messages: [expected], withoutEffect: [] },
          });
        }
      }),
    );
  });
});
