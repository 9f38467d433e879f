/**
 * The offline engineer as a chat model, apart from its roles in a project. It is rule-based and says so: it answers
 * questions from facts, follows explicit instructions with the tools that are there, calls a tool when one is required,
 * when the message names it or has its words, and keeps to a format with what was said and else the least that satisfies
 * it. After the result of a tool it makes at most the next call of the same message, and then answers in words: it never
 * goes on by itself.
 */
import { createFailure } from '../../model/failure.ts';
import { err, ok, type Result } from '../../../errors/result.ts';
import type { ModelClient, ModelEvent, ModelRequest, StopReason, ToolDefinition } from '../../../ports/model-client.ts';
import { answerAsTold, answerInForm } from './formatted-answer.ts';
import { readInstruction } from './instruction.ts';
import { matchCalls } from './matched-calls.ts';
import { argumentsSaid, namedTool } from './named-tool.ts';
import { answerInWords } from './spoken-answer.ts';
import { matchTools } from './tool-match.ts';
import { planCalls, type PlannedCall } from './tool-plan.ts';
import { readTurn, workingFolder } from './turn.ts';

interface ChatAnswer {
  readonly text: string;
  readonly calls: readonly PlannedCall[];
}

type Calls = Result<readonly PlannedCall[], string>;

const callTool = (said: string, tool: ToolDefinition): Calls => {
  const made = argumentsSaid(said, tool);
  return made.ok
    ? ok([{ name: tool.name, argumentsJson: JSON.stringify(made.value) }])
    : err(`The offline engineer cannot make arguments for the tool ${tool.name}: ${made.error}.`);
};

/** The next calls of what was asked for; none when it is done or is nothing for tools. */
const freeCalls = (request: ModelRequest): Calls => {
  const { said, results } = readTurn(request.messages);
  if (results.some(({ isError }) => isError)) return ok([]);
  const instruction = readInstruction(said);
  const plan =
    instruction === undefined ? [] : planCalls(instruction, { tools: request.tools, folder: workingFolder(request) });
  if (plan.length > 0) return ok(plan.slice(results.length, results.length + 1));
  const named = namedTool(said, request.tools);
  if (named !== undefined) return results.length === 0 ? callTool(said, named) : ok([]);
  const { calls } = matchCalls(said, request.tools);
  if (request.options?.parallelToolCalls === false) return ok(calls.slice(results.length, results.length + 1));
  return ok(results.length === 0 ? calls : []);
};

/** The calls to be made; none when the answer is to be a text. */
const chooseCalls = (request: ModelRequest): Calls => {
  const choice = request.options?.toolChoice ?? { type: 'auto' };
  const { said } = readTurn(request.messages);
  switch (choice.type) {
    case 'none':
      return ok([]);
    case 'auto':
      return freeCalls(request);
    case 'required': {
      const free = freeCalls(request);
      const tool = namedTool(said, request.tools) ?? matchTools(said, request.tools)[0]?.tool ?? request.tools[0];
      return (free.ok && free.value.length > 0) || tool === undefined ? free : callTool(said, tool);
    }
    case 'named': {
      const tools = request.tools.filter(({ name }) => name === choice.name);
      const [tool] = tools;
      if (tool === undefined) return ok([]);
      const free = freeCalls({ ...request, tools });
      return free.ok && free.value.length > 0 ? free : callTool(said, tool);
    }
  }
};

/** The answer, or why there can be none: a pure function of the request. */
export const chat = (request: ModelRequest): Result<ChatAnswer, string> => {
  const calls = chooseCalls(request);
  if (!calls.ok) return calls;
  if (calls.value.length > 0) return ok({ text: '', calls: calls.value });
  const text = answerInWords(request);
  const format = request.options?.format;
  const formed = format === undefined ? ok(answerAsTold(request, text)) : answerInForm(request, format, text);
  return formed.ok ? ok({ text: formed.value, calls: [] }) : formed;
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

/** OpenAI takes no longer id of a call, and a conversation may go on with one of its models. */
const longestId = 40;

function* callEvents(calls: readonly PlannedCall[], turn: number): Generator<ModelEvent> {
  for (const [index, { name, argumentsJson }] of calls.entries()) {
    const id = `call_${turn}_${index}_${name}`.slice(0, longestId);
    yield { type: 'tool_call_started', index, id, name };
    for (const argumentsText of pieces(argumentsJson)) yield { type: 'tool_call_delta', index, argumentsText };
  }
}

function* toEvents(request: ModelRequest): Generator<ModelEvent> {
  const answer = chat(request);
  if (!answer.ok) {
    yield { type: 'failed', failure: createFailure('invalid_request', answer.error) };
    return;
  }
  const { calls } = answer.value;
  const { text: said, stopText } = stopAt(answer.value.text, request.options?.stop ?? []);
  const most = request.maxOutputTokens * charactersPerToken;
  let sent = 0;
  let isCut = false;
  const whole = calls.length > 0 ? callEvents(calls, request.messages.length) : textEvents(said);
  for (const event of whole) {
    const limited = cutAt(event, most - sent);
    const length = lengthOf(limited);
    isCut = lengthOf(event) > length;
    sent += length;
    if (length > 0 || event.type === 'tool_call_started') yield limited;
    if (isCut) break;
  }
  const outputTokens = Math.ceil(sent / charactersPerToken);
  yield { type: 'usage', usage: { inputTokens: inputTokens(request), outputTokens, cachedInputTokens: 0 } };
  const stopReason: StopReason = isCut ? 'length' : calls.length > 0 ? 'tool_calls' : 'end';
  yield { type: 'finished', stopReason, ...(isCut || stopText === undefined ? {} : { stopText }) };
}

function* textEvents(text: string): Generator<ModelEvent> {
  for (const piece of pieces(text)) yield { type: 'text_delta', text: piece };
}

const lengthOf = (event: ModelEvent): number =>
  event.type === 'text_delta' ? event.text.length : event.type === 'tool_call_delta' ? event.argumentsText.length : 0;

/** The event with at most so many characters of its text. */
const cutAt = (event: ModelEvent, most: number): ModelEvent => {
  if (event.type === 'text_delta') return { ...event, text: event.text.slice(0, most) };
  return event.type === 'tool_call_delta' ? { ...event, argumentsText: event.argumentsText.slice(0, most) } : event;
};

/** The chat model, behind the port of every model. */
export const offlineChat: ModelClient = {
  async *stream(request) {
    yield* toEvents(request);
  },
};
