/**
 * What one call may come to at most, and what it came to: the provider's word where there is one, else nothing for what
 * was refused, else an estimate from the sizes.
 */
import type { ModelFailure, ModelFailureKind, ModelUsage } from '../../ports/model-client.ts';
import type { Amounts } from '../budget/amounts.ts';
import { largestUsage, likelyUsage } from './estimate.ts';
import { costMicrosOf, findPrice } from './prices.ts';

/** The sizes of a call before it begins. */
export interface CallSize {
  /** `<provider>/<model>`: what the price is looked up by. */
  readonly model: string;
  /** UTF-8 bytes of the whole request. */
  readonly requestBytes: number;
  /** The most that may be answered, all choices together. */
  readonly maxOutputTokens: number;
  /** Full names of the models that may answer instead. */
  readonly standIns?: readonly string[];
}

/** What a call needs at most. */
export interface Need {
  readonly need: Amounts;
  /** Set when nobody knows what the call costs. */
  readonly unpricedModel?: string;
}

/** What is known of a call that has ended. */
export interface CallEnd {
  /** The provider's word. */
  readonly usage: ModelUsage | undefined;
  readonly failure?: ModelFailure;
  /** What had arrived of the answer, in tokens as far as that can be told. */
  readonly outputTokens: number;
  /** The full name of the model that answered, where it was another than the one that was asked. */
  readonly servedBy?: string;
}

export interface CallCost {
  readonly usage: ModelUsage;
  /** The usage was computed from sizes. */
  readonly estimated: boolean;
  /** Undefined when the price of the model is not known. */
  readonly costMicros: number | undefined;
}

const tokensOf = ({ inputTokens, outputTokens }: ModelUsage): number => inputTokens + outputTokens;

/** What to set aside for a call: what the dearest of the models that may answer it can come to. */
export const largestCost = ({ requestBytes, maxOutputTokens, model, standIns = [] }: CallSize): Need => {
  const largest = largestUsage(requestBytes, maxOutputTokens);
  const models = [model, ...standIns];
  const costs = models.map((name) => costMicrosOf(largest, findPrice(name)));
  const need = { tokens: tokensOf(largest), costMicros: Math.max(...costs.map((cost) => cost ?? 0)), steps: 1 };
  const unpricedModel = models[costs.indexOf(undefined)];
  return unpricedModel === undefined ? { need } : { need, unpricedModel };
};

/** Providers charge nothing for what they refuse before they begin. */
const refusals: readonly ModelFailureKind[] = [
  'rate_limited',
  'overloaded',
  'authentication',
  'invalid_request',
  'context_too_long',
];

const noUsage: ModelUsage = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 };

const wasRefused = ({ failure, outputTokens }: CallEnd): boolean =>
  failure !== undefined &&
  outputTokens === 0 &&
  (failure.withheld === true || failure.status !== undefined || refusals.includes(failure.kind));

const usageOf = (call: CallSize, end: CallEnd): Pick<CallCost, 'usage' | 'estimated'> => {
  if (end.usage !== undefined && tokensOf(end.usage) > 0) return { usage: end.usage, estimated: false };
  if (wasRefused(end)) return { usage: noUsage, estimated: false };
  return { usage: { ...likelyUsage(call.requestBytes, 0), outputTokens: end.outputTokens }, estimated: true };
};

/** What the call came to. */
export const costOfCall = (call: CallSize, end: CallEnd): CallCost => {
  const { usage, estimated } = usageOf(call, end);
  return { usage, estimated, costMicros: costMicrosOf(usage, findPrice(end.servedBy ?? call.model)) };
};

/** The amounts of a budget that a call came to. */
export const amountsOfCall = ({ usage, costMicros }: CallCost): Amounts => ({
  tokens: tokensOf(usage),
  costMicros: costMicros ?? 0,
  steps: 1,
});
