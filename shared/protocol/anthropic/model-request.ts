/** A request for Anthropic's Messages in our form, for models that speak another wire. */
import { err, ok, type Result } from '../../errors/result.ts';
import type { ModelOptions, ModelRequest, ReasoningEffort } from '../../ports/model-client.ts';
import type { MessagesRequest } from '../../schemas/anthropic-messages.ts';
import type { OpenAiRefusal } from '../openai/error.ts';
import type { Capabilities } from '../openai/capabilities.ts';
import { asksForCache, findImpossible, findWithoutEffect, userOf } from './capabilities.ts';
import { threadNotFound } from './error.ts';
import type { ThinkingDisplay } from './message-writer.ts';
import { readMessages } from './messages.ts';
import { readFormat, readToolChoice, readTools } from './tools.ts';

export interface TranslatedMessage {
  readonly request: ModelRequest;
  readonly thinking: ThinkingDisplay;
  /** Fields that were taken and change nothing, for the answer to say so. */
  readonly withoutEffect: readonly string[];
}

/** Tokens of thought from which on an effort is more than the one before. */
const mediumBudget = 4_096;
const highBudget = 16_384;

/** A budget as an effort, since other wires have no budgets. Not to think is the default of this wire, and asks nothing. */
const effortOf = ({ thinking, output_config: output }: MessagesRequest): ReasoningEffort | undefined => {
  if (thinking?.type === 'disabled') return undefined;
  if (typeof output?.effort === 'string') return output.effort;
  if (thinking?.type !== 'enabled') return undefined;
  const { budget_tokens: budget } = thinking;
  return budget < mediumBudget ? 'low' : budget < highBudget ? 'medium' : 'high';
};

/** Thoughts are for those who asked for them: others do not know what to do with such blocks. */
const displayOf = ({ thinking }: MessagesRequest): ThinkingDisplay => {
  if (thinking === undefined || thinking.type === 'disabled') return 'hidden';
  return 'display' in thinking && thinking.display === 'omitted' ? 'omitted' : 'shown';
};

const plainOptions = (request: MessagesRequest, able: Capabilities): ModelOptions => {
  const { temperature, top_p: topP, top_k: topK, stop_sequences: stop } = request;
  const user = userOf(request, able);
  const reasoningEffort = able.reasoning ? effortOf(request) : undefined;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined || able.isRuled === true ? {} : { topK }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop }),
    ...(user === undefined ? {} : { user }),
    ...(reasoningEffort === undefined ? {} : { reasoningEffort }),
    ...(asksForCache(request) ? { promptCaching: true } : {}),
  };
};

/** To think, in a turn that began without it. */
const idleOf = (request: ModelRequest, able: Capabilities): readonly string[] =>
  able.findIdle?.(request).includes('reasoningEffort') === true ? ['thinking'] : [];

/** `model` is the name that the provider knows; `idempotencyKey` stays the same over retries. */
export const toModelRequest = (
  request: MessagesRequest,
  able: Capabilities,
  call: { readonly model: string; readonly idempotencyKey: string },
): Result<TranslatedMessage, OpenAiRefusal> => {
  if (request.thread?.type === 'continue') return err(threadNotFound);
  const messages = readMessages(request, able.textFiles === true);
  if (!messages.ok) return messages;
  const tools = readTools(request.tools);
  if (!tools.ok) return tools;
  const choice = readToolChoice(request.tool_choice, tools.value);
  if (!choice.ok) return choice;
  const format = readFormat(request.output_config);
  if (!format.ok) return format;
  const options: ModelOptions = {
    ...plainOptions(request, able),
    ...choice.value,
    ...(format.value === undefined ? {} : { format: format.value }),
  };
  const translated = { ...call, ...messages.value, tools: tools.value, maxOutputTokens: request.max_tokens, options };
  const impossible = findImpossible(translated, able);
  if (impossible !== undefined) return err(impossible);
  return ok({
    request: translated,
    thinking: displayOf(request),
    withoutEffect: [...new Set([...findWithoutEffect(request, able), ...idleOf(translated, able)])],
  });
};
