/** Quotas of a workspace as the API takes and shows them. */
import { z } from 'zod';
import { maxQuota, quotaNames, quotas } from '../domain/quota/quotas.ts';

const quotaSchema = z.object({
  quota: z.enum(['projects', 'agents', 'apps', 'storedBytes']),
  counts: z.string().meta({ description: 'What is counted, in words.' }),
  limit: z.number().int(),
  source: z
    .enum(['workspace', 'platform', 'default'])
    .meta({ description: 'Who says so: the workspace’s own setting, the platform’s variable, or the usual limit.' }),
  used: z.number().int(),
  oldestStatementAt: z
    .number()
    .optional()
    .meta({ description: 'Milliseconds since the epoch: the oldest statement that the figure is made of.' }),
  setBy: z.string().optional(),
});

export const quotaListSchema = z.object({ quotas: z.array(quotaSchema).readonly() }).meta({ id: 'QuotaList' });

const limit = z
  .number()
  .int('must be a whole number')
  .min(0, 'must be at least 0')
  .max(maxQuota, 'is too large')
  .nullable()
  .optional();

export const setQuotasBody = z
  .strictObject({
    limits: z
      .strictObject({ projects: limit, agents: limit, apps: limit, storedBytes: limit })
      .refine((limits) => quotaNames.some((name) => limits[name] !== undefined), 'must name at least one quota')
      .meta({ description: 'By quota; null takes the workspace’s own limit away. Quotas that are not named stay.' }),
  })
  .meta({ id: 'SetQuotas' });

/** In words what a quota counts. */
export const countsOf = (name: keyof typeof quotas): string => quotas[name].counts;
