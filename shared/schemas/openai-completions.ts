/**
 * The body of `POST /v1/completions` (https://platform.openai.com/docs/api-reference/completions/create), as far as its
 * shape goes. The prompt has four shapes, which are told apart where it is read.
 */
import { z } from 'zod';
import { fallbackModels, textParameters } from './openai-chat.ts';

/** A request that is to be translated: everything that is not known is refused. */
export const completionsRequestSchema = z.strictObject({
  ...textParameters,
  prompt: z.unknown(),
  best_of: z.int().min(0).max(20).nullish(),
  echo: z.boolean().nullish(),
  logit_bias: z.record(z.string(), z.unknown()).nullish(),
  logprobs: z.int().min(0).max(5).nullish(),
  suffix: z.string().nullish(),
});

/** A request that is passed on as it came: only what routing needs is looked at, the provider judges the rest. */
export const passedCompletionsSchema = z.looseObject({
  model: textParameters.model,
  prompt: z.unknown(),
  stream: textParameters.stream,
  n: textParameters.n,
  models: fallbackModels,
});

export type CompletionsRequest = z.infer<typeof completionsRequestSchema>;

/** What routing reads of a request. */
export type CompletionsRouting = z.infer<typeof passedCompletionsSchema>;
