/** Mutation testing and coverage of a project as the API takes and shows them. */
import { z } from 'zod';

const shareSchema = z.object({ covered: z.number().int(), total: z.number().int() });

const totals = {
  statements: shareSchema,
  branches: shareSchema,
  functions: shareSchema,
  lines: shareSchema,
};

const scoreSchema = z
  .object({
    killed: z.number().int(),
    timeout: z.number().int(),
    survived: z.number().int(),
    noCoverage: z.number().int().meta({ description: 'Mutants that no test comes by.' }),
    errors: z.number().int().meta({ description: 'Mutants with which no test could be run; they do not count.' }),
    percent: z.number().optional().meta({ description: 'Killed and timed out of all that count; absent without one.' }),
  })
  .meta({ id: 'MutationScore' });

const survivorSchema = z
  .object({
    file: z.string(),
    line: z.number().int(),
    mutator: z.string(),
    status: z.enum(['survived', 'no_coverage']),
    diff: z.string().meta({ description: 'The change that no test noticed, as a unified diff.' }),
    nearestTests: z
      .array(z.object({ file: z.string(), name: z.string() }))
      .readonly()
      .meta({ description: 'The tests that ought to have noticed.' }),
  })
  .meta({ id: 'MutationSurvivor' });

const mutationReportSchema = z
  .object({
    commit: z.string().meta({ description: 'What all of this was measured on.' }),
    found: z.number().int().meta({ description: 'Mutants that there are.' }),
    tested: z.number().int().meta({ description: 'Mutants that were taken, all or a sample.' }),
    score: scoreSchema,
    coverage: z.object(totals),
    change: z
      .array(
        z.object({
          file: z.string(),
          covered: z.number().int(),
          total: z.number().int(),
          uncoveredLines: z.array(z.number().int()).readonly(),
        }),
      )
      .readonly()
      .optional()
      .meta({ description: 'With `since`: coverage of the lines that were added or changed.' }),
    files: z.array(z.object({ file: z.string(), ...totals, score: scoreSchema.optional() })).readonly(),
    survivors: z.array(survivorSchema).readonly().meta({ description: 'At most 50.' }),
    ignored: z.number().int().meta({ description: 'Mutants that a comment takes out.' }),
    unmeasured: z.array(z.object({ file: z.string(), reason: z.string() })).readonly(),
  })
  .meta({ id: 'MutationReport' });

export const mutationSchema = z
  .object({
    runId: z.string(),
    status: z.enum(['running', 'done', 'refused']),
    limit: z.number().int(),
    since: z.string().optional(),
    requestedAt: z.number(),
    finishedAt: z.number().optional(),
    progress: z.number().int().meta({ description: 'Mutants with a verdict so far.' }),
    reason: z.string().optional().meta({ description: 'Why it was refused, and what to do.' }),
    report: mutationReportSchema.optional(),
  })
  .meta({ id: 'MutationRun' });

export const maxMutants = 500;

export const startMutationBody = z
  .strictObject({
    limit: z
      .number()
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(maxMutants, `must be at most ${maxMutants}`)
      .default(100)
      .meta({ description: 'Mutants at most; of more a sample is taken, always the same one for the same code.' }),
    since: z
      .string()
      .min(1, 'must not be empty')
      .max(250, 'must have at most 250 characters')
      .optional()
      .meta({ description: 'A branch or commit: only mutants on lines that main has changed since.' }),
  })
  .meta({ id: 'StartMutation' });
