/** Budgets and what was used of them, as the API takes and shows them. */
import { z } from 'zod';

const limit = (unit: string, description: string) =>
  z
    .int(`must be a whole number of ${unit}`)
    .min(1, `must be at least 1`)
    .max(1_000_000_000_000_000, `is too large`)
    .optional()
    .meta({ description });

export const budgetLimitsSchema = z
  .strictObject({
    maxTokens: limit('tokens', 'Input and output tokens together.'),
    maxCostMicros: limit('micro-dollars', 'Micro-dollars: 1,000,000 are one dollar.'),
    maxSteps: limit('steps', 'Calls of models and of tools, repeated ones included.'),
    maxWallMs: limit(
      'milliseconds',
      'Milliseconds, pauses not counted. A workspace counts from when it was limited first.',
    ),
  })
  .meta({ id: 'BudgetLimits', description: 'Hard limits; an absent one does not limit.' });

export const projectBudgetSchema = z
  .strictObject({
    run: budgetLimitsSchema.optional().meta({ description: 'For each run of an agent.' }),
    agent: budgetLimitsSchema.optional().meta({ description: 'For each agent, over all its runs.' }),
    project: budgetLimitsSchema.optional().meta({ description: 'For the project as a whole.' }),
  })
  .meta({ id: 'ProjectBudget' });

const amount = z.number().int();

const amountsSchema = z.object({ tokens: amount, costMicros: amount, steps: amount }).meta({ id: 'Amounts' });

const remainingSchema = z
  .object({
    tokens: amount.optional(),
    costMicros: amount.optional(),
    steps: amount.optional(),
    wallMs: amount.optional(),
  })
  .meta({ id: 'Remaining', description: 'What is left of each limit; absent where nothing is limited.' });

const callTotals = {
  answered: amount,
  failed: amount,
  interrupted: amount.meta({
    description: 'Calls that died on the way and are booked as paid for; each was made again.',
  }),
  inputTokens: amount,
  outputTokens: amount,
  cachedInputTokens: amount,
  costMicros: amount.meta({ description: 'Of the calls whose price is known.' }),
  unpricedTokens: amount.meta({ description: 'Tokens of calls whose price is not known.' }),
};

const usageFields = { ...callTotals, steps: amount, reserved: amountsSchema };

export const projectUsageSchema = z
  .object({
    projectId: z.string(),
    ...usageFields,
    wallMs: amount,
    agents: z.array(z.object({ agentId: z.string(), name: z.string(), role: z.string(), ...usageFields })).readonly(),
    models: z.array(z.object({ model: z.string(), ...callTotals })).readonly(),
    budget: projectBudgetSchema,
    remaining: remainingSchema,
  })
  .meta({ id: 'ProjectUsage' });

export const workspaceBudgetSchema = z
  .object({
    limits: budgetLimitsSchema,
    used: amountsSchema,
    reserved: amountsSchema,
    wallMs: amount,
    remaining: remainingSchema,
    projects: z.array(z.object({ projectId: z.string(), used: amountsSchema, reserved: amountsSchema })).readonly(),
    api: z
      .object({ used: amountsSchema, reserved: amountsSchema })
      .meta({ description: 'Of the calls of /v1, as far as they have been reported.' }),
  })
  .meta({ id: 'WorkspaceBudget' });

export const modelCallListSchema = z
  .object({
    calls: z
      .array(
        z
          .object({
            sequence: amount,
            runId: z.string(),
            step: amount,
            attempt: amount,
            model: z.string(),
            status: z.enum(['started', 'answered', 'failed', 'interrupted']),
            usage: z.object({ inputTokens: amount, outputTokens: amount, cachedInputTokens: amount }),
            estimated: z.boolean().meta({ description: 'Computed from sizes, because the provider never told.' }),
            costMicros: amount.optional(),
            reserved: amountsSchema,
            requestHash: z.string(),
            partial: z
              .object({
                text: z.string(),
                toolCalls: z
                  .array(z.object({ id: z.string(), name: z.string(), argumentsJson: z.string() }))
                  .readonly(),
              })
              .optional()
              .meta({ description: 'What had arrived of an answer that never became whole.' }),
            startedAt: z.number(),
            settledAt: z.number().optional(),
          })
          .meta({ id: 'ModelCall' }),
      )
      .readonly(),
  })
  .meta({ id: 'ModelCallList' });
