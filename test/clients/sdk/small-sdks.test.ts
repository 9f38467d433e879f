/** Clients with a wire of their own making: what the larger ones send and read differently. */
import { ChatAnthropic } from '@langchain/anthropic';
import { chat } from '@tanstack/ai';
import { createOpenaiChat, createOpenaiChatCompletions } from '@tanstack/ai-openai';
import { describe, expect, inject, it } from 'vitest';
import { embed, generateText, listModels, rawTool, streamText } from 'xsai';
import { apiKey, baseUrl, forecast, models, question, unknownModel, useTool } from './asked.ts';

const parameters = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const }, days: { type: 'integer' as const } },
  required: ['city', 'days'],
};

describe.each(models)('xsai: %s', (model) => {
  const asked = (content: string) => ({
    apiKey: apiKey(),
    baseURL: `${baseUrl()}/`,
    model,
    messages: [{ role: 'user' as const, content }],
  });

  it('plain and streamed', async () => {
    expect((await generateText(asked(question))).text).toMatch(/\w+ \w+/);
    const { textStream } = streamText({ ...asked(question), streamOptions: { includeUsage: true } });
    const pieces: string[] = [];
    for await (const piece of textStream) pieces.push(piece);
    expect(pieces.join('')).toMatch(/\w+ \w+/);
  });

  it('tool loop', async () => {
    const seen: unknown[] = [];
    const tool = rawTool({
      name: 'look_up_weather',
      description: 'The weather.',
      parameters,
      execute: (input) => {
        seen.push(input);
        return forecast;
      },
    });
    expect((await generateText({ ...asked(useTool), tools: [tool], maxSteps: 3 })).text).toContain(forecast);
    expect(seen).toEqual([{ city: 'Oslo', days: 2 }]);
  });
});

describe('xsai: lists', () => {
  it('models, embeddings and an unknown model', async () => {
    const options = { apiKey: apiKey(), baseURL: `${baseUrl()}/` };
    expect((await listModels(options)).map(({ id }) => id)).toContain('offline/engineer');
    expect((await embed({ ...options, model: 'offline/embedder', input: 'one' })).embedding).toHaveLength(1_024);
    const messages = [{ role: 'user' as const, content: question }];
    await expect(generateText({ ...options, model: unknownModel, messages })).rejects.toThrow(/404|does not exist/);
  });
});

describe.each(models)('@langchain/anthropic: %s', (model) => {
  const client = () =>
    new ChatAnthropic({
      model,
      apiKey: apiKey(),
      anthropicApiUrl: inject('platformUrl'),
      maxRetries: 0,
      maxTokens: 500,
    });

  it('plain and streamed', async () => {
    expect((await client().invoke(question)).text).toMatch(/\w+ \w+/);
    let streamed = '';
    for await (const chunk of await client().stream(question)) streamed += chunk.text;
    expect(streamed).toMatch(/\w+ \w+/);
  });

  it('tool call', async () => {
    const tool = { name: 'look_up_weather', description: 'The weather.', input_schema: parameters };
    const answer = await client().bindTools([tool]).invoke(useTool);
    expect(answer.tool_calls?.map(({ name, args }) => [name, args])).toEqual([
      ['look_up_weather', { city: 'Oslo', days: 2 }],
    ]);
  });
});

describe.each(models)('@tanstack/ai-openai: %s', (model) => {
  it.each([
    ['responses', createOpenaiChat],
    ['chat completions', createOpenaiChatCompletions],
  ])('streamed over %s', async (_wire, create) => {
    // SAFETY: its list of names is OpenAI's own; any other is passed on as it is.
    const adapter = create(model as 'gpt-4o', apiKey(), { baseURL: baseUrl() });
    let text = '';
    for await (const event of chat({ adapter, messages: [{ role: 'user', content: question }] })) {
      expect(event.type).not.toBe('RUN_ERROR');
      if ('delta' in event && typeof event.delta === 'string') text += event.delta;
    }
    expect(text).toMatch(/\w+ \w+/);
  });
});
