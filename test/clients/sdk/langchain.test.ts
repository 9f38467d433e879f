import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAI } from '@langchain/openai';
import { describe, expect, it } from 'vitest';
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

const chat = (model: string): ChatOpenAI =>
  new ChatOpenAI({ model, apiKey: apiKey(), maxRetries: 0, streamUsage: true, configuration: { baseURL: baseUrl() } });

describe.each(models)('@langchain/openai: %s', (model) => {
  it('plain, with usage', async () => {
    const answer = await chat(model).invoke(question);
    expect(answer.text).toMatch(/\w+ \w+/);
    expect(answer).toHaveProperty('usage_metadata.total_tokens', expect.any(Number));
  });

  it('streamed, with usage', async () => {
    const pieces: string[] = [];
    const chunks: unknown[] = [];
    for await (const chunk of await chat(model).stream(question)) {
      if (chunk.text !== '') pieces.push(chunk.text);
      chunks.push(chunk);
    }
    expect(pieces.length).toBeGreaterThan(3);
    const used = expect.objectContaining({ total_tokens: expect.any(Number) });
    expect(chunks).toContainEqual(expect.objectContaining({ usage_metadata: used }));
  });

  it('tool loop', async () => {
    const lookUp = tool(() => forecast, { name: 'look_up_weather', description: 'The weather.', schema: weather });
    const bound = chat(model).bindTools([lookUp]);
    const asked = new HumanMessage(useTool);
    const first = await bound.invoke([asked]);
    const [call] = first.tool_calls ?? [];
    expect(call?.args).toEqual({ city: 'Oslo', days: 2 });
    // As LangChain's agents do it: the result has the name of its tool, and the answer the name of the agent.
    const answered: unknown = await lookUp.invoke({
      id: 'none',
      name: 'look_up_weather',
      args: {},
      ...call,
      type: 'tool_call',
    });
    if (!ToolMessage.isInstance(answered)) throw new Error('no result of a tool');
    expect(answered.name).toBe('look_up_weather');
    first.name = 'weatherman';
    expect((await bound.invoke([asked, first, answered])).text).toContain(forecast);
  });

  it('structured output', async () => {
    const structured = chat(model).withStructuredOutput(book, { name: 'book', method: 'jsonSchema' });
    expect(book.safeParse(await structured.invoke(wantBook)).success).toBe(true);
  });
});

describe.each(models)('@langchain/openai, bare prompts: %s', (model) => {
  const prompts = (more: object = {}): OpenAI =>
    new OpenAI({
      model,
      apiKey: apiKey(),
      maxRetries: 0,
      maxTokens: 200,
      configuration: { baseURL: baseUrl() },
      ...more,
    });

  it('plain, several with usage', async () => {
    const text = await prompts().invoke(question);
    expect(text).toMatch(/\w+ \w+/);
    const { generations, llmOutput } = await prompts({ n: 2 }).generate([question, 'What can you do?']);
    expect(generations.map((answers) => answers.length)).toEqual([2, 2]);
    expect(generations[0]?.map((answer) => answer.text)).toEqual([text, text]);
    expect(llmOutput).toHaveProperty('tokenUsage.totalTokens', expect.any(Number));
  });

  it('streamed', async () => {
    const pieces: string[] = [];
    for await (const piece of await prompts().stream(question)) if (piece !== '') pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.join('')).toBe(await prompts().invoke(question));
  });
});

describe('@langchain/openai: errors', () => {
  it('error class', async () => {
    await expect(chat(unknownModel).invoke(question)).rejects.toMatchObject({ status: 404 });
  });
});
