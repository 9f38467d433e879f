/** How much models can read. Only what is known for sure: of the rest the provider's own refusal tells. */
import { findModelCard } from './registry/registry.ts';

/** Tokens that a model reads together with its answer; undefined when not known. `name` is `<provider>/<model>`. */
export const contextTokensOf = (name: string): number | undefined => findModelCard(name)?.contextTokens;
