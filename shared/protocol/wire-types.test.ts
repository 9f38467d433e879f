/** Shapes that have no writer of their own to test: as the packages of OpenAI and Anthropic say they read them. */
import type Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import { expectTypeOf, it } from 'vitest';
import type { AnswerBlock, AnthropicAnswer, MessageEvent } from './anthropic/answer.ts';
import type { AnthropicErrorBody } from './anthropic/error.ts';
import type { AnthropicModel } from './anthropic/models.ts';
import type { AnthropicUsage } from './anthropic/usage.ts';
import type { EmbeddingList } from './openai/embeddings.ts';
import type { OpenAiError } from './openai/error.ts';
import type { OpenAiModel } from './openai/models.ts';

/** Their types are of values that may be written to, ours are not. */
type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
    : T;

type EventOf<Events extends { readonly type: string }, Type extends string> = Extract<Events, { readonly type: Type }>;

it('of embeddings, models and errors on OpenAI’s wire', () => {
  // An embedding is a text where base64 was asked for; the SDK decodes it itself.
  type Numbers = Omit<EmbeddingList, 'data'> & {
    data: (Omit<EmbeddingList['data'][number], 'embedding'> & { embedding: number[] })[];
  };
  expectTypeOf<Mutable<Numbers>>().toExtend<OpenAI.CreateEmbeddingResponse>();
  expectTypeOf<Mutable<OpenAiModel>>().toExtend<OpenAI.Model>();
  expectTypeOf<Mutable<OpenAiError>>().toExtend<OpenAI.ErrorObject>();
});

type BlockOf<Type extends AnswerBlock['type']> = Extract<AnswerBlock, { readonly type: Type }>;

it('of messages, events, models and errors on Anthropic’s wire', () => {
  type Body = Pick<AnthropicErrorBody, 'type' | 'request_id'> & { error: Pick<AnthropicErrorBody['error'], 'message'> };
  expectTypeOf<Body>().toExtend<
    Pick<Anthropic.ErrorResponse, 'type' | 'request_id'> & { error: { message: string } }
  >();
  expectTypeOf<Mutable<BlockOf<'text'>>>().toExtend<Omit<Anthropic.TextBlock, 'citations'>>();
  expectTypeOf<Mutable<BlockOf<'thinking'>>>().toExtend<Anthropic.ThinkingBlock>();
  expectTypeOf<Mutable<BlockOf<'tool_use'>>>().toExtend<
    Pick<Anthropic.ToolUseBlock, 'type' | 'id' | 'name' | 'input'>
  >();
  expectTypeOf<AnthropicModel['id' | 'display_name' | 'created_at' | 'type']>().toExtend<string>();
  expectTypeOf<AnthropicAnswer['stop_reason']>().toExtend<Anthropic.Message['stop_reason']>();
  expectTypeOf<Pick<AnthropicUsage, 'input_tokens' | 'output_tokens'>>().toExtend<
    Pick<Anthropic.Usage, 'input_tokens' | 'output_tokens'>
  >();
  expectTypeOf<MessageEvent['type']>().toExtend<Anthropic.RawMessageStreamEvent['type'] | 'ping' | 'error'>();
  type Delta = Mutable<EventOf<MessageEvent, 'content_block_delta'>>;
  expectTypeOf<Delta>().toExtend<Anthropic.RawContentBlockDeltaEvent>();
});
