/**
 * The offline engineer as a chat model, apart from its roles in a project. It is rule-based and says so: it answers
 * questions from facts, follows explicit instructions with the tools that are there, calls a tool when one is required or
 * when the last message names it, and keeps to a format with the least that satisfies it. After the result of a tool it
 * makes at most the next call of the same instruction, and then answers in words: it never goes on by itself.
 */
import { createFailure } from '../../model/failure.ts';
import { err, ok, type Result } from '../../../errors/result.ts';
import type {
  ModelClient,
  ModelEvent,
  ModelMessage,
  ModelRequest,
  StopReason,
  ToolDefinition,
} from '../../../ports/model-client.ts';
import { answerFromFacts } from './facts.ts';
import { readInstruction } from './instruction.ts';
import { minimalValue } from './minimal-value.ts';
import { argumentsSaid, namedTool } from './named-tool.ts';
import { planCalls, type PlannedCall } from './tool-plan.ts';

interface ChatAnswer {
  readonly text: string;
  readonly call?: PlannedCall;
}

const introduction =
  'I am the offline engineer of AIDevOS: a rule-based program and not a language model, so I cannot talk about your message. I answer questions about AIDevOS, and I build web applications from product specifications: send one to POST /api/projects or run "aidevos build <file>".';

const longestQuote = 500;

type ToolResult = Extract<ModelMessage, { role: 'tool' }>;

/** The last thing that a person said, and the results of tools since then. */
const readTurn = (
  messages: readonly ModelMessage[],
): { readonly said: string; readonly results: readonly ToolResult[] } => {
  const index = messages.findLastIndex(({ role }) => role === 'user');
  const message = messages[index];
  return {
    said: message?.role === 'user' ? message.content : '',
    results: messages.slice(index + 1).filter((later): later is ToolResult => later.role === 'tool'),
  };
};

const callTool = (said: string, tool: ToolDefinition): Result<PlannedCall, string> => {
  const made = argumentsSaid(said, tool);
  return made.ok
    ? ok({ name: tool.name, argumentsJson: JSON.stringify(made.value) })
    : err(`The offline engineer cannot make arguments for the tool ${tool.name}: ${made.error}.`);
};

/** The next call of what was asked for, or undefined when it is done or is nothing for tools. */
const freeCall = (request: ModelRequest): Result<PlannedCall | undefined, string> => {
  const { said, results } = readTurn(request.messages);
  const instruction = readInstruction(said);
  const plan = instruction === undefined ? [] : planCalls(instruction, request.tools);
  if (plan.length > 0) return ok(results.some(({ isError }) => isError) ? undefined : plan[results.length]);
  const named = results.length === 0 ? namedTool(said, request.tools) : undefined;
  return named === undefined ? ok(undefined) : callTool(said, named);
};

/** The call to be made, or undefined when the answer is to be a text. */
const chooseCall = (request: ModelRequest): Result<PlannedCall | undefined, string> => {
  const choice = request.options?.toolChoice ?? { type: 'auto' };
  const { said } = readTurn(request.messages);
  switch (choice.type) {
    case 'none':
      return ok(undefined);
    case 'auto':
      return freeCall(request);
    case 'required': {
      const free = freeCall(request);
      const tool = namedTool(said, request.tools) ?? request.tools[0];
      return (free.ok && free.value !== undefined) || tool === undefined ? free : callTool(said, tool);
    }
    case 'named': {
      const tool = request.tools.find(({ name }) => name === choice.name);
      return tool === undefined ? ok(undefined) : callTool(said, tool);
    }
  }
};

const sentence = ({ messages, tools }: ModelRequest): string => {
  const { said, results } = readTurn(messages);
  const last = results.at(-1);
  if (last !== undefined) {
    const quote = last.content.length > longestQuote ? `${last.content.slice(0, longestQuote)}…` : last.content;
    return `The tool ${last.toolName} answered: ${quote}`;
  }
  if (tools.length > 0 && readInstruction(said) !== undefined) {
    const offered = tools.slice(0, 20).map(({ name }) => name);
    return `I understand what you ask for, and none of the tools that I was given does it: ${offered.join(', ')}.`;
  }
  const facts = answerFromFacts(said);
  return facts.length > 0 ? facts.join('\n\n') : introduction;
};

/** The answer, or why there can be none: a pure function of the request. */
export const chat = (request: ModelRequest): Result<ChatAnswer, string> => {
  const call = chooseCall(request);
  if (!call.ok) return call;
  if (call.value !== undefined) return ok({ text: '', call: call.value });
  const text = sentence(request);
  const format = request.options?.format;
  if (format === undefined) return ok({ text });
  if (format.type === 'json_object') return ok({ text: JSON.stringify({ answer: text }) });
  const made = minimalValue(format.schema, format.name);
  return made.ok
    ? ok({ text: JSON.stringify(made.value) })
    : err(`The offline engineer cannot keep to the schema ${format.name}: ${made.error}.`);
};

/** A rough count: four characters to a token. */
const charactersPerToken = 4;

const countTokens = (text: string): number => Math.ceil(text.length / charactersPerToken);

const inputTokens = ({ system, messages, tools }: ModelRequest): number =>
  countTokens(system) +
  messages.reduce((sum, { content }) => sum + countTokens(content), 0) +
  tools.reduce((sum, tool) => sum + countTokens(JSON.stringify(tool)), 0);

interface Stopped {
  readonly text: string;
  readonly stopText?: string;
}

/** The text up to the first stop text. */
const stopAt = (text: string, stops: readonly string[]): Stopped =>
  stops.reduce<Stopped>(
    (shortest, stop) => {
      const place = text.indexOf(stop);
      return place >= 0 && place < shortest.text.length ? { text: text.slice(0, place), stopText: stop } : shortest;
    },
    { text },
  );

/** Words, each with the space after it, as a model sends them. */
const pieces = (text: string): readonly string[] => text.match(/\S+\s*|\s+/g) ?? [];

function* toEvents(request: ModelRequest): Generator<ModelEvent> {
  const answer = chat(request);
  if (!answer.ok) {
    yield { type: 'failed', failure: createFailure('invalid_request', answer.error) };
    return;
  }
  const { call } = answer.value;
  const stopped: Stopped =
    call === undefined ? stopAt(answer.value.text, request.options?.stop ?? []) : { text: call.argumentsJson };
  const { text: said, stopText } = stopped;
  const sent = said.slice(0, request.maxOutputTokens * charactersPerToken);
  if (call !== undefined) {
    const id = `call_${request.messages.length}_${call.name}`;
    yield { type: 'tool_call_started', index: 0, id, name: call.name };
  }
  for (const piece of pieces(sent)) {
    if (call === undefined) yield { type: 'text_delta', text: piece };
    else yield { type: 'tool_call_delta', index: 0, argumentsText: piece };
  }
  const outputTokens = countTokens(sent);
  yield { type: 'usage', usage: { inputTokens: inputTokens(request), outputTokens, cachedInputTokens: 0 } };
  const whole: StopReason = call === undefined ? 'end' : 'tool_calls';
  if (sent.length < said.length) yield { type: 'finished', stopReason: 'length' };
  else yield { type: 'finished', stopReason: whole, ...(stopText === undefined ? {} : { stopText }) };
}

/** The chat model, behind the port of every model. */
export const offlineChat: ModelClient = {
  async *stream(request) {
    yield* toEvents(request);
  },
};
