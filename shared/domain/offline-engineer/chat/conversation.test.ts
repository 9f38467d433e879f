import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContentPart, ModelMessage, ModelRequest, ToolDefinition } from '../../../ports/model-client.ts';
import { chat, offlineChat } from './chat.ts';

const text = { type: 'string' };

const tool = (
  name: string,
  description: string,
  properties: object,
  required = Object.keys(properties),
): ToolDefinition => ({
  name,
  description,
  parameters: { type: 'object', properties, required },
});

const weather = tool(
  'get_current_weather',
  'Get the current weather in a given location',
  { location: { type: 'string', description: 'A city' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } },
  ['location'],
);
const time = tool('get_time', 'Get the current time in a city', { city: text });
const multiply = tool('multiply', 'Multiply two numbers', { a: { type: 'number' }, b: { type: 'number' } });
const add = tool('add', 'Add two numbers together', { a: { type: 'number' }, b: { type: 'number' } });
const flight = tool(
  'book_flight',
  'Book a flight',
  { origin: text, destination: text, date: { type: 'string', format: 'date' }, passengers: { type: 'integer' } },
  ['origin', 'destination', 'date'],
);
const email = tool('sendEmail', 'Send an email to a recipient.', { to: text, subject: text, body: text });
const order = tool('getDeliveryDate', "The delivery date of a customer's order", { order_id: text });
const search = tool('web_search', 'Search the web', { query: text });
const all = [weather, time, multiply, add, flight, email, order, search];

const user = (content: string, parts?: readonly ContentPart[]): ModelMessage => ({
  role: 'user',
  content,
  ...(parts === undefined ? {} : { parts }),
});

const request = (
  messages: readonly ModelMessage[],
  tools: readonly ToolDefinition[] = [],
  options: ModelRequest['options'] = {},
): ModelRequest => ({
  model: 'engineer',
  system: '',
  messages,
  tools,
  maxOutputTokens: 1_000,
  idempotencyKey: 'k',
  options,
});

const answer = (...asked: Parameters<typeof request>) => {
  const made = chat(request(...asked));
  if (!made.ok) throw new Error(made.error);
  return made.value;
};

const callsOf = (...asked: Parameters<typeof request>) =>
  answer(...asked).calls.map(({ name, argumentsJson }) => [name, JSON.parse(argumentsJson)]);

describe('a tool whose words a question has', () => {
  it.each<[string, unknown[]]>([
    ["What's the weather like in San Francisco?", [['get_current_weather', { location: 'San Francisco' }]]],
    [
      'How is the weather in Paris today, in celsius?',
      [['get_current_weather', { location: 'Paris', unit: 'celsius' }]],
    ],
    ['What is 3 * 12?', [['multiply', { a: 3, b: 12 }]]],
    ['What is 3 + 12?', [['add', { a: 3, b: 12 }]]],
    [
      'Book a flight from Berlin to Rome on 2026-03-02 for 2 passengers',
      [['book_flight', { origin: 'Berlin', destination: 'Rome', date: '2026-03-02', passengers: 2 }]],
    ],
    [
      'Send an email to bob@example.com with subject "Hi" and body "How are you?"',
      [['sendEmail', { to: 'bob@example.com', subject: 'Hi', body: 'How are you?' }]],
    ],
    ['It is order_12345. When is it delivered?', [['getDeliveryDate', { order_id: 'order_12345' }]]],
    ['Search the web for durable objects.', [['web_search', { query: 'durable objects' }]]],
  ])('is called with what it says: %s', (question, calls) => {
    expect(callsOf([user(question)], all)).toEqual(calls);
  });

  it('is called once for each thing that is listed, side by side or one after the other', () => {
    const question = "What's the weather in Boston, MA, Tokyo and Paris, and what is the time in Oslo?";
    const calls = [
      ['get_current_weather', { location: 'Boston, MA' }],
      ['get_current_weather', { location: 'Tokyo' }],
      ['get_current_weather', { location: 'Paris' }],
      ['get_time', { city: 'Oslo' }],
    ];
    expect(callsOf([user(question)], all)).toEqual(calls);
    const first = callsOf([user(question)], all, { parallelToolCalls: false });
    expect(first).toEqual(calls.slice(0, 1));
    const called: ModelMessage[] = [
      { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'get_current_weather', argumentsJson: '{}' }] },
      { role: 'tool', toolCallId: 'a', toolName: 'get_current_weather', content: 'rain', isError: false },
    ];
    expect(callsOf([user(question), ...called], all, { parallelToolCalls: false })).toEqual(calls.slice(1, 2));
    expect(answer([user(question), ...called], all)).toEqual({
      text: 'The tool get_current_weather answered: rain',
      calls: [],
    });
  });

  it('is not called without what it needs, and the answer says what that is', () => {
    expect(answer([user('Will you tell me the delivery date of my order?')], all)).toEqual({
      text: 'The tool getDeliveryDate seems to be meant, but your message does not say “order_id”. Say it as “name: value”.',
      calls: [],
    });
  });

  it.each(['What is AIDevOS?', 'Which models are there?', 'Write me a haiku.', 'Hello!', 'How do I deploy?'])(
    'is not called for other questions: %s',
    (question) => {
      expect(answer([user(question)], all).calls).toEqual([]);
    },
  );

  it('is called with arguments of its schema, whatever is said', () => {
    const said = fc.oneof(
      fc.string(),
      fc
        .array(
          fc.constantFrom(
            'weather',
            'in',
            'Paris',
            'and',
            'Rome',
            ',',
            '2',
            '*',
            '3',
            'flight from',
            'to',
            '"x"',
            'email',
            'order',
          ),
          { maxLength: 12 },
        )
        .map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(said, fc.constantFrom('auto' as const, 'required' as const), (words, type) => {
        const { calls, text: spoken } = answer([user(words)], all, { toolChoice: { type } });
        expect(calls.length > 0 || spoken !== '').toBe(true);
        expect(type === 'auto' || calls.length > 0).toBe(true);
        for (const { name, argumentsJson } of calls) {
          const made: unknown = JSON.parse(argumentsJson);
          const wanted = all.find((known) => known.name === name)?.parameters['required'];
          expect(made).toSatisfy((value: object) =>
            (wanted as string[]).every((property) => Object.hasOwn(value, property)),
          );
        }
      }),
    );
  });

  it('tells its calls apart, and is cut off at the limit', async () => {
    const asked = request([user('The weather in Paris and Rome?')], all);
    const ids: string[] = [];
    for await (const event of offlineChat.stream(asked)) if (event.type === 'tool_call_started') ids.push(event.id);
    expect(new Set(ids).size).toBe(2);
    const reasons: string[] = [];
    for await (const event of offlineChat.stream({ ...asked, maxOutputTokens: 2 }))
      if (event.type === 'finished') reasons.push(event.stopReason);
    expect(reasons).toEqual(['length']);
  });
});

describe('talk', () => {
  it.each([
    ['Hello!', 'Hello.'],
    ['Say this is a test!', 'this is a test'],
    ['Reply with exactly: first', 'first'],
    ['Reply with the single word pong', 'pong'],
    ['Respond with "OK"', 'OK'],
    ['What is 2 + 2?', '2 + 2 = 4'],
    ['Thank you.', 'You are welcome.'],
  ])('%s', (message, words) => {
    expect(answer([user(message)]).text).toBe(words);
  });

  it('finds again what was said', () => {
    const before: ModelMessage[] = [
      user('My name is Alice. I like tea.'),
      { role: 'assistant', content: 'Hello.', toolCalls: [] },
    ];
    expect(answer([...before, user('What is my name?')]).text).toBe('You said: “My name is Alice.”');
    expect(answer([...before, user('What is my address?')]).text).not.toContain('Alice');
  });

  it.each(['Sing about zebras.', 'Say something nice.', 'Explain quantum computing', 'what is the meaning of life'])(
    'says what it is to anything else: %s',
    (message) => {
      expect(answer([user(message)]).text).toContain('not a language model');
    },
  );
});

describe('pictures and documents', () => {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

  it('are told by what their bytes say', () => {
    const parts: ContentPart[] = [
      { type: 'text', text: 'What is this?' },
      { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: png } },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
      { type: 'file', name: 'a.txt', source: { type: 'base64', mediaType: 'text/plain', data: 'b25lCnR3bw==' } },
      { type: 'file', source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBERi0xLjcK' } },
    ];
    const { text: words } = answer([user('What is this?', parts)]);
    expect(words).toContain('a PNG image of 1 × 1 pixels, 70 bytes');
    expect(words).toContain('which I do not fetch');
    expect(words).toContain('a text “a.txt” of 2 lines, 7 bytes');
    expect(words).toContain('a PDF document of version 1.7, 9 bytes');
    expect(words).toContain('cannot see what it shows');
  });
});

describe('an answer in a form', () => {
  const format = (properties: object) => ({
    type: 'json_schema' as const,
    name: 'x',
    schema: { type: 'object', properties, required: Object.keys(properties), additionalProperties: false },
  });
  const formed = (messages: readonly ModelMessage[], properties: object): unknown =>
    JSON.parse(answer(messages, [], { format: format(properties) }).text);

  it('holds what was said, the answer in words, and else the least', () => {
    expect(
      formed([user('What is 2+2? city: Oslo, colour red, 12 pages')], {
        answer: text,
        city: text,
        colour: { enum: ['blue', 'red'] },
        pages: { type: 'integer' },
        author: text,
      }),
    ).toEqual({ answer: expect.any(String), city: 'Oslo', colour: 'red', pages: 12, author: '' });
  });

  it('is that of a schema in the instructions, where only JSON is asked for', () => {
    const schema = {
      type: 'object',
      properties: { city: text, days: { type: 'integer', minimum: 1 } },
      required: ['city', 'days'],
    };
    const system = `Answer with JSON like {x} of this schema:\n${JSON.stringify(schema)}\nand nothing else.`;
    const made = chat({ ...request([user('city: Oslo')], [], { format: { type: 'json_object' } }), system });
    expect(made.ok ? JSON.parse(made.value.text) : made.error).toEqual({ city: 'Oslo', days: 1 });
  });

  const book = {
    type: 'object',
    properties: { title: text, pages: { type: 'integer' } },
    required: ['title', 'pages'],
  };
  const told = `conform to the following schema:\n\n\`\`\`\n${JSON.stringify(book)}\n\`\`\``;

  it('follows a demand that stands in the messages or in the instructions, where no parameter says it', () => {
    const solaris = { title: 'Solaris', pages: 204 };
    const wanted = 'Give me a book: title "Solaris", pages 204';
    const inWords = (system: string, ...said: readonly string[]) => {
      const made = chat({
        ...request(
          said.map((words) => user(words)),
          [],
        ),
        system,
      });
      return made.ok ? JSON.parse(made.value.text) : made.error;
    };
    expect(inWords('', wanted, `Output should be in JSON format and ${told}`)).toEqual(solaris);
    expect(inWords('', `Answer in JSON and ${told}\n${wanted}`)).toEqual(solaris);
    expect(inWords(`You must respond with JSON. ${told}`, wanted)).toEqual(solaris);
  });

  it('stays words where a schema is only spoken of, or stands in a tool', () => {
    const inWords = (said: string) => {
      const made = chat(request([user(said)], []));
      return made.ok ? made.value.text : made.error;
    };
    expect(inWords(`What is this? ${told}`)).not.toContain('title');
    const tool = JSON.stringify({ name: 'f', parameters: book });
    expect(inWords(`Answer in JSON by a tool of this schema: ${tool}`)).not.toContain('title');
  });

  it('holds what a tool answered', () => {
    const messages: ModelMessage[] = [
      user('The weather?'),
      { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'get_time', argumentsJson: '{}' }] },
      { role: 'tool', toolCallId: 'a', toolName: 'get_time', content: '{"city":"Oslo","hour":7}', isError: false },
    ];
    expect(formed(messages, { city: text, hour: { type: 'integer' } })).toEqual({ city: 'Oslo', hour: 7 });
  });
});
