/** The body of `POST /v1/embeddings` (https://platform.openai.com/docs/api-reference/embeddings/create). */
import { z } from 'zod';

const mostInputs = 2_048;
const tokens = z.array(z.int().min(0)).min(1);
const text = z.string().min(1, 'must not be empty');

const input = z.union(
  [text, z.array(text).min(1).max(mostInputs), tokens.max(mostInputs * 16), z.array(tokens).min(1).max(mostInputs)],
  { error: `must be a text that is not empty, or a list of 1 to ${mostInputs} of them` },
);

/** A request that is passed on as it came: only what routing needs is looked at, the provider judges the rest. */
export const passedEmbeddingsSchema = z.looseObject({ model: z.string().min(1, 'must name a model'), input });

export const embeddingsRequestSchema = z.strictObject({
  model: z.string().min(1, 'must name a model'),
  input,
  dimensions: z.int().min(1, 'must be at least 1').nullish(),
  encoding_format: z.enum(['float', 'base64'], { error: 'must be float or base64' }).nullish(),
  user: z.string().nullish(),
});

export type EmbeddingsRequest = z.infer<typeof embeddingsRequestSchema>;
