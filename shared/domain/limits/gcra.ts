/**
 * The generic cell rate algorithm: a rate as one number, the time at which everything taken so far will have been paid
 * for ("theoretical arrival time"). Times are milliseconds; nothing is rounded, so that small costs at high rates count.
 * Source: ITU-T I.371, annex A, in its form for a burst of the whole limit.
 */

/** `limit` units each `periodMs`; a whole period's worth may be taken at once. */
export interface Rate {
  readonly limit: number;
  readonly periodMs: number;
}

export interface RateVerdict {
  readonly admitted: boolean;
  /** The state from now on; unchanged where the cost was refused. Undefined: nothing was taken yet. */
  readonly paidAt: number | undefined;
  /** Units that could be taken now, after this one. */
  readonly remaining: number;
  /** Until the same cost would be admitted, 0 when it was. */
  readonly retryAfterMs: number;
  /** Until the whole limit is there again. */
  readonly resetMs: number;
}

/** Rounding errors of a few operations; far below one unit of any real rate. */
const epsilon = 1e-6;

const perUnit = ({ limit, periodMs }: Rate): number => periodMs / limit;

const view = (paidAt: number | undefined, now: number, rate: Rate): Pick<RateVerdict, 'remaining' | 'resetMs'> => {
  const debtMs = Math.max(0, (paidAt ?? now) - now);
  return {
    remaining: Math.max(0, Math.floor((rate.periodMs - debtMs) / perUnit(rate) + epsilon)),
    resetMs: debtMs,
  };
};

/**
 * Takes `cost` units if they are there. More than the limit could never be admitted, so it counts as the whole limit.
 */
export const take = (paidAt: number | undefined, now: number, rate: Rate, cost: number): RateVerdict => {
  const next = Math.max(paidAt ?? now, now) + Math.min(cost, rate.limit) * perUnit(rate);
  const waitMs = next - rate.periodMs - now;
  const admitted = waitMs <= epsilon;
  const state = admitted ? next : paidAt;
  return { admitted, paidAt: state, retryAfterMs: admitted ? 0 : waitMs, ...view(state, now, rate) };
};

/**
 * Corrects what was taken by `units`, which may be negative, when the true cost is known: it is not asked whether they
 * are there, so what was used beyond the limit is waited for by those who come next.
 */
export const correct = (paidAt: number | undefined, now: number, rate: Rate, units: number): number =>
  Math.max(now, Math.max(paidAt ?? now, now) + units * perUnit(rate));
