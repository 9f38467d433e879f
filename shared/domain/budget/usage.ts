/** What calls of models came to, counted by how they ended. */
import type { ModelUsage } from '../../ports/model-client.ts';
import type { QualityTotals } from '../model/quality/totals.ts';
import type { Amounts, BudgetLimits, CountedDimension } from './amounts.ts';
import type { GrantRequest, Statement } from './giver.ts';
import type { Grant } from './holder.ts';
import type { Exhaustion } from './exhaustion.ts';

/** Totals since the beginning. A call that was interrupted and made again is in both `interrupted` and `answered`. */
export interface CallTotals {
  readonly answered: number;
  readonly failed: number;
  readonly interrupted: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  /** Of the calls whose price is known. */
  readonly costMicros: number;
  /** Tokens of calls whose price is not known: they are in no sum of money. */
  readonly unpricedTokens: number;
}

export const noCalls: CallTotals = {
  answered: 0,
  failed: 0,
  interrupted: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  costMicros: 0,
  unpricedTokens: 0,
};

/** By `<provider>/<model>`. */
export type ModelTotals = Readonly<Record<string, CallTotals>>;

export const addTotals = (left: CallTotals, right: CallTotals): CallTotals => ({
  answered: left.answered + right.answered,
  failed: left.failed + right.failed,
  interrupted: left.interrupted + right.interrupted,
  inputTokens: left.inputTokens + right.inputTokens,
  outputTokens: left.outputTokens + right.outputTokens,
  cachedInputTokens: left.cachedInputTokens + right.cachedInputTokens,
  costMicros: left.costMicros + right.costMicros,
  unpricedTokens: left.unpricedTokens + right.unpricedTokens,
});

/** The totals with one more call. */
export const countCall = (
  models: ModelTotals,
  model: string,
  status: 'answered' | 'failed' | 'interrupted',
  { inputTokens, outputTokens, cachedInputTokens }: ModelUsage,
  costMicros: number | undefined,
): ModelTotals => {
  const call: CallTotals = {
    ...noCalls,
    [status]: 1,
    inputTokens,
    outputTokens,
    cachedInputTokens,
    costMicros: costMicros ?? 0,
    unpricedTokens: costMicros === undefined ? inputTokens + outputTokens : 0,
  };
  return { ...models, [model]: addTotals(models[model] ?? noCalls, call) };
};

/** An agent's statement to its project: what it holds, and what its calls came to. */
export interface UsageStatement extends Statement {
  readonly models: ModelTotals;
  /** What its calls say of the models, since its beginning. */
  readonly quality?: QualityTotals;
}

export interface UsageRequest extends GrantRequest {
  readonly models: ModelTotals;
}

/** A grant on its way: times as what is left, since clocks of two objects differ. */
export type SentGrant =
  | { readonly type: 'unlimited' }
  | (Omit<Extract<Grant, { type: 'limited' }>, 'until'> & { readonly wallLeftMs?: number });

/** What a giver answers a holder that asks for its next call. */
export type GrantAnswer =
  | { readonly status: 'granted'; readonly grant: SentGrant }
  | { readonly status: 'wait' }
  | { readonly status: 'exhausted'; readonly exhaustion: Exhaustion };

/** What a project answers its agent: the grant, and the limits that the agent keeps by itself. */
export type AgentGrantAnswer = GrantAnswer & { readonly run?: BudgetLimits; readonly agent?: BudgetLimits };

/** The grant as its holder keeps it. */
export const toGrant = (sent: SentGrant, now: number): Grant => {
  if (sent.type === 'unlimited') return sent;
  const { wallLeftMs, ...grant } = sent;
  return wallLeftMs === undefined ? grant : { ...grant, until: now + wallLeftMs };
};

/** The grant as it is sent. */
export const toSentGrant = ({
  granted,
  dimensions,
  tight,
  wallLeftMs,
}: {
  readonly granted: Amounts;
  readonly dimensions: readonly CountedDimension[];
  readonly tight: boolean;
  readonly wallLeftMs?: number;
}): SentGrant =>
  dimensions.length === 0 && wallLeftMs === undefined
    ? { type: 'unlimited' }
    : { type: 'limited', granted, dimensions, tight, ...(wallLeftMs === undefined ? {} : { wallLeftMs }) };
