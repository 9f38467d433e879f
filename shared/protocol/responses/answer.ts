/** The shapes of OpenAI's Responses API that answers are made of (https://platform.openai.com/docs/api-reference/responses). */
import type { LikelyToken, ModelUsage, TokenLogprob } from '../../ports/model-client.ts';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** What a text speaks of between two of its characters. */
export interface UrlAnnotation {
  readonly type: 'url_citation';
  readonly start_index: number;
  readonly end_index: number;
  readonly title: string;
  readonly url: string;
}

/** How likely a token was that the text has, and the likeliest ones in its place. */
export interface ShownLogprob extends LikelyToken {
  readonly top_logprobs: readonly LikelyToken[];
}

/** As the API shows them. */
export const toShownLogprobs = (logprobs: readonly TokenLogprob[] = []): readonly ShownLogprob[] =>
  logprobs.map(({ top, ...token }) => ({ ...token, top_logprobs: top }));

export interface OutputText {
  readonly type: 'output_text';
  readonly text: string;
  readonly annotations: readonly UrlAnnotation[];
  readonly logprobs: readonly ShownLogprob[];
}

export interface OutputMessage {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly status: ItemStatus;
  readonly content: readonly OutputText[];
}

/** `arguments` is JSON text as the model wrote it. */
export interface FunctionCallItem {
  readonly id: string;
  readonly type: 'function_call';
  readonly call_id: string;
  readonly name: string;
  readonly namespace?: string;
  readonly arguments: string;
  readonly status: ItemStatus;
}

/** A call of a tool that takes plain text. */
export interface CustomToolCallItem {
  readonly id: string;
  readonly type: 'custom_tool_call';
  readonly call_id: string;
  readonly name: string;
  readonly namespace?: string;
  readonly input: string;
  readonly status: ItemStatus;
}

export interface SummaryText {
  readonly type: 'summary_text';
  readonly text: string;
}

export interface ReasoningText {
  readonly type: 'reasoning_text';
  readonly text: string;
}

/** What the model thought: in `summary` where a summary was asked for, else in `content`. */
export interface ReasoningItem {
  readonly id: string;
  readonly type: 'reasoning';
  readonly status: ItemStatus;
  readonly summary: readonly SummaryText[];
  readonly content?: readonly ReasoningText[];
  /** See `reasoning.ts`. Only where it was asked for. */
  readonly encrypted_content?: string;
}

export type OutputItem = OutputMessage | FunctionCallItem | CustomToolCallItem | ReasoningItem;

export interface ResponseUsage {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

export interface ResponseError {
  readonly code: 'server_error' | 'rate_limit_exceeded' | 'invalid_prompt';
  readonly message: string;
}

/** What of an answer is known before the model was asked: mostly the request again, with its defaults. */
export interface ResponseHead {
  /** `resp_…` */
  readonly id: string;
  readonly object: 'response';
  /** Seconds since 1970. */
  readonly created_at: number;
  readonly model: string;
  readonly previous_response_id: string | null;
  readonly conversation: { readonly id: string } | null;
  readonly instructions: string | null;
  /** As they were sent, with `strict` and `description` of functions filled in. */
  readonly tools: readonly object[];
  readonly tool_choice: string | object;
  readonly parallel_tool_calls: boolean;
  readonly text: { readonly format: object };
  readonly reasoning: { readonly effort: string | null; readonly summary: string | null };
  readonly temperature: number;
  readonly top_p: number;
  readonly top_logprobs: number;
  readonly presence_penalty: number;
  readonly frequency_penalty: number;
  readonly max_output_tokens: number | null;
  readonly max_tool_calls: number | null;
  readonly truncation: 'disabled';
  readonly store: boolean;
  readonly background: false;
  readonly service_tier: 'default';
  readonly metadata: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly safety_identifier: string | null;
  readonly prompt_cache_key: string | null;
  readonly access_programs: null;
}

export interface ResponseAnswer extends ResponseHead {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  readonly completed_at: number | null;
  readonly error: ResponseError | null;
  readonly incomplete_details: { readonly reason: 'max_output_tokens' | 'content_filter' } | null;
  readonly output: readonly OutputItem[];
  /** Zeros until the model told. */
  readonly usage: ResponseUsage;
}

const noUsage: ModelUsage = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 };

/** Tokens in the API's words. */
export const toResponseUsage = (usage: ModelUsage = noUsage): ResponseUsage => ({
  input_tokens: usage.inputTokens,
  input_tokens_details: { cached_tokens: usage.cachedInputTokens, cache_write_tokens: usage.cacheWriteTokens ?? 0 },
  output_tokens: usage.outputTokens,
  output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
  total_tokens: usage.inputTokens + usage.outputTokens,
});

/** The item as it is shown to somebody who did not ask for what only the provider reads. Of a summary it is all there is. */
export const withoutEncrypted = <Item extends object>(item: Item): Omit<Item, 'encrypted_content'> => {
  if ('type' in item && item.type === 'compaction') return item;
  const { encrypted_content: _hidden, ...shown } = { encrypted_content: undefined, ...item };
  return shown;
};
