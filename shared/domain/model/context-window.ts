/** How much models can read. Only what is known for sure: of the rest the provider's own refusal tells. */

const windows: readonly (readonly [RegExp, number])[] = [
  [/^anthropic\/claude-/, 200_000],
  [/^openai\/gpt-5/, 400_000],
  [/^openai\/gpt-4\.1/, 1_000_000],
  [/^openai\/(?:gpt-4o|gpt-4-turbo)/, 128_000],
];

/** Tokens that a model reads together with its answer; undefined when not known. `name` is `<provider>/<model>`. */
export const contextTokensOf = (name: string): number | undefined =>
  windows.find(([pattern]) => pattern.test(name))?.[1];
