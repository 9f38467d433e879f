import { z } from 'zod';

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
