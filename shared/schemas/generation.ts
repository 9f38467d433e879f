/** Generated tests of a project as the API takes and shows them. */
import { z } from 'zod';
import { maxMutants } from './mutation.ts';

const reportSchema = z
  .object({
    commit: z.string(),
    functions: z.number().int().meta({ description: 'Exported functions that were looked at.' }),
    skipped: z.array(z.object({ file: z.string(), name: z.string(), reason: z.string() })).readonly(),
    candidates: z.number().int(),
    refuted: z
      .array(z.object({ file: z.string(), name: z.string(), message: z.string() }))
      .readonly()
      .meta({
        description: 'Properties that do not hold, with a counterexample, and tests that did not pass each time.',
      }),
    mutants: z.number().int(),
    survivedBefore: z.number().int().meta({ description: 'Mutants that the tests of before did not notice.' }),
    noticedNow: z.number().int().meta({ description: 'Of those, the ones that the kept tests notice.' }),
    files: z
      .array(
        z.object({
          path: z.string(),
          content: z.string(),
          tests: z
            .array(z.object({ name: z.string(), kind: z.enum(['characterisation', 'property', 'api']) }))
            .readonly(),
          kills: z.number().int(),
        }),
      )
      .readonly()
      .meta({ description: 'The kept tests, ready to be committed.' }),
    dropped: z.array(z.object({ path: z.string(), reason: z.string() })).readonly(),
  })
  .meta({ id: 'GenerationReport' });

export const generationSchema = z
  .object({
    runId: z.string(),
    status: z.enum(['running', 'done', 'refused']),
    limit: z.number().int(),
    path: z.string().optional(),
    seed: z.number().int(),
    requestedAt: z.number(),
    finishedAt: z.number().optional(),
    progress: z.number().meta({ description: 'From 0 to 1.' }),
    reason: z.string().optional().meta({ description: 'Why it was refused, and what to do.' }),
    report: reportSchema.optional(),
  })
  .meta({ id: 'GenerationRun' });

export const startGenerationBody = z
  .strictObject({
    limit: z
      .number()
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(maxMutants, `must be at most ${maxMutants}`)
      .default(100)
      .meta({ description: 'Mutants at most; of more a sample is taken.' }),
    path: z
      .string()
      .min(1, 'must not be empty')
      .max(512, 'must have at most 512 characters')
      .optional()
      .meta({ description: 'A file or folder of the code to make tests for.' }),
    seed: z.number().int('must be a whole number').min(0).max(1_000_000_000).default(1),
  })
  .meta({ id: 'StartGeneration' });
