/** The pools of a project as the API takes and shows them. */
import { z } from 'zod';
import { defaultCoolDownSeconds, defaultTargetLoad, maxPoolSize } from '../protocol/pools.ts';

export const roleName = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be a role name like `backend`');

const size = z.number().int().min(1, 'must be at least 1').max(maxPoolSize, `must be at most ${maxPoolSize}`);

const settings = {
  role: roleName,
  minimum: size.meta({ description: 'Agents that are there also when nothing waits.' }),
  maximum: size.meta({ description: 'Agents that are there at most; not less than the minimum.' }),
};

/** One pool as it is set. */
const poolBody = z.strictObject({
  ...settings,
  targetLoad: z
    .number()
    .min(0.1, 'must be at least 0.1')
    .max(100, 'must be at most 100')
    .default(defaultTargetLoad)
    .meta({ description: 'Ready tasks that may wait for each agent before the pool grows.' }),
  coolDownSeconds: z
    .number()
    .int()
    .min(1, 'must be at least 1')
    .max(3_600, 'must be at most 3600')
    .default(defaultCoolDownSeconds)
    .meta({
      description: 'How long an agent is idle before it may go, and how long after a change its opposite waits.',
    }),
});

/** The pools of a project, each for a role. */
export const poolsField = z.array(poolBody).max(20, 'must be at most 20');

export const setPoolsBody = z.strictObject({ pools: poolsField }).meta({ id: 'SetPools' });

const count = z.number().int();

const poolChangeSchema = z.object({
  direction: z.enum(['grew', 'shrank']),
  reason: z.enum(['below_minimum', 'queue', 'above_maximum', 'idle', 'project_ended']),
  from: count,
  to: count,
  queued: count.meta({ description: 'Ready tasks that waited for an agent of the role.' }),
  working: count.meta({ description: 'Agents of the pool that held a task.' }),
  at: z.number().meta({ description: 'Milliseconds since the epoch.' }),
});

const poolSchema = z.object({
  role: z.string(),
  minimum: count,
  maximum: count,
  targetLoad: z.number(),
  coolDownSeconds: count,
  agents: count.meta({ description: 'Agents of the role that are not at rest.' }),
  working: count,
  resting: count,
  queued: count.meta({ description: 'Ready tasks that wait for an agent of the role.' }),
  short: count.meta({ description: 'Agents that it wants and the workspace’s quota does not grant.' }),
  lastChange: poolChangeSchema.optional(),
});

export const poolListSchema = z.object({ pools: z.array(poolSchema).readonly() }).meta({ id: 'PoolList' });
