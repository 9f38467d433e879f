import type { Issue } from '../../errors/result.ts';
import { findPrice } from '../model/prices.ts';
import type { ProjectBudget } from './amounts.ts';

/** The limits in money that cannot be kept, because nobody knows what the model costs. */
export const findUnpricedLimits = (budget: ProjectBudget, model: string): readonly Issue[] =>
  findPrice(model) !== undefined
    ? []
    : Object.entries(budget).flatMap(([scope, limits]) =>
        limits.maxCostMicros === undefined
          ? []
          : [
              {
                field: `budget.${scope}.maxCostMicros`,
                reason: `cannot be kept: the price of ${model} is not known; limit tokens or steps instead`,
              },
            ],
      );
