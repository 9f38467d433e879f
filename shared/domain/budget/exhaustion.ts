/** A limit that was reached, and the words for it. */
import type { BudgetScope } from './amounts.ts';

export type BudgetDimension = 'tokens' | 'costMicros' | 'steps' | 'wallMs';

export interface Exhaustion {
  readonly scope: BudgetScope;
  readonly dimension: BudgetDimension;
  readonly limit: number;
  readonly used: number;
  /** The model whose price is not known, where that is why a limit in money cannot be kept. */
  readonly unpricedModel?: string;
}

/** `$12.34`, or with more places below a cent. */
export const dollarsText = (micros: number): string => {
  const dollars = micros / 1_000_000;
  return `$${dollars >= 0.01 || micros === 0 ? dollars.toFixed(2) : dollars.toFixed(6)}`;
};

const minutesText = (milliseconds: number): string =>
  milliseconds < 120_000 ? `${Math.round(milliseconds / 1_000)} s` : `${Math.round(milliseconds / 60_000)} min`;

/** An amount of a dimension with its unit, for people. */
export const amountText = (dimension: BudgetDimension, amount: number): string => {
  switch (dimension) {
    case 'tokens':
      return `${amount} tokens`;
    case 'costMicros':
      return dollarsText(amount);
    case 'steps':
      return `${amount} steps`;
    case 'wallMs':
      return minutesText(amount);
  }
};

/** What was reached, in one sentence: scope, dimension, limit and use. */
export const describeExhaustion = ({ scope, dimension, limit, used, unpricedModel }: Exhaustion): string =>
  unpricedModel === undefined
    ? `The budget of the ${scope} is used up: ${amountText(dimension, used)} of ${amountText(dimension, limit)} allowed.`
    : `The ${scope} has a limit in money (${dollarsText(limit)}), and the price of ${unpricedModel} is not known.`;

/** The same, with the way out for a paused project. */
export const describePause = (exhaustion: Exhaustion): string => {
  const where = exhaustion.scope === 'workspace' ? 'the budget of the workspace' : 'the budget of the project';
  return `${describeExhaustion(exhaustion)} Raise ${where} (aidevos budget set), then resume the project: nothing is lost.`;
};
