/** Dead letters as the API shows them. */
import { z } from 'zod';
import { letterIdPattern } from '../rpc/dead-letters.ts';
import { projectPath } from './ids.ts';

const deadLetterSchema = z
  .object({
    letterId: z.string(),
    object: z.string().meta({ description: '`project` or `agent:<id>`: whose work it is.' }),
    part: z.enum(['outbox', 'timer']),
    kind: z.string().meta({ description: 'What was to be delivered or done.' }),
    lane: z.string(),
    payloadHash: z.string().meta({ description: 'SHA-256 of the payload, in hexadecimal.' }),
    attempts: z.number().int(),
    cause: z.string(),
    parkedAt: z.number(),
  })
  .meta({ id: 'DeadLetter' });

export const deadLetterListSchema = z
  .object({ deadLetters: z.array(deadLetterSchema).readonly() })
  .meta({ id: 'DeadLetterList' });

export const deadLetterPath = projectPath.extend({
  letterId: z.string().regex(letterIdPattern, 'must be an id like project-outbox-12'),
});

export const replayedSchema = z.object({ replayed: z.literal(true) }).meta({ id: 'Replayed' });
