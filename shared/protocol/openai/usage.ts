/** What an answer of OpenAI's wire says it used. Cached tokens are part of the prompt's, reasoning part of the answer's. */
import type { ModelUsage } from '../../ports/model-client.ts';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const fieldOf = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined);

const countOf = (value: unknown, name: string): number | undefined => {
  const count = fieldOf(value, name);
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
};

/** The field `usage` of a whole answer or a chunk; undefined where there is none or none that can be read. */
export const readUsage = (answer: unknown): ModelUsage | undefined => {
  const usage = fieldOf(answer, 'usage');
  const inputTokens = countOf(usage, 'prompt_tokens');
  if (inputTokens === undefined) return undefined;
  const details = fieldOf(usage, 'prompt_tokens_details');
  const cacheWriteTokens = countOf(details, 'cache_write_tokens');
  const reasoningTokens = countOf(fieldOf(usage, 'completion_tokens_details'), 'reasoning_tokens');
  return {
    inputTokens,
    // Embeddings have no answer that is counted.
    outputTokens: countOf(usage, 'completion_tokens') ?? 0,
    cachedInputTokens: countOf(details, 'cached_tokens') ?? 0,
    ...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
};
