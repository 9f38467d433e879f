/** The check of one scope whose use is known completely: made in the transaction that writes the intent. */
import { countedDimensions, type Amounts, type BudgetLimits, type BudgetScope } from './amounts.ts';
import type { Exhaustion } from './exhaustion.ts';

export interface Standing {
  readonly used: Amounts;
  /** Of calls under way. */
  readonly reserved: Amounts;
  readonly elapsedMs: number;
  /** What the next call may use at most: a dimension that it does not touch cannot forbid it. */
  readonly need: Amounts;
  /** Set when the next call is one whose cost is not known. */
  readonly unpricedModel?: string;
}

/**
 * The limit that forbids another call, or undefined when it may be made: something has to be left of everything that
 * is limited. With one call at a time, what is used exceeds a limit by less than one call.
 */
export const checkBudget = (
  scope: BudgetScope,
  limits: BudgetLimits | undefined,
  { used, reserved, elapsedMs, need, unpricedModel }: Standing,
): Exhaustion | undefined => {
  if (limits === undefined) return undefined;
  for (const { dimension, limit: name } of countedDimensions) {
    const limit = limits[name];
    if (limit === undefined) continue;
    const taken = used[dimension] + reserved[dimension];
    if (dimension === 'costMicros' && unpricedModel !== undefined) {
      return { scope, dimension, limit, used: taken, unpricedModel };
    }
    if (need[dimension] > 0 && taken >= limit) return { scope, dimension, limit, used: taken };
  }
  const { maxWallMs } = limits;
  return maxWallMs !== undefined && elapsedMs >= maxWallMs
    ? { scope, dimension: 'wallMs', limit: maxWallMs, used: elapsedMs }
    : undefined;
};
