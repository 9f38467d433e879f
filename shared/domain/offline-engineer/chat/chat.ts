/**
 * The offline engineer as a chat model, apart from its roles in a project. It is rule-based and says so: it tells what
 * it is for, calls a tool when one is required or when the last message names it, and keeps to a format with the least
 * that satisfies it.
 */
import { createFailure } from '../../model/failure.ts';
import { err, ok, type Result } from '../../../errors/result.ts';
import type { ModelClient, ModelEvent, ModelRequest, StopReason, ToolDefinition } from '../../../ports/model-client.ts';
import { minimalValue } from './minimal-value.ts';

interface ChatAnswer {
  readonly text: string;
  readonly call?: { readonly name: string; readonly argumentsJson: string };
}

const introduction =
  'I am the offline engineer of AIDevOS: a rule-based program and not a language model, so I cannot talk about your message. I build web applications from product specifications: send one to POST /api/projects or run "aidevos build <file>".';

const longestQuote = 500;

const namesTool = (text: string, { name }: ToolDefinition): boolean =>
  text.split(/[^a-zA-Z0-9_-]+/).some((word) => word === name);

/** The tool to be called, or undefined when the answer is to be a text. */
const chooseTool = (request: ModelRequest): ToolDefinition | undefined => {
  const { tools, options = {} } = request;
  const choice = options.toolChoice ?? { type: 'auto' };
  const last = request.messages.at(-1);
  const named = last?.role === 'user' ? tools.find((tool) => namesTool(last.content, tool)) : undefined;
  switch (choice.type) {
    case 'none':
      return undefined;
    case 'auto':
      return named;
    case 'required':
      return named ?? tools[0];
    case 'named':
      return tools.find(({ name }) => name === choice.name);
  }
};

const sentence = ({ messages }: ModelRequest): string => {
  const last = messages.at(-1);
  if (last?.role !== 'tool') return introduction;
  const quote = last.content.length > longestQuote ? `${last.content.slice(0, longestQuote)}…` : last.content;
  return `The tool ${last.toolName} answered: ${quote}`;
};

/** The answer, or why there can be none: a pure function of the request. */
export const chat = (request: ModelRequest): Result<ChatAnswer, string> => {
  const tool = chooseTool(request);
  if (tool !== undefined) {
    const made = minimalValue({ type: 'object', ...tool.parameters }, 'arguments');
    return made.ok
      ? ok({ text: '', call: { name: tool.name, argumentsJson: JSON.stringify(made.value) } })
      : err(`The offline engineer cannot make arguments for the tool ${tool.name}: ${made.error}.`);
  }
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
