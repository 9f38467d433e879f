/** Responses and what is stored of them, through the unmodified `openai` SDK against the running platform. */
import OpenAI, { BadRequestError, NotFoundError } from 'openai';
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';

let client: OpenAI;

beforeAll(() => {
  // The first requests to the providers of these tests fail in turn; the SDK tries again.
  client = new OpenAI({ baseURL: `${inject('url')}/v1`, apiKey: inject('apiKey'), maxRetries: 8 });
});

const model = 'offline/engineer';
const input = 'What are you?';

/** A stream that broke ends as failed, and no SDK repeats it by itself. */
const streamUntilWhole = async (request: OpenAI.Responses.ResponseCreateParams) => {
  for (let tries = 1; ; tries += 1) {
    let text = '';
    const stream = client.responses.stream({ ...request, stream: true });
    stream.on('response.output_text.delta', ({ delta }) => {
      text += delta;
    });
    const whole = await stream.finalResponse();
    if (whole.status === 'completed' || tries >= 8) return { text, whole };
  }
};

describe.each([model, 'openai/engineer', 'anthropic/engineer'])('%s', (name) => {
  it('answers, whole and streamed', async () => {
    const response = await client.responses.create({ model: name, input, max_output_tokens: 500 });
    expect(response.output_text).toContain('offline engineer');
    expect([response.status, response.model]).toEqual(['completed', name]);
    expect(response.usage?.total_tokens).toBeGreaterThan(0);
    const { text, whole } = await streamUntilWhole({ model: name, input, max_output_tokens: 500 });
    expect([text, whole.status]).toEqual([whole.output_text, 'completed']);
    expect(text).toContain('offline engineer');
  });
});

describe('the offline engineer', () => {
  it('calls a tool and uses what it answered, through the chain', async () => {
    const look = zodResponsesFunction({
      name: 'look_around',
      parameters: z.object({ where: z.enum(['here', 'there']), steps: z.int().min(2) }),
    });
    let response = await client.responses.parse({ model, input: 'Please use look_around.', tools: [look] });
    const seen: unknown[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const calls = response.output.filter((item) => item.type === 'function_call');
      if (calls.length === 0) break;
      seen.push(...calls.map((call) => call.parsed_arguments));
      const outputs = calls.map(({ call_id }) => {
        return { type: 'function_call_output' as const, call_id, output: 'all is quiet' };
      });
      response = await client.responses.parse({
        model,
        input: outputs,
        tools: [look],
        previous_response_id: response.id,
      });
    }
    expect(seen).toEqual([{ where: 'here', steps: 2 }]);
    expect(response.output_text).toBe('The tool look_around answered: all is quiet');
  });

  it('keeps to a schema', async () => {
    const shape = z.object({ title: z.string(), tags: z.array(z.string()), kind: z.enum(['book', 'film']) });
    const text = { format: zodTextFormat(shape, 'thing') };
    const response = await client.responses.parse({ model, input, text });
    expect(response.output_parsed).toEqual({ title: '', tags: [], kind: 'book' });
  });
});

describe('what is stored', () => {
  it('is found, listed, continued and deleted', async () => {
    const first = await client.responses.create({ model, input });
    const second = await client.responses.create({ model, input: 'And then?', previous_response_id: first.id });
    expect(await client.responses.retrieve(second.id)).toEqual(second);
    const given: unknown[] = [];
    for await (const item of client.responses.inputItems.list(second.id, { order: 'asc', limit: 2 })) {
      given.push(item.type === 'message' ? [item.role, item.content.map((part) => 'text' in part && part.text)] : item);
    }
    expect(given).toEqual([
      ['user', [input]],
      ['assistant', [first.output_text]],
      ['user', ['And then?']],
    ]);
    await client.responses.delete(first.id);
    await expect(client.responses.retrieve(first.id)).rejects.toBeInstanceOf(NotFoundError);
    await expect(client.responses.create({ model, input, previous_response_id: first.id })).rejects.toBeInstanceOf(
      BadRequestError,
    );
    const third = await client.responses.create({ model, input: 'Go on.', previous_response_id: second.id });
    expect(third.previous_response_id).toBe(second.id);
    await expect(client.responses.cancel(third.id)).rejects.toBeInstanceOf(BadRequestError);
  });
});
