/**
 * The most that a model says in one answer when the request sets no limit, in tokens: what has to be set aside of a
 * budget then. Source: the providers' model pages, November 2026. A model that is not known may say as much as any.
 */

const limits: readonly (readonly [pattern: RegExp, tokens: number])[] = [
  [/^openai\/gpt-4o(-|$)/, 16_384],
  [/^openai\/gpt-4\.1(-|$)/, 32_768],
  [/^openai\/o\d/, 100_000],
  [/^openai\/gpt-[5-9]/, 128_000],
  [/^offline\//, 8_192],
];

const largest = 128_000;

/** By the model's full name. */
export const outputLimitOf = (model: string): number => limits.find(([pattern]) => pattern.test(model))?.[1] ?? largest;
