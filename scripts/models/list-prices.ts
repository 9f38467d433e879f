/** Prices of `@pydantic/genai-prices` (MIT) and, where it has none, of models.dev, as whole micro-dollars. */
import { calcPrice, type ModelPrice } from '@pydantic/genai-prices';
import type { Price, Rates } from '../../shared/domain/model/registry/model-card.ts';
import type { ModelFile } from './models-dev.ts';

const micros = (dollars: number): number => Math.round(dollars * 1_000_000);

/** The rates for prompts of that many tokens; undefined without a price of input. */
const ratesAt = (prices: ModelPrice, tokens: number): Rates | undefined => {
  const at = (key: string): number | undefined => {
    const price = prices[key];
    if (price === undefined || typeof price === 'number') return price;
    return price.tiers.reduce((found, tier) => (tokens > tier.start ? tier.price : found), price.base);
  };
  const [input, output] = [at('input_mtok'), at('output_mtok')];
  if (input === undefined) return undefined;
  return {
    input: micros(input),
    cachedInput: micros(at('cache_read_mtok') ?? input),
    output: micros(output ?? 0),
    ...surcharge(input, at('cache_write_mtok')),
  };
};

const firstTier = (prices: ModelPrice): number | undefined => {
  const starts = Object.values(prices).flatMap((price) =>
    price === undefined || typeof price === 'number' ? [] : price.tiers.map(({ start }) => start),
  );
  return starts.length === 0 ? undefined : Math.min(...starts);
};

/** Some routers tell the storage of a cache alone as the price of writing it: then the input is paid besides. */
const surcharge = (input: number, cacheWrite: number | undefined): { readonly cacheWrite?: number } =>
  cacheWrite === undefined || cacheWrite < input ? {} : { cacheWrite: micros(cacheWrite) };

/** A tier above what the model can read at all is history. */
const withTier = (rates: Rates, aboveTokens: number | undefined, long: Rates | undefined, context: number): Price =>
  aboveTokens === undefined || long === undefined || aboveTokens >= context
    ? rates
    : { ...rates, long: { aboveTokens, ...long } };

/** What `@pydantic/genai-prices` knows of a model on that day. */
export const findListed = (
  provider: string,
  model: string,
  at: Date,
): { readonly price: Price; readonly contextTokens?: number; readonly deprecated: boolean } | undefined => {
  const found = calcPrice({ input_tokens: 1, output_tokens: 1 }, model, { providerId: provider, timestamp: at });
  if (found === null) return undefined;
  const rates = ratesAt(found.model_price, 0);
  if (rates === undefined) return undefined;
  const start = firstTier(found.model_price);
  const context = found.model.context_window;
  const long = start === undefined ? undefined : ratesAt(found.model_price, start + 1);
  return {
    price: withTier(rates, start, long, context ?? Number.POSITIVE_INFINITY),
    deprecated: found.model.deprecated === true,
    ...(context === undefined ? {} : { contextTokens: context }),
  };
};

const toRates = (cost: NonNullable<ModelFile['cost']>): Rates => ({
  input: micros(cost.input),
  cachedInput: micros(cost.cache_read ?? cost.input),
  output: micros(cost.output),
  ...surcharge(cost.input, cost.cache_write),
});

/** The price that models.dev has. */
export const priceOfFile = ({ cost, limit }: ModelFile): Price | undefined => {
  if (cost === undefined) return undefined;
  const [tier] = cost.tiers ?? [];
  return withTier(
    toRates(cost),
    tier?.tier.size,
    tier === undefined ? undefined : toRates(tier),
    limit?.context ?? Number.POSITIVE_INFINITY,
  );
};
