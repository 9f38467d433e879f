import Anthropic, { APIError } from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replayAnswer } from '../../domain/model/collect.ts';
import type { ModelEvent } from '../../ports/model-client.ts';
import { MessageWriter, type ThinkingDisplay } from './message-writer.ts';

const head = { id: 'msg_1', model: 'offline/engineer' };

const write = (events: readonly ModelEvent[], thinking: ThinkingDisplay = 'shown') => {
  const writer = new MessageWriter(head, thinking, 'req_1');
  const text = writer.start() + events.map((event) => writer.add(event)).join('');
  return { text, message: writer.message() };
};

/** The message as the unmodified SDK puts it together. */
const readBySdk = async (frames: string): Promise<Anthropic.Message> => {
  const client = new Anthropic({
    apiKey: 'none',
    maxRetries: 0,
    fetch: async () => new Response(frames, { headers: { 'content-type': 'text/event-stream' } }),
  });
  return await client.messages.stream({ model: head.model, max_tokens: 1, messages: [] }).finalMessage();
};

/** Without what the SDK adds for callers who gave it a schema. */
const withoutExtras = (message: Anthropic.Message): unknown =>
  JSON.parse(JSON.stringify(message, (key, value: unknown) => (key === 'parsed_output' ? undefined : value)));

const eventTypes = (frames: string): readonly string[] =>
  [...frames.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => {
    const event: Anthropic.RawMessageStreamEvent = JSON.parse(data);
    return 'index' in event ? `${event.type} ${event.index}` : event.type;
  });

const usage: ModelEvent = {
  type: 'usage',
  usage: { inputTokens: 20, outputTokens: 9, cachedInputTokens: 5, cacheWriteTokens: 3, reasoningTokens: 2 },
};
const end: ModelEvent = { type: 'finished', stopReason: 'end' };

const pieces = fc.array(fc.string({ maxLength: 6 }), { maxLength: 4 });

/** Calls whose pieces come in any order among each other and among texts and thoughts. */
const answers = fc
  .record({
    calls: fc.array(
      fc.record({ id: fc.constantFrom('', 'a', 'b'), input: fc.dictionary(fc.string(), fc.jsonValue()) }),
      { maxLength: 3 },
    ),
    others: fc.array(
      fc.oneof(
        pieces.map((texts) => texts.map((text): ModelEvent => ({ type: 'text_delta', text }))),
        pieces.map((texts) => texts.map((text): ModelEvent => ({ type: 'reasoning_delta', text }))),
        fc.string().map((signature): ModelEvent[] => [{ type: 'reasoning_signed', signature }]),
        fc.string().map((data): ModelEvent[] => [{ type: 'reasoning_redacted', data }]),
        fc.constant<ModelEvent[]>([usage]),
      ),
      { maxLength: 5 },
    ),
    size: fc.integer({ min: 1, max: 9 }),
    order: fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
  })
  .map(({ calls, others, size, order }) => {
    const tracks = calls.map(({ id, input }, index): ModelEvent[] => {
      const text = JSON.stringify(input);
      const parts = Array.from({ length: Math.ceil(text.length / size) }, (_, part) =>
        text.slice(part * size, (part + 1) * size),
      );
      return [
        { type: 'tool_call_started', index, id, name: `tool_${index}` },
        ...parts.map((argumentsText): ModelEvent => ({ type: 'tool_call_delta', index, argumentsText })),
      ];
    });
    const left = [...tracks, others.flat()].filter(({ length }) => length > 0);
    const events: ModelEvent[] = [];
    while (left.length > 0) {
      const track = left[(order[events.length % order.length] ?? 0) % left.length] ?? [];
      const event = track.shift();
      if (event !== undefined) events.push(event);
      if (track.length === 0) left.splice(left.indexOf(track), 1);
    }
    const stopReason = calls.length > 0 ? 'tool_calls' : 'end';
    return [...events, { type: 'finished', stopReason } as const] satisfies ModelEvent[];
  });

describe('an answer as a message', () => {
  it('is to the SDK what it is as a whole, however its pieces come', async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (events) => {
        const { text, message } = write(events);
        const told = await readBySdk(text);
        expect(withoutExtras(told)).toEqual(JSON.parse(JSON.stringify(message)));
        const { answer } = replayAnswer(events);
        if (answer?.ok !== true) throw new Error('the answer is not whole');
        const texts = told.content.map((block) => (block.type === 'text' ? block.text : ''));
        expect(texts.join('')).toBe(answer.text);
        const calls = told.content.filter((block) => block.type === 'tool_use');
        expect(new Map(calls.map(({ name, input }) => [name, input]))).toEqual(
          new Map(answer.toolCalls.map(({ name, argumentsJson }) => [name, JSON.parse(argumentsJson)])),
        );
        expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
        expect(calls.every(({ id }) => id !== '')).toBe(true);
      }),
    );
  });

  it('is sent block after block, each opened once and closed before the next', () => {
    fc.assert(
      fc.property(answers, (events) => {
        const types = eventTypes(write(events).text);
        expect(types.at(0)).toBe('message_start');
        expect(types.slice(-2)).toEqual(['message_delta', 'message_stop']);
        const blocks = types.slice(1, -2).filter((type) => !type.startsWith('content_block_delta'));
        const expected = Array.from({ length: blocks.length / 2 }, (_, index) => [
          `content_block_start ${index}`,
          `content_block_stop ${index}`,
        ]);
        expect(blocks).toEqual(expected.flat());
      }),
    );
  });

  it('sends what it can at once', () => {
    const writer = new MessageWriter(head, 'shown', 'req_1');
    expect(eventTypes(writer.add({ type: 'text_delta', text: 'a' }))).toEqual([
      'content_block_start 0',
      'content_block_delta 0',
    ]);
    expect(eventTypes(writer.add({ type: 'tool_call_started', index: 0, id: 'a', name: 'f' }))).toEqual([
      'content_block_stop 0',
      'content_block_start 1',
    ]);
    expect(eventTypes(writer.add({ type: 'tool_call_started', index: 1, id: 'b', name: 'g' }))).toEqual([]);
    expect(eventTypes(writer.add({ type: 'tool_call_delta', index: 0, argumentsText: '{}' }))).toEqual([
      'content_block_delta 1',
      'content_block_stop 1',
      'content_block_start 2',
    ]);
  });

  it('tells the tokens as Anthropic counts them, and why it ended', async () => {
    const { text } = write([{ type: 'text_delta', text: 'x' }, usage, { ...end, stopText: 'STOP' }]);
    expect(await readBySdk(text)).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: 'STOP',
      usage: {
        input_tokens: 12,
        cache_read_input_tokens: 5,
        cache_creation_input_tokens: 3,
        output_tokens: 9,
        output_tokens_details: { thinking_tokens: 2 },
      },
    });
    const reasons = (['end', 'tool_calls', 'length', 'refusal'] as const).map(
      (stopReason) => write([{ type: 'finished', stopReason }]).message.stop_reason,
    );
    expect(reasons).toEqual(['end_turn', 'tool_use', 'max_tokens', 'refusal']);
  });

  it('shows thoughts to those who asked for them', () => {
    const thoughts: ModelEvent[] = [
      { type: 'reasoning_delta', text: 'hm' },
      { type: 'reasoning_signed', signature: 'sig' },
      { type: 'reasoning_delta', text: 'aha' },
      { type: 'text_delta', text: 'yes' },
      end,
    ];
    const said = { type: 'text', text: 'yes' };
    expect(write(thoughts, 'hidden').message.content).toEqual([said]);
    expect(write(thoughts, 'omitted').message.content).toEqual([
      { type: 'thinking', thinking: '', signature: 'sig' },
      { type: 'thinking', thinking: '', signature: '' },
      said,
    ]);
    expect(write(thoughts, 'shown').message.content).toEqual([
      { type: 'thinking', thinking: 'hm', signature: 'sig' },
      { type: 'thinking', thinking: 'aha', signature: '' },
      said,
    ]);
  });

  it('that failed is thrown by the SDK, and nothing follows', async () => {
    const failure = { kind: 'overloaded', message: 'The provider is overloaded.', retryable: true } as const;
    const { text } = write([{ type: 'text_delta', text: 'x' }, { type: 'failed', failure }, end]);
    expect(text).not.toContain('message_stop');
    const thrown: unknown = await readBySdk(text).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(APIError);
    expect(thrown).toMatchObject({ type: 'overloaded_error' });
  });
});
