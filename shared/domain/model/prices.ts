/**
 * What known models cost, in micro-dollars (a millionth of a dollar) for a million tokens, so that all sums are whole
 * numbers. Source: the list prices of the providers as collected by `@pydantic/genai-prices` 0.1.8 (MIT), read in
 * November 2026; surcharges for very long prompts and for writing a cache are not in it.
 * A model that is not listed has no known price: it is counted in tokens only, and no limit in money can hold it.
 */
import type { ModelUsage } from '../../ports/model-client.ts';

export interface Price {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
}

/** Prices by `<provider>/<model>`, without the date that some names end in. */
export type PriceList = Readonly<Record<string, Price>>;

const dollars = (input: number, cachedInput: number, output: number): Price => ({
  input: Math.round(input * 1_000_000),
  cachedInput: Math.round(cachedInput * 1_000_000),
  output: Math.round(output * 1_000_000),
});

export const listPrices: PriceList = {
  'anthropic/claude-opus-4-8': dollars(5, 0.5, 25),
  'anthropic/claude-opus-4-7': dollars(5, 0.5, 25),
  'anthropic/claude-opus-4-6': dollars(5, 0.5, 25),
  'anthropic/claude-opus-4-5': dollars(5, 0.5, 25),
  'anthropic/claude-opus-4-1': dollars(15, 1.5, 75),
  'anthropic/claude-sonnet-5': dollars(2, 0.2, 10),
  'anthropic/claude-sonnet-4-6': dollars(3, 0.3, 15),
  'anthropic/claude-sonnet-4-5': dollars(3, 0.3, 15),
  'anthropic/claude-sonnet-4-0': dollars(3, 0.3, 15),
  'anthropic/claude-haiku-4-5': dollars(1, 0.1, 5),
  'anthropic/claude-3-5-haiku': dollars(0.8, 0.08, 4),
  'openai/gpt-5.5': dollars(5, 0.5, 30),
  'openai/gpt-5.4': dollars(2.5, 0.25, 15),
  'openai/gpt-5.4-mini': dollars(0.75, 0.075, 4.5),
  'openai/gpt-5.3-codex': dollars(1.75, 0.175, 14),
  'openai/gpt-5.2': dollars(1.75, 0.175, 14),
  'openai/gpt-5.1': dollars(1.25, 0.125, 10),
  'openai/gpt-5.1-codex': dollars(1.25, 0.125, 10),
  'openai/gpt-5': dollars(1.25, 0.125, 10),
  'openai/gpt-5-codex': dollars(1.25, 0.125, 10),
  'openai/gpt-5-mini': dollars(0.25, 0.025, 2),
  'openai/gpt-5-nano': dollars(0.05, 0.005, 0.4),
  'openai/gpt-4.1': dollars(2, 0.5, 8),
  'openai/gpt-4.1-mini': dollars(0.4, 0.1, 1.6),
  'openai/gpt-4.1-nano': dollars(0.1, 0.025, 0.4),
  'openai/gpt-4o': dollars(2.5, 1.25, 10),
  'openai/gpt-4o-mini': dollars(0.15, 0.075, 0.6),
  'openai/o3': dollars(2, 0.5, 8),
  'openai/o4-mini': dollars(1.1, 0.275, 4.4),
};

const free: Price = { input: 0, cachedInput: 0, output: 0 };

/** The offline engineer is part of the platform and costs nothing. */
const freeProvider = /^offline\//;

/** `-20250929`, `-2025-08-07`, `-latest`. */
const dateSuffix = /-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/;

/** The price of a model by its full name, or undefined when it is not known. */
export const findPrice = (model: string, prices: PriceList = listPrices): Price | undefined => {
  if (freeProvider.test(model)) return free;
  const plain = model.replace(dateSuffix, '');
  if (Object.hasOwn(prices, model)) return prices[model];
  return Object.hasOwn(prices, plain) ? prices[plain] : undefined;
};

/** What a call cost in micro-dollars, rounded up; undefined without a price. */
export const costMicrosOf = (usage: ModelUsage, price: Price | undefined): number | undefined => {
  if (price === undefined) return undefined;
  const cached = Math.min(usage.cachedInputTokens, usage.inputTokens);
  const parts =
    (usage.inputTokens - cached) * price.input + cached * price.cachedInput + usage.outputTokens * price.output;
  return Math.ceil(parts / 1_000_000);
};
