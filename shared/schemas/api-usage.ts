/** What calls of `/v1` came to, as the API shows it. */
import { z } from 'zod';

const day = z.iso.date('must be a day like 2026-11-26');

export const apiUsageQuerySchema = z
  .strictObject({
    from: day.optional().meta({ description: 'First day, UTC; by default 29 days before the last.' }),
    to: day.optional().meta({ description: 'Last day, itself included; by default today.' }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['from'],
    message: 'must not be after "to"',
  });

const amount = z.number().int();

const totals = {
  requests: amount,
  failed: amount.meta({ description: 'Without a whole answer, whatever the cause.' }),
  cancelled: amount.meta({ description: 'Left by the client before the end.' }),
  cacheHits: amount.meta({ description: 'Answered from the cache; they cost nothing.' }),
  estimated: amount.meta({ description: 'Calls whose usage was computed from sizes; the provider never told.' }),
  inputTokens: amount.meta({ description: 'Cached ones included.' }),
  cachedInputTokens: amount,
  cacheWriteTokens: amount,
  outputTokens: amount.meta({ description: 'Those of reasoning included.' }),
  reasoningTokens: amount,
  costMicros: amount.meta({ description: 'Micro-dollars of the calls whose price is known.' }),
  estimatedCostMicros: amount.meta({ description: 'The part of costMicros that belongs to estimated calls.' }),
  unpricedTokens: amount.meta({ description: 'Tokens of calls whose price is not known.' }),
};

export const apiUsageSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    totals: z.object(totals).meta({ id: 'ApiCallTotals' }),
    models: z.array(z.object({ model: z.string(), ...totals })).readonly(),
    keys: z.array(z.object({ keyId: z.string(), ...totals })).readonly(),
    days: z.array(z.object({ day: z.string(), ...totals })).readonly(),
  })
  .meta({ id: 'ApiUsage' });
