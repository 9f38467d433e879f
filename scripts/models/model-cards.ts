/** The cards of the models that the platform offers, out of the two tables. */
import { findProvider } from '@pydantic/genai-prices';
import type { Ability, ModelCard } from '../../shared/domain/model/registry/model-card.ts';
import { readAnnouncedEnds } from './announced-ends.ts';
import { findListed, priceOfFile } from './list-prices.ts';
import { familiarName, rateQuality, readMakersModels, readProviderModels, type ModelFile } from './models-dev.ts';

interface Source {
  /** As this platform calls the provider. */
  readonly provider: string;
  readonly modelsDev: string;
  readonly prices: string;
  /** Models that only the price list knows, and that are ones to talk to. */
  readonly newer?: RegExp;
  /** Of catalogues of everything only what was released since then and calls tools. */
  readonly since?: string;
}

const sources: readonly Source[] = [
  {
    provider: 'openai',
    modelsDev: 'openai',
    prices: 'openai',
    newer: /^gpt-(?:5\.[6-9]|[6-9])(?:-(?!image|audio)[a-z]+)?$/,
  },
  { provider: 'anthropic', modelsDev: 'anthropic', prices: 'anthropic', newer: /^claude-[a-z]+-\d/ },
  { provider: 'openrouter', modelsDev: 'openrouter', prices: 'openrouter', since: '2025-06-01' },
  {
    provider: 'workers-ai',
    modelsDev: 'cloudflare-workers-ai',
    prices: 'cloudflare',
    newer: /^@cf\/.*(?:embedding|bge-(?!rerank))/,
  },
];

/**
 * Anthropic's structured outputs came with Sonnet 4.5 (https://platform.claude.com/docs/en/build-with-claude/structured-outputs),
 * of which models.dev says nothing.
 */
const anthropicStructuredSince = '2025-09-01';

const abilitiesOf = (provider: string, model: ModelFile): readonly Ability[] => {
  const input = model.modalities?.input ?? [];
  const schema =
    provider === 'anthropic'
      ? (model.release_date ?? '') >= anthropicStructuredSince
      : model.structured_output === true;
  return [
    ...(model.tool_call === true ? (['tools'] as const) : []),
    ...(input.includes('image') ? (['images'] as const) : []),
    ...(input.includes('pdf') ? (['files'] as const) : []),
    ...(model.reasoning === true ? (['reasoning'] as const) : []),
    ...(schema ? (['json_schema'] as const) : []),
  ];
};

const isEmbedding = (name: string): boolean => /embedding|\/bge-/.test(name);

const isOffered = (source: Source, name: string, model: ModelFile): boolean => {
  if (!(model.modalities?.output ?? []).every((kind) => kind === 'text')) return false;
  if (source.since === undefined) return true;
  return (model.release_date ?? '') >= source.since && model.tool_call === true && !name.endsWith(':free');
};

const cardOf = (
  source: Source,
  name: string,
  model: ModelFile,
  quality: ReadonlyMap<string, number>,
  at: Date,
): ModelCard => {
  const listed = findListed(source.prices, name, at);
  const price = listed?.price ?? priceOfFile(model);
  const kind = isEmbedding(name) ? 'embedding' : 'chat';
  const rated = quality.get(familiarName(name));
  const { context, output } = model.limit ?? {};
  return {
    name: `${source.provider}/${name}`,
    title: model.name,
    kind,
    ...(model.release_date === undefined ? {} : { released: model.release_date }),
    ...(context === undefined || context === 0 ? {} : { contextTokens: context }),
    ...(output === undefined || output === 0 || kind === 'embedding' ? {} : { outputTokens: output }),
    abilities: kind === 'embedding' ? [] : abilitiesOf(source.provider, model),
    ...(price === undefined ? {} : { price }),
    ...(rated === undefined ? {} : { quality: rated }),
    ...(model.status === 'deprecated' || listed?.deprecated === true ? { deprecated: true } : {}),
  };
};

/** Of a model that only the price list knows nothing is said about what it can do. */
const newerCards = (source: Source, known: ReadonlySet<string>, at: Date): readonly ModelCard[] =>
  (findProvider({ providerId: source.prices })?.models ?? []).flatMap(({ id, name }) => {
    const listed = findListed(source.prices, id, at);
    if (source.newer?.test(id) !== true || known.has(id) || listed === undefined || listed.deprecated) return [];
    return [
      {
        name: `${source.provider}/${id}`,
        title: name ?? id,
        kind: isEmbedding(id) ? ('embedding' as const) : ('chat' as const),
        ...(listed.contextTokens === undefined ? {} : { contextTokens: listed.contextTokens }),
        price: listed.price,
      },
    ];
  });

const withEnd = (card: ModelCard, ends: ReadonlyMap<string, string>): ModelCard => {
  const endsOn = ends.get(card.name);
  return endsOn === undefined ? card : { ...card, deprecated: true, endsOn };
};

/** All cards on that day, in the order of their names, from the copy of models.dev in `folder`. */
export const makeModelCards = (folder: string, at: Date): readonly ModelCard[] => {
  const ends = readAnnouncedEnds();
  const quality = rateQuality(readMakersModels(folder));
  return sources
    .flatMap((source) => {
      const models = readProviderModels(folder, source.modelsDev);
      const cards = [...models]
        .filter(([name, model]) => isOffered(source, name, model))
        .map(([name, model]) => cardOf(source, name, model, quality, at));
      return [...cards, ...newerCards(source, new Set(models.keys()), at)];
    })
    .map((card) => withEnd(card, ends))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
};
