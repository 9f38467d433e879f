/**
 * Which model answers a request that leaves the choice to the platform. First what the request needs: a model that is
 * not known to have it is never chosen. Of those left the policy's sum of quality, cost and speed decides, each from 0
 * to 1 among the candidates, lowered by the failures of late. One request in twenty goes to another one of them, so that
 * what is measured stays true; which request that is follows from its seed alone.
 */
import type { ModelUsage } from '../../ports/model-client.ts';
import type { AutoPolicy } from './auto-name.ts';
import { failureShareOf, firstPieceMsOf, noMeasurements, type Measurements } from './measurements.ts';
import { costMicrosOf } from './prices.ts';
import { measuredQuality } from './quality/measured-quality.ts';
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
  /** What was measured of its answers and its work (`quality/measured-quality.ts`); absent: nothing. */
  readonly qualityFactor?: number | undefined;
}

export interface Choice {
  readonly name: string;
  /** A sentence for a person. */
  readonly reason: string;
  /** Who is asked next when it cannot answer, best first. */
  readonly others: readonly string[];
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
  return candidates.map(({ card, measurements = noMeasurements, qualityFactor = 1 }, index) => ({
    name: card.name,
    quality: measuredQuality(card.quality ?? unknownQuality, qualityFactor),
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
  `quality ${model.quality}, ${model.isPriced ? `about ${model.costMicros} micro-dollars` : 'price unknown'}, first piece after ${Math.round(model.firstPieceMs)} ms, ${Math.round(model.failureShare * 100)} % failures`;

/** Undefined when no candidate can serve the request. `seed` is the request's own, for example its id. */
export const selectModel = (
  candidates: readonly Candidate[],
  needs: Needs,
  policy: AutoPolicy,
  context: { readonly seed: string; readonly now: number },
): Choice | undefined => {
  const able = candidates.filter(({ card }) => canServe(card, needs));
  const ranked = rank(judge(able, needs, context.now), policy);
  const [best, ...rest] = ranked;
  if (best === undefined) return undefined;
  const explorable = rest.filter(({ failureShare }) => failureShare < worstExplored);
  const hash = hashOf(context.seed);
  const isExploring = explorable.length > 0 && (hash % 10_000) / 10_000 < exploredShare;
  const chosen = isExploring ? (explorable[Math.floor(hash / 10_000) % explorable.length] ?? best) : best;
  const others = ranked.filter((model) => model !== chosen).map(({ name }) => name);
  const how = isExploring ? 'tried to learn how it does' : `first of ${able.length} ${wordsFor(needs.abilities)}`;
  return { name: chosen.name, reason: `${policy}: ${how}; ${describe(chosen)}`, others };
};
