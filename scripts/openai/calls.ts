/** What is asked: a wide set of calls to every endpoint of OpenAI's API that there may be. */
export interface Call {
  /** For the table. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** As the document writes it; `parameters` fill it in. */
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** The kind of answer; `error` with any status from 400, `stream` frame by frame. */
  readonly expects: 'json' | 'stream' | 'error';
  /** Another key, or none at all. */
  readonly key?: string | null;
  /** The model may be unable to: then it says so, naming the parameter. */
  readonly mayBeRefused?: true;
  /** A body that is sent as it stands. */
  readonly rawBody?: string;
}

const question = [{ role: 'user', content: 'What are you, and what can you do?' }];

const parameters = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
  required: ['city', 'days'],
  additionalProperties: false,
};

const schema = {
  type: 'object',
  properties: { title: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } } },
  required: ['title', 'tags'],
  additionalProperties: false,
};

const chatTool = { type: 'function', function: { name: 'look_up_weather', description: 'The weather.', parameters } };
const calledTool = {
  id: 'call_1',
  type: 'function',
  function: { name: 'look_up_weather', arguments: '{"city":"Oslo","days":2}' },
};

const answeredTool = [
  { role: 'user', content: 'Please use look_up_weather.' },
  { role: 'assistant', content: null, tool_calls: [calledTool] },
  { role: 'tool', tool_call_id: 'call_1', content: 'Rain on both days.' },
];

const weatherFunction = { name: 'look_up_weather', description: 'The weather.', parameters };
const calledFunction = { name: 'look_up_weather', arguments: '{"city":"Oslo","days":2}' };

const answeredFunction = [
  { role: 'user', content: 'Please use look_up_weather.' },
  { role: 'assistant', content: null, function_call: calledFunction },
  { role: 'function', name: 'look_up_weather', content: 'Rain on both days.' },
];

const chatVariants: readonly (readonly [string, object])[] = [
  ['answers', { messages: question }],
  ['answers with a limit', { messages: question, max_completion_tokens: 5 }],
  ['stops at a text', { messages: question, stop: ['I'] }],
  [
    'keeps to a developer message and parts',
    {
      messages: [
        { role: 'developer', content: 'Be short.' },
        { role: 'user', content: [{ type: 'text', text: 'Hello.' }] },
      ],
    },
  ],
  ['calls a tool', { messages: [{ role: 'user', content: 'Please use look_up_weather.' }], tools: [chatTool] }],
  ['calls the required tool', { messages: question, tools: [chatTool], tool_choice: 'required' }],
  [
    'calls the named tool',
    { messages: question, tools: [chatTool], tool_choice: { type: 'function', function: { name: 'look_up_weather' } } },
  ],
  ['answers after a tool', { messages: answeredTool, tools: [chatTool] }],
  [
    'calls a function',
    { messages: [{ role: 'user', content: 'Please use look_up_weather.' }], functions: [weatherFunction] },
  ],
  [
    'calls the named function',
    { messages: question, functions: [weatherFunction], function_call: { name: 'look_up_weather' } },
  ],
  ['answers after a function', { messages: answeredFunction, functions: [weatherFunction] }],
  [
    'keeps to a schema',
    {
      messages: question,
      response_format: { type: 'json_schema', json_schema: { name: 'thing', schema, strict: true } },
    },
  ],
];

/** The team works on its own, and of `auto` it depends on what is configured; every other model here can do all of it. */
const refusals = (model: string): Pick<Call, 'mayBeRefused'> =>
  model === 'team' || model.startsWith('auto') ? { mayBeRefused: true } : {};

const chatCalls = (model: string): readonly Call[] =>
  chatVariants.flatMap(([name, body]): readonly Call[] => {
    const call = { method: 'POST', path: '/chat/completions', ...refusals(model) } as const;
    const limits = 'max_completion_tokens' in body ? {} : { max_completion_tokens: 400 };
    const request = { model, ...limits, ...body };
    return [
      { ...call, name: `${model}: ${name}`, body: request, expects: 'json' },
      { ...call, name: `${model}: ${name}, streamed`, body: { ...request, stream: true }, expects: 'stream' },
      {
        ...call,
        name: `${model}: ${name}, streamed with usage`,
        body: { ...request, stream: true, stream_options: { include_usage: true } },
        expects: 'stream',
      },
    ];
  });

const promptVariants: readonly (readonly [string, object])[] = [
  ['completes', { prompt: 'What are you?', max_tokens: 200 }],
  ['completes up to 16 tokens', { prompt: 'What are you?' }],
  ['completes several, each twice', { prompt: ['What are you?', 'Hello.'], n: 2, max_tokens: 50 }],
  ['repeats the prompt', { prompt: 'What are you?', echo: true, max_tokens: 50 }],
];

const promptCalls = (model: string): readonly Call[] =>
  promptVariants.flatMap(([name, body]): readonly Call[] => {
    const call = { method: 'POST', path: '/completions', ...refusals(model) } as const;
    const streamed = { model, ...body, stream: true };
    return [
      { ...call, name: `${model}: ${name}`, body: { model, ...body }, expects: 'json' },
      { ...call, name: `${model}: ${name}, streamed`, body: streamed, expects: 'stream' },
      {
        ...call,
        name: `${model}: ${name}, streamed with usage`,
        body: { ...streamed, stream_options: { include_usage: true } },
        expects: 'stream',
      },
    ];
  });

const promptErrors: readonly (readonly [string, Partial<Call>])[] = [
  ['an unknown model', { body: { model: 'no-such-model', prompt: 'Hello.' } }],
  ['no prompt', { body: { model: 'offline/engineer' } }],
  ['a prompt that is none', { body: { model: 'offline/engineer', prompt: { text: 'Hello.' } } }],
  ['tokens', { body: { model: 'offline/engineer', prompt: [5, 6] } }],
  ['no key', { body: { model: 'offline/engineer', prompt: 'Hello.' }, key: null }],
];

const responsesTool = {
  type: 'function',
  name: 'look_up_weather',
  description: 'The weather.',
  parameters,
  strict: true,
};

const responsesVariants: readonly (readonly [string, object])[] = [
  ['answers', { input: 'What are you?' }],
  [
    'answers instructions and items',
    { instructions: 'Be short.', input: [{ role: 'user', content: [{ type: 'input_text', text: 'Hello.' }] }] },
  ],
  ['calls a tool', { input: 'Please use look_up_weather.', tools: [responsesTool] }],
  ['calls the required tool', { input: 'What are you?', tools: [responsesTool], tool_choice: 'required' }],
  [
    'answers after a tool',
    {
      input: [
        { role: 'user', content: 'Please use look_up_weather.' },
        { type: 'function_call', call_id: 'call_1', name: 'look_up_weather', arguments: '{"city":"Oslo","days":2}' },
        { type: 'function_call_output', call_id: 'call_1', output: 'Rain.' },
      ],
      tools: [responsesTool],
    },
  ],
  [
    'keeps to a schema',
    { input: 'What are you?', text: { format: { type: 'json_schema', name: 'thing', schema, strict: true } } },
  ],
];

const responsesCalls = (model: string): readonly Call[] =>
  responsesVariants.flatMap(([name, body]): readonly Call[] => {
    const call = { method: 'POST', path: '/responses', ...refusals(model) } as const;
    const request = { model, max_output_tokens: 400, store: false, ...body };
    return [
      { ...call, name: `${model}: ${name}`, body: request, expects: 'json' },
      { ...call, name: `${model}: ${name}, streamed`, body: { ...request, stream: true }, expects: 'stream' },
    ];
  });

const said = [
  { role: 'user', content: 'The port is 8080.' },
  { role: 'assistant', content: 'Noted.' },
];

/** What belongs to a response beside its own making. */
const aroundResponses = (model: string): readonly Call[] => [
  {
    name: `${model}: makes a conversation short`,
    method: 'POST',
    path: '/responses/compact',
    body: { model, input: said },
    expects: 'json',
    ...refusals(model),
  },
  {
    name: `${model}: counts tokens`,
    method: 'POST',
    path: '/responses/input_tokens',
    body: { model, input: said, tools: [responsesTool] },
    expects: 'json',
  },
  ...(['json', 'stream'] as const).map((expects): Call => ({
    name: `${model}: tells how likely tokens are, as ${expects}`,
    method: 'POST',
    path: '/responses',
    body: {
      model,
      input: 'What are you?',
      include: ['message.output_text.logprobs'],
      top_logprobs: 2,
      stream: expects === 'stream',
    },
    expects,
    mayBeRefused: true,
  })),
];

const chatErrors: readonly (readonly [string, Partial<Call>])[] = [
  ['an unknown model', { body: { model: 'offline/enginer', messages: question } }],
  ['no messages', { body: { model: 'offline/engineer' } }],
  ['no JSON', { rawBody: '{"model":' }],
  ['both limits', { body: { model: 'offline/engineer', messages: question, max_tokens: 1, max_completion_tokens: 1 } }],
  [
    'a result of a function without its call',
    { body: { model: 'offline/engineer', messages: [{ role: 'function', name: 'f', content: 'x' }] } },
  ],
  [
    'a tool result without its call',
    { body: { model: 'offline/engineer', messages: [{ role: 'tool', tool_call_id: 'call_9', content: 'x' }] } },
  ],
  ['a wrong key', { body: { model: 'offline/engineer', messages: question }, key: 'sk-wrong' }],
  ['no key', { body: { model: 'offline/engineer', messages: question }, key: null }],
  ['an unknown model, streamed', { body: { model: 'no-such-model', messages: question, stream: true } }],
];

/** The offline engineer makes none; its place is taken by the offline embedder. */
const embedderFor = (model: string): string => (model === 'offline/engineer' ? 'offline/embedder' : model);

const embeddingCalls = (model: string): readonly Call[] =>
  [{ input: 'one text' }, { input: ['one', 'two'], encoding_format: 'float' }, { input: 'x', dimensions: 16 }].map(
    (body, index) => ({
      name: `${model}: embeds, form ${index + 1}`,
      method: 'POST',
      path: '/embeddings',
      body: { model: embedderFor(model), ...body },
      expects: 'json',
    }),
  );

/** The calls for a platform that has these models. */
export const callsFor = (models: readonly string[]): readonly Call[] => [
  { name: 'the list', method: 'GET', path: '/models', expects: 'json' },
  ...models.map((model): Call => ({
    name: model,
    method: 'GET',
    path: '/models/{model}',
    parameters: { model },
    expects: 'json',
  })),
  {
    name: 'an unknown one',
    method: 'GET',
    path: '/models/{model}',
    parameters: { model: 'no/such' },
    expects: 'error',
  },
  { name: 'without a key', method: 'GET', path: '/models', expects: 'error', key: null },
  ...models.filter((model) => !/embed/.test(model)).flatMap(chatCalls),
  ...chatErrors.map(([name, more]): Call => ({
    name,
    method: 'POST',
    path: '/chat/completions',
    expects: 'error',
    ...more,
  })),
  ...models.filter((model) => !/embed/.test(model)).flatMap(promptCalls),
  ...promptErrors.map(([name, more]): Call => ({
    name,
    method: 'POST',
    path: '/completions',
    expects: 'error',
    ...more,
  })),
  ...models.filter((model) => !/embed/.test(model)).flatMap(responsesCalls),
  ...models.filter((model) => !/embed/.test(model)).flatMap(aroundResponses),
  {
    name: 'an unknown model',
    method: 'POST',
    path: '/responses',
    body: { model: 'no-such-model', input: 'Hello.' },
    expects: 'error',
  },
  { name: 'no input', method: 'POST', path: '/responses', body: { model: 'offline/engineer' }, expects: 'error' },
  ...models.filter((model) => /embed|offline/.test(model)).flatMap(embeddingCalls),
];
