/** The table of models as one looks things up in it, with what the operator lays over it. */
import type { Ability, ModelCard } from './model-card.ts';
import { modelTable } from './table.gen.ts';

/** What somebody knows better of a model: fields that go before those of the table, which may have no such model. */
export type CardOverride = Pick<ModelCard, 'name'> & Partial<ModelCard>;

let overrides: readonly CardOverride[] = [];
let cardByName: ReadonlyMap<string, ModelCard> | undefined;

const lookUp = (known: ReadonlyMap<string, ModelCard>, name: string): ModelCard | undefined =>
  known.get(name) ?? known.get(name.replace(suffix, ''));

const titleOf = (name: string): string => name.slice(name.indexOf('/') + 1);

/** Made at the first look, so that an isolate that asks for no model pays nothing. */
const cards = (): ReadonlyMap<string, ModelCard> => {
  if (cardByName !== undefined) return cardByName;
  const table = new Map([offlineCard, embedderCard, ...modelTable].map((card) => [card.name, card]));
  for (const override of overrides) {
    const { name } = override;
    table.set(name, { title: titleOf(name), kind: 'chat', ...lookUp(table, name), ...override });
  }
  cardByName = table;
  return table;
};

/**
 * Lays what an operator knows over the table, for the life of the isolate: prices, limits and abilities are looked up all
 * over the platform, by name alone. Called by the Worker when it starts, before anything is looked up.
 */
export const overrideCards = (cardsOfOperator: readonly CardOverride[]): void => {
  overrides = cardsOfOperator;
  cardByName = undefined;
};

/** Whether something of the model's card is the operator's word. */
export const isOverridden = (name: string): boolean => overrides.some((override) => override.name === name);

/** Both are part of the platform: they need no network and cost nothing. */
const free = { input: 0, cachedInput: 0, output: 0 };

const offlineCard: ModelCard = {
  name: 'offline/engineer',
  title: 'The offline engineer',
  kind: 'chat',
  outputTokens: 8_192,
  abilities: ['tools', 'json_schema'],
  price: free,
};

const embedderCard: ModelCard = {
  name: 'offline/embedder',
  title: 'The offline embedder',
  kind: 'embedding',
  abilities: [],
  price: free,
};

/** `-20250929`, `-2025-08-07`, `-latest`; what stands after a question mark are settings of the offline engineer. */
const suffix = /(?:-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)|\?.*)$/;

/** The card of a model by its full name, with or without the date at its end; undefined when nobody listed it. */
export const findModelCard = (name: string): ModelCard | undefined => lookUp(cards(), name);

/** All cards of a provider, in the order of their names. */
export const cardsOf = (provider: string): readonly ModelCard[] =>
  [...cards().values()].filter(({ name }) => name.startsWith(`${provider}/`));

/** Whether the model is known to have all of these. */
export const isAble = (card: ModelCard, needed: readonly Ability[]): boolean =>
  needed.every((ability) => card.abilities?.includes(ability) === true);
