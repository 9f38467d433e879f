/**
 * What is read of the pieces of OpenAI's stream. Lenient where the many compatible servers differ (absent or null),
 * strict about types: a piece of another shape is a malformed answer, not an empty one.
 */
import { z } from 'zod';
import type { LikelyToken, ModelUsage, TokenLogprob } from '../../ports/model-client.ts';

const text = z.string().nullish();

const called = z.object({ name: text, arguments: text }).nullish();

const toolCall = z.object({ index: z.number().int().nonnegative().nullish(), id: text, function: called });

/** Of OpenRouter; other kinds of details are known to nobody here. */
const reasoningDetail = z.looseObject({
  type: z.string(),
  text: text.catch(undefined),
  summary: text.catch(undefined),
  signature: text.catch(undefined),
  data: text.catch(undefined),
});

/** Mistral's models that think answer in parts, what they thought among them. */
const part = z.looseObject({
  type: z.string(),
  text,
  thinking: z.array(z.looseObject({ text })).nullish().catch(undefined),
});

const delta = z.object({
  content: z.union([z.string(), z.array(part)]).nullish(),
  refusal: text,
  /** DeepSeek's word for what was thought, and most servers'. */
  reasoning_content: text,
  /** The same, of OpenRouter, Groq, Ollama and newer vLLM. */
  reasoning: text.catch(undefined),
  reasoning_details: z.array(reasoningDetail).nullish().catch(undefined),
  tool_calls: z.array(toolCall).nullish(),
  /** What tool calls were before there could be several. */
  function_call: called,
});

const likelyToken = { token: z.string(), logprob: z.number(), bytes: z.array(z.number()).nullish() };

const logprobs = z.object({
  content: z.array(z.object({ ...likelyToken, top_logprobs: z.array(z.object(likelyToken)).nullish() })).nullish(),
});

export const openAiPiece = z.object({
  /** A frame of a proxy or of a server that speaks something else has none at all. */
  choices: z
    .array(z.object({ delta: delta.nullish(), finish_reason: text, logprobs: logprobs.nullish().catch(undefined) }))
    .nullish(),
  usage: z.unknown().optional(),
});

type SentToken = z.infer<z.ZodObject<typeof likelyToken>>;

const encoder = new TextEncoder();

const toLikelyToken = ({ token, logprob, bytes }: SentToken): LikelyToken => ({
  token,
  logprob,
  bytes: bytes ?? [...encoder.encode(token)],
});

/** The tokens of a piece, where they were asked for. */
export const readOpenAiLogprobs = (sent: OpenAiLogprobs): readonly TokenLogprob[] =>
  (sent?.content ?? []).map(({ top_logprobs: top, ...token }) => ({
    ...toLikelyToken(token),
    top: (top ?? []).map(toLikelyToken),
  }));

export type OpenAiLogprobs = z.infer<typeof logprobs> | null | undefined;
export type OpenAiDelta = z.infer<typeof delta>;
export type OpenAiToolCall = z.infer<typeof toolCall>;
export type OpenAiReasoningDetail = z.infer<typeof reasoningDetail>;

const tokens = z.number().int().nonnegative();
const detail = tokens.nullish().catch(undefined);

const openAiUsage = z.object({
  prompt_tokens: tokens,
  completion_tokens: tokens,
  total_tokens: detail,
  prompt_tokens_details: z.object({ cached_tokens: detail, cache_write_tokens: detail }).nullish(),
  completion_tokens_details: z.object({ reasoning_tokens: detail }).nullish(),
  /** DeepSeek's and Moonshot's words for cached tokens. */
  prompt_cache_hit_tokens: detail,
  cached_tokens: detail,
});

/** The figures of a piece; undefined when they are none, because no figure is better than a wrong one. */
export const readOpenAiUsage = (usage: unknown): ModelUsage | undefined => {
  const parsed = openAiUsage.safeParse(usage);
  if (!parsed.success) return undefined;
  const { prompt_tokens: inputTokens, completion_tokens: completion, total_tokens: total, ...told } = parsed.data;
  const reasoning = told.completion_tokens_details?.reasoning_tokens ?? 0;
  // xAI leaves what was thought out of the completion and counts it in the total.
  const isApart = reasoning > 0 && total === inputTokens + completion + reasoning;
  const cached = told.prompt_tokens_details?.cached_tokens ?? told.prompt_cache_hit_tokens ?? told.cached_tokens ?? 0;
  const written = told.prompt_tokens_details?.cache_write_tokens ?? 0;
  return {
    inputTokens,
    outputTokens: isApart ? completion + reasoning : completion,
    cachedInputTokens: cached,
    ...(written === 0 ? {} : { cacheWriteTokens: written }),
    ...(reasoning === 0 ? {} : { reasoningTokens: reasoning }),
  };
};
