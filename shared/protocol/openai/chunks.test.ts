import fc from 'fast-check';
import type OpenAI from 'openai';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { replayAnswer } from '../../domain/model/collect.ts';
import { createFailure } from '../../domain/model/failure.ts';
import type { ModelEvent } from '../../ports/model-client.ts';
import { ChunkWriter, doneFrame, type ChatCompletionChunk } from './chunks.ts';
import { toCompletion, type ChatCompletion } from './completion.ts';

const head = { id: 'chatcmpl-1', created: 1, model: 'offline/engineer' };

type Mutable<Value> = { -readonly [Key in keyof Value]: Mutable<Value[Key]> };

/** Texts and calls in any order, each call's pieces after its start, and one end. */
const answers = fc
  .record({
    parts: fc.array(
      fc.oneof(
        fc.string({ unit: 'grapheme' }).map((text) => ({ text })),
        fc.record({ name: fc.string(), pieces: fc.array(fc.string({ minLength: 1 })) }),
      ),
    ),
    usage: fc.option(fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat(), cachedInputTokens: fc.nat() })),
    end: fc.constantFrom('end', 'tool_calls', 'length', 'refusal', 'failed'),
  })
  .map(({ parts, usage, end }): readonly ModelEvent[] => {
    let index = -1;
    const pieces = parts.flatMap((part): readonly ModelEvent[] => {
      if ('text' in part) return [{ type: 'text_delta', text: part.text }];
      index += 1;
      const call = index;
      return [
        { type: 'tool_call_started', index: call, id: `call_${call}`, name: part.name },
        ...part.pieces.map((argumentsText) => ({ type: 'tool_call_delta' as const, index: call, argumentsText })),
      ];
    });
    const last: ModelEvent =
      end === 'failed'
        ? { type: 'failed', failure: createFailure('connection_lost', 'gone') }
        : { type: 'finished', stopReason: end };
    return [...pieces, ...(usage === null ? [] : [{ type: 'usage' as const, usage }]), last];
  });

interface Frames {
  readonly chunks: readonly ChatCompletionChunk[];
  readonly errors: readonly unknown[];
  readonly isDone: boolean;
}

const write = (events: readonly ModelEvent[], includeUsage: boolean): Frames => {
  const writer = new ChunkWriter(head, includeUsage);
  const text = writer.start() + events.map((event) => writer.add(event)).join('');
  const isDone = text.endsWith(doneFrame);
  const data = text
    .slice(0, isDone ? -doneFrame.length : undefined)
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame): ChatCompletionChunk | { error: unknown } => JSON.parse(frame.slice('data: '.length)));
  return {
    chunks: data.filter((frame): frame is ChatCompletionChunk => 'choices' in frame),
    errors: data.filter((frame) => 'error' in frame),
    isDone,
  };
};

/** What a client puts together from the chunks. */
const gather = (chunks: readonly ChatCompletionChunk[]) => {
  const calls: { id: string; name: string; arguments: string }[] = [];
  let content = '';
  for (const { choices } of chunks) {
    const delta = choices[0]?.delta ?? {};
    content += delta.content ?? '';
    for (const { index, id, function: called } of delta.tool_calls ?? []) {
      if (id !== undefined) calls[index] = { id, name: called.name ?? '', arguments: '' };
      const call = calls[index];
      if (call !== undefined) call.arguments += called.arguments;
    }
  }
  return { content, calls };
};

describe('the chunks of an answer', () => {
  it('have the types of OpenAI’s SDK', () => {
    expectTypeOf<Mutable<ChatCompletionChunk>>().toExtend<OpenAI.Chat.Completions.ChatCompletionChunk>();
    expectTypeOf<Mutable<ChatCompletion>>().toExtend<OpenAI.Chat.Completions.ChatCompletion>();
  });

  it('say together what the whole answer says', () => {
    fc.assert(
      fc.property(answers, fc.boolean(), (events, includeUsage) => {
        const { answer } = replayAnswer(events);
        const { chunks, errors, isDone } = write(events, includeUsage);
        const reasons = chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason ?? []).flat());
        expect(chunks.filter(({ choices }) => choices[0]?.delta.role !== undefined)).toEqual([chunks[0]]);
        if (answer?.ok !== true) {
          expect([errors.length, isDone, reasons]).toEqual([1, false, []]);
          return;
        }
        const whole = toCompletion(head, answer);
        const { content, calls } = gather(chunks);
        expect(content).toBe(whole.choices[0].message.content ?? '');
        expect(calls).toEqual(
          (whole.choices[0].message.tool_calls ?? []).map(({ id, function: called }) => ({ id, ...called })),
        );
        expect([errors.length, isDone, reasons]).toEqual([0, true, [whole.choices[0].finish_reason]]);
      }),
    );
  });

  it('carry the usage once, last, and only where it was asked for', () => {
    const events: readonly ModelEvent[] = [
      { type: 'text_delta', text: 'a' },
      { type: 'usage', usage: { inputTokens: 3, outputTokens: 2, cachedInputTokens: 1 } },
      { type: 'finished', stopReason: 'end' },
    ];
    expect(write(events, false).chunks.some((chunk) => 'usage' in chunk)).toBe(false);
    const { chunks } = write(events, true);
    expect(chunks.map(({ usage }) => usage?.total_tokens)).toEqual([undefined, undefined, undefined, 5]);
    expect(chunks.at(-1)?.choices).toEqual([]);
  });

  it('end at the first end', () => {
    const end: ModelEvent = { type: 'finished', stopReason: 'end' };
    const writer = new ChunkWriter(head, false);
    writer.add(end);
    expect(writer.add(end) + writer.add({ type: 'text_delta', text: 'late' })).toBe('');
  });
});
