/** Rolling upgrades of services as the API takes and shows them. */
import { z } from 'zod';
import {
  maxStepRequests,
  maxStepSeconds,
  usualSlowdown,
  usualStepRequests,
  usualSteps,
  usualStepSeconds,
} from '../domain/service-registry/upgrade/decide.ts';
import { serviceName, servicePath } from './services.ts';

export const startUpgradeBody = z
  .strictObject({
    name: serviceName,
    to: z
      .string()
      .min(1, 'must be a version')
      .max(100, 'must have at most 100 characters')
      .meta({ description: 'The version, as instances of the service are registered with it.', example: '2.0.0' }),
    steps: z
      .array(z.number().positive('must be above 0').max(100, 'must be at most 100'))
      .min(1, 'must have at least 1 entry')
      .max(20, 'must have at most 20 entries')
      .default([...usualSteps])
      .meta({ description: 'Per cent of the requests for the new version, rising, the last 100.' }),
    stepRequests: z
      .number()
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(maxStepRequests, `must be at most ${maxStepRequests}`)
      .default(usualStepRequests)
      .meta({ description: 'A step is over when the new version was seen to take so many requests.' }),
    stepSeconds: z
      .number()
      .min(1, 'must be at least 1')
      .max(maxStepSeconds, `must be at most ${maxStepSeconds}`)
      .default(usualStepSeconds)
      .meta({ description: 'Or after so long, with whatever was seen.' }),
    maxSlowdown: z
      .number()
      .min(1.25, 'must be at least 1.25')
      .max(100, 'must be at most 100')
      .default(usualSlowdown)
      .meta({ description: 'Times of the new version may be so many times those of the old one.' }),
  })
  .meta({ id: 'StartServiceUpgrade' });

const group = z.enum(['old', 'new']);

const versionFigures = z.object({
  requests: z.number().int(),
  faults: z.number().int(),
  medianMs: z.number().optional(),
});

export const upgradeSchema = z
  .object({
    name: z.string(),
    id: z.string(),
    from: z.array(z.string()).readonly(),
    to: z.string(),
    steps: z.array(z.number()).readonly(),
    step: z.number().int().meta({ description: 'Index of the step that it is at, or ended at.' }),
    stepRequests: z.number().int(),
    stepSeconds: z.number(),
    maxSlowdown: z.number(),
    status: z.enum(['running', 'paused', 'completed', 'stopped', 'aborted']),
    end: z
      .enum(['passed', 'errors', 'latency', 'health', 'gone', 'old_gone', 'asked'])
      .optional()
      .meta({ description: 'Why it ended.' }),
    total: z.number().meta({ description: 'What all weights are together.' }),
    startedAt: z.number(),
    stepStartedAt: z.number(),
    endedAt: z.number().optional(),
    by: z.string().meta({ description: 'The key that began it.' }),
    figures: z
      .object({
        new: versionFigures,
        old: versionFigures,
        chanceOfErrors: z.number().optional(),
        chanceOfTimes: z.number().optional(),
      })
      .meta({
        description: 'What was seen since the step began, and the chances of it if the new version were no worse.',
      }),
    weights: z.array(z.object({ instance: z.string(), group, weight: z.number() })).readonly(),
  })
  .meta({ id: 'ServiceUpgrade' });

export const upgradeListSchema = z
  .object({ upgrades: z.array(upgradeSchema).readonly() })
  .meta({ id: 'ServiceUpgradeList' });

export const steerUpgradePath = servicePath.extend({
  action: z.enum(['pause', 'resume', 'abort'], 'must be one of pause, resume, abort'),
});
