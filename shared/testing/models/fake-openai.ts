/** A server that speaks OpenAI's Chat Completions as they are on the wire, streaming, and the older completions of prompts. */
import { parsePrompt, promptFrames, wholePrompt } from './fake-openai-prompts.ts';
import { assertSchema } from './schema-rule.ts';
import { list, property, startModelServer, textProperty, type ModelProtocol } from './server.ts';
import {
  argumentsTextOf,
  pieces,
  stopOf,
  type FakeModelServer,
  type FaultSchedule,
  type ParsedRequest,
  type Script,
  type ScriptedTurn,
} from './script.ts';

const frame = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;

const finishReasons = { end: 'stop', tool_calls: 'tool_calls', length: 'length', refusal: 'content_filter' } as const;

const codeByStatus: Readonly<Record<number, string>> = {
  401: 'invalid_api_key',
  404: 'model_not_found',
  429: 'rate_limit_exceeded',
};

const errorMessages: Readonly<Record<string, string>> = {
  context_length_exceeded: "This model's maximum context length is 128000 tokens.",
};

const messageFields = ['role', 'content', 'name', 'tool_calls', 'function_call', 'tool_call_id', 'refusal'];
const partTypes = ['text', 'image_url', 'file', 'refusal'];

const assertContent = (role: string, content: unknown): void => {
  const types = list(content).map((part) => textProperty(part, 'type'));
  const allowed = role === 'user' ? partTypes : ['text', 'refusal'];
  if (types.some((type) => !allowed.includes(type))) throw new Error('a part that this message cannot have');
  for (const part of list(content)) {
    const url = textProperty(property(part, 'image_url'), 'url');
    if (property(part, 'type') === 'image_url' && !/^(https?:|data:image\/)/.test(url))
      throw new Error('invalid image');
    const file = property(part, 'file');
    if (file !== undefined && textProperty(file, 'filename') === '') throw new Error('the file has no name');
  }
};

/** Our own adapter always sets a limit; clients need not. */
const assertLimit = (body: unknown): void => {
  if (typeof property(body, 'max_completion_tokens') !== 'number') throw new Error('max_completion_tokens is missing');
};

/** The rules that the real API answers 400 for, and that an adapter is likely to break. */
const assertRules = (body: unknown): void => {
  if (property(body, 'max_tokens') !== undefined && property(body, 'max_completion_tokens') !== undefined)
    throw new Error("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.");
  const tools = list(property(body, 'tools'));
  const functions = list(property(body, 'functions'));
  if (tools.length > 0 && functions.length > 0) throw new Error("'functions' and 'tools' cannot both be provided.");
  for (const tool of tools) assertSchema(property(property(tool, 'function'), 'parameters'));
  for (const definition of functions) assertSchema(property(definition, 'parameters'));
  const open = new Set<unknown>();
  for (const message of list(property(body, 'messages'))) {
    const unknown = Object.keys(Object(message)).find((name) => !messageFields.includes(name));
    if (unknown !== undefined) throw new Error(`Unknown parameter: messages.${unknown}`);
    assertContent(textProperty(message, 'role'), property(message, 'content'));
    if (property(message, 'role') === 'tool') {
      if (!open.delete(property(message, 'tool_call_id'))) throw new Error('a tool message must answer a tool call');
    } else if (open.size > 0) throw new Error('tool_call_ids did not have response messages');
    for (const call of list(property(message, 'tool_calls'))) open.add(property(call, 'id'));
  }
};

const textsOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : list(content)
        .map((part) => textProperty(part, 'text'))
        .join('\n');

const parse = (body: unknown, index: number): ParsedRequest => {
  if (property(body, 'prompt') !== undefined) return parsePrompt(body, index);
  assertRules(body);
  const messages = list(property(body, 'messages')).map((message) => ({
    role: textProperty(message, 'role').replace('function', 'tool'),
    text: textsOf(property(message, 'content')),
  }));
  const functions = list(property(body, 'functions'));
  return {
    model: textProperty(body, 'model'),
    system: messages.find(({ role }) => role === 'system')?.text ?? '',
    messages: messages.filter(({ role }) => role !== 'system'),
    tools: [...list(property(body, 'tools')).map((tool) => property(tool, 'function')), ...functions].map(
      (definition) => textProperty(definition, 'name'),
    ),
    ...(property(body, 'logprobs') === true ? { topLogprobs: Number(property(body, 'top_logprobs') ?? 0) } : {}),
    index,
    ...(functions.length > 0 ? { older: { type: 'functions' } } : {}),
  };
};

const toolDeltas = (index: number, id: string, name: string, argumentsText: string): readonly object[] => [
  { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] },
  ...pieces(argumentsText).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
];

const functionDeltas = (name: string, argumentsText: string): readonly object[] => [
  { function_call: { name, arguments: '' } },
  ...pieces(argumentsText).map((piece) => ({ function_call: { arguments: piece } })),
];

const usageOf = (turn: ScriptedTurn): object => {
  const prompt = turn.inputTokens ?? 10;
  const completion = turn.outputTokens ?? 5;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: turn.cachedInputTokens ?? 0,
      ...(turn.cacheWriteTokens === undefined ? {} : { cache_write_tokens: turn.cacheWriteTokens }),
      audio_tokens: 0,
    },
    completion_tokens_details: { reasoning_tokens: turn.reasoningTokens ?? 0, audio_tokens: 0 },
  };
};

/** Each piece is a token here, and as likely as it is long. */
const logprobsOf = (texts: readonly string[], { topLogprobs }: ParsedRequest): object | null => {
  if (topLogprobs === undefined) return null;
  const likely = (token: string) => ({ token, logprob: -token.length / 10, bytes: [...Buffer.from(token)] });
  const content = texts.map((token) => ({
    ...likely(token),
    top_logprobs: Array.from({ length: topLogprobs }, (_, rank) => likely(token.slice(rank))),
  }));
  return { content, refusal: null };
};

const finishReasonOf = ({ older }: ParsedRequest, turn: ScriptedTurn): string => {
  const reason = finishReasons[stopOf(turn)];
  return reason === 'tool_calls' && older !== undefined ? 'function_call' : reason;
};

/** As the servers that show it send what was thought; nobody can send sealed blocks. */
const thoughtOf = (turn: ScriptedTurn): string =>
  (turn.reasoning ?? []).map((thought) => ('text' in thought ? thought.text : '')).join('');

const frames = (request: ParsedRequest, turn: ScriptedTurn, withUsage: boolean): readonly string[] => {
  const { older } = request;
  if (older?.type === 'prompt')
    return promptFrames(request, older.answers, turn, withUsage ? usageOf(turn) : undefined);
  const shared = {
    id: `chatcmpl-${request.index}`,
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: request.model,
    system_fingerprint: 'fp_fake',
  };
  const calls = turn.toolCalls ?? [];
  const chunk = (delta: object, finishReason: string | null, logprobs: object | null = null): string =>
    frame({
      ...shared,
      choices: [{ index: 0, delta, logprobs, finish_reason: finishReason }],
      ...(withUsage ? { usage: null } : {}),
    });
  return [
    chunk({ role: 'assistant', content: calls.length > 0 ? null : '', refusal: null }, null),
    ...pieces(thoughtOf(turn)).map((text) => chunk({ reasoning_content: text }, null)),
    ...pieces(turn.text ?? '').map((content) => chunk({ content }, null, logprobsOf([content], request))),
    ...(older === undefined ? calls : calls.slice(0, 1))
      .flatMap((call, index) =>
        older === undefined
          ? toolDeltas(index, call.id ?? `call_${request.index}_${index}`, call.name, argumentsTextOf(call))
          : functionDeltas(call.name, argumentsTextOf(call)),
      )
      .map((delta) => chunk(delta, null)),
    chunk({}, finishReasonOf(request, turn)),
    ...(withUsage ? [frame({ ...shared, choices: [], usage: usageOf(turn) })] : []),
    'data: [DONE]\n\n',
  ];
};

const whole = (request: ParsedRequest, turn: ScriptedTurn): object => {
  const { older } = request;
  if (older?.type === 'prompt') return wholePrompt(request, older.answers, turn, usageOf(turn));
  const calls = (turn.toolCalls ?? []).map((call, index) => ({
    id: call.id ?? `call_${request.index}_${index}`,
    type: 'function',
    function: { name: call.name, arguments: argumentsTextOf(call) },
  }));
  return {
    id: `chatcmpl-${request.index}`,
    object: 'chat.completion',
    created: 1_700_000_000,
    model: request.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: calls.length > 0 ? null : (turn.text ?? ''),
          refusal: null,
          ...(thoughtOf(turn) === '' ? {} : { reasoning_content: thoughtOf(turn) }),
          ...(calls.length === 0
            ? {}
            : older === undefined
              ? { tool_calls: calls }
              : { function_call: calls[0]?.function }),
        },
        logprobs: logprobsOf(pieces(turn.text ?? ''), request),
        finish_reason: finishReasonOf(request, turn),
      },
    ],
    usage: usageOf(turn),
  };
};

const protocol: ModelProtocol = {
  path: '/v1/chat/completions',
  olderPath: '/v1/completions',
  keyOf: (headers) => headers.authorization?.replace(/^Bearer /, ''),
  wantsUsage: (body) => property(property(body, 'stream_options'), 'include_usage') === true,
  parse,
  frames,
  whole,
  others: {
    '/v1/models': () => ({ object: 'list', data: [{ id: 'plain', object: 'model' }] }),
    '/v1/embeddings': (body) => ({
      object: 'list',
      model: textProperty(body, 'model'),
      data: [{ object: 'embedding', index: 0, embedding: [0.6, 0.8] }],
      usage: { prompt_tokens: 3, total_tokens: 3 },
    }),
  },
  malformedFrame: 'data: {"id":"chatcmpl-0","object":"chat.completion.chunk","choices":[{"del\n\n',
  errorFrame: (code) => frame({ error: { message: 'The server had an error.', type: code, param: null, code } }),
  errorBody: (status, code, message) => ({
    error: {
      message:
        message ??
        (code === undefined ? undefined : errorMessages[code]) ??
        'Incorrect API key provided: test-key-******cdef.',
      type: status === 429 ? 'requests' : status >= 500 ? 'server_error' : 'invalid_request_error',
      param: null,
      code: code ?? codeByStatus[status] ?? null,
    },
  }),
  endFrames: 1,
  headers: { 'x-request-id': 'req_fake', 'x-ratelimit-remaining-requests': '59' },
};

/** Starts a fake of OpenAI's API; its base address for clients is `url` with `/v1`. */
export const startFakeOpenAi = (
  script: Script,
  faults: FaultSchedule = [],
  { limitRequired = true }: { readonly limitRequired?: boolean } = {},
): Promise<FakeModelServer> => {
  const parseRequest: ModelProtocol['parse'] = (body, index) => {
    if (limitRequired && property(body, 'prompt') === undefined) assertLimit(body);
    return parse(body, index);
  };
  return startModelServer({ ...protocol, parse: parseRequest }, script, faults);
};
