/**
 * What the specification of Open Responses (https://www.openresponses.org/specification) asks of `/v1/responses` over
 * HTTP, with bare requests: the shape of a response, the order of a stream's events, and the kinds of input. How to run
 * the suite of its own authors is told in `docs/clients.md`.
 */
import { describe, expect, it } from 'vitest';
import { apiKey, baseUrl, models } from './asked.ts';

const post = async (body: object): Promise<Response> =>
  await fetch(`${baseUrl()}/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey()}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const nullable = (kind: unknown): unknown =>
  expect.toSatisfy((value: unknown) => value === null || Object(kind).asymmetricMatch(value) === true);

const aNumber: unknown = expect.any(Number);
const aText: unknown = expect.any(String);

/** Every field that the schema of a response requires, with its kind. */
const resource = {
  id: aText,
  object: 'response',
  created_at: aNumber,
  completed_at: nullable(aNumber),
  status: aText,
  incomplete_details: null,
  model: aText,
  previous_response_id: nullable(aText),
  instructions: nullable(aText),
  output: expect.any(Array) as unknown,
  error: null,
  tools: expect.any(Array) as unknown,
  tool_choice: expect.anything() as unknown,
  truncation: 'disabled',
  parallel_tool_calls: expect.any(Boolean) as unknown,
  text: { format: { type: 'text' } },
  top_p: aNumber,
  presence_penalty: aNumber,
  frequency_penalty: aNumber,
  top_logprobs: 0,
  temperature: aNumber,
  reasoning: nullable(expect.any(Object)),
  max_output_tokens: nullable(aNumber),
  max_tool_calls: nullable(aNumber),
  store: expect.any(Boolean) as unknown,
  background: false,
  service_tier: aText,
  metadata: expect.any(Object) as unknown,
  safety_identifier: nullable(aText),
  prompt_cache_key: nullable(aText),
};

const usage = {
  input_tokens: aNumber,
  output_tokens: aNumber,
  total_tokens: aNumber,
  input_tokens_details: expect.objectContaining({ cached_tokens: aNumber }) as unknown,
  output_tokens_details: expect.objectContaining({ reasoning_tokens: aNumber }) as unknown,
};

interface Answer {
  readonly status: string;
  readonly output: readonly { readonly type: string; readonly content?: readonly { readonly text?: string }[] }[];
}

const ask = async (body: object): Promise<Answer> => {
  const response = await post(body);
  const value: unknown = await response.json();
  expect(response.status, JSON.stringify(value)).toBe(200);
  expect(value).toMatchObject({ ...resource, status: 'completed', usage });
  // SAFETY: judged in the line before.
  return value as Answer;
};

const said = (role: string, content: unknown, more: object = {}): object => ({
  type: 'message',
  role,
  content,
  ...more,
});

const textOf = ({ output }: Answer): string =>
  output.flatMap(({ content = [] }) => content.map(({ text = '' }) => text)).join('');

/** A red square of two by two pixels. */
const picture =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==';

const weather = {
  type: 'function',
  name: 'look_up_weather',
  description: 'The weather at a place.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

describe.each(models)('Open Responses: %s', (model) => {
  it('a text', async () => {
    expect(textOf(await ask({ model, input: [said('user', 'Say hello.')] }))).not.toBe('');
  });

  it('a prompt of the system', async () => {
    await ask({ model, input: [said('system', 'Be short.'), said('user', 'Say hello.')] });
  });

  it('earlier messages, with their phases', async () => {
    const earlier = [
      said('user', 'My favourite number is four.'),
      said('assistant', 'I keep that in mind.', { phase: 'commentary' }),
      said('assistant', 'Noted.', { phase: 'final_answer' }),
    ];
    const text = textOf(await ask({ model, input: [...earlier, said('user', 'What is my favourite number?')] }));
    if (model === 'offline/engineer') expect(text).toContain('four');
  });

  it('a tool whose words the question has', async () => {
    const input = [said('user', 'Please look_up_weather: what is the weather in Oslo?')];
    const { output } = await ask({ model, input, tools: [weather] });
    expect(output).toContainEqual(
      expect.objectContaining({ type: 'function_call', name: 'look_up_weather', call_id: aText, status: 'completed' }),
    );
  });

  it('an image', async () => {
    const content = [
      { type: 'input_text', text: 'What is this?' },
      { type: 'input_image', image_url: picture },
    ];
    const text = textOf(await ask({ model, input: [said('user', content)] }));
    if (model === 'offline/engineer') expect(text).toContain('PNG image of 2 × 2 pixels');
  });

  it('a stream, whose events tell the same answer', async () => {
    const response = await post({ model, stream: true, input: [said('user', 'What are you?')] });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const frames = (await response.text()).split('\n\n').filter((frame) => frame !== '');
    const events = frames.flatMap((frame) => {
      const name = /^event: (.*)$/m.exec(frame)?.[1];
      const data = /^data: (.*)$/m.exec(frame)?.[1] ?? '';
      if (data === '[DONE]') return [];
      const event = JSON.parse(data) as {
        readonly type: string;
        readonly sequence_number: number;
        readonly delta?: string;
        readonly response?: Answer;
      };
      expect(name).toBe(event.type);
      return [event];
    });
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
    const types = events.map(({ type }) => type);
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    const last = events.at(-1)?.response;
    expect(last).toMatchObject({ ...resource, status: 'completed', usage });
    const deltas = events.flatMap(({ type, delta }) => (type === 'response.output_text.delta' ? [delta] : []));
    expect(deltas.join('')).toBe(last === undefined ? '' : textOf(last));
  });

  it('a request that names no model is refused with its field', async () => {
    const response = await post({ input: 'Hello.' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param: 'model', type: 'invalid_request_error' } });
  });
});
