import { z } from 'zod';

const wholeNumber = (longest: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value <= longest, `must be at most ${longest}`);

/** At most so many entries, where what is usual depends on what is asked. */
export const optionalLimitSchema = (longest: number) =>
  wholeNumber(longest)
    .refine((value) => value >= 1, 'must be at least 1')
    .optional()
    .meta({ type: 'integer', minimum: 1, maximum: longest });

/** How many entries a page holds; absent: `usual`. */
export const limitSchema = (usual: number, longest: number) =>
  optionalLimitSchema(longest)
    .transform((value) => value ?? usual)
    .meta({ type: 'integer', minimum: 1, maximum: longest, default: usual });

/** A position in a log: the entries after it are answered. Absent: from the start. */
const sequenceSchema = wholeNumber(Number.MAX_SAFE_INTEGER)
  .optional()
  .transform((value) => value ?? 0)
  .meta({ type: 'integer', minimum: 0, default: 0 });

/** Query of a log's pages. */
export const logQuery = z.strictObject({ after: sequenceSchema, limit: limitSchema(100, 1_000) });

/** Query of a log of messages, which can be long each. */
export const messageQuery = z.strictObject({ after: sequenceSchema, limit: limitSchema(50, 100) });

/** Query of effects that are or were in doubt. */
export const effectQuery = z.strictObject({
  status: z
    .enum(['in_doubt', 'settled', 'all'], 'must be one of in_doubt, settled, all')
    .default('in_doubt')
    .meta({ description: 'Which effects; absent: those that wait for somebody.' }),
  after: sequenceSchema,
  limit: limitSchema(50, 100),
});

/** Looked at by the authentication, which comes first. */
const ticket = z
  .string()
  .max(512)
  .optional()
  .meta({ description: 'From `POST /api/tickets`, where no header can be sent.' });

/** A moment: milliseconds since the epoch, or a date as ISO 8601 has it. */
export const sinceSchema = z
  .union([
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
    z.iso.datetime({ offset: true }).transform(Date.parse),
  ])
  .optional()
  .meta({
    type: 'string',
    description: 'Begins at the first event that was recorded at or after this moment (milliseconds or ISO 8601).',
  });

/** Query of a log that can also be followed as a stream. */
export const streamQuery = logQuery.extend({ since: sinceSchema, ticket });

/** Query of a WebSocket. */
export const socketQuery = z.strictObject({ after: sequenceSchema, ticket });
