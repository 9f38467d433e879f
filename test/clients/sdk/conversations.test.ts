/** Conversations through the unmodified `openai` SDK, the sessions of the OpenAI Agents SDK and the AI SDK. */
import { createOpenAI } from '@ai-sdk/openai';
import { Agent, OpenAIConversationsSession, OpenAIProvider, Runner, setTracingDisabled, tool } from '@openai/agents';
import { generateText, streamText } from 'ai';
import OpenAI, { APIError, BadRequestError, NotFoundError } from 'openai';
import { beforeAll, describe, expect, it } from 'vitest';
import { apiKey, baseUrl, forecast, models, question, useTool, weather } from './asked.ts';

let client: OpenAI;

beforeAll(() => {
  // It would report to OpenAI's own address otherwise.
  setTracingDisabled(true);
  client = new OpenAI({ baseURL: baseUrl(), apiKey: apiKey(), maxRetries: 0 });
});

const told = async (id: string): Promise<readonly string[]> => {
  const lines: string[] = [];
  for await (const item of client.conversations.items.list(id, { order: 'asc', limit: 2 })) {
    lines.push(item.type === 'message' ? item.role : item.type);
  }
  return lines;
};

describe.each(models)('openai: conversations of %s', (model) => {
  it('are made, spoken in, read, cut and deleted', async () => {
    const { id } = await client.conversations.create({
      metadata: { topic: 'demo' },
      items: [{ type: 'message', role: 'developer', content: 'Be brief.' }],
    });
    const first = await client.responses.create({ model, conversation: id, input: question });
    expect(first.conversation).toEqual({ id });
    const streamed = await client.responses
      .stream({ model, conversation: { id }, input: 'And what else?', store: false })
      .finalResponse();
    expect(streamed.status).toBe('completed');
    expect((await told(id)).filter((line) => line !== 'reasoning')).toEqual([
      'developer',
      'user',
      'assistant',
      'user',
      'assistant',
    ]);
    expect((await client.conversations.retrieve(id)).metadata).toEqual({ topic: 'demo' });
    expect((await client.conversations.update(id, { metadata: { topic: 'other' } })).metadata).toEqual({
      topic: 'other',
    });
    const [last] = (await client.conversations.items.list(id, { limit: 1 })).data;
    const itemId = last?.id ?? '';
    expect(await client.conversations.items.retrieve(itemId, { conversation_id: id })).toEqual(last);
    expect((await client.conversations.items.delete(itemId, { conversation_id: id })).id).toBe(id);
    const added = await client.conversations.items.create(id, { items: [{ role: 'assistant', content: 'Nothing.' }] });
    expect(added.data).toMatchObject([{ role: 'assistant', status: 'completed', content: [{ text: 'Nothing.' }] }]);
    expect((await client.conversations.delete(id)).deleted).toBe(true);
    await expect(client.conversations.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
  });

  it('carry a tool loop, each step only what is new', async () => {
    const { id } = await client.conversations.create();
    const parameters = {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer' } },
      required: ['city', 'days'],
      additionalProperties: false,
    };
    const tools = [{ type: 'function' as const, name: 'look_up_weather', parameters, strict: true }];
    const first = await client.responses.create({ model, conversation: id, input: useTool, tools });
    const call = first.output.find((item) => item.type === 'function_call');
    if (call === undefined) throw new Error('no tool was called');
    const output = { type: 'function_call_output' as const, call_id: call.call_id, output: forecast };
    const second = await client.responses.create({ model, conversation: id, input: [output], tools });
    expect(second.output_text).toContain(forecast);
  });

  it('begun at once keep both answers whole, one after the other', async () => {
    const { id } = await client.conversations.create();
    await Promise.all([1, 2, 3].map(() => client.responses.create({ model, conversation: id, input: question })));
    const spoken = (await told(id)).filter((line) => line !== 'reasoning');
    expect(spoken).toEqual(['user', 'assistant', 'user', 'assistant', 'user', 'assistant']);
  });
});

describe('openai: conversations that are refused', () => {
  it('by their class, message and parameter', async () => {
    const { id } = await client.conversations.create();
    const [model] = models;
    const first = await client.responses.create({ model, input: question });
    const asking = client.responses.create({
      model,
      input: question,
      conversation: id,
      previous_response_id: first.id,
    });
    await expect(asking).rejects.toMatchObject({ status: 400, code: 'mutually_exclusive_parameters' });
    const lost = client.responses.create({ model, input: question, conversation: 'conv_0' });
    await expect(lost).rejects.toBeInstanceOf(NotFoundError);
    const many = Array.from({ length: 21 }, () => ({ role: 'user' as const, content: 'x' }));
    const refused = await client.conversations.items.create(id, { items: many }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(BadRequestError);
    expect(refused instanceof APIError ? refused.param : '').toBe('items');
  });
});

describe.each(models)('@ai-sdk/openai: a conversation of %s', (name) => {
  it('by the option of its provider, whole and streamed', async () => {
    const { id } = await client.conversations.create();
    const model = createOpenAI({ baseURL: baseUrl(), apiKey: apiKey() }).responses(name);
    const providerOptions = { openai: { conversation: id } };
    expect((await generateText({ model, prompt: question, providerOptions })).text).toMatch(/\w+ \w+/);
    expect(await streamText({ model, prompt: 'And what else?', providerOptions }).text).toMatch(/\w+ \w+/);
    expect((await told(id)).filter((line) => line !== 'reasoning')).toEqual(['user', 'assistant', 'user', 'assistant']);
  });
});

describe.each(models)('@openai/agents: conversations of %s', (model) => {
  const runner = (): Runner =>
    new Runner({
      modelProvider: new OpenAIProvider({ openAIClient: client, useResponses: true }),
      tracingDisabled: true,
    });

  const lookUp = tool({
    name: 'look_up_weather',
    description: 'The weather.',
    parameters: weather,
    execute: () => forecast,
  });

  it('as a session: kept, read, taken back, cleared', async () => {
    const session = new OpenAIConversationsSession({ client });
    const agent = new Agent({ name: 'one', model, tools: [lookUp] });
    const first = await runner().run(agent, useTool, { session, maxTurns: 3 });
    expect(first.finalOutput).toContain(forecast);
    const id = await session.getSessionId();
    const kept = (await session.getItems()).length;
    expect(kept).toBeGreaterThan(3);
    const streamed = await runner().run(agent, question, { session, stream: true });
    for await (const _piece of streamed.toTextStream());
    await streamed.completed;
    expect(streamed.finalOutput).toMatch(/\w+ \w+/);
    expect((await session.getItems()).length).toBeGreaterThan(kept);
    const given = await client.responses.inputItems.list(streamed.lastResponseId ?? '', { limit: 100 });
    expect(JSON.stringify(given.data)).toContain(forecast);
    const last = await session.popItem();
    expect(last).toMatchObject({ role: 'assistant' });
    const again = new OpenAIConversationsSession({ client, conversationId: id });
    expect(await again.getItems()).toEqual(await session.getItems());
    expect(await again.getItems(1)).toHaveLength(1);
    await session.clearSession();
    await expect(client.conversations.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
  });

  it('as the run’s own conversation', async () => {
    const { id: conversationId } = await client.conversations.create();
    const agent = new Agent({ name: 'one', model, tools: [lookUp] });
    const result = await runner().run(agent, useTool, { conversationId, maxTurns: 3 });
    expect(result.finalOutput).toContain(forecast);
    expect((await told(conversationId)).filter((line) => line !== 'reasoning')).toEqual([
      'user',
      'function_call',
      'function_call_output',
      'assistant',
    ]);
  });
});
