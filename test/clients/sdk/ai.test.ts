import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, isStepCount, Output, streamText, tool, type LanguageModel } from 'ai';
import { describe, expect, inject, it } from 'vitest';
import {
  apiKey,
  baseUrl,
  book,
  forecast,
  models,
  question,
  unknownModel,
  useTool,
  wantBook,
  weather,
} from './asked.ts';

interface Provider {
  readonly name: string;
  readonly needs?: 'responses' | 'messages';
  readonly model: (name: string) => LanguageModel;
}

const providers: readonly Provider[] = [
  {
    name: '@ai-sdk/openai-compatible',
    model: (name) =>
      createOpenAICompatible({
        name: 'aidevos',
        baseURL: baseUrl(),
        apiKey: apiKey(),
        includeUsage: true,
        supportsStructuredOutputs: true,
      })(name),
  },
  {
    name: '@ai-sdk/openai (chat)',
    model: (name) => createOpenAI({ baseURL: baseUrl(), apiKey: apiKey() }).chat(name),
  },
  {
    name: '@ai-sdk/openai (responses)',
    needs: 'responses',
    model: (name) => createOpenAI({ baseURL: baseUrl(), apiKey: apiKey() })(name),
  },
  {
    name: '@ai-sdk/anthropic',
    needs: 'messages',
    model: (name) => createAnthropic({ baseURL: baseUrl(), apiKey: apiKey() })(name),
  },
];

const lookUp = (seen: unknown[]) => ({
  look_up_weather: tool({
    description: 'The weather of the next days.',
    inputSchema: weather,
    execute: (asked) => {
      seen.push(asked);
      return forecast;
    },
  }),
});

describe.each(providers)('ai: $name', ({ needs, model: modelOf }) => {
  const skipped = (context: { readonly skip: (note: string) => void }): void => {
    if (needs !== undefined && !inject('offered')[needs]) context.skip('not offered');
  };

  describe.each(models)('%s', (name) => {
    it('plain, with usage', async (context) => {
      skipped(context);
      const { text, usage, finishReason } = await generateText({ model: modelOf(name), prompt: question });
      expect(text).toMatch(/\w+ \w+/);
      expect(finishReason).toBe('stop');
      expect(usage.totalTokens).toBeGreaterThan(0);
    });

    it('streamed, with usage', async (context) => {
      skipped(context);
      const result = streamText({ model: modelOf(name), prompt: question });
      const pieces: string[] = [];
      for await (const piece of result.textStream) pieces.push(piece);
      expect(pieces.length).toBeGreaterThan(3);
      expect((await result.usage).outputTokens).toBeGreaterThan(0);
    });

    it.for([false, true])('tool loop, streamed %s', async (streamed, context) => {
      skipped(context);
      const seen: unknown[] = [];
      const request = { model: modelOf(name), prompt: useTool, tools: lookUp(seen), stopWhen: isStepCount(3) };
      const text = streamed ? await streamText(request).text : (await generateText(request)).text;
      expect(text).toContain(forecast);
      expect(seen).toEqual([{ city: 'Oslo', days: 2 }]);
    });

    it('structured output', async (context) => {
      skipped(context);
      const { output } = await generateText({
        model: modelOf(name),
        prompt: wantBook,
        output: Output.object({ schema: book }),
      });
      expect(book.safeParse(output).success).toBe(true);
    });
  });

  it('error class', async (context) => {
    skipped(context);
    const error = await generateText({ model: modelOf(unknownModel), prompt: question, maxRetries: 0 }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(APICallError.isInstance(error)).toBe(true);
    expect(APICallError.isInstance(error) ? error.statusCode : 0).toBe(404);
  });
});

describe.each(models)('ai, bare prompts over the older completions: %s', (name) => {
  it.each([
    ['@ai-sdk/openai', () => createOpenAI({ baseURL: baseUrl(), apiKey: apiKey() }).completion(name)],
    [
      '@ai-sdk/openai-compatible',
      () =>
        createOpenAICompatible({
          name: 'aidevos',
          baseURL: baseUrl(),
          apiKey: apiKey(),
          includeUsage: true,
        }).completionModel(name),
    ],
  ])('%s', async (_name, model) => {
    const asked = { model: model(), prompt: question, maxOutputTokens: 200, maxRetries: 0 };
    const { text, finishReason, usage } = await generateText(asked);
    expect([text, finishReason]).toEqual([expect.stringMatching(/\w+ \w+/), 'stop']);
    expect(usage.totalTokens).toBeGreaterThan(0);
    const streamed = streamText(asked);
    const pieces: string[] = [];
    for await (const piece of streamed.textStream) pieces.push(piece);
    expect([pieces.join(''), await streamed.finishReason]).toEqual([text, 'stop']);
    expect((await streamed.usage).totalTokens).toBeGreaterThan(0);
  });
});
