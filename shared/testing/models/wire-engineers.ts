/**
 * The offline engineer behind the wires of OpenAI and Anthropic: whole projects then go through the real adapters over
 * real HTTP, and can be compared with a project that thought in the same process.
 */
import { respond } from '../../domain/offline-engineer/engineer.ts';
import type { ModelMessage, ModelRequest, ToolCall } from '../../ports/model-client.ts';
import { startFakeAnthropic } from './fake-anthropic.ts';
import { startFakeOpenAi } from './fake-openai.ts';
import type { FakeModelServer, Fault, FaultSchedule, ScriptedTurn } from './script.ts';

interface WireTool {
  readonly name?: string;
  readonly function?: { readonly name: string };
}

interface OpenAiMessage {
  readonly role: string;
  readonly content?: string | null;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
}

interface AnthropicBlock {
  readonly type: string;
  readonly text?: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly tool_use_id?: string;
  readonly content?: string | readonly { readonly text?: string }[];
  readonly is_error?: boolean;
}

interface AnthropicMessage {
  readonly role: string;
  readonly content: string | readonly AnthropicBlock[];
}

interface Body<Message> {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly tools?: readonly WireTool[];
}

const nameOfTool = (tool: WireTool): string => tool.name ?? tool.function?.name ?? '';

const nameOfCalls = (messages: readonly ModelMessage[], id: string): string =>
  messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls : [])).find((call) => call.id === id)
    ?.name ?? '';

const toolResult = (before: readonly ModelMessage[], id: string, content: string, isError: boolean): ModelMessage => ({
  role: 'tool',
  toolCallId: id,
  toolName: nameOfCalls(before, id),
  content,
  isError,
});

const fromOpenAi = (messages: readonly OpenAiMessage[]): readonly ModelMessage[] => {
  const result: ModelMessage[] = [];
  for (const { role, content, tool_call_id: id, tool_calls: calls = [] } of messages) {
    const text = content ?? '';
    if (role === 'user') result.push({ role, content: text });
    if (role === 'assistant') {
      const toolCalls: readonly ToolCall[] = calls.map((call) => ({
        id: call.id,
        name: call.function.name,
        argumentsJson: call.function.arguments,
      }));
      result.push({ role, content: text, toolCalls });
    }
    if (role === 'tool') result.push(toolResult(result, id ?? '', text, text.startsWith('Error')));
  }
  return result;
};

const textOf = (content: AnthropicBlock['content']): string =>
  typeof content === 'string' ? content : (content ?? []).map(({ text = '' }) => text).join('');

const fromAnthropic = (messages: readonly AnthropicMessage[]): readonly ModelMessage[] => {
  const result: ModelMessage[] = [];
  for (const { role, content } of messages) {
    const blocks: readonly AnthropicBlock[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    const text = blocks.map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join('');
    const results = blocks.filter(({ type }) => type === 'tool_result');
    for (const block of results) {
      result.push(toolResult(result, block.tool_use_id ?? '', textOf(block.content), block.is_error === true));
    }
    if (role === 'assistant') {
      const toolCalls = blocks
        .filter(({ type }) => type === 'tool_use')
        .map(({ id = '', name = '', input }) => ({ id, name, argumentsJson: JSON.stringify(input) }));
      result.push({ role, content: text, toolCalls });
    } else if (results.length === 0) result.push({ role: 'user', content: text });
  }
  return result;
};

/** Put before every test file that this model writes. */
const hostileCode: Readonly<Record<string, string>> = {
  bomber: 'const hoard: number[][] = []; for (;;) hoard.push(new Array(1_000_000).fill(1));\n',
  hanger: `/(a+)+$/.test('${'a'.repeat(60)}b');\n`,
};

const spoil = (tool: string, input: unknown, code: string | undefined): unknown => {
  if (code === undefined || tool !== 'write_files') return input;
  // SAFETY: the offline engineer writes files in this shape.
  const { files } = input as { readonly files: readonly { readonly path: string; readonly content: string }[] };
  return {
    files: files.map(({ path, content }) => ({ path, content: path.endsWith('.test.ts') ? code + content : content })),
  };
};

const think = (model: string, messages: readonly ModelMessage[], tools: readonly WireTool[]): ScriptedTurn => {
  if (model === 'silent') return { text: '' };
  const request: ModelRequest = {
    model,
    system: '',
    messages,
    tools: tools.map((tool) => ({ name: nameOfTool(tool), description: '', parameters: {} })),
    maxOutputTokens: 1,
    idempotencyKey: '',
  };
  const { text, calls } = respond(request);
  return {
    text,
    toolCalls: calls.map(({ tool, input }, index) => ({
      id: `call_${messages.length}_${index}`,
      name: tool,
      arguments: JSON.stringify(spoil(tool, input, hostileCode[model])),
    })),
  };
};

const misfortune: readonly Fault[] = [
  { type: 'status', status: 429, retryAfter: '0' },
  { type: 'status', status: 500 },
  { type: 'cut_after', bytes: 300 },
  { type: 'malformed_frame', frames: 2 },
];

/** The first requests of a team's life all go wrong in turn, every third one well. */
const unluckyStart: FaultSchedule = misfortune.flatMap((fault) => [fault, undefined, undefined]);

/** What agents of projects are told about themselves; clients of the API are not. */
const isTeamwork = (system: string): boolean => system.includes('of a team that builds');

/** OpenAI sends the system prompt as a message, Anthropic beside the messages, as a text or as blocks. */
const systemOf = (body: {
  readonly system?: AnthropicBlock['content'];
  readonly messages: readonly OpenAiMessage[];
}): string =>
  body.system === undefined
    ? body.messages
        .filter(({ role }) => role === 'system')
        .map(({ content }) => content ?? '')
        .join('\n')
    : textOf(body.system);

/** One request as it reached a provider. */
export interface WireRequest {
  readonly provider: 'openai' | 'anthropic';
  /** How many requests came to this provider before. */
  readonly index: number;
  readonly model: string;
  /** The system prompt, whole. */
  readonly system: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly string[];
  readonly idempotencyKey: string | undefined;
}

export interface WireEngineerOptions {
  /** What the n-th request of each provider meets; an unlucky start unless told. */
  readonly faults?: FaultSchedule;
  /**
   * Asked first for each request: a turn of its own, or undefined for the engineer's. `engineer` answers a conversation
   * as the engineer would, for a turn that differs only in part.
   */
  readonly before?: (
    request: WireRequest,
    engineer: (messages: readonly ModelMessage[]) => ScriptedTurn,
  ) => ScriptedTurn | undefined;
}

export interface WireEngineers {
  readonly variables: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** Starts both providers on free loopback ports; `variables` point the platform at them. */
export const startWireEngineers = async (options: WireEngineerOptions = {}): Promise<WireEngineers> => {
  const faults = options.faults ?? [];
  const teamRequests = { openai: 0, anthropic: 0 };
  const bad = (provider: WireRequest['provider'], system: string): Pick<ScriptedTurn, 'fault'> => {
    if (options.faults !== undefined || !isTeamwork(system)) return {};
    const fault = unluckyStart[teamRequests[provider]];
    teamRequests[provider] += 1;
    return fault === undefined ? {} : { fault };
  };
  const answer = (
    provider: WireRequest['provider'],
    { requests }: FakeModelServer,
    index: number,
    read: (body: Body<never>) => readonly ModelMessage[],
  ): ScriptedTurn => {
    // SAFETY: what the real adapter sent, in the provider's shape; `read` knows its messages.
    const body = requests[index]?.body as Body<never>;
    const { model, tools = [] } = body;
    const messages = read(body);
    const engineer = (conversation: readonly ModelMessage[]): ScriptedTurn => think(model, conversation, tools);
    const idempotencyKey = requests[index]?.headers['idempotency-key'];
    const system = systemOf(body);
    const request = { provider, index, model, system, messages, tools: tools.map(nameOfTool), idempotencyKey };
    return { ...(options.before?.(request, engineer) ?? engineer(messages)), ...bad(provider, system) };
  };
  const openAi: FakeModelServer = await startFakeOpenAi(
    ({ index }) => answer('openai', openAi, index, ({ messages }) => fromOpenAi(messages)),
    faults,
  );
  const anthropic: FakeModelServer = await startFakeAnthropic(
    ({ index }) => answer('anthropic', anthropic, index, ({ messages }) => fromAnthropic(messages)),
    faults,
  );
  return {
    variables: {
      OPENAI_API_KEY: openAi.apiKey,
      OPENAI_BASE_URL: `${openAi.url}/v1`,
      ANTHROPIC_API_KEY: anthropic.apiKey,
      ANTHROPIC_BASE_URL: anthropic.url,
    },
    close: async () => {
      await Promise.all([openAi.close(), anthropic.close()]);
    },
  };
};
