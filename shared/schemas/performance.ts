/** Performance tests as the API takes and shows them. */
import { z } from 'zod';
import { performanceVerdicts } from '../domain/quality/performance/compare-pairs.ts';
import { performanceKinds } from '../rpc/performance.ts';
import { limitSchema } from './paging.ts';

const exchange = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  path: z
    .string()
    .max(2_000)
    .regex(/^\/(?!\/)/, 'must start with one "/"'),
  headers: z.record(z.string().max(200), z.string().max(2_000)).optional(),
  body: z.string().max(100_000).optional(),
});

export const longestRun = 100;

export const startPerformanceBody = z
  .strictObject({
    kind: z.enum(performanceKinds),
    branch: z.string().min(1).max(250).default('main'),
    base: z
      .string()
      .min(1)
      .max(250)
      .optional()
      .meta({ description: 'A branch or commit to compare with. Absent: the baseline of the branch.' }),
    pairs: z
      .number()
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(longestRun, `must be at most ${longestRun}`)
      .default(20)
      .meta({ description: 'Pairs of times to take. With fewer than 5 nothing can be decided.' }),
    load: z
      .strictObject({
        exchanges: z
          .array(exchange)
          .min(1)
          .max(100)
          .readonly()
          .optional()
          .meta({ description: 'Requests, made in turn. Absent: the health route and every GET without a parameter.' }),
        prepare: z
          .array(exchange)
          .max(100)
          .readonly()
          .optional()
          .meta({ description: 'Requests made once on each version, which begins with an empty database.' }),
        ratePerSecond: z
          .number()
          .min(1, 'must be at least 1')
          .max(500, 'must be at most 500')
          .optional()
          .meta({ description: 'Requests begin at this rate, answered or not. Absent: 50.' }),
      })
      .optional()
      .meta({ description: 'Only for a load.' }),
  })
  .refine(({ kind, load }) => kind === 'load' || load === undefined, {
    path: ['load'],
    message: 'belongs to a run of kind load',
  })
  .meta({ id: 'StartPerformance' });

const comparison = z.object({
  verdict: z.enum(performanceVerdicts).meta({ description: '`undecided`: the pairs show neither.' }),
  pairs: z.number().int(),
  ratio: z.number().meta({ description: 'Time of the change as a share of the time before.' }),
  low: z.number(),
  high: z.number(),
  chance: z.number().meta({ description: 'Of such pairs if the change were no slower than what matters.' }),
});

export const performanceSchema = z
  .object({
    runId: z.string(),
    kind: z.enum(performanceKinds),
    branch: z.string(),
    status: z.enum(['running', 'done', 'refused', 'cancelled']),
    commit: z.string().optional(),
    base: z.string().optional().meta({ description: 'Absent: there was nothing to compare with.' }),
    pairs: z.number().int(),
    progress: z.number().int().meta({ description: 'Pairs taken so far.' }),
    requestedAt: z.number(),
    finishedAt: z.number().optional(),
    reason: z.string().optional().meta({ description: 'Why it was refused, and what to do.' }),
    results: z
      .array(
        z.object({
          name: z.string(),
          comparison: comparison.optional(),
          microseconds: z.number().optional(),
          stepsRatio: z.number().optional().meta({ description: 'Steps against those before; no noise in it.' }),
          p95Ms: z.number().optional(),
          failedPercent: z.number().optional(),
          failure: z.string().optional(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'PerformanceRun' });

export const performanceListSchema = z
  .object({ runs: z.array(performanceSchema).readonly() })
  .meta({ id: 'PerformanceRunList' });

export const performanceQuery = z.strictObject({
  kind: z.enum(performanceKinds).optional(),
  branch: z.string().min(1).max(250).optional(),
  limit: limitSchema(20, 100),
});
