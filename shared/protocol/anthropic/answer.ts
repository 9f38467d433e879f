/**
 * Answers in the shape of Anthropic's Messages API. Fields of the protocol that our models have nothing to say about
 * are there and null, because clients' types promise them.
 */
import type { StopReason } from '../../ports/model-client.ts';
import type { AnthropicUsage } from './usage.ts';

export type AnswerBlock =
  | { readonly type: 'text'; readonly text: string }
  /** The signature is empty where the provider signs nothing. */
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string }
  | {
      readonly type: 'tool_use';
      readonly id: string;
      readonly name: string;
      readonly input: unknown;
      readonly caller: { readonly type: 'direct' };
    };

export type AnthropicStopReason = 'end_turn' | 'stop_sequence' | 'tool_use' | 'max_tokens' | 'refusal';

/** What every piece of one answer says alike. */
export interface MessageHead {
  /** `msg_…` */
  readonly id: string;
  /** The name that was asked for. */
  readonly model: string;
}

export interface AnthropicAnswer extends MessageHead {
  readonly type: 'message';
  readonly role: 'assistant';
  readonly content: readonly AnswerBlock[];
  readonly container: null;
  readonly diagnostics: null;
  readonly stop_details: null;
  readonly stop_reason: AnthropicStopReason | null;
  readonly stop_sequence: string | null;
  readonly usage: AnthropicUsage & {
    readonly cache_creation: null;
    readonly inference_geo: null;
    readonly service_tier: null;
    readonly speed: null;
  };
}

export type BlockDelta =
  | { readonly type: 'text_delta'; readonly text: string }
  | { readonly type: 'thinking_delta'; readonly thinking: string }
  | { readonly type: 'signature_delta'; readonly signature: string }
  | { readonly type: 'input_json_delta'; readonly partial_json: string };

export type MessageEvent =
  | { readonly type: 'message_start'; readonly message: AnthropicAnswer }
  | { readonly type: 'content_block_start'; readonly index: number; readonly content_block: AnswerBlock }
  | { readonly type: 'content_block_delta'; readonly index: number; readonly delta: BlockDelta }
  | { readonly type: 'content_block_stop'; readonly index: number }
  | {
      readonly type: 'message_delta';
      readonly delta: {
        readonly stop_reason: AnthropicStopReason;
        readonly stop_sequence: string | null;
        readonly stop_details: null;
        readonly container: null;
      };
      readonly usage: AnthropicUsage;
    }
  | { readonly type: 'message_stop' };

const stopReasons: Readonly<Record<StopReason, AnthropicStopReason>> = {
  end: 'end_turn',
  tool_calls: 'tool_use',
  length: 'max_tokens',
  refusal: 'refusal',
};

/** Why an answer ended, in Anthropic's words. `stopText` is the text of `stop_sequences` that was met. */
export const toAnthropicStopReason = (reason: StopReason, stopText?: string): AnthropicStopReason =>
  reason === 'end' && stopText !== undefined ? 'stop_sequence' : stopReasons[reason];

/** A message; without more it is one of which nothing has come yet. */
export const messageOf = (
  head: MessageHead,
  usage: AnthropicUsage,
  rest: Partial<Pick<AnthropicAnswer, 'content' | 'stop_reason' | 'stop_sequence'>> = {},
): AnthropicAnswer => ({
  id: head.id,
  type: 'message',
  role: 'assistant',
  model: head.model,
  content: [],
  container: null,
  diagnostics: null,
  stop_details: null,
  stop_reason: null,
  stop_sequence: null,
  ...rest,
  usage: { ...usage, cache_creation: null, inference_geo: null, service_tier: null, speed: null },
});
