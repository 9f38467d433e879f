/**
 * Who may hold how much of what. Holders (projects) ask for totals, never for increments, so that asking again is
 * harmless and an answer that was lost costs nothing.
 */
import type { AppError } from '../../errors/result.ts';
import { quotas, type QuotaAmounts, type QuotaName } from './quotas.ts';

export interface Holding {
  readonly amount: number;
  /** The holder's own count of its changes when it last said so. */
  readonly revision: number;
}

export interface QuotaStanding {
  readonly limit: number;
  /** What all holders hold, this one too. */
  readonly used: number;
  readonly held: Holding;
}

export interface HoldRequest {
  readonly revision: number;
  readonly amounts: QuotaAmounts;
  /**
   * `all`: everything, or nothing and a refusal. `part`: as much as there is. `fact`: it is so already, and is noted
   * whatever the limit.
   */
  readonly mode: 'all' | 'part' | 'fact';
}

export type HoldDecision =
  /** What the holder holds from now on, of the quotas it asked for. */
  | { readonly type: 'held'; readonly amounts: QuotaAmounts }
  | {
      readonly type: 'exceeded';
      readonly quota: QuotaName;
      readonly wanted: number;
      readonly limit: number;
      readonly used: number;
    };

const amountOf = (standing: QuotaStanding, wanted: number, request: HoldRequest, isFull: boolean): number => {
  const { limit, used, held } = standing;
  // What is late says nothing of now.
  if (request.revision < held.revision) return held.amount;
  if (request.mode === 'fact' || wanted <= held.amount) return wanted;
  const most = isFull ? held.amount : Math.max(held.amount, held.amount + limit - used);
  return Math.min(wanted, most);
};

/**
 * @param standings of every quota that is asked for, and of `storedBytes`: while more is stored than may be, nothing grows.
 * @returns amounts never below what is held unless less was asked for; a sum above the limit only by a fact, or because
 *   the limit was lowered.
 */
export const decideHold = (
  standings: Readonly<Partial<Record<QuotaName, QuotaStanding>>>,
  request: HoldRequest,
): HoldDecision => {
  const { storedBytes } = standings;
  const isFull = storedBytes !== undefined && storedBytes.used > storedBytes.limit;
  const amounts: Partial<Record<QuotaName, number>> = {};
  // SAFETY: the keys of amounts are names of quotas.
  for (const quota of Object.keys(request.amounts) as QuotaName[]) {
    const standing = standings[quota];
    const wanted = request.amounts[quota];
    if (standing === undefined || wanted === undefined) continue;
    const amount = amountOf(standing, wanted, request, isFull);
    if (request.mode === 'all' && amount < wanted) {
      const { limit, used } = standing;
      return isFull && used - standing.held.amount + wanted <= limit
        ? { type: 'exceeded', quota: 'storedBytes', wanted: 0, limit: storedBytes.limit, used: storedBytes.used }
        : { type: 'exceeded', quota, wanted: wanted - standing.held.amount, limit, used };
    }
    amounts[quota] = amount;
  }
  return { type: 'held', amounts };
};

/** The refusal, as a person reads it. */
export const exceededError = (decision: Extract<HoldDecision, { type: 'exceeded' }>): AppError => {
  const { quota, wanted, limit, used } = decision;
  const { counts, remedy } = quotas[quota];
  const asked = wanted > 0 ? `, and ${wanted} more would be needed` : '';
  return {
    type: 'quota.exceeded',
    detail:
      `The workspace's quota “${quota}” (${counts}) is used up: the limit is ${limit}, ${used} are used${asked}. ` +
      `To go on: ${remedy}, or have the operator raise the limit (aidevos quotas set ${quota} <limit>).`,
    issues: [{ field: `quotas.${quota}`, reason: `limit ${limit}, used ${used}` }],
  };
};
