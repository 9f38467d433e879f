/**
 * The one port to every language model.
 *
 * Contract: `stream` never throws and never rejects. Every failure, also of the network, is the last event
 * (`failed`); a stream that ends with neither `finished` nor `failed` is a bug of the adapter.
 * A broken stream is never passed off as finished.
 */

/** A JSON Schema object, as tools and structured answers describe their arguments. */
export type JsonSchema = { readonly [keyword: string]: unknown };

export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonSchema;
  /** Arguments must keep to the schema exactly, where the provider can see to that. */
  readonly strict?: true;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** The arguments exactly as the model wrote them: JSON text that may be malformed. */
  readonly argumentsJson: string;
}

/** Bytes in the message itself, or where the provider may fetch them. */
export type MediaSource =
  | { readonly type: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly type: 'url'; readonly url: string };

/** A piece of a message that may be more than text. */
export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly source: MediaSource; readonly detail?: 'auto' | 'low' | 'high' }
  /** A document, for example a PDF. */
  | { readonly type: 'file'; readonly source: MediaSource; readonly name?: string };

/**
 * What a model thought before it answered. A provider that signs it wants it back unchanged with the tool calls that
 * followed; a redacted one is unreadable to all but the provider.
 */
export type ReasoningBlock =
  | { readonly type: 'text'; readonly text: string; readonly signature?: string }
  | { readonly type: 'redacted'; readonly data: string };

/**
 * `content` is all the text of a message. Where there is more than text, `parts` is the whole message in its order, text
 * included. `name` tells who said it where several speak in one role; only OpenAI's wire has a place for it.
 */
export type ModelMessage =
  | {
      readonly role: 'user';
      readonly content: string;
      readonly parts?: readonly ContentPart[];
      readonly name?: string;
    }
  | {
      readonly role: 'assistant';
      readonly content: string;
      readonly name?: string;
      readonly toolCalls: readonly ToolCall[];
      readonly reasoning?: readonly ReasoningBlock[];
    }
  | {
      readonly role: 'tool';
      readonly toolCallId: string;
      readonly toolName: string;
      readonly content: string;
      readonly isError: boolean;
      readonly parts?: readonly ContentPart[];
    };

/** Whether the model may, must or must not call tools. */
export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'named'; readonly name: string };

export type AnswerFormat =
  | { readonly type: 'json_object' }
  | { readonly type: 'json_schema'; readonly name: string; readonly schema: JsonSchema };

/** What may be asked of an answer. Absent is the provider's default; what is here the adapter sends or refuses. */
export interface ModelOptions {
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stop?: readonly string[];
  readonly format?: AnswerFormat;
  /** Names the end user to the provider. */
  readonly user?: string;
  readonly seed?: number;
  readonly topK?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  /** How likely each token of the text was, with so many of the likeliest in its place, 0 to 20. */
  readonly topLogprobs?: number;
  /** How much the model may think; `none` switches it off. */
  readonly reasoningEffort?: ReasoningEffort;
  /** The conversation will be sent again and longer: the provider's prompt cache is worth its surcharge. */
  readonly promptCaching?: true;
}

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export interface ModelRequest {
  /** The model's name without its provider, for example `claude-sonnet-4-5`. */
  readonly model: string;
  readonly system: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ToolDefinition[];
  readonly maxOutputTokens: number;
  /** Stable over retries of the same step, sent to providers that know idempotency. */
  readonly idempotencyKey: string;
  /** The how manieth try of this step it is, from 1 and by default 1: later ones are retries to a provider's budget. */
  readonly attempt?: number;
  readonly options?: ModelOptions;
}

export interface ModelUsage {
  /** All input tokens, cached ones included. */
  readonly inputTokens: number;
  /** All output tokens, those of reasoning included. */
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  /** Input tokens that were written to a cache, where the provider tells: they may cost more than others. */
  readonly cacheWriteTokens?: number;
  readonly reasoningTokens?: number;
}

export type StopReason = 'end' | 'tool_calls' | 'length' | 'refusal';

export type ModelFailureKind =
  | 'rate_limited'
  | 'overloaded'
  | 'provider_error'
  | 'timeout'
  | 'connection_lost'
  | 'malformed_response'
  | 'authentication'
  | 'invalid_request'
  | 'context_too_long'
  | 'cancelled';

export interface ModelFailure {
  readonly kind: ModelFailureKind;
  /** A sentence for a person; never a key, a header or a stack. */
  readonly message: string;
  readonly retryable: boolean;
  /** What the provider asked for by `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The HTTP status that the provider refused with. */
  readonly status?: number;
  /**
   * The call never left this process: held back by the provider's breaker or retry budget. It cost nothing, and says
   * nothing new about the provider, so it need not count as one more failure of the model.
   */
  readonly withheld?: true;
  /** A key of the workspace's own was at fault: the name of the credential, or of the provider where none can be used. */
  readonly credential?: string;
}

/** A token that might stand at a place of the text, and the natural logarithm of its probability. */
export interface LikelyToken {
  readonly token: string;
  readonly logprob: number;
  /** Its UTF-8; several tokens may share one character. */
  readonly bytes: readonly number[];
}

/** A token that stands there, and the likeliest ones. */
export interface TokenLogprob extends LikelyToken {
  readonly top: readonly LikelyToken[];
}

/** Where something that an answer speaks of can be had. */
export interface TextLink {
  readonly url: string;
  /** For people. */
  readonly title: string;
}

export type ModelEvent =
  | { readonly type: 'text_delta'; readonly text: string; readonly logprobs?: readonly TokenLogprob[] }
  /** The last `length` characters of the text so far (UTF-16 units) speak of what the link leads to. */
  | { readonly type: 'text_linked'; readonly link: TextLink; readonly length: number }
  | { readonly type: 'reasoning_delta'; readonly text: string }
  /** Ends a block of reasoning; what the provider wants back with it. */
  | { readonly type: 'reasoning_signed'; readonly signature: string }
  /** A whole block of reasoning that cannot be read. */
  | { readonly type: 'reasoning_redacted'; readonly data: string }
  | { readonly type: 'tool_call_started'; readonly index: number; readonly id: string; readonly name: string }
  | { readonly type: 'tool_call_delta'; readonly index: number; readonly argumentsText: string }
  | { readonly type: 'usage'; readonly usage: ModelUsage }
  | {
      readonly type: 'finished';
      readonly stopReason: StopReason;
      /** The text of `stop` that was met, where the provider tells. */
      readonly stopText?: string;
      /** Which model answered, where there was a choice: the name that its chain gives it. */
      readonly servedBy?: string;
    }
  | { readonly type: 'failed'; readonly failure: ModelFailure };

/** Structural, so that an `AbortSignal` fits and pure code needs no runtime. */
export interface CancelSignal {
  readonly aborted: boolean;
}

export interface ModelClient {
  readonly stream: (request: ModelRequest, signal?: CancelSignal) => AsyncIterable<ModelEvent>;
}
