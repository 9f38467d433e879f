/** The table of models as one looks things up in it. */
import type { Ability, ModelCard } from './model-card.ts';
import { modelTable } from './table.gen.ts';

let cardByName: ReadonlyMap<string, ModelCard> | undefined;

/** Made at the first look, so that an isolate that asks for no model pays nothing. */
const cards = (): ReadonlyMap<string, ModelCard> => {
  cardByName ??= new Map([offlineCard, embedderCard, ...modelTable].map((card) => [card.name, card]));
  return cardByName;
};

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
export const findModelCard = (name: string): ModelCard | undefined =>
  cards().get(name) ?? cards().get(name.replace(suffix, ''));

/** All cards of a provider, in the order of their names. */
export const cardsOf = (provider: string): readonly ModelCard[] =>
  [...cards().values()].filter(({ name }) => name.startsWith(`${provider}/`));

/** Whether the model is known to have all of these. */
export const isAble = (card: ModelCard, needed: readonly Ability[]): boolean =>
  needed.every((ability) => card.abilities?.includes(ability) === true);
