/** Measuring on request as the API takes and shows it. */
import { z } from 'zod';
import { measurableKinds } from '../rpc/figures.ts';

const kind = z.enum(measurableKinds);

export const measuringSchema = z
  .object({
    runId: z.string(),
    status: z.enum(['running', 'done', 'cancelled']),
    kinds: z.array(kind).readonly(),
    results: z
      .array(
        z.object({
          kind,
          commit: z.string().meta({ description: 'What it was measured on.' }),
          outcome: z.enum(['measured', 'not_measured']),
          summary: z.string(),
        }),
      )
      .readonly()
      .meta({ description: 'What is measured so far.' }),
    requestedAt: z.number(),
    finishedAt: z.number().optional(),
  })
  .meta({ id: 'MeasuringRun' });

export const startMeasuringBody = z
  .strictObject({
    kinds: z
      .array(kind)
      .max(measurableKinds.length)
      .default([...measurableKinds])
      .meta({ description: 'Absent or empty: all of them.' }),
  })
  .meta({ id: 'StartMeasuring' });

export const coverageFileSchema = z
  .object({
    commit: z.string(),
    lcov: z.string().optional().meta({ description: 'A tracefile of lcov; absent when it was too long to be kept.' }),
  })
  .meta({ id: 'CoverageFile' });
