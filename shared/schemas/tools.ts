/** Tools that a project brings, as the API takes them. */
import { effectClasses } from '../domain/engine/effect-class.ts';
import { z } from 'zod';
import {
  defaultToolKinds,
  defaultToolTimeoutMs,
  maxConnectedTools,
  maxToolTimeoutMs,
} from '../protocol/connected-tools.ts';
import { taskKinds } from '../protocol/stages.ts';

const address = z.string().max(2_000, 'must have at most 2000 characters');

/** The name of a tool, as paths and models have it. */
export const toolName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{2,39}$/, 'must be 3 to 40 of a-z, 0-9 and _, starting with a letter');

const fields = {
  description: z.string().trim().min(1, 'must not be empty').max(2_000, 'must have at most 2000 characters'),
  parameters: z
    .record(z.string(), z.unknown())
    .default({ type: 'object' })
    .meta({ description: 'A JSON Schema of type object for the arguments. Absent: any object.' }),
  url: address.meta({ description: 'Takes calls as POST; its origin must be on the operator’s list.' }),
  effectClass: z.enum(effectClasses, `must be one of ${effectClasses.join(', ')}`).meta({
    description:
      'What a call whose outcome is unknown means: `pure` and `idempotent` are called again, `lookup` is asked first, `unsafe` waits for a person.',
  }),
  lookupUrl: address.optional().meta({ description: 'For `lookup`: answers GET ?key=… with { found, result }.' }),
  taskKinds: z
    .array(z.enum(taskKinds))
    .min(1)
    .max(taskKinds.length)
    .default([...defaultToolKinds])
    .meta({ description: 'The kinds of task whose agents may call it.' }),
  timeoutMs: z.int().min(100).max(maxToolTimeoutMs).default(defaultToolTimeoutMs),
};

/** A tool whose name stands elsewhere. */
export const namelessTool = z.strictObject(fields).meta({ id: 'RegisterTool' });

const connectedTool = z
  .strictObject({ name: toolName, ...fields })
  .transform(({ lookupUrl, ...tool }) => (lookupUrl === undefined ? tool : { ...tool, lookupUrl }));

export const connectedToolsSchema = z
  .array(connectedTool)
  .max(maxConnectedTools, `must be at most ${maxConnectedTools}`)
  .meta({ description: 'HTTP tools that the agents of this project may call.' });
