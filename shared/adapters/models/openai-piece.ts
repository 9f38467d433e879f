/**
 * What is read of the pieces of OpenAI's stream. Lenient where the many compatible servers differ (absent or null),
 * strict about types: a piece of another shape is a malformed answer, not an empty one.
 */
import { z } from 'zod';
import type { ModelUsage } from '../../ports/model-client.ts';

const text = z.string().nullish();

const toolCall = z.object({
  index: z.number().int().nonnegative().nullish(),
  id: text,
  function: z.object({ name: text, arguments: text }).nullish(),
});

const delta = z.object({ content: text, refusal: text, tool_calls: z.array(toolCall).nullish() });

export const openAiPiece = z.object({
  /** A frame of a proxy or of a server that speaks something else has none at all. */
  choices: z.array(z.object({ delta: delta.nullish(), finish_reason: text })).nullish(),
  usage: z.unknown().optional(),
});

export type OpenAiDelta = z.infer<typeof delta>;
export type OpenAiToolCall = z.infer<typeof toolCall>;

const tokens = z.number().int().nonnegative();

const openAiUsage = z.object({
  prompt_tokens: tokens,
  completion_tokens: tokens,
  prompt_tokens_details: z.object({ cached_tokens: tokens.nullish() }).nullish(),
});

/** The figures of a piece; undefined when they are none, because no figure is better than a wrong one. */
export const readOpenAiUsage = (usage: unknown): ModelUsage | undefined => {
  const parsed = openAiUsage.safeParse(usage);
  if (!parsed.success) return undefined;
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens, prompt_tokens_details: details } = parsed.data;
  return { inputTokens, outputTokens, cachedInputTokens: details?.cached_tokens ?? 0 };
};
