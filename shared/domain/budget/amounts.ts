/**
 * What is counted and what is limited. Tokens are input and output together, money is micro-dollars, a step is one call
 * of a model or of a tool (also one that is made again), wall time is milliseconds.
 */

/** What a run, an agent, a project or a workspace used or reserved. Whole numbers. */
export interface Amounts {
  readonly tokens: number;
  readonly costMicros: number;
  readonly steps: number;
}

/** Hard limits; an absent one does not limit. */
export interface BudgetLimits {
  readonly maxTokens?: number;
  readonly maxCostMicros?: number;
  readonly maxSteps?: number;
  readonly maxWallMs?: number;
}

export type BudgetScope = 'run' | 'agent' | 'project' | 'workspace';

/** The limits that a project keeps: for each run, for each agent, for the project as a whole. */
export interface ProjectBudget {
  readonly run?: BudgetLimits;
  readonly agent?: BudgetLimits;
  readonly project?: BudgetLimits;
}

export const noAmounts: Amounts = { tokens: 0, costMicros: 0, steps: 0 };

export type CountedDimension = keyof Amounts;

/** The countable dimensions with the limit that each has. */
export const countedDimensions = [
  { dimension: 'tokens', limit: 'maxTokens' },
  { dimension: 'costMicros', limit: 'maxCostMicros' },
  { dimension: 'steps', limit: 'maxSteps' },
] as const;

const combine = (left: Amounts, right: Amounts, by: (left: number, right: number) => number): Amounts => ({
  tokens: by(left.tokens, right.tokens),
  costMicros: by(left.costMicros, right.costMicros),
  steps: by(left.steps, right.steps),
});

export const addAmounts = (left: Amounts, right: Amounts): Amounts => combine(left, right, (a, b) => a + b);

/** Never below zero. */
export const subtractAmounts = (left: Amounts, right: Amounts): Amounts =>
  combine(left, right, (a, b) => Math.max(0, a - b));

/** The larger of each. */
export const maxAmounts = (left: Amounts, right: Amounts): Amounts => combine(left, right, Math.max);

/** The smaller of each. */
export const minAmounts = (left: Amounts, right: Amounts): Amounts => combine(left, right, Math.min);

export const sumAmounts = (all: readonly Amounts[]): Amounts => all.reduce(addAmounts, noAmounts);

/** True when `left` is at least `right` in each of these dimensions. */
export const coversAmounts = (left: Amounts, right: Amounts, dimensions: readonly CountedDimension[]): boolean =>
  dimensions.every((dimension) => left[dimension] >= right[dimension]);

/** The dimensions that are limited. */
export const limitedDimensions = (limits: BudgetLimits): readonly CountedDimension[] =>
  countedDimensions.filter(({ limit }) => limits[limit] !== undefined).map(({ dimension }) => dimension);

/** True when anything is limited. */
export const isLimited = (limits: BudgetLimits | undefined): boolean =>
  limits !== undefined && Object.values(limits).some((limit) => limit !== undefined);
