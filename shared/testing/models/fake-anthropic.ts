/** A server that speaks Anthropic's Messages API as it is on the wire, streaming, with its rules for requests. */
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

const frame = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

const stopReasons = { end: 'end_turn', tool_calls: 'tool_use', length: 'max_tokens', refusal: 'refusal' } as const;

const typeByStatus: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

const errorMessages: Readonly<Record<string, string>> = {
  context_length_exceeded: 'prompt is too long: 210000 tokens > 200000 maximum',
};

const blockText = (block: unknown): string => textProperty(block, 'text') || textProperty(block, 'content');

/** A text is short for one block of it. */
const blocksOf = (message: unknown): readonly unknown[] => {
  const content = property(message, 'content');
  return typeof content === 'string' ? [{ type: 'text', text: content }] : list(content);
};

const parseMessage = (message: unknown): readonly { role: string; text: string }[] => {
  const role = textProperty(message, 'role');
  return blocksOf(message).map((block) => ({
    role: property(block, 'type') === 'tool_result' ? 'tool' : role,
    text: blockText(block),
  }));
};

/** The rules that the real API answers 400 for, and that an adapter is likely to break. */
const assertRules = (body: unknown): void => {
  const maxTokens = property(body, 'max_tokens');
  if (typeof maxTokens !== 'number' || maxTokens < 1) throw new Error('max_tokens: field required');
  let openCalls: readonly unknown[] = [];
  let lastRole = 'assistant';
  for (const message of list(property(body, 'messages'))) {
    const blocks = blocksOf(message);
    const types = blocks.map((block) => textProperty(block, 'type'));
    const role = textProperty(message, 'role');
    if (role === lastRole) throw new Error('roles must alternate');
    if (blocks.length === 0) throw new Error('content must not be empty');
    const results = blocks.filter((_, index) => types[index] === 'tool_result');
    const answered = results.map((block) => property(block, 'tool_use_id'));
    if (openCalls.some((id) => !answered.includes(id))) throw new Error('tool_use ids without tool_result blocks');
    if (types.slice(results.length).includes('tool_result')) throw new Error('tool_result blocks must come first');
    if (blocks.some((block) => property(block, 'type') === 'text' && blockText(block) === '')) {
      throw new Error('text content blocks must be non-empty');
    }
    openCalls = blocks.filter((_, index) => types[index] === 'tool_use').map((block) => property(block, 'id'));
    lastRole = role;
  }
};

const parse = (body: unknown, index: number): ParsedRequest => {
  assertRules(body);
  return {
    model: textProperty(body, 'model'),
    system: textProperty(body, 'system'),
    messages: list(property(body, 'messages')).flatMap(parseMessage),
    tools: list(property(body, 'tools')).map((tool) => textProperty(tool, 'name')),
    index,
  };
};

const textFrames = (index: number, text: string): readonly string[] => [
  frame('content_block_start', { index, content_block: { type: 'text', text: '' } }),
  frame('ping', {}),
  ...pieces(text).map((piece) => frame('content_block_delta', { index, delta: { type: 'text_delta', text: piece } })),
  frame('content_block_stop', { index }),
];

const toolFrames = (index: number, id: string, name: string, argumentsText: string): readonly string[] => [
  frame('content_block_start', { index, content_block: { type: 'tool_use', id, name, input: {} } }),
  frame('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: '' } }),
  ...pieces(argumentsText).map((piece) =>
    frame('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: piece } }),
  ),
  frame('content_block_stop', { index }),
];

const inputUsage = (turn: ScriptedTurn): object => {
  const cached = turn.cachedInputTokens ?? 0;
  return {
    input_tokens: (turn.inputTokens ?? 10) - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
  };
};

const frames = (request: ParsedRequest, turn: ScriptedTurn, withUsage: boolean): readonly string[] => {
  const texts = turn.text === undefined || turn.text === '' ? [] : [turn.text];
  return [
    frame('message_start', {
      message: {
        id: `msg_${request.index}`,
        type: 'message',
        role: 'assistant',
        model: request.model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        ...(withUsage ? { usage: { ...inputUsage(turn), output_tokens: 1 } } : {}),
      },
    }),
    ...texts.flatMap((text, index) => textFrames(index, text)),
    ...(turn.toolCalls ?? []).flatMap((call, index) =>
      toolFrames(texts.length + index, call.id ?? `toolu_${request.index}_${index}`, call.name, argumentsTextOf(call)),
    ),
    frame('message_delta', {
      delta: { stop_reason: stopReasons[stopOf(turn)], stop_sequence: null },
      ...(withUsage ? { usage: { output_tokens: turn.outputTokens ?? 5 } } : {}),
    }),
    frame('message_stop', {}),
  ];
};

const whole = (request: ParsedRequest, turn: ScriptedTurn): object => ({
  id: `msg_${request.index}`,
  type: 'message',
  role: 'assistant',
  model: request.model,
  content: [
    ...(turn.text === undefined || turn.text === '' ? [] : [{ type: 'text', text: turn.text }]),
    ...(turn.toolCalls ?? []).map((call, index) => ({
      type: 'tool_use',
      id: call.id ?? `toolu_${request.index}_${index}`,
      name: call.name,
      input: JSON.parse(argumentsTextOf(call)),
    })),
  ],
  stop_reason: stopReasons[stopOf(turn)],
  stop_sequence: null,
  usage: { ...inputUsage(turn), output_tokens: turn.outputTokens ?? 5 },
});

const protocol: ModelProtocol = {
  path: '/v1/messages',
  keyOf: (headers) => {
    // The API takes the key in either header; the SDK changed from the first to the second.
    const key = headers['x-api-key'];
    return typeof key === 'string' ? key : headers.authorization?.replace(/^Bearer /, '');
  },
  parse,
  frames,
  whole,
  others: {
    // Any figure will do that depends on what is counted.
    '/v1/messages/count_tokens': (body) => ({ input_tokens: JSON.stringify(property(body, 'messages')).length }),
  },
  malformedFrame: 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"ty\n\n',
  errorFrame: (code) => frame('error', { error: { type: code, message: 'Overloaded' } }),
  errorBody: (status, code) => ({
    type: 'error',
    error: {
      type: typeByStatus[status] ?? 'api_error',
      message: (code === undefined ? undefined : errorMessages[code]) ?? `refused ${apiKeyLike}`,
    },
    request_id: 'req_fake',
  }),
  endFrames: 1,
  headers: { 'request-id': 'req_fake', 'anthropic-ratelimit-requests-remaining': '59' },
};

/** Real messages sometimes repeat a part of the key; ours must never go further. */
const apiKeyLike = 'sk-ant-api03-not-a-real-key';

/** Starts a fake of Anthropic's API; `url` is its base address. */
export const startFakeAnthropic = (script: Script, faults: FaultSchedule = []): Promise<FakeModelServer> =>
  startModelServer(protocol, script, faults);
