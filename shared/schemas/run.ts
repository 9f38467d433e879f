/** Replaying and forking as the API takes it. */
import { z } from 'zod';
import { idSchema } from './ids.ts';
import { modelName, projectName } from './project.ts';

const maxInstructionsLength = 20_000;
const maxFiles = 100;

const sequence = z.int().min(1, 'must be at least 1');

const codeFile = z.strictObject({
  path: z.string().min(1).max(512),
  content: z.string().nullable().meta({ description: 'The new text; null deletes the file.' }),
});

export const forkBody = z
  .strictObject({
    at: z
      .union([
        z.strictObject({ sequence }),
        z.strictObject({ runId: idSchema('run'), step: z.int().min(0, 'must be at least 0') }),
      ])
      .optional()
      .meta({ description: 'An event of the project, or a step of an agent’s run. Absent: as it is now.' }),
    name: projectName.optional(),
    model: modelName.optional(),
    instructions: z
      .string()
      .trim()
      .min(1, 'must not be empty')
      .max(maxInstructionsLength, `must have at most ${maxInstructionsLength} characters`)
      .optional()
      .meta({ description: 'Added to the system prompt.' }),
    role: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be a role name like `backend`')
      .optional()
      .meta({ description: 'Whom `model` and `instructions` are for. Absent: the whole team.' }),
    code: z
      .array(codeFile)
      .min(1, 'must have at least one file')
      .max(maxFiles, `must have at most ${maxFiles} files`)
      .optional()
      .meta({ description: 'Files that are put on `main` before the copy goes on.' }),
    keepTools: z.boolean().optional().meta({
      description:
        'Whether tools that the project brought and that act on the outside go along. Absent: only those of class `pure`.',
    }),
  })
  .meta({ id: 'ForkProject' });

export const stateQuery = z.strictObject({
  sequence: z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .meta({ type: 'integer', minimum: 0 }),
});

export const stateHashSchema = z
  .object({ sequence: z.number().int(), hash: z.string().meta({ description: 'SHA-256 of the canonical JSON.' }) })
  .meta({ id: 'StateHash' });
