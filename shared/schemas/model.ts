/** The models that a platform can use, as its own API tells them. */
import { z } from 'zod';
import { abilities } from '../domain/model/registry/model-card.ts';

const rates = {
  input: z.int(),
  cachedInput: z.int(),
  output: z.int(),
  cacheWrite: z.int().optional().meta({ description: 'Input that is written to the cache; absent: as other input.' }),
};

const price = z.object({ ...rates, long: z.object({ ...rates, aboveTokens: z.int() }).optional() }).meta({
  description:
    'Micro-dollars for a million tokens. `long` are the rates of the whole call when its input is longer than that.',
});

export const modelSchema = z
  .object({
    name: z.string().meta({ example: 'openai/gpt-5' }),
    title: z.string(),
    provider: z.string(),
    kind: z.enum(['chat', 'embedding']),
    configured: z.boolean().meta({ description: 'Whether its provider has what it needs here.' }),
    aliases: z.array(z.string()),
    fallbacks: z.array(z.string()).meta({ description: 'What is asked when it cannot answer, in this order.' }),
    abilities: z.array(z.enum(abilities)).optional().meta({ description: 'Absent: not known.' }),
    contextTokens: z.int().optional(),
    outputTokens: z.int().optional(),
    price: price.optional(),
    released: z.string().optional(),
    quality: z.int().optional().meta({ description: 'What published benchmarks let expect, from 0 to 100.' }),
    overridden: z
      .boolean()
      .meta({ description: 'Whether some of this is from `AIDEVOS_PRICES` and not from the table.' }),
    deprecated: z.boolean(),
    endsOn: z.string().optional().meta({ description: 'The day of its end, where it was announced.' }),
  })
  .meta({ id: 'Model' });

export const modelListSchema = z
  .object({
    tableDate: z.string().meta({ description: 'The day on which the table was made.', example: '2026-11-26' }),
    tableSource: z.string(),
    models: z.array(modelSchema),
  })
  .meta({ id: 'ModelList' });

export const modelQuery = z.strictObject({
  all: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'Also the models whose provider is not configured.' }),
});

export type ListedModel = z.infer<typeof modelSchema>;
