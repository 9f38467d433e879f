/** Limits as they are written on the command line: tokens, dollars, steps, minutes; `none` takes a limit away. */
import type { BudgetLimits } from '../shared/domain/budget/amounts.ts';
import { usageFailure } from './exit-codes.ts';

export interface LimitOptions {
  readonly maxTokens?: string;
  readonly maxCost?: string;
  readonly maxSteps?: string;
  readonly maxMinutes?: string;
}

const fields = [
  { option: 'maxTokens', flag: '--max-tokens', limit: 'maxTokens', unit: 1, pattern: /^\d+$/, form: 'a whole number' },
  {
    option: 'maxCost',
    flag: '--max-cost',
    limit: 'maxCostMicros',
    unit: 1_000_000,
    pattern: /^\$?\d+(?:\.\d{1,6})?$/,
    form: 'dollars, for example 2.50',
  },
  { option: 'maxSteps', flag: '--max-steps', limit: 'maxSteps', unit: 1, pattern: /^\d+$/, form: 'a whole number' },
  {
    option: 'maxMinutes',
    flag: '--max-minutes',
    limit: 'maxWallMs',
    unit: 60_000,
    pattern: /^\d+(?:\.\d+)?$/,
    form: 'minutes, for example 30 or 0.5',
  },
] as const;

/**
 * The limits with those of the options in place of their own; `none` removes one.
 * @throws CommandFailure for what is no limit.
 */
export const withLimits = (limits: BudgetLimits, options: LimitOptions): BudgetLimits => {
  const changed: { -readonly [Limit in keyof BudgetLimits]: BudgetLimits[Limit] } = { ...limits };
  for (const { option, flag, limit, unit, pattern, form } of fields) {
    const text = options[option];
    if (text === undefined) continue;
    if (text === 'none') {
      delete changed[limit];
      continue;
    }
    const value = pattern.test(text) ? Math.round(Number(text.replace('$', '')) * unit) : 0;
    if (value < 1) throw usageFailure(`${flag}: "${text}" is not a limit above zero; give ${form}`);
    changed[limit] = value;
  }
  return changed;
};

/** True when any limit was given. */
export const hasLimits = (options: LimitOptions): boolean => fields.some(({ option }) => options[option] !== undefined);
