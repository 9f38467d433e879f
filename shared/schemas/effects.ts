/** Effects of which nobody knows, or knew, whether they happened, as the API shows and settles them. */
import { z } from 'zod';
import { effectIdPattern, maxSettledResultLength, settleDecisions } from '../domain/effect/doubt.ts';
import { effectClasses } from '../domain/engine/effect-class.ts';
import { projectPath } from './ids.ts';

export const effectSchema = z
  .object({
    effectId: z.string(),
    number: z.number().int().meta({ description: 'Counts from 1 in the order in which they were told.' }),
    status: z.enum(['in_doubt', 'settled']),
    taskId: z.string(),
    agentId: z.string(),
    runId: z.string(),
    tool: z.string(),
    effectClass: z.enum(effectClasses),
    detail: z.string().meta({ description: 'Beginning of the call’s arguments.' }),
    cause: z.string().meta({ description: 'Why it is not known whether it happened.' }),
    startedAt: z.number().meta({ description: 'When the call was made.' }),
    raisedAt: z.number(),
    decision: z.enum(settleDecisions).optional(),
    by: z.string().optional().meta({ description: '`person:<key id>`, `agent:<id>`, or `lookup`: the server knew.' }),
    result: z.string().optional(),
    reason: z.string().optional(),
    settledAt: z.number().optional(),
  })
  .meta({ id: 'Effect' });

export const effectListSchema = z
  .object({
    effects: z.array(effectSchema).readonly(),
    next: z.number().int().optional().meta({ description: 'Pass it as `after` for the next page.' }),
  })
  .meta({ id: 'EffectList' });

export const effectPath = projectPath.extend({
  effectId: z.string().regex(effectIdPattern, 'must be an id like eff_0123456789abcdef0123456789abcdef-1'),
});

export const settleBody = z
  .strictObject({
    decision: z.enum(settleDecisions, `must be one of ${settleDecisions.join(', ')}`).meta({
      description: '`done`: it happened. `redo`: make the call again. `abandon`: go on without it.',
    }),
    result: z
      .string()
      .max(maxSettledResultLength, `must have at most ${maxSettledResultLength} characters`)
      .optional()
      .meta({ description: 'For `done`: what the tool gave back, as the agent will read it.' }),
    reason: z.string().trim().min(1, 'must not be empty').max(2_000, 'must have at most 2000 characters').optional(),
  })
  .refine(({ decision, result }) => result === undefined || decision === 'done', {
    path: ['result'],
    message: 'is only for `done`',
  })
  .meta({ id: 'SettleEffect' });
