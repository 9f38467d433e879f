import type { Remaining } from '../../rpc/usage.ts';
import { countedDimensions, type Amounts, type BudgetLimits } from './amounts.ts';

/** What is left of the limits. `committed`: used, and set aside for calls under way. */
export const remainingOf = (limits: BudgetLimits, committed: Amounts, elapsedMs: number): Remaining => ({
  ...Object.fromEntries(
    countedDimensions.flatMap(({ dimension, limit: name }) => {
      const limit = limits[name];
      return limit === undefined ? [] : [[dimension, Math.max(0, limit - committed[dimension])]];
    }),
  ),
  ...(limits.maxWallMs === undefined ? {} : { wallMs: Math.max(0, limits.maxWallMs - elapsedMs) }),
});
