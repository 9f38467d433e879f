/** Tools as cards, and the search that agents and people find them by. */
import type { EffectClass } from '../engine/effect-class.ts';
import type { Capability } from './capability.ts';
import type { Tool, ToolCost, ToolExample } from './tool.ts';

/** One tool for people and models: everything of its definition but what it does. */
export interface ToolCard {
  readonly name: string;
  readonly version: number;
  readonly description: string;
  readonly capability: Capability;
  readonly effectClass: EffectClass;
  readonly cost: ToolCost;
  /** JSON Schema of the arguments. */
  readonly parameters: { readonly [keyword: string]: unknown };
  readonly examples: readonly ToolExample[];
  /** `platform`, or `project` for a tool that the project brings. */
  readonly source: 'platform' | 'project';
  /** True when a person may run it, without a task. */
  readonly open: boolean;
}

/** The card of a tool. */
export const cardOf = (tool: Tool): ToolCard => ({
  name: tool.name,
  version: tool.version,
  description: tool.definition.description,
  capability: tool.capability,
  effectClass: tool.effectClass,
  cost: tool.cost,
  parameters: { ...tool.definition.parameters },
  examples: tool.examples,
  source: tool.isConnected === true ? 'project' : 'platform',
  open: tool.runOpen !== undefined,
});

/** Words that say the same about a tool. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  bash: ['shell', 'command'],
  browser: ['page', 'app'],
  click: ['page', 'form'],
  curl: ['fetch', 'http'],
  download: ['fetch', 'http'],
  find: ['search', 'glob'],
  html: ['page'],
  http: ['fetch', 'request'],
  pattern: ['grep', 'glob'],
  diff: ['patch', 'change'],
  patch: ['diff', 'edit'],
  regex: ['grep', 'expression'],
  script: ['program', 'shell'],
  terminal: ['shell'],
  ui: ['page', 'form', 'app'],
  url: ['fetch'],
  web: ['fetch', 'page'],
  cost: ['budget', 'usage'],
  money: ['budget', 'usage'],
  status: ['health', 'system'],
};

/** Too common to tell tools apart. */
const ignored: ReadonlySet<string> = new Set(
  'a an and as at by can for from how i in is it my need of on or that the this to tool tools use want with you'.split(
    ' ',
  ),
);

/** A word without the endings by which English changes it: enough to match `files` and `file`, `searches` and `search`. */
const stem = (word: string): string => word.replace(/(?:ing|ches|es|ed|s)$/, (end) => (end === 'ches' ? 'ch' : ''));

const wordsOf = (text: string): readonly string[] =>
  (text.toLowerCase().match(/[a-z0-9]+/g) ?? []).filter((word) => !ignored.has(word));

const count = (words: readonly string[], wanted: string): number =>
  words.filter((word) => stem(word) === wanted).length;

/** How much each place of a card counts. */
const weights = { name: 8, capability: 4, description: 2, parameters: 1 } as const;

interface Indexed {
  readonly card: ToolCard;
  readonly fields: Readonly<Record<keyof typeof weights, readonly string[]>>;
}

const indexCard = (card: ToolCard): Indexed => ({
  card,
  fields: {
    name: wordsOf(card.name.replaceAll('_', ' ')),
    capability: wordsOf(card.capability),
    description: [...wordsOf(card.description), ...card.examples.flatMap(({ shows }) => wordsOf(shows))],
    parameters: wordsOf(JSON.stringify(card.parameters['properties'] ?? {})),
  },
});

const fieldNames = ['name', 'capability', 'description', 'parameters'] as const;

const scoreWord = ({ fields }: Indexed, wanted: string): number =>
  // A word that is said often says little more than one that is said once.
  fieldNames.reduce((sum, field) => sum + weights[field] * Math.sqrt(count(fields[field], wanted)), 0);

/**
 * The cards that fit a question in plain words, the best first; equal ones by name. A word that few cards have counts
 * more than one that many have (inverse document frequency). No words: all cards by name.
 */
export const searchTools = (cards: readonly ToolCard[], query: string, limit: number): readonly ToolCard[] => {
  const byName = cards.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const words = [...new Set(wordsOf(query))];
  if (words.length === 0) return byName.slice(0, limit);
  const indexed = byName.map(indexCard);
  const scores = new Map<string, number>();
  for (const [wanted, share] of [
    ...words.map((word) => [stem(word), 1] as const),
    ...words.flatMap((word) => (synonyms[word] ?? []).map((other) => [stem(other), 0.5] as const)),
  ]) {
    const found = indexed.map((entry) => [entry.card.name, scoreWord(entry, wanted)] as const);
    const having = found.filter(([, score]) => score > 0).length;
    const rarity = Math.log(1 + cards.length / Math.max(1, having));
    for (const [name, score] of found) scores.set(name, (scores.get(name) ?? 0) + score * share * rarity);
  }
  const scoreOf = ({ name }: ToolCard): number => scores.get(name) ?? 0;
  return byName
    .filter((card) => scoreOf(card) > 0)
    .toSorted((left, right) => scoreOf(right) - scoreOf(left))
    .slice(0, limit);
};

/** A card in the few lines that a model needs to call it. */
export const describeCard = ({ name, description, effectClass, cost, parameters, examples }: ToolCard): string =>
  [
    `${name}: ${description}`,
    `  arguments: ${JSON.stringify(parameters)}`,
    `  effect: ${effectClass}; cost: ${cost}`,
    ...examples.map((example) => `  example: ${JSON.stringify(example.arguments)} — ${example.shows}`),
  ].join('\n');
