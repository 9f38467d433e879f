import { z } from 'zod';
import { idSchema } from './ids.ts';
import { managedKinds, objectLifecycleSchema } from './managed-object.ts';
import { limitSchema } from './paging.ts';

const part = z.object({ status: z.enum(['up', 'down']), durationMs: z.number(), reason: z.string().optional() });

/** `degraded` still answers 200: the platform serves what does not need the part that is down. */
export const healthSchema = z
  .object({
    status: z.enum(['healthy', 'degraded']),
    environment: z.string(),
    model: z.string(),
    parts: z.object({ directory: part, sandbox: part, toolchain: part }),
  })
  .meta({ id: 'Health' });

export const componentsQuery = z.strictObject({
  after: idSchema('prj').optional().meta({ description: 'The next page: after this project.' }),
  limit: limitSchema(10, 50).meta({
    description: 'Projects on a page, each with its repository and agents; and topics on the first page.',
  }),
  afterTopic: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'The next topics, and nothing else: those after this one.' }),
});

const component = objectLifecycleSchema.partial().extend({
  kind: z.enum(managedKinds),
  objectId: z.string(),
  name: z.string().optional(),
  status: z
    .enum(['up', 'resting', 'failed', 'down'])
    .meta({ description: '`failed`: it answers that it cannot work. `down`: it does not answer.' }),
  durationMs: z.number(),
});

/** As `/health`, with every object of the workspace. */
export const componentsSchema = z
  .object({
    status: z.enum(['healthy', 'degraded']),
    parts: z.object({ directory: part, sandbox: part, toolchain: part }),
    components: z.array(component).readonly(),
    next: z.string().optional(),
    nextTopic: z.string().optional().meta({ description: 'Pass as `afterTopic`: there are more topics.' }),
  })
  .meta({ id: 'Components' });
