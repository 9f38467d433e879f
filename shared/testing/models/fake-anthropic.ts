/** A server that speaks Anthropic's Messages API as it is on the wire, streaming, with its rules for requests. */
import { assertAnthropicRules, blocksOf, sealThought, signThought } from './anthropic-rules.ts';
import { list, property, startModelServer, textProperty, type ModelProtocol } from './server.ts';
import {
  argumentsTextOf,
  pieces,
  stopOf,
  type FakeModelServer,
  type FaultSchedule,
  type ParsedRequest,
  type ScriptedThought,
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

const textsOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : list(content)
        .map((block) => textProperty(block, 'text'))
        .join('\n');

const blockText = (block: unknown): string => textProperty(block, 'text') || textsOf(property(block, 'content'));

const isThought = (block: unknown): boolean => textProperty(block, 'type').endsWith('thinking');

const parseMessage = (message: unknown): readonly { role: string; text: string }[] => {
  const role = textProperty(message, 'role');
  return blocksOf(message)
    .filter((block) => !isThought(block))
    .map((block) => ({ role: property(block, 'type') === 'tool_result' ? 'tool' : role, text: blockText(block) }));
};

const parse = (body: unknown, index: number): ParsedRequest => {
  assertAnthropicRules(body);
  return {
    model: textProperty(body, 'model'),
    system: textsOf(property(body, 'system')),
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

const thoughtFrames = (index: number, thought: ScriptedThought): readonly string[] => {
  if ('sealed' in thought) {
    const block = { type: 'redacted_thinking', data: sealThought(thought.sealed) };
    return [frame('content_block_start', { index, content_block: block }), frame('content_block_stop', { index })];
  }
  const signature = signThought(thought.text);
  return [
    frame('content_block_start', { index, content_block: { type: 'thinking', thinking: '', signature: '' } }),
    ...pieces(thought.text).map((thinking) =>
      frame('content_block_delta', { index, delta: { type: 'thinking_delta', thinking } }),
    ),
    frame('content_block_delta', { index, delta: { type: 'signature_delta', signature } }),
    frame('content_block_stop', { index }),
  ];
};

const toolFrames = (index: number, id: string, name: string, argumentsText: string): readonly string[] => [
  frame('content_block_start', { index, content_block: { type: 'tool_use', id, name, input: {} } }),
  frame('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: '' } }),
  ...pieces(argumentsText).map((piece) =>
    frame('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: piece } }),
  ),
  frame('content_block_stop', { index }),
];

/** The blocks of the answer, each with the number it has among them. */
const blockFrames = (request: ParsedRequest, turn: ScriptedTurn): readonly string[] => {
  const blocks: readonly ((index: number) => readonly string[])[] = [
    ...(turn.reasoning ?? []).map((thought) => (index: number) => thoughtFrames(index, thought)),
    ...(turn.text === undefined || turn.text === '' ? [] : [turn.text]).map(
      (text) => (index: number) => textFrames(index, text),
    ),
    ...(turn.toolCalls ?? []).map((call, position) => {
      const id = call.id ?? `toolu_${request.index}_${position}`;
      return (index: number) => toolFrames(index, id, call.name, argumentsTextOf(call));
    }),
  ];
  return blocks.flatMap((block, index) => block(index));
};

const inputUsage = (turn: ScriptedTurn): object => {
  const read = turn.cachedInputTokens ?? 0;
  const written = turn.cacheWriteTokens ?? 0;
  return {
    input_tokens: (turn.inputTokens ?? 10) - read - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
  };
};

const outputUsage = (turn: ScriptedTurn): object => ({
  output_tokens: turn.outputTokens ?? 5,
  ...(turn.reasoningTokens === undefined ? {} : { output_tokens_details: { thinking_tokens: turn.reasoningTokens } }),
});

const frames = (request: ParsedRequest, turn: ScriptedTurn, withUsage: boolean): readonly string[] => {
  const stopText = turn.stopText ?? null;
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
    ...blockFrames(request, turn),
    frame('message_delta', {
      delta: {
        stop_reason: stopText === null ? stopReasons[stopOf(turn)] : 'stop_sequence',
        stop_sequence: stopText,
      },
      ...(withUsage ? { usage: outputUsage(turn) } : {}),
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
    '/v1/models': () => ({ data: [{ id: 'plain', type: 'model' }], has_more: false }),
    // Any figure will do that depends on what is counted.
    '/v1/messages/count_tokens': (body) => ({ input_tokens: JSON.stringify(property(body, 'messages')).length }),
  },
  malformedFrame: 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"ty\n\n',
  errorFrame: (code) => frame('error', { error: { type: code, message: 'Overloaded' } }),
  errorBody: (status, code, message) => ({
    type: 'error',
    error: {
      type: typeByStatus[status] ?? 'api_error',
      message: message ?? (code === undefined ? undefined : errorMessages[code]) ?? `refused ${apiKeyLike}`,
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
