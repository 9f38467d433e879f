import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelClient, ModelEvent, ModelRequest, ModelUsage } from '../../ports/model-client.ts';
import { createFailure } from './failure.ts';
import { inTurn, sumOfUsage } from './in-turn.ts';

const request = (place: number): ModelRequest => ({
  model: 'm',
  system: '',
  messages: [{ role: 'user', content: `prompt ${place}` }],
  tools: [],
  maxOutputTokens: 9,
  idempotencyKey: `i-${place}`,
});

/** Answers each request with the next of these streams. */
const clientOf = (answers: readonly (readonly ModelEvent[])[]) => {
  const asked: ModelRequest[] = [];
  const client: ModelClient = {
    async *stream(one) {
      asked.push(one);
      yield* answers[asked.length - 1] ?? [];
    },
  };
  return { client, asked };
};

const run = async (answers: readonly (readonly ModelEvent[])[]) => {
  const { client, asked } = clientOf(answers);
  const heard: (readonly [number, ModelEvent])[] = [];
  const others = answers.slice(1).map((_answer, index) => request(index + 1));
  const told: ModelEvent[] = [];
  for await (const event of inTurn(client, others, (...one) => void heard.push(one)).stream(request(0)))
    told.push(event);
  return { told, heard, asked };
};

const usages = fc.record({
  inputTokens: fc.nat(99),
  outputTokens: fc.nat(99),
  cachedInputTokens: fc.nat(99),
});

const finished: ModelEvent = { type: 'finished', stopReason: 'end' };

describe('several requests in turn', () => {
  it('are one stream with all that they used, in their order, and one end', async () => {
    const answer = fc
      .record({ texts: fc.array(fc.string(), { maxLength: 3 }), usage: usages })
      .map(({ texts, usage }): readonly ModelEvent[] => [
        ...texts.map((text) => ({ type: 'text_delta' as const, text })),
        { type: 'usage', usage },
        finished,
      ]);
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 4 }), async (answers) => {
        const { told, heard, asked } = await run(answers);
        expect(asked).toEqual(answers.map((_answer, place) => request(place)));
        expect(heard).toEqual(answers.flatMap((events, place) => events.map((event) => [place, event])));
        const texts = (events: readonly ModelEvent[]) => events.filter(({ type }) => type === 'text_delta');
        expect(texts(told)).toEqual(texts(answers.flat()));
        expect(told.filter(({ type }) => type === 'finished')).toHaveLength(1);
        expect(told.at(-1)).toEqual(finished);
        const used = answers.flat().flatMap((event) => (event.type === 'usage' ? [event.usage] : []));
        expect(told.findLast(({ type }) => type === 'usage')).toEqual({
          type: 'usage',
          usage: used.reduce(sumOfUsage),
        });
      }),
    );
  });

  it('end with the first that fails, or that ends without a word, and say what was used until then', async () => {
    const usage: ModelUsage = { inputTokens: 5, outputTokens: 3, cachedInputTokens: 0, reasoningTokens: 1 };
    const whole: readonly ModelEvent[] = [{ type: 'usage', usage }, finished];
    const failed: ModelEvent = { type: 'failed', failure: createFailure('overloaded', 'later') };
    const broken = await run([whole, [failed], whole]);
    expect([broken.told, broken.asked.length]).toEqual([[{ type: 'usage', usage }, failed], 2]);
    const silent = await run([whole, [{ type: 'usage', usage }], whole]);
    const both = { inputTokens: 10, outputTokens: 6, cachedInputTokens: 0, reasoningTokens: 2 };
    expect([silent.told.at(-1), silent.asked.length]).toEqual([{ type: 'usage', usage: both }, 2]);
  });

  it('are left with the stream', async () => {
    let isLeft = false;
    const client: ModelClient = {
      async *stream() {
        try {
          yield { type: 'text_delta', text: 'a' };
          yield finished;
        } finally {
          isLeft = true;
        }
      },
    };
    for await (const event of inTurn(client, [request(1)], () => undefined).stream(request(0))) {
      expect(event.type).toBe('text_delta');
      break;
    }
    expect(isLeft).toBe(true);
  });
});
