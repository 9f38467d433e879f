/** A chat request in our form. What the provider cannot do is refused here, before anything is sent. */
import { err, ok, type Result } from '../../errors/result.ts';
import type { ModelOptions, ModelRequest } from '../../ports/model-client.ts';
import type { ChatRequest } from '../../schemas/openai-chat.ts';
import { checkCapabilities, findConflict, findIdle, type Capabilities } from './capabilities.ts';
import type { OpenAiRefusal } from './error.ts';
import { callFormOf, toFunctionRefusal, toToolRequest, type ToolRequest } from './functions.ts';
import { readMessages } from './messages.ts';
import { readFormat, readToolChoice, readTools } from './tools.ts';

export interface TranslatedRequest {
  readonly request: ModelRequest;
  /** Parameters that were taken and change nothing, for the answer to say so. */
  readonly withoutEffect: readonly string[];
}

const plainOptions = (request: ToolRequest, able: Capabilities): ModelOptions => {
  const { temperature, top_p: topP, stop, parallel_tool_calls: parallelToolCalls, user, seed } = request;
  const { frequency_penalty: frequencyPenalty, presence_penalty: presencePenalty, reasoning_effort: effort } = request;
  return {
    ...(typeof temperature === 'number' ? { temperature } : {}),
    ...(typeof topP === 'number' ? { topP } : {}),
    ...(typeof parallelToolCalls === 'boolean' ? { parallelToolCalls } : {}),
    ...(stop === undefined || stop === null ? {} : { stop: typeof stop === 'string' ? [stop] : stop }),
    ...(typeof seed === 'number' ? { seed } : {}),
    ...(typeof frequencyPenalty === 'number' && able.penalties ? { frequencyPenalty } : {}),
    ...(typeof presencePenalty === 'number' && able.penalties ? { presencePenalty } : {}),
    ...(effort !== undefined && effort !== null && able.reasoning ? { reasoningEffort: effort } : {}),
    ...(typeof user === 'string' && able.user ? { user } : {}),
  };
};

/** `model` is the name that the provider knows; `idempotencyKey` stays the same over retries. */
interface NamedCall {
  readonly model: string;
  readonly idempotencyKey: string;
}

const translate = (
  request: ToolRequest,
  able: Capabilities,
  call: NamedCall,
): Result<TranslatedRequest, OpenAiRefusal> => {
  const withoutEffect = checkCapabilities(request, able);
  if (!withoutEffect.ok) return withoutEffect;
  const messages = readMessages(request.messages, able);
  if (!messages.ok) return messages;
  const tools = readTools(request.tools);
  if (!tools.ok) return tools;
  const toolChoice = readToolChoice(request.tool_choice, tools.value);
  if (!toolChoice.ok) return err(toolChoice.error);
  const format = readFormat(request.response_format);
  if (!format.ok) return err(format.error);
  const options: ModelOptions = {
    ...plainOptions(request, able),
    ...(toolChoice.value === undefined ? {} : { toolChoice: toolChoice.value }),
    ...(format.value === undefined ? {} : { format: format.value }),
  };
  const maxOutputTokens = request.max_completion_tokens ?? request.max_tokens ?? able.defaultMaxOutputTokens;
  const { withoutEffect: lost, ...conversation } = messages.value;
  const translated = { ...call, ...conversation, tools: tools.value, maxOutputTokens, options };
  const conflict = findConflict(translated, able);
  if (conflict !== undefined) return err(conflict);
  return ok({ request: translated, withoutEffect: [...withoutEffect.value, ...lost, ...findIdle(translated, able)] });
};

/** The request in our form, in whichever form it speaks of tools. */
export const toModelRequest = (
  request: ChatRequest,
  able: Capabilities,
  call: NamedCall,
): Result<TranslatedRequest, OpenAiRefusal> => {
  const asked = toToolRequest(request);
  if (!asked.ok) return asked;
  const translated = translate(asked.value, able, call);
  if (translated.ok || callFormOf(request) === 'tool_calls') return translated;
  return err(toFunctionRefusal(translated.error));
};
