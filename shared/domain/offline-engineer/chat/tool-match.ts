/**
 * Which tool a question is for, by the words that both have: those of the tool's name most of all, then those of its
 * parameters and of its description. A word that many of the tools have says little. Nothing here knows what a word
 * means, so a question in other words than the tool's own finds none.
 */
import type { ToolDefinition } from '../../../ports/model-client.ts';
import { isSchema } from './schema-merge.ts';
import { nameWords, wordsOf } from './words.ts';

/** Verbs that every other tool is named by; they count only beside another word. */
const generic = new Set(
  'get set list find search fetch look lookup read make create new run call use tool function api data info information query value name id user file current'.split(
    ' ',
  ),
);

const weights = { name: 3, parameter: 1.5, choice: 2, description: 1 };

/** Manuals are longer than a sentence that says what a tool is for. */
const longestDescription = 400;
const mostTools = 512;

type Vocabulary = ReadonlyMap<string, number>;

const vocabularyOf = ({ name, description, parameters }: ToolDefinition): Vocabulary => {
  const words = new Map<string, number>();
  const add = (found: readonly string[], weight: number): void => {
    for (const word of found) words.set(word, Math.max(words.get(word) ?? 0, weight));
  };
  add(wordsOf(description.slice(0, longestDescription)), weights.description);
  const properties = isSchema(parameters['properties']) ? parameters['properties'] : {};
  for (const [property, schema] of Object.entries(properties)) {
    add(nameWords(property), weights.parameter);
    if (!isSchema(schema)) continue;
    if (typeof schema['description'] === 'string')
      add(wordsOf(schema['description'].slice(0, longestDescription)), weights.description / 2);
    if (Array.isArray(schema['enum']))
      add(
        schema['enum'].flatMap((choice) => (typeof choice === 'string' ? nameWords(choice) : [])),
        weights.choice,
      );
  }
  add(nameWords(name), weights.name);
  return words;
};

export interface Match {
  readonly tool: ToolDefinition;
  readonly score: number;
}

/** Below this a question and a tool have only by chance a word in common. */
const leastScore = 2;

/** The tools that the question may be for, the likeliest first. */
export const matchTools = (question: string, tools: readonly ToolDefinition[]): readonly Match[] => {
  const asked = wordsOf(question);
  const known = tools.slice(0, mostTools).map((tool) => ({ tool, words: vocabularyOf(tool) }));
  const rarityOf = (word: string): number => {
    const having = known.filter(({ words }) => words.has(word)).length;
    return having === 0 ? 0 : 1 / Math.sqrt(having);
  };
  return known
    .map(({ tool, words }) => {
      const shared = asked.filter((word) => words.has(word));
      const telling = shared.filter((word) => !generic.has(word));
      const named = telling.some((word) => words.get(word) === weights.name);
      const sum = shared.reduce(
        (score, word) => score + (words.get(word) ?? 0) * rarityOf(word) * (generic.has(word) ? 0.3 : 1),
        0,
      );
      // Without a word of its name, a tool must have most of what was asked.
      const isMeant = named || (telling.length >= 2 && shared.length * 2 >= asked.length);
      return { tool, score: isMeant ? sum : 0 };
    })
    .filter(({ score }) => score >= leastScore)
    .toSorted((left, right) => right.score - left.score);
};
