import fc from 'fast-check';
import type OpenAI from 'openai';
import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { replayAnswer } from '../../domain/model/collect.ts';
import { createFailure } from '../../domain/model/failure.ts';
import type { ModelEvent, TokenLogprob } from '../../ports/model-client.ts';
import { responsesRequestSchema } from '../../schemas/responses.ts';
import type { ResponseAnswer } from './answer.ts';
import { eventFrame, type ResponseEvent } from './events.ts';
import { toResponseHead } from './head.ts';
import { decodeReasoning } from './reasoning.ts';
import type { GivenTool } from './tools.ts';
import { ResponseWriter, type WriterOptions } from './writer.ts';

type Mutable<Value> = Value extends object ? { -readonly [Key in keyof Value]: Mutable<Value[Key]> } : Value;

const responseId = 'resp_0abc';
const head = toResponseHead(responsesRequestSchema.parse({ model: 'offline/engineer', input: 'x' }), {
  id: responseId,
  createdAt: 1,
});

const tools: ReadonlyMap<string, GivenTool> = new Map([
  ['look', { kind: 'function', name: 'look' }],
  ['patch', { kind: 'custom', name: 'patch' }],
  ['files__read', { kind: 'function', name: 'read', namespace: 'files' }],
]);

const options: WriterOptions = { tools, summaries: false, encrypted: true, callIds: new Set(), now: () => 5_000 };

/** A token that is the only one at its place. */
const likely = (token: string): TokenLogprob => {
  const there = { token, logprob: -1, bytes: [...new TextEncoder().encode(token)] };
  return { ...there, top: [there] };
};

const text = fc.string({ unit: 'grapheme', maxLength: 5 });

/** Texts, thoughts and calls in any order, calls' pieces also later, and one end. */
const answers = fc
  .record({
    parts: fc.array(
      fc.oneof(
        text.map((said): ModelEvent => ({ type: 'text_delta', text: said })),
        text.map((said): ModelEvent => ({ type: 'text_delta', text: said, logprobs: [likely(said)] })),
        text.map((thought): ModelEvent => ({ type: 'reasoning_delta', text: thought })),
        text.map((signature): ModelEvent => ({ type: 'reasoning_signed', signature })),
        text.map((data): ModelEvent => ({ type: 'reasoning_redacted', data })),
        fc.record({
          id: fc.constantFrom('', 'a', 'b'),
          name: fc.constantFrom('look', 'patch', 'files__read', 'other'),
        }),
        fc.record({ call: fc.nat({ max: 3 }), argumentsText: text }),
      ),
    ),
    usage: fc.option(fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat(), cachedInputTokens: fc.nat() })),
    end: fc.constantFrom('end', 'tool_calls', 'length', 'refusal', 'failed'),
  })
  .map(({ parts, usage, end }): readonly ModelEvent[] => {
    let calls = 0;
    const pieces = parts.flatMap((part): readonly ModelEvent[] => {
      if ('type' in part) return [part];
      if ('call' in part) {
        const { call: index, argumentsText } = part;
        return index < calls ? [{ type: 'tool_call_delta', index, argumentsText }] : [];
      }
      calls += 1;
      return [{ type: 'tool_call_started', index: calls - 1, ...part }];
    });
    const last: ModelEvent =
      end === 'failed'
        ? { type: 'failed', failure: createFailure('connection_lost', 'gone') }
        : { type: 'finished', stopReason: end };
    return [...pieces, ...(usage === null ? [] : [{ type: 'usage' as const, usage }]), last];
  });

const write = (events: readonly ModelEvent[], more: Partial<WriterOptions> = {}) => {
  const writer = new ResponseWriter(head, { ...options, ...more });
  const before = [...writer.start(), ...events.flatMap((event) => [...writer.add(event)])];
  return { before, last: writer.last(), shown: writer.shown(), whole: writer.whole() };
};

type SdkEvent = OpenAI.Responses.ResponseStreamEvent;

/** What the SDK puts together. */
const fold = (events: readonly ResponseEvent[]): OpenAI.Responses.Response => {
  let snapshot: OpenAI.Responses.Response | undefined;
  for (const event of events) snapshot = accumulateResponse(JSON.parse(JSON.stringify(event)) as SdkEvent, snapshot);
  if (snapshot === undefined) throw new Error('there were no events');
  return snapshot;
};

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** All the text of each item, whatever its kind. */
const textsOf = (output: readonly unknown[]): unknown =>
  output.map((item) => {
    const { type, arguments: called, input, content, summary } = item as Record<string, unknown>;
    return { type, called, input, content, summary };
  });

describe('the stream of a response', () => {
  it('has the types of OpenAI’s SDK', () => {
    // What a client sent comes back as it was; of everything else the shape is ours.
    type Answer = Mutable<Omit<ResponseAnswer, 'tools' | 'tool_choice' | 'text' | 'reasoning'>>;
    expectTypeOf<Answer>().toExtend<
      Omit<OpenAI.Responses.Response, 'tools' | 'tool_choice' | 'text' | 'reasoning' | 'output_text'>
    >();
    type Body<Event> = Event extends unknown ? Omit<Event, 'response'> : never;
    expectTypeOf<Mutable<Body<ResponseEvent>>>().toExtend<Body<SdkEvent>>();
  });

  it('adds up, for the SDK, to the whole answer before the last event says it', () => {
    fc.assert(
      fc.property(answers, fc.boolean(), fc.boolean(), (events, summaries, encrypted) => {
        const { before, last, shown } = write(events, { summaries, encrypted });
        const sent = [...before, ...last];
        expect(sent.map((event) => event.sequence_number)).toEqual(sent.map((_event, index) => index));
        expect(fold(sent).output).toEqual(plain(shown.output));
        if (shown.status === 'failed') return;
        expect(fold(before).output).toEqual(plain(shown.output));
        const pieces = before.filter(({ type }) => !type.endsWith('.done'));
        expect(textsOf(fold(pieces).output)).toEqual(textsOf(plain(shown.output) as unknown[]));
      }),
    );
  });

  it('says what the model said: every text, every thought and every call, and how it ended', () => {
    fc.assert(
      fc.property(answers, (events) => {
        const { answer } = replayAnswer(events);
        const { whole, last } = write(events);
        if (answer?.ok !== true) {
          expect([whole.status, last.map(({ type }) => type)]).toEqual(['failed', ['response.failed']]);
          expect(whole.error).toEqual({ code: 'server_error', message: 'gone' });
          return;
        }
        const { output } = whole;
        expect(output.map((item) => (item.type === 'message' ? item.content[0]?.text : '')).join('')).toBe(answer.text);
        const calls = output.flatMap((item) =>
          item.type === 'function_call' || item.type === 'custom_tool_call' ? [item.call_id] : [],
        );
        expect(calls).toEqual(answer.toolCalls.map(({ id }) => id));
        const thoughts = output.flatMap((item) =>
          item.type === 'reasoning' ? [decodeReasoning(item.encrypted_content ?? '')] : [],
        );
        const readable = (blocks: readonly unknown[]) =>
          blocks.map((block) => (block as { readonly text?: string }).text ?? '').join('');
        expect(readable(thoughts)).toBe(readable(answer.reasoning ?? []));
        const status = { end: 'completed', tool_calls: 'completed', length: 'incomplete', refusal: 'incomplete' };
        expect(whole.status).toBe(status[answer.stopReason]);
        expect(last.map(({ type }) => type)).toEqual([`response.${whole.status}`]);
        expect(whole.usage.input_tokens).toBe(answer.usage.inputTokens);
      }),
    );
  });

  it('ends at the first end, and as failed once it could not be kept', () => {
    const writer = new ResponseWriter(head, options);
    writer.start();
    writer.add({ type: 'text_delta', text: 'a' });
    writer.add({ type: 'finished', stopReason: 'end' });
    expect(writer.add({ type: 'text_delta', text: 'late' })).toEqual([]);
    expect(writer.whole()).toMatchObject({ status: 'completed', completed_at: 5, error: null });
    writer.fail('no room');
    expect(writer.last()).toMatchObject([
      { type: 'response.failed', response: { status: 'failed', completed_at: null, error: { message: 'no room' } } },
    ]);
  });

  it('shows what only the provider reads to those who asked for it, and keeps it in any case', () => {
    const events: readonly ModelEvent[] = [
      { type: 'reasoning_delta', text: 'hm' },
      { type: 'reasoning_signed', signature: 's' },
      { type: 'reasoning_redacted', data: 'd' },
      { type: 'finished', stopReason: 'end' },
    ];
    const { before, last, whole } = write(events, { encrypted: false });
    expect(JSON.stringify([before, last])).not.toContain('encrypted_content');
    expect(
      whole.output.map((item) => item.type === 'reasoning' && decodeReasoning(item.encrypted_content ?? '')),
    ).toEqual([
      { type: 'text', text: 'hm', signature: 's' },
      { type: 'redacted', data: 'd' },
    ]);
    expect(JSON.stringify(write(events, { encrypted: true }).before)).toContain('encrypted_content');
  });

  it('gives custom tools their text, functions of namespaces their names, and known ids another one', () => {
    const { whole } = write(
      [
        { type: 'tool_call_started', index: 0, id: 'a', name: 'patch' },
        { type: 'tool_call_delta', index: 0, argumentsText: '{"input":"*** Begin"}' },
        { type: 'tool_call_started', index: 1, id: 'a', name: 'files__read' },
        { type: 'finished', stopReason: 'tool_calls' },
      ],
      { callIds: new Set(['a']) },
    );
    expect(whole.output).toMatchObject([
      { type: 'custom_tool_call', name: 'patch', call_id: 'a_2', input: '*** Begin' },
      { type: 'function_call', name: 'read', namespace: 'files', call_id: 'a_3', arguments: '{}' },
    ]);
  });

  it('is written as named events', () => {
    const [created] = write([]).before;
    if (created === undefined) throw new Error('nothing was written');
    expect(eventFrame(created)).toMatch(/^event: response\.created\ndata: \{.*"sequence_number":0\}\n\n$/);
  });
});
