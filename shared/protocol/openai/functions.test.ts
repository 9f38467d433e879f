/** The older form of tools: what is asked by it becomes today's form, and what comes of that is told in it again. */
import fc from 'fast-check';
import type OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { collectAnswer, replayAnswer } from '../../domain/model/collect.ts';
import type { ModelClient, ModelEvent, ModelMessage } from '../../ports/model-client.ts';
import { chatRequestSchema, type ChatRequest } from '../../schemas/openai-chat.ts';
import { anthropicCapabilities, offlineCapabilities } from './capabilities.ts';
import { ChunkWriter, doneFrame } from './chunks.ts';
import { toCompletion } from './completion.ts';
import { withFirstCall } from './functions.ts';
import { toModelRequest } from './model-request.ts';

type Message = OpenAI.Chat.Completions.ChatCompletionMessage;
type Chunk = OpenAI.Chat.Completions.ChatCompletionChunk;

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const functions = [{ name: 'look', description: 'Looks.', parameters }, { name: 'wait' }];
const user = { role: 'user', content: 'x' };
const calling = { role: 'assistant', content: null, function_call: { name: 'look', arguments: '{"city":"Oslo"}' } };
const result = { role: 'function', name: 'look', content: 'rain' };

const read = (more: object): ChatRequest => {
  const sent: unknown = JSON.parse(JSON.stringify({ model: 'm', messages: [user], ...more }));
  return chatRequestSchema.parse(sent);
};

const translate = (more: object, able = offlineCapabilities) =>
  toModelRequest(read(more), able, { model: 'm', idempotencyKey: 'i' });

describe('a request', () => {
  it.each([
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    [{ name: 'wait' }, { type: 'named', name: 'wait' }],
    [null, undefined],
  ])('offers functions as tools, of which one is called at most; the choice is %j', (choice, toolChoice) => {
    const asked = translate({ functions, function_call: choice });
    expect(asked).toMatchObject({
      value: {
        request: {
          tools: [
            { name: 'look', description: 'Looks.', parameters },
            { name: 'wait', description: '' },
          ],
        },
        withoutEffect: [],
      },
    });
    const options = { parallelToolCalls: false, ...(toolChoice === undefined ? {} : { toolChoice }) };
    expect(asked.ok && asked.value.request.options).toEqual(options);
  });

  it('is the same as one with tools that are called one at a time', () => {
    const tools = functions.map((definition) => ({ type: 'function', function: definition }));
    const today = { tools, tool_choice: { type: 'function', function: { name: 'look' } }, parallel_tool_calls: false };
    for (const able of [offlineCapabilities, anthropicCapabilities]) {
      expect(translate({ functions, function_call: { name: 'look' } }, able)).toEqual(translate(today, able));
    }
  });

  it('may have neither', () => {
    expect(translate({ functions: null, function_call: null })).toEqual(translate({}));
  });

  it('tells calls and results, also to a model that is offered tools today', () => {
    const messages = [user, calling, result, { ...calling, content: 'Again.' }, { ...result, content: null }];
    const call = (index: number) => ({ id: `call_function_${index}`, name: 'look', argumentsJson: '{"city":"Oslo"}' });
    const told = (index: number, content: string) => ({
      role: 'tool',
      toolCallId: `call_function_${index}`,
      toolName: 'look',
      content,
      isError: false,
    });
    const expected = [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: '', toolCalls: [call(1)] },
      told(1, 'rain'),
      { role: 'assistant', content: 'Again.', toolCalls: [call(3)] },
      told(3, ''),
    ];
    const tools = [{ type: 'function', function: { name: 'look' } }];
    for (const more of [{ functions }, { tools }, {}]) {
      expect(translate({ messages, ...more })).toMatchObject({ value: { request: { messages: expected } } });
    }
  });

  it.each<[string, object, string | null]>([
    ['both forms', { functions, tools: [{ type: 'function', function: { name: 'look' } }] }, null],
    ['a choice without functions', { function_call: 'auto' }, 'function_call'],
    ['a choice among tools', { functions, tool_choice: 'auto' }, 'tool_choice'],
    ['several calls at once', { functions, parallel_tool_calls: true }, 'parallel_tool_calls'],
    ['a function that is not there', { functions, function_call: { name: 'other' } }, 'function_call'],
    ['a function twice', { functions: [...functions, { name: 'wait' }] }, 'functions[2].name'],
    ['a schema that is none', { functions: [{ name: 'f', parameters: { type: 'x' } }] }, 'functions[0].parameters'],
    ['a schema of no object', { functions: [{ name: 'f', parameters: { type: 'array' } }] }, 'functions[0].parameters'],
    ['a result without its call', { messages: [user, result] }, 'messages[1].role'],
    ['a result of another function', { messages: [calling, { ...result, name: 'wait' }] }, 'messages[1].name'],
    ['a result twice', { messages: [calling, result, result] }, 'messages[2].role'],
    ['a call without its result', { messages: [calling, user] }, 'messages[1]'],
    ['a call without its result at the end', { messages: [user, calling] }, 'messages'],
    [
      'a call of both forms',
      {
        messages: [
          { ...calling, tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: '{}' } }] },
        ],
      },
      'messages[0].function_call',
    ],
    ['a field of a result that nobody knows', { messages: [calling, { ...result, mood: 'good' }] }, 'messages[1].mood'],
  ])('is refused for %s', (_name, more, param) => {
    const refused = translate(more);
    expect(refused).toMatchObject({ ok: false, error: { status: 400, error: { param } } });
    expect(refused.ok ? '' : refused.error.error.message).not.toContain('tools[');
  });

  it('names the older parameter where a model cannot be made to call', () => {
    const thinking = { functions, function_call: { name: 'look' }, reasoning_effort: 'high', max_tokens: 4_000 };
    const asked = toModelRequest(read(thinking), anthropicCapabilities, {
      model: 'claude-sonnet-4-5',
      idempotencyKey: 'i',
    });
    expect(asked).toMatchObject({ error: { error: { param: 'function_call' } } });
  });
});

const head = { id: 'chatcmpl-1', created: 1, model: 'm' };

const clientOf = (events: readonly ModelEvent[]): ModelClient => ({
  async *stream() {
    yield* events;
  },
});

/** What a client gathers of a stream, as the SDK does it. */
const gather = (frames: string): Pick<Message, 'content' | 'function_call'> & { readonly reason: unknown } => {
  const chunks = frames
    .replace(doneFrame, '')
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame): Chunk => JSON.parse(frame.slice('data: '.length)));
  expect(frames).not.toContain('tool_calls');
  const choices = chunks.flatMap((chunk) => chunk.choices);
  const calls = choices.flatMap(({ delta }) => (delta.function_call === undefined ? [] : [delta.function_call]));
  expect(calls.filter(({ name }) => name !== undefined).length).toBeLessThan(2);
  const [first] = calls;
  const text = choices.map(({ delta }) => delta.content ?? '').join('');
  return {
    content: text === '' && first !== undefined ? null : text,
    ...(first === undefined
      ? {}
      : {
          function_call: {
            name: first.name ?? '',
            arguments: calls.map((call) => call.arguments ?? '').join(''),
          },
        }),
    reason: choices.map((choice) => choice.finish_reason).find((reason) => reason !== null),
  };
};

/** Texts and calls in any order, the pieces of several calls among each other. */
const answers = fc
  .record({
    texts: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 2 }),
    calls: fc.array(fc.record({ name: fc.string({ minLength: 1 }), pieces: fc.array(fc.string({ minLength: 1 })) }), {
      maxLength: 3,
    }),
  })
  .map(({ texts, calls }): readonly ModelEvent[] => [
    ...texts.map((text) => ({ type: 'text_delta' as const, text })),
    ...calls.map(({ name }, index) => ({ type: 'tool_call_started' as const, index, id: `c${index}`, name })),
    ...calls.flatMap(({ pieces }, index) =>
      pieces.map((argumentsText) => ({ type: 'tool_call_delta' as const, index, argumentsText })),
    ),
    { type: 'usage', usage: { inputTokens: 3, outputTokens: 4, cachedInputTokens: 0 } },
    { type: 'finished', stopReason: calls.length > 0 ? 'tool_calls' : 'end' },
  ]);

describe('an answer', () => {
  it('tells its first call alone, whole and streamed alike, and comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (events) => {
        const client = withFirstCall(clientOf(events));
        const asked = { model: 'm', system: '', messages: [], tools: [], maxOutputTokens: 9, idempotencyKey: 'i' };
        const answer = await collectAnswer(client, asked);
        if (!answer.ok) throw new Error('the answer is not whole');
        const { choices, usage } = toCompletion(head, answer, 'function_call');
        const [{ message, finish_reason: reason }] = choices;
        const writer = new ChunkWriter(head, false, 'function_call');
        let frames = writer.start();
        for await (const event of client.stream(asked)) frames += writer.add(event);
        const { content, function_call: call } = message;
        expect(gather(frames)).toEqual({ content, ...(call === undefined ? {} : { function_call: call }), reason });
        expect('tool_calls' in message).toBe(false);
        // Also of calls that are not shown.
        expect(usage.total_tokens).toBe(7);
        const whole = replayAnswer(events).answer;
        const first = whole?.ok === true ? whole.toolCalls[0] : undefined;
        expect([call?.name, reason]).toEqual([first?.name, first === undefined ? 'stop' : 'function_call']);
        const results = call === undefined ? [] : [{ role: 'function', name: call.name, content: 'r' }];
        const sent = translate({ messages: [user, message, ...results] });
        const expected: ModelMessage = {
          role: 'assistant',
          content: answer.text,
          toolCalls:
            first === undefined
              ? []
              : [{ ...first, id: 'call_function_1', argumentsJson: first.argumentsJson || '{}' }],
        };
        expect(sent.ok ? sent.value.request.messages[1] : sent).toEqual(expected);
      }),
    );
  });
});
