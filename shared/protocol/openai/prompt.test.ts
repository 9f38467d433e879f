import { describe, expect, it } from 'vitest';
import { completionsRequestSchema } from '../../schemas/openai-completions.ts';
import { anthropicCapabilities, offlineCapabilities, openAiCapabilities } from './capabilities.ts';
import { longestOf, mostAnswers, readPrompts, toPromptRequests } from './prompt.ts';

const translate = (more: object, able = offlineCapabilities) => {
  const sent: unknown = JSON.parse(JSON.stringify({ model: 'asked', prompt: 'Say this.', ...more }));
  return toPromptRequests(completionsRequestSchema.parse(sent), able, { model: 'm', idempotencyKey: 'i' });
};

describe('prompts', () => {
  it.each<[unknown, number, readonly string[] | undefined]>([
    ['', 1, ['']],
    ['a', 1, ['a']],
    [['a', ''], 2, ['a', '']],
    [[5, 6, 7], 1, undefined],
    [[[5], [6, 7]], 2, undefined],
    [null, 1, undefined],
  ])('%j', (prompt, count, texts) => {
    expect(readPrompts(prompt)).toEqual({ ok: true, value: { count, texts } });
  });

  it.each<[unknown, string]>([
    [undefined, "Missing required parameter: 'prompt'."],
    [[], 'at least one'],
    [{}, 'but got object instead'],
    [5, 'but got integer instead'],
    [true, 'but got boolean instead'],
    [['a', 5], 'array of other elements'],
    [[[]], 'array of other elements'],
    [[1.5], 'array of other elements'],
  ])('that are none: %j', (prompt, words) => {
    const refused = readPrompts(prompt);
    expect(refused).toMatchObject({ error: { status: 400, error: { param: 'prompt' } } });
    expect(refused.ok ? '' : refused.error.error.message).toContain(words);
  });
});

describe('a request', () => {
  it('is a chat of one message, with what both operations have, and the older limit where it sets none', () => {
    expect(translate({})).toEqual({
      ok: true,
      value: {
        requests: [
          {
            model: 'm',
            system: '',
            messages: [{ role: 'user', content: 'Say this.' }],
            tools: [],
            maxOutputTokens: 16,
            idempotencyKey: 'i',
            options: {},
          },
        ],
        echoes: [''],
        withoutEffect: [],
      },
    });
    const varied = { max_tokens: 7, temperature: 0.5, top_p: 0.9, stop: ['x', 'y'], seed: 3, presence_penalty: 1 };
    expect(translate({ ...varied, user: 'me' }, openAiCapabilities)).toMatchObject({
      value: {
        requests: [
          {
            maxOutputTokens: 7,
            options: { temperature: 0.5, topP: 0.9, stop: ['x', 'y'], seed: 3, presencePenalty: 1, user: 'me' },
          },
        ],
      },
    });
    expect(translate({ user: 'me' })).toMatchObject({ value: { withoutEffect: ['user'] } });
  });

  it('takes what asks for nothing', () => {
    const nothing = { suffix: '', logprobs: null, best_of: 1, echo: false, n: null, logit_bias: {}, stop: null };
    expect(translate(nothing)).toEqual(translate({}));
  });

  it('wants an answer for each prompt and each of n, the prompt’s own together, each with a key of its own', () => {
    const asked = translate({ prompt: ['a', 'long', 'b'], n: 2, best_of: 2, echo: true });
    if (!asked.ok) throw new Error('it was refused');
    const { requests, echoes } = asked.value;
    const texts = ['a', 'a', 'long', 'long', 'b', 'b'];
    expect(requests.map(({ messages }) => messages[0]?.content)).toEqual(texts);
    expect(echoes).toEqual(texts);
    expect(new Set(requests.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(6);
    expect(longestOf(asked.value).messages[0]?.content).toBe('long');
  });

  it.each<[object, string]>([
    [{ suffix: 'end' }, 'suffix'],
    [{ logprobs: 0 }, 'logprobs'],
    [{ best_of: 2 }, 'best_of'],
    [{ n: 2, best_of: 1 }, 'best_of'],
    [{ logit_bias: { 5: 1 } }, 'logit_bias'],
    [{ prompt: [1, 2] }, 'prompt'],
    [{ prompt: null }, 'prompt'],
    [{ prompt: Array.from({ length: mostAnswers + 1 }, () => 'x') }, 'prompt'],
    [{ n: mostAnswers + 1 }, 'n'],
    [{ prompt: ['a', 'b', 'c'], n: 7 }, 'n'],
  ])('is refused by name for what cannot be done: %j', (more, param) => {
    for (const able of [offlineCapabilities, anthropicCapabilities]) {
      expect(translate(more, able)).toMatchObject({ ok: false, error: { status: 400, error: { param } } });
    }
    expect(translate({ seed: 1 }, anthropicCapabilities)).toMatchObject({ error: { error: { param: 'seed' } } });
  });
});
