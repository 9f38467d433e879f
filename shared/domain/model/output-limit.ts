/**
 * The most that a model says in one answer when the request sets no limit, in tokens: what has to be set aside of a
 * budget then. A model of which no limit is known may say as much as any.
 */
import { findModelCard } from './registry/registry.ts';

const largest = 128_000;

/** By the model's full name. */
export const outputLimitOf = (model: string): number => findModelCard(model)?.outputTokens ?? largest;
