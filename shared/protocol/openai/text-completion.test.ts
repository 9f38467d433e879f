import fc from 'fast-check';
import type OpenAI from 'openai';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { createFailure } from '../../domain/model/failure.ts';
import { inTurn } from '../../domain/model/in-turn.ts';
import type { ModelClient, ModelEvent } from '../../ports/model-client.ts';
import { doneFrame } from './chunks.ts';
import { TextCompletionWriter, type TextCompletion, type TextCompletionChunk } from './text-completion.ts';

type Mutable<Value> = { -readonly [Key in keyof Value]: Mutable<Value[Key]> };

const head = { id: 'cmpl-1', created: 1, model: 'm' };
const usage = { inputTokens: 3, outputTokens: 4, cachedInputTokens: 0 };

const chunksOf = (frames: string): readonly (TextCompletionChunk | { error: { param: string | null } })[] =>
  frames
    .replace(doneFrame, '')
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => JSON.parse(frame.slice('data: '.length)));

const write = async (answers: readonly (readonly ModelEvent[])[], echoes: readonly string[], includeUsage = false) => {
  let asked = 0;
  const client: ModelClient = {
    async *stream() {
      asked += 1;
      yield* answers[asked - 1] ?? [];
    },
  };
  const request = { model: 'm', system: '', messages: [], tools: [], maxOutputTokens: 9, idempotencyKey: 'i' };
  const writer = new TextCompletionWriter(head, echoes, includeUsage);
  const others = answers.slice(1).map(() => request);
  let frames = writer.start();
  const steps: string[] = [];
  for await (const event of inTurn(client, others, (place, heard) => writer.hear(place, heard)).stream(request)) {
    steps.push(writer.add(event));
    frames += steps.at(-1) ?? '';
  }
  return { frames, steps, whole: writer.whole(usage) };
};

const reasons = fc.constantFrom('end', 'length', 'refusal', 'tool_calls' as const);

const answer = fc
  .record({ texts: fc.array(fc.string({ unit: 'grapheme' })), stopReason: reasons })
  .map(({ texts, stopReason }): readonly ModelEvent[] => [
    { type: 'reasoning_delta', text: 'Hm.' },
    ...texts.map((text) => ({ type: 'text_delta' as const, text })),
    { type: 'usage', usage },
    { type: 'finished', stopReason },
  ]);

describe('answers to prompts', () => {
  it('are of the types of the SDK', () => {
    expectTypeOf<Mutable<TextCompletion>>().toExtend<OpenAI.Completion>();
    // The SDK's type is that of the document, which has no null in it; the original's chunks have.
    type Finished = Omit<TextCompletionChunk, 'choices' | 'usage'> & Pick<TextCompletion, 'choices' | 'usage'>;
    expectTypeOf<Mutable<Finished>>().toExtend<OpenAI.Completion>();
  });

  it('say the same whole and streamed, each at its place, with its prompt before it where that is wanted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(answer, fc.string()), { minLength: 1, maxLength: 4 }), async (asked) => {
        const answers = asked.map(([events]) => events);
        const echoes = asked.map(([, echo]) => echo);
        const { frames, whole } = await write(answers, echoes);
        const texts = answers.map((events) =>
          events.map((event) => (event.type === 'text_delta' ? event.text : '')).join(''),
        );
        expect(whole.choices.map(({ text }) => text)).toEqual(texts.map((text, index) => `${echoes[index]}${text}`));
        expect(whole.choices.map(({ index }) => index)).toEqual(answers.map((_events, index) => index));
        const choices = chunksOf(frames).flatMap((chunk) => ('choices' in chunk ? chunk.choices : []));
        const gathered = answers.map((_events, index) => {
          const own = choices.filter((choice) => choice.index === index);
          const ends = own.flatMap((choice) => choice.finish_reason ?? []);
          expect(own.at(-1)?.finish_reason).toBe(ends[0]);
          return { text: own.map(({ text }) => text).join(''), index, logprobs: null, finish_reason: ends[0] };
        });
        expect(gathered).toEqual(whole.choices);
        expect(frames.endsWith(doneFrame)).toBe(true);
        expect(frames).not.toContain('Hm.');
      }),
    );
  });

  it('tell the usage in a chunk of its own where that was asked for', async () => {
    const events: readonly ModelEvent[] = [
      { type: 'text_delta', text: 'a' },
      { type: 'usage', usage },
      { type: 'finished', stopReason: 'end' },
    ];
    const { frames } = await write([events, events], ['', ''], true);
    const chunks = chunksOf(frames);
    expect(chunks.slice(0, -1).every((chunk) => 'usage' in chunk && chunk.usage === null)).toBe(true);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 6, completion_tokens: 8 } });
  });

  it('are told while they come, the end of each before the next begins to speak', async () => {
    const events: readonly ModelEvent[] = [
      { type: 'text_delta', text: 'a' },
      { type: 'text_delta', text: 'b' },
      { type: 'usage', usage },
      { type: 'finished', stopReason: 'length' },
    ];
    const { steps } = await write([events, events], ['', '']);
    expect(steps.slice(0, 2).map((frames) => chunksOf(frames).length)).toEqual([1, 1]);
    const second = steps[3] ?? '';
    expect(second.indexOf('"finish_reason":"length"')).toBeLessThan(second.indexOf('"index":1'));
  });

  it('end with an error where one fails, without an end of their own', async () => {
    const failure = createFailure('context_too_long', 'too long');
    const { frames } = await write(
      [
        [
          { type: 'text_delta', text: 'a' },
          { type: 'failed', failure },
        ],
      ],
      [''],
    );
    expect(chunksOf(frames).at(-1)).toMatchObject({
      error: { type: 'invalid_request_error', param: 'prompt', code: 'context_length_exceeded' },
    });
    expect(frames).not.toContain('[DONE]');
    expect(frames).not.toContain('"finish_reason":"');
  });
});
