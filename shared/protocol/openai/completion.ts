/** Our answers in the shape of OpenAI's `chat.completion`. */
import type { CollectedAnswer, LinkedText } from '../../domain/model/collect.ts';
import { toReasoningDetails, type ReasoningDetail } from '../../domain/model/reasoning-details.ts';
import type { ModelUsage, ReasoningBlock, StopReason } from '../../ports/model-client.ts';
import type { CallForm } from './functions.ts';

/** What every piece of one answer says alike. */
export interface AnswerHead {
  /** `chatcmpl-…` */
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** The name that was asked for. */
  readonly model: string;
}

export type FinishReason = 'stop' | 'length' | 'content_filter' | CallForm;

export interface CompletionUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: {
    readonly cached_tokens: number;
    readonly cache_write_tokens?: number;
    readonly audio_tokens: 0;
  };
  readonly completion_tokens_details: {
    readonly reasoning_tokens: number;
    readonly audio_tokens: 0;
    readonly accepted_prediction_tokens: 0;
    readonly rejected_prediction_tokens: 0;
  };
}

export interface FunctionCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/** What an answer speaks of between two of its characters. */
export interface UrlCitation {
  readonly type: 'url_citation';
  readonly url_citation: {
    readonly start_index: number;
    readonly end_index: number;
    readonly title: string;
    readonly url: string;
  };
}

/** A link in OpenAI's words. */
export const toUrlCitation = ({ start, end, title, url }: LinkedText): UrlCitation => ({
  type: 'url_citation',
  url_citation: { start_index: start, end_index: end, title, url },
});

export interface ChatCompletion extends AnswerHead {
  readonly object: 'chat.completion';
  readonly choices: readonly [
    {
      readonly index: 0;
      readonly message: {
        readonly role: 'assistant';
        readonly content: string | null;
        readonly refusal: null;
        readonly annotations?: readonly UrlCitation[];
        readonly tool_calls?: readonly FunctionCall[];
        /** The only call, for callers that speak of functions. */
        readonly function_call?: FunctionCall['function'];
        /** What was thought, for people; the details are what a client gives back. */
        readonly reasoning_content?: string;
        readonly reasoning_details?: readonly ReasoningDetail[];
      };
      readonly logprobs: null;
      readonly finish_reason: FinishReason;
    },
  ];
  readonly usage: CompletionUsage;
}

const finishReasons = { end: 'stop', length: 'length', refusal: 'content_filter' } as const;

/** Why an answer ended, in OpenAI's words. */
export const toFinishReason = (reason: StopReason, form: CallForm = 'tool_calls'): FinishReason =>
  reason === 'tool_calls' ? form : finishReasons[reason];

/**
 * Tokens in OpenAI's words; the prompt's include the cached ones, as ours do. All details are there, as OpenAI tells them
 * always: clients read them without asking first.
 */
export const toCompletionUsage = (usage: ModelUsage): CompletionUsage => ({
  prompt_tokens: usage.inputTokens,
  completion_tokens: usage.outputTokens,
  total_tokens: usage.inputTokens + usage.outputTokens,
  prompt_tokens_details: {
    cached_tokens: usage.cachedInputTokens,
    ...(usage.cacheWriteTokens === undefined ? {} : { cache_write_tokens: usage.cacheWriteTokens }),
    audio_tokens: 0,
  },
  completion_tokens_details: {
    reasoning_tokens: usage.reasoningTokens ?? 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
});

const toThought = (
  reasoning: readonly ReasoningBlock[],
): Pick<ChatCompletion['choices'][0]['message'], 'reasoning_content' | 'reasoning_details'> => {
  const text = reasoning.map((block) => (block.type === 'text' ? block.text : '')).join('');
  return { ...(text === '' ? {} : { reasoning_content: text }), reasoning_details: toReasoningDetails(reasoning) };
};

const toCalls = (
  calls: readonly FunctionCall[],
  form: CallForm,
): Pick<ChatCompletion['choices'][0]['message'], CallForm> => {
  const [first] = calls;
  if (first === undefined) return {};
  return form === 'tool_calls' ? { tool_calls: calls } : { function_call: first.function };
};

/** One whole answer. */
export const toCompletion = (
  head: AnswerHead,
  answer: CollectedAnswer & { readonly ok: true },
  form: CallForm = 'tool_calls',
): ChatCompletion => {
  const calls = answer.toolCalls.map(({ id, name, argumentsJson }): FunctionCall => ({
    id,
    type: 'function',
    function: { name, arguments: argumentsJson === '' ? '{}' : argumentsJson },
  }));
  return {
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: answer.text === '' && calls.length > 0 ? null : answer.text,
          refusal: null,
          ...(answer.reasoning === undefined ? {} : toThought(answer.reasoning)),
          ...(answer.links === undefined ? {} : { annotations: answer.links.map(toUrlCitation) }),
          ...toCalls(calls, form),
        },
        logprobs: null,
        finish_reason: toFinishReason(answer.stopReason, form),
      },
    ],
    usage: toCompletionUsage(answer.usage),
  };
};
