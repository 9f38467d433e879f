/** Deploying, checking over HTTP, and promoting. The project does it and keeps the measurements. */
import { z } from 'zod';
import type { TaskHolder } from '../../rpc/project.ts';
import type { TaskAssignment } from '../agent/assignment.ts';
import { defineTool, toolError } from './tool.ts';

const slot = z.enum(['preview', 'staging', 'production']);

const holderOf = ({ taskId, fencingToken }: TaskAssignment): TaskHolder => ({ taskId, fencingToken });

export const deploy = defineTool({
  name: 'deploy',
  description: 'Builds the head of main and puts it into a slot. The health route is asked at once.',
  parameters: z.strictObject({ slot: z.enum(['preview', 'staging']) }),
  effectClass: 'idempotent',
  capability: 'release',
  cost: 'high',
  describe: (input) => input.slot,
  run: async (input, { project, commandId, assignment }) => {
    const deployed = await project.deploy({ commandId, slot: input.slot, holder: holderOf(assignment) });
    return deployed.ok
      ? { content: `Version ${deployed.value.version} is in the ${input.slot} slot.` }
      : toolError(deployed.error.detail);
  },
});

export const runChecks = defineTool({
  name: 'run_checks',
  description:
    'Makes HTTP requests to a slot, in order, and compares the answers. The slot’s data is emptied before. The scenarios of the specification are run as well. Begin a criterion with its id where it has one. Recorded as the acceptance measurement.',
  parameters: z.strictObject({
    slot: z.enum(['preview', 'staging']),
    checks: z
      .array(
        z.strictObject({
          criterion: z.string().min(1).max(500),
          method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']),
          path: z
            .string()
            .min(1)
            .max(2_000)
            .describe('From the root of the app; {name} is replaced by a captured value.'),
          body: z.string().max(100_000).optional().describe('JSON text; {name} is replaced in the same way.'),
          headers: z.record(z.string(), z.string()).optional(),
          expectStatus: z.number().int().min(100).max(599),
          expectContains: z.string().max(2_000).optional(),
          capture: z.record(z.string(), z.string()).optional().describe('Name → dotted path into the JSON answer.'),
        }),
      )
      .min(1)
      .max(500),
  }),
  effectClass: 'idempotent',
  capability: 'release',
  cost: 'high',
  describe: (input) => `${input.checks.length} checks on ${input.slot}`,
  run: async (input, { project, commandId, assignment }) => {
    const checks = input.checks.map(({ body, headers, expectContains, capture, ...check }) => ({
      ...check,
      ...(body === undefined ? {} : { body }),
      ...(headers === undefined ? {} : { headers }),
      ...(expectContains === undefined ? {} : { expectContains }),
      ...(capture === undefined ? {} : { capture }),
    }));
    const result = await project.runChecks({ commandId, slot: input.slot, checks, holder: holderOf(assignment) });
    if (!result.ok) return toolError(result.error.detail);
    const { passed, failures } = result.value;
    return {
      content: [`${passed} checks passed, ${failures.length} failed.`, ...failures].join('\n'),
      isError: failures.length > 0,
    };
  },
});

export const promote = defineTool({
  name: 'promote',
  description:
    'Puts the version of one slot into another. Refused unless its health and acceptance checks passed there.',
  parameters: z.strictObject({ from: slot, to: slot }),
  effectClass: 'idempotent',
  capability: 'release',
  cost: 'medium',
  describe: (input) => `${input.from} → ${input.to}`,
  run: async (input, { project, commandId, assignment }) => {
    const promoted = await project.promote({ commandId, from: input.from, to: input.to, holder: holderOf(assignment) });
    return promoted.ok
      ? { content: `Version ${promoted.value.version} is in the ${input.to} slot.` }
      : toolError(promoted.error.detail);
  },
});

export const readMeasurements = defineTool({
  name: 'read_measurements',
  description: 'Reads what the platform measured on the present version, and the gates computed from it.',
  parameters: z.strictObject({}),
  effectClass: 'pure',
  capability: 'system',
  cost: 'low',
  run: async (_input, { project }) => {
    const found = await project.measurements();
    return found.ok ? { content: JSON.stringify(found.value, null, 2) } : toolError(found.error.detail);
  },
});

export const sendMessage = defineTool({
  name: 'send_message',
  description:
    'Sends a note to a colleague: agent:<id>, role:<name>, or * for everyone. It does not wait for an answer.',
  parameters: z.strictObject({ recipient: z.string().min(1).max(100), content: z.string().min(1).max(20_000) }),
  effectClass: 'idempotent',
  capability: 'team',
  cost: 'low',
  describe: (input) => input.recipient,
  run: (input, context) => {
    context.sendMessage(input.recipient, 'note', input.content);
    return { content: 'Sent.' };
  },
});
