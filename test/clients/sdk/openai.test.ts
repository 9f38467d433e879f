import OpenAI, { APIError, AuthenticationError, BadRequestError, NotFoundError } from 'openai';
import { zodFunction, zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
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

let client: OpenAI;

beforeAll(() => {
  client = new OpenAI({ baseURL: baseUrl(), apiKey: apiKey(), maxRetries: 0 });
});

const messages = [{ role: 'user' as const, content: question }];

describe.each([...models, 'auto'])('openai: %s', (model) => {
  it('plain, with usage', async () => {
    const completion = await client.chat.completions.create({ model, messages });
    expect(completion.choices[0]?.message.content).toMatch(/\w+ \w+/);
    expect(completion.choices[0]?.finish_reason).toBe('stop');
    expect(completion.usage?.total_tokens).toBeGreaterThan(0);
  });

  it('streamed, with usage', async () => {
    const stream = client.chat.completions.stream({ model, messages, stream_options: { include_usage: true } });
    const pieces: string[] = [];
    stream.on('content', (piece) => pieces.push(piece));
    const whole = await stream.finalChatCompletion();
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.join('')).toBe(whole.choices[0]?.message.content);
    expect(whole.usage?.completion_tokens).toBeGreaterThan(0);
  });

  it.each([false, true])('tool loop, streamed %s', async (stream) => {
    const seen: unknown[] = [];
    const tool = zodFunction({
      name: 'look_up_weather',
      parameters: weather,
      function: (asked) => {
        seen.push(asked);
        return forecast;
      },
    });
    const request = { model, messages: [{ role: 'user' as const, content: useTool }], tools: [tool] };
    const runner = stream
      ? client.chat.completions.runTools({ ...request, stream: true })
      : client.chat.completions.runTools(request);
    expect(await runner.finalContent()).toContain(forecast);
    expect(seen).toEqual([{ city: 'Oslo', days: 2 }]);
  });

  it('structured output', async () => {
    const asked = { model, messages: [{ role: 'user' as const, content: wantBook }] };
    const response_format = zodResponseFormat(book, 'book');
    const completion = await client.chat.completions.parse({ ...asked, response_format });
    expect(book.safeParse(completion.choices[0]?.message.parsed).success).toBe(true);
  });

  it('functions, the older form of tools: called, answered, streamed', async () => {
    const parameters = {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer' } },
      required: ['city', 'days'],
    };
    const functions = [{ name: 'look_up_weather', parameters }];
    const asked = [{ role: 'user' as const, content: useTool }];
    const first = await client.chat.completions.create({ model, messages: asked, functions, function_call: 'auto' });
    expect(first.choices[0]?.finish_reason).toBe('function_call');
    const message = first.choices[0]?.message;
    expect(message?.tool_calls).toBeUndefined();
    const call = message?.function_call;
    if (message === undefined || !call) throw new Error('no function was called');
    expect(JSON.parse(call.arguments)).toEqual({ city: 'Oslo', days: 2 });
    const result = { role: 'function' as const, name: call.name, content: forecast };
    const after = await client.chat.completions.create({ model, messages: [...asked, message, result], functions });
    expect(after.choices[0]?.message.content).toContain(forecast);
    const streamed = client.chat.completions.stream({ model, messages: asked, functions });
    expect((await streamed.finalMessage()).function_call).toEqual(call);
  });

  it('completions of prompts, the older operation: whole, several, streamed', async () => {
    const whole = await client.completions.create({ model, prompt: question, max_tokens: 200 });
    expect([whole.object, whole.choices[0]?.finish_reason]).toEqual(['text_completion', 'stop']);
    const text = whole.choices[0]?.text ?? '';
    expect(text).toMatch(/\w+ \w+/);
    expect(whole.usage?.total_tokens).toBeGreaterThan(0);
    const several = await client.completions.create({ model, prompt: [question, question], n: 2, max_tokens: 200 });
    expect(several.choices.map((choice) => [choice.index, choice.text])).toEqual([0, 1, 2, 3].map((at) => [at, text]));
    const stream_options = { include_usage: true };
    const stream = await client.completions.create({
      model,
      prompt: question,
      max_tokens: 200,
      stream: true,
      stream_options,
    });
    const pieces: string[] = [];
    let used = 0;
    for await (const { choices, usage } of stream) {
      for (const choice of choices) if (choice.text !== '') pieces.push(choice.text);
      used = usage?.total_tokens ?? used;
    }
    expect(pieces.length).toBeGreaterThan(3);
    expect([pieces.join(''), used > 0]).toEqual([text, true]);
  });

  it('responses: plain, streamed, structured', async (context) => {
    if (!inject('offered').responses) context.skip('not offered');
    const response = await client.responses.create({ model, input: question });
    expect(response.output_text).toMatch(/\w+ \w+/);
    expect(response.usage?.total_tokens).toBeGreaterThan(0);
    const stream = client.responses.stream({ model, input: question });
    let text = '';
    stream.on('response.output_text.delta', ({ delta }) => {
      text += delta;
    });
    expect((await stream.finalResponse()).output_text).toBe(text);
    const parsed = await client.responses.parse({
      model,
      input: wantBook,
      text: { format: zodTextFormat(book, 'book') },
    });
    expect(book.safeParse(parsed.output_parsed).success).toBe(true);
  });

  it('responses: tool loop', async (context) => {
    if (!inject('offered').responses) context.skip('not offered');
    const parameters = {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer' } },
      required: ['city', 'days'],
      additionalProperties: false,
    };
    const tools = [{ type: 'function' as const, name: 'look_up_weather', parameters, strict: true }];
    const first = await client.responses.create({ model, input: useTool, tools });
    const call = first.output.find((item) => item.type === 'function_call');
    if (call === undefined) throw new Error('no tool was called');
    expect(JSON.parse(call.arguments)).toEqual({ city: 'Oslo', days: 2 });
    const output = { type: 'function_call_output' as const, call_id: call.call_id, output: forecast };
    const input = [{ role: 'user' as const, content: useTool }, call, output];
    expect((await client.responses.create({ model, input, tools })).output_text).toContain(forecast);
  });
});

describe('openai: how likely tokens are, over responses', () => {
  const include = ['message.output_text.logprobs' as const];

  it('is told where the provider tells it', async () => {
    const asked = { model: 'openai/scripted', input: question, include, top_logprobs: 2 };
    const whole = await client.responses.create(asked);
    const parts = whole.output.flatMap((item) => (item.type === 'message' ? item.content : []));
    const told = parts.flatMap((part) => (part.type === 'output_text' ? (part.logprobs ?? []) : []));
    expect(told.map(({ token }) => token).join('')).toBe(whole.output_text);
    expect(told.every(({ top_logprobs: top, logprob }) => top.length === 2 && logprob < 0)).toBe(true);
    let streamed = '';
    for await (const event of await client.responses.create({ ...asked, stream: true })) {
      if (event.type === 'response.output_text.delta') streamed += event.logprobs.map(({ token }) => token).join('');
    }
    expect(streamed).toBe(whole.output_text);
  });

  it('is refused where there is nothing to tell', async () => {
    const asked = { model: 'offline/engineer', input: question, include };
    await expect(client.responses.create(asked)).rejects.toMatchObject({ status: 400, param: 'include' });
  });
});

describe('openai: the platform’s own models over responses', () => {
  it('auto says which model it chose, and why, streamed too', async (context) => {
    if (!inject('offered').responses) context.skip('not offered');
    const { data, response } = await client.responses.create({ model: 'auto', input: question }).withResponse();
    expect(data.status).toBe('completed');
    expect(response.headers.get('x-aidevos-model')).toBe('openai/scripted');
    expect(response.headers.get('x-aidevos-model-reason')).toMatch(/^balanced: first of \d+ /);
    const streamed = await client.responses
      .create({ model: 'auto:cheap', input: question, stream: true })
      .withResponse();
    expect(streamed.response.headers.get('x-aidevos-model')).toBe('openai/scripted');
    const types: string[] = [];
    for await (const { type } of streamed.data) types.push(type);
    expect(types.at(-1)).toBe('response.completed');
  });

  it('the team cites what it speaks of', async (context) => {
    if (!inject('offered').responses) context.skip('not offered');
    const headers = { authorization: `Bearer ${apiKey()}`, 'content-type': 'application/json' };
    const projects = `${inject('platformUrl')}/api/projects`;
    const body = JSON.stringify({ specification: '# Cited\n\nA note has a title (required).\n' });
    const made = await fetch(projects, { method: 'POST', headers, body });
    const project: unknown = await made.json();
    const projectId =
      typeof project === 'object' && project !== null && 'projectId' in project ? String(project.projectId) : '';
    const response = await client.responses.create({ model: `team/${projectId}`, input: 'status' });
    const parts = response.output.flatMap((item) => (item.type === 'message' ? item.content : []));
    const cited = parts.flatMap((part) => (part.type === 'output_text' ? part.annotations : []));
    const urls = cited.map((annotation) => (annotation.type === 'url_citation' ? annotation.url : ''));
    const report = urls.find((url) => url.endsWith('/report')) ?? '';
    expect((await fetch(report, { headers })).status).toBe(200);
    expect((await fetch(`${projects}/${projectId}/cancel`, { method: 'POST', headers, body: '{}' })).status).toBe(200);
  });
});

describe('openai: errors and lists', () => {
  it('models', async () => {
    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toEqual(expect.arrayContaining([...models]));
    expect((await client.models.retrieve('openai/scripted')).object).toBe('model');
  });

  const refusal = async (request: object, key = apiKey()): Promise<unknown> => {
    const strict = new OpenAI({ baseURL: baseUrl(), apiKey: key, maxRetries: 0 });
    return await strict.chat.completions.create({ model: 'offline/engineer', messages, ...request }).then(
      () => undefined,
      (error: unknown) => error,
    );
  };

  it('error classes', async () => {
    expect(await refusal({ model: unknownModel })).toBeInstanceOf(NotFoundError);
    expect(await refusal({}, 'sk-wrong')).toBeInstanceOf(AuthenticationError);
    const refused = await refusal({ n: 3 });
    expect(refused).toBeInstanceOf(BadRequestError);
    expect(refused instanceof APIError ? [refused.param, refused.code] : []).toEqual(['n', 'unsupported_parameter']);
  });

  it('error classes of completions', async () => {
    const wrong: unknown = await client.completions
      .create({ model: unknownModel, prompt: 'x' })
      .catch((error) => error);
    expect(wrong).toBeInstanceOf(NotFoundError);
    const tokens: unknown = await client.completions
      .create({ model: 'offline/engineer', prompt: [5, 6] })
      .catch((error) => error);
    expect(tokens instanceof BadRequestError ? tokens.param : tokens).toBe('prompt');
  });

  it('embeddings', async (context) => {
    if (!inject('offered').embeddings) context.skip('not offered');
    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);
    const model = ids.find((id) => id.includes('embed')) ?? 'offline/engineer';
    const made = await client.embeddings.create({ model, input: ['one', 'two'] });
    expect(made.data).toHaveLength(2);
    expect(made.data[0]?.embedding.every((value) => Number.isFinite(value))).toBe(true);
  });
});
