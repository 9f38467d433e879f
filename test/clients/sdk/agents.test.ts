import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool } from '@openai/agents';
import OpenAI from 'openai';
import { beforeAll, describe, expect, inject, it } from 'vitest';
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

beforeAll(() => {
  // It would report to OpenAI's own address otherwise.
  setTracingDisabled(true);
});

const wires = [
  { wire: 'chat', useResponses: false },
  { wire: 'responses', useResponses: true },
  { wire: 'responses over a WebSocket', useResponses: true, useResponsesWebSocket: true },
] as const;

describe.each(wires)('@openai/agents: $wire', ({ wire: _wire, useResponses, ...more }) => {
  const runner = (): Runner => {
    const openAIClient = new OpenAI({ baseURL: baseUrl(), apiKey: apiKey(), maxRetries: 0 });
    return new Runner({
      modelProvider: new OpenAIProvider({ openAIClient, useResponses, ...more }),
      tracingDisabled: true,
    });
  };

  const skipped = (context: { readonly skip: (note: string) => void }): void => {
    if (useResponses && !inject('offered').responses) context.skip('not offered');
  };

  describe.each(models)('%s', (model) => {
    it('plain, with usage', async (context) => {
      skipped(context);
      const result = await runner().run(new Agent({ name: 'one', model }), question);
      expect(result.finalOutput).toMatch(/\w+ \w+/);
      expect(result.state.usage.totalTokens).toBeGreaterThan(0);
    });

    it('streamed', async (context) => {
      skipped(context);
      const result = await runner().run(new Agent({ name: 'one', model }), question, { stream: true });
      const pieces: string[] = [];
      for await (const piece of result.toTextStream()) pieces.push(piece);
      await result.completed;
      expect(pieces.length).toBeGreaterThan(3);
    });

    it('tool loop', async (context) => {
      skipped(context);
      const seen: unknown[] = [];
      const lookUp = tool({
        name: 'look_up_weather',
        description: 'The weather.',
        parameters: weather,
        execute: (asked) => {
          seen.push(asked);
          return forecast;
        },
      });
      const result = await runner().run(new Agent({ name: 'one', model, tools: [lookUp] }), useTool, { maxTurns: 3 });
      expect(result.finalOutput).toContain(forecast);
      expect(seen).toEqual([{ city: 'Oslo', days: 2 }]);
    });

    it('structured output', async (context) => {
      skipped(context);
      const result = await runner().run(new Agent({ name: 'one', model, outputType: book }), wantBook);
      expect(book.safeParse(result.finalOutput).success).toBe(true);
    });
  });

  it('error class', async (context) => {
    skipped(context);
    // Over a WebSocket the SDK passes no status on.
    const error = 'useResponsesWebSocket' in more ? { name: 'ModelBehaviorError' } : { status: 404 };
    await expect(runner().run(new Agent({ name: 'one', model: unknownModel }), question)).rejects.toMatchObject(error);
  });
});
