/**
 * What calls of models cost, in whole micro-dollars. A model that is not listed has no known price: it is counted in
 * tokens only, and no limit in money can hold it.
 */
import type { ModelUsage } from '../../ports/model-client.ts';
import type { Price, Rates } from './registry/model-card.ts';
import { findModelCard } from './registry/registry.ts';

/** The offline engineer is part of the platform, and Ollama runs on a machine of one's own. */
const freeProvider = /^(?:offline|ollama)\//;

const free: Price = { input: 0, cachedInput: 0, output: 0 };

/** The price of a model by its full name, or undefined when it is not known. */
export const findPrice = (model: string): Price | undefined =>
  freeProvider.test(model) ? free : findModelCard(model)?.price;

/** Providers bill the whole call at the rates for long prompts, not only what is over the limit. */
const ratesOf = (price: Price, inputTokens: number): Rates =>
  price.long !== undefined && inputTokens > price.long.aboveTokens ? price.long : price;

/** What a call cost in micro-dollars, rounded up; undefined without a price. */
export const costMicrosOf = (usage: ModelUsage, price: Price | undefined): number | undefined => {
  if (price === undefined) return undefined;
  const { inputTokens, outputTokens } = usage;
  const rates = ratesOf(price, inputTokens);
  const cached = Math.min(usage.cachedInputTokens, inputTokens);
  const written = Math.min(usage.cacheWriteTokens ?? 0, inputTokens - cached);
  const parts =
    (inputTokens - cached - written) * rates.input +
    cached * rates.cachedInput +
    written * (rates.cacheWrite ?? rates.input) +
    outputTokens * rates.output;
  return Math.ceil(parts / 1_000_000);
};
