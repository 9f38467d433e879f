/**
 * What tools were before there could be several calls in one answer: `functions`, `function_call` and messages of the role
 * `function`. A request that has them becomes one with tools before anything else reads it, and the answer's call is
 * written back in the older form; nobody between the two knows of it.
 */
import { err, ok, type Result } from '../../errors/result.ts';
import type { ModelClient } from '../../ports/model-client.ts';
import type { ChatMessage, ChatRequest } from '../../schemas/openai-chat.ts';
import { invalidValue, type OpenAiRefusal } from './error.ts';

/** A message of today's form. */
export type ToolMessage = Exclude<ChatMessage, { role: 'function' }>;

/** A request in today's form. */
export type ToolRequest = Omit<ChatRequest, 'functions' | 'function_call' | 'messages'> & { messages: ToolMessage[] };

/** How the calls of an answer are written, which is also what its `finish_reason` says of them. */
export type CallForm = 'tool_calls' | 'function_call';

/** The form in which the caller expects calls. */
export const callFormOf = ({ functions }: Pick<ChatRequest, 'functions'>): CallForm =>
  (functions ?? []).length > 0 ? 'function_call' : 'tool_calls';

/** OpenAI names no parameter and no code here. */
const bothForms: OpenAiRefusal = {
  status: 400,
  error: {
    message: "Invalid request: 'functions' and 'tools' cannot both be provided; use 'tools' alone.",
    type: 'invalid_request_error',
    param: null,
    code: null,
  },
};

const onlyWith = (param: string, needed: string): OpenAiRefusal =>
  invalidValue(param, `Invalid value for '${param}': '${param}' is only allowed when '${needed}' are specified.`);

/** What cannot be asked for together. */
const mixtureOf = (request: ChatRequest): OpenAiRefusal | undefined => {
  const { functions, tools, function_call: choice, tool_choice: toolChoice, parallel_tool_calls: parallel } = request;
  const hasFunctions = (functions ?? []).length > 0;
  if (hasFunctions && (tools ?? []).length > 0) return bothForms;
  if (!hasFunctions) return (choice ?? undefined) === undefined ? undefined : onlyWith('function_call', 'functions');
  if ((toolChoice ?? undefined) !== undefined) return onlyWith('tool_choice', 'tools');
  return parallel === true ? onlyWith('parallel_tool_calls', 'tools') : undefined;
};

interface OpenCall {
  readonly id: string;
  readonly name: string;
}

const unanswered = (param: string, { name }: OpenCall): OpenAiRefusal =>
  invalidValue(param, `The call of '${name}' must be answered by a message of the role 'function' right after it.`);

type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>;

/** Undefined where the message calls in both forms. */
const fromFunctionCall = (
  { function_call: call, ...message }: AssistantMessage,
  index: number,
): { readonly open: OpenCall; readonly message: ToolMessage } | undefined => {
  if (call === undefined || call === null || (message.tool_calls ?? []).length > 0) return undefined;
  const id = `call_function_${index}`;
  const toolCall = { id, type: 'function', function: { name: call.name, arguments: call.arguments } };
  return { open: { id, name: call.name }, message: { ...message, tool_calls: [toolCall] } };
};

/** Calls had no ids, so each is given one by its place; its result is what comes next. */
const readMessages = (messages: readonly ChatMessage[]): Result<ToolMessage[], OpenAiRefusal> => {
  const read: ToolMessage[] = [];
  let open: OpenCall | undefined;
  for (const [index, message] of messages.entries()) {
    const param = `messages[${index}]`;
    if (message.role === 'function') {
      const { role: _role, content, ...rest } = message;
      if (open === undefined) {
        return err(
          invalidValue(`${param}.role`, "A message of the role 'function' must follow the call of a function."),
        );
      }
      if (message.name !== open.name)
        return err(invalidValue(`${param}.name`, `The function called is '${open.name}'.`));
      read.push({ ...rest, role: 'tool', content: content ?? '', tool_call_id: open.id });
      open = undefined;
      continue;
    }
    if (open !== undefined) return err(unanswered(param, open));
    if (message.role !== 'assistant' || (message.function_call ?? undefined) === undefined) {
      read.push(message);
      continue;
    }
    const called = fromFunctionCall(message, index);
    if (called === undefined) {
      return err(invalidValue(`${param}.function_call`, "'function_call' and 'tool_calls' cannot both be provided."));
    }
    open = called.open;
    read.push(called.message);
  }
  return open === undefined ? ok(read) : err(unanswered('messages', open));
};

/** The same request with tools, of which at most one is called at a time. */
export const toToolRequest = (request: ChatRequest): Result<ToolRequest, OpenAiRefusal> => {
  const mixture = mixtureOf(request);
  if (mixture !== undefined) return err(mixture);
  const { functions, function_call: choice, messages: sent, ...rest } = request;
  const messages = readMessages(sent);
  if (!messages.ok) return messages;
  if (callFormOf(request) === 'tool_calls') return ok({ ...rest, messages: messages.value });
  const tools = (functions ?? []).map((definition) => ({ type: 'function', function: definition }));
  const named = typeof choice === 'object' && choice !== null;
  return ok({
    ...rest,
    messages: messages.value,
    tools,
    tool_choice: named ? { type: 'function', function: choice } : choice,
    parallel_tool_calls: false,
  });
};

const inFunctionWords = (text: string): string =>
  text.replaceAll(/\btools\[(\d+)\]\.function\b/g, 'functions[$1]').replace(/^tool_choice\b/, 'function_call');

/** A refusal of the request with tools, with the places that the caller knows. */
export const toFunctionRefusal = ({ error, ...refusal }: OpenAiRefusal): OpenAiRefusal => ({
  ...refusal,
  error: {
    ...error,
    message: inFunctionWords(error.message),
    param: error.param === null ? null : inFunctionWords(error.param),
  },
});

/**
 * A model of whose calls only the first one is seen: the older form has no place for another. A model is told to make one
 * call at most, and some make several all the same.
 */
export const withFirstCall = (client: ModelClient): ModelClient => ({
  stream: async function* (request, signal) {
    let first: number | undefined;
    for await (const event of client.stream(request, signal)) {
      if (event.type === 'tool_call_started') first ??= event.index;
      const isCall = event.type === 'tool_call_started' || event.type === 'tool_call_delta';
      if (!isCall || event.index === first) yield event;
    }
  },
});
