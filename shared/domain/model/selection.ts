/**
 * Which models answer a request that leaves the choice to the platform, best first. First what the request needs: a
 * model that is not known to have it is never among them. Of those left the policy's sum of quality, cost and speed
 * decides, each from 0 to 1 among the candidates, lowered by the failures of late. One request in twenty goes to another
 * one of them, so that what is measured stays true: which request that is, and to which one, follows from its seed
 * alone. None is tried that fails in half of its calls, or that costs more than four times what the first one does.
 */
import type { ModelUsage } from '../../ports/model-client.ts';
import type { AutoPolicy } from './auto-name.ts';
import { failureShareOf, firstPieceMsOf, noMeasurements, type Measurements } from './measurements.ts';
import { costMicrosOf } from './prices.ts';
import type { Ability, ModelCard } from './registry/model-card.ts';
import { isAble } from './registry/registry.ts';

/** What a request needs of whoever answers it. */
export interface Needs {
  readonly abilities: readonly Ability[];
  /** An estimate. */
  readonly inputTokens: number;
  /** The longest answer that is asked for. */
  readonly outputTokens: number;
}

export interface Candidate {
  readonly card: ModelCard;
  readonly measurements?: Measurements | undefined;
  /** How good its answers were measured to be, from 0 to 100; it goes before what benchmarks let expect. */
  readonly quality?: number | undefined;
}

export interface Choice {
  readonly name: string;
  /** A sentence for a person. */
  readonly reason: string;
}

const weights: Readonly<Record<AutoPolicy, { quality: number; cost: number; speed: number }>> = {
  balanced: { quality: 0.5, cost: 0.3, speed: 0.2 },
  cheap: { quality: 0.15, cost: 0.75, speed: 0.1 },
  fast: { quality: 0.15, cost: 0.15, speed: 0.7 },
  best: { quality: 0.9, cost: 0.05, speed: 0.05 },
};

/** Of a model that is in no benchmark nothing much is expected. */
const unknownQuality = 30;

/** Of a model that was not called yet an ordinary speed is expected. */
const unknownFirstPieceMs = 1_500;

const exploredShare = 0.05;

/** A model that fails this often is not explored either. */
const worstExplored = 0.5;

/** Nor one that costs so many times what the first one costs. */
const dearestExplored = 4;

/** Whether the model can take the request at all. */
export const canServe = ({ kind, contextTokens, outputTokens, ...card }: ModelCard, needs: Needs): boolean =>
  kind === 'chat' &&
  isAble({ kind, ...card }, needs.abilities) &&
  (contextTokens === undefined || needs.inputTokens + Math.min(needs.outputTokens, 1_000) <= contextTokens) &&
  (outputTokens === undefined || needs.outputTokens <= outputTokens);

/** 1 for the smallest of the figures, 0 for the largest, by their ratio. */
const scaled = (figure: number, all: readonly number[]): number => {
  const [low, high] = [Math.log1p(Math.min(...all)), Math.log1p(Math.max(...all))];
  return high === low ? 1 : 1 - (Math.log1p(figure) - low) / (high - low);
};

interface Judged {
  readonly name: string;
  readonly quality: number;
  readonly costMicros: number;
  readonly isPriced: boolean;
  readonly firstPieceMs: number;
  readonly failureShare: number;
}

const judge = (candidates: readonly Candidate[], needs: Needs, now: number): readonly Judged[] => {
  const usage: ModelUsage = {
    inputTokens: needs.inputTokens,
    outputTokens: Math.min(needs.outputTokens, 1_000),
    cachedInputTokens: 0,
  };
  const costs = candidates.map(({ card }) => costMicrosOf(usage, card.price));
  // What nobody knows the price of is taken for the dearest.
  const dearest = Math.max(0, ...costs.flatMap((cost) => cost ?? []));
  return candidates.map(({ card, measurements = noMeasurements, quality }, index) => ({
    name: card.name,
    quality: quality ?? card.quality ?? unknownQuality,
    costMicros: costs[index] ?? dearest,
    isPriced: costs[index] !== undefined,
    firstPieceMs: firstPieceMsOf(measurements) ?? unknownFirstPieceMs,
    failureShare: failureShareOf(measurements, now),
  }));
};

const rank = (judged: readonly Judged[], policy: AutoPolicy): readonly Judged[] => {
  const { quality, cost, speed } = weights[policy];
  const costs = judged.map(({ costMicros }) => costMicros);
  const times = judged.map(({ firstPieceMs }) => firstPieceMs);
  const scoreOf = (model: Judged): number =>
    (quality * (model.quality / 100) +
      cost * scaled(model.costMicros, costs) +
      speed * scaled(model.firstPieceMs, times)) *
    (1 - model.failureShare) ** 2;
  return judged
    .map((model) => ({ model, score: scoreOf(model) }))
    .toSorted((left, right) => right.score - left.score || (left.model.name < right.model.name ? -1 : 1))
    .map(({ model }) => model);
};

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), 32 bit, mixed once more for texts that differ at their end. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
};

const wordsFor = (abilities: readonly Ability[]): string =>
  abilities.length === 0 ? 'that can take the request' : `with ${abilities.join(', ')}`;

const describe = (model: Judged): string =>
  `quality ${Math.round(model.quality)}, ${model.isPriced ? `about ${model.costMicros} micro-dollars` : 'price unknown'}, first piece after ${Math.round(model.firstPieceMs)} ms, ${Math.round(model.failureShare * 100)} % failures`;

const positionOf = (place: number): string => (place === 0 ? 'first' : `number ${place + 1}`);

/** The one that is tried instead of the first, or undefined for nearly all seeds. */
const exploredBy = (seed: string, [first, ...rest]: readonly Judged[]): Judged | undefined => {
  const hash = hashOf(seed);
  if (first === undefined || (hash % 10_000) / 10_000 >= exploredShare) return undefined;
  const explorable = rest.filter(
    ({ failureShare, costMicros }) =>
      failureShare < worstExplored && costMicros <= dearestExplored * Math.max(1, first.costMicros),
  );
  return explorable[Math.floor(hash / 10_000) % Math.max(1, explorable.length)];
};

/**
 * The candidates that can serve the request, in the order in which to ask them, each with why. `seed` is the request's
 * own, for example its id.
 */
export const rankModels = (
  candidates: readonly Candidate[],
  needs: Needs,
  policy: AutoPolicy,
  context: { readonly seed: string; readonly now: number },
): readonly Choice[] => {
  const able = candidates.filter(({ card }) => canServe(card, needs));
  const ranked = rank(judge(able, needs, context.now), policy);
  const explored = exploredBy(context.seed, ranked);
  const choices = ranked.map((model, place): Choice => {
    const how = `${positionOf(place)} of ${able.length} ${wordsFor(needs.abilities)}`;
    const why = model === explored ? `tried to learn how it does, ${how}` : how;
    return { name: model.name, reason: `${policy}: ${why}; ${describe(model)}` };
  });
  const isExplored = ({ name }: Choice): boolean => name === explored?.name;
  return [...choices.filter(isExplored), ...choices.filter((choice) => !isExplored(choice))];
};
