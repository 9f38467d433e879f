/** Tools as the API shows, searches and runs them, and the rules about them. */
import { z } from 'zod';
import { effectClasses } from '../domain/engine/effect-class.ts';
import { capabilities } from '../domain/tool/capability.ts';
import { toolCosts } from '../domain/tool/tool.ts';
import { maxFetchOrigins, maxToolGrants } from '../protocol/tool-settings.ts';
import { taskKinds } from '../protocol/stages.ts';
import { projectPath } from './ids.ts';
import { limitSchema } from './paging.ts';
import { toolName } from './tools.ts';

const anyObject = z.record(z.string(), z.unknown());

export const toolCardSchema = z
  .object({
    name: z.string(),
    version: z.number().int(),
    description: z.string(),
    capability: z.enum(capabilities),
    effectClass: z.enum(effectClasses),
    cost: z.enum(toolCosts).meta({ description: '`low`: milliseconds; `medium`: up to a second; `high`: more.' }),
    parameters: anyObject.meta({ description: 'JSON Schema of the arguments.' }),
    examples: z.array(z.object({ arguments: anyObject, shows: z.string() })).readonly(),
    source: z.enum(['platform', 'project']),
    open: z
      .boolean()
      .meta({ description: 'True when a person may run it; the others belong to the task of an agent.' }),
  })
  .meta({ id: 'Tool' });

export const toolListSchema = z
  .object({
    tools: z.array(toolCardSchema).readonly(),
    next: z.string().optional().meta({ description: 'Pass it as `after` for the next page.' }),
  })
  .meta({ id: 'ToolList' });

export const toolListQuery = z.strictObject({
  query: z.string().max(300, 'must have at most 300 characters').optional().meta({
    description: 'What you want to do, in plain words: the best fits come first. Absent: all tools by name.',
  }),
  capability: z.enum(capabilities).optional(),
  after: z.string().max(100).optional().meta({ description: 'For lists by name: those after this name.' }),
  limit: limitSchema(50, 200),
});

export const toolPath = z.object({ tool: toolName });
export const projectToolPath = projectPath.extend({ tool: toolName });

const branch = z
  .string()
  .regex(/^people\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be people/ and a name of letters, digits, ".", "_", "-"');

export const runToolBody = z
  .strictObject({
    arguments: anyObject.default({}).meta({ description: 'As the tool’s schema has them.' }),
    ref: z.string().min(1).max(200).optional().meta({ description: 'A branch or commit to read. Absent: `main`.' }),
    branch: branch.optional().meta({
      description:
        'A branch of your own to write to, made from `main` when it is not there. Needed for tools that write.',
    }),
    cursor: z.string().max(100).optional().meta({ description: '`next` of the page before, with the same arguments.' }),
  })
  .refine(({ ref, branch: own }) => ref === undefined || own === undefined, {
    path: ['ref'],
    message: 'is not for calls that name a branch to write to',
  })
  .meta({ id: 'RunTool' });

export const toolResultSchema = z
  .object({
    tool: z.string(),
    content: z.string(),
    isError: z.boolean().meta({ description: 'True when the tool says that it could not: `content` is why.' }),
    provenance: z.object({
      tool: z.string(),
      version: z.number().int(),
      at: z.number(),
      commit: z.string().optional(),
      truncated: z.boolean(),
    }),
    next: z.string().optional().meta({ description: 'There is more: pass it as `cursor` with the same arguments.' }),
  })
  .meta({ id: 'ToolResult' });

const names = z.array(z.string().min(1).max(60)).min(1).max(50);

const grantSchema = z.strictObject({
  effect: z.enum(['allow', 'deny']),
  tools: names.meta({ description: 'Names, `capability:<name>`, or `*`.' }),
  roles: names.optional(),
  taskKinds: z.array(z.enum(taskKinds)).min(1).optional(),
  tasks: names.optional().meta({ description: 'Keys of tasks.' }),
  reason: z.string().trim().min(1).max(300).optional().meta({ description: 'Told to who is refused.' }),
});

export const toolRulesBody = z
  .strictObject({
    grants: z.array(grantSchema).max(maxToolGrants, `must be at most ${maxToolGrants}`).default([]),
    fetchOrigins: z
      .array(z.string().max(300))
      .max(maxFetchOrigins, `must be at most ${maxFetchOrigins}`)
      .default([])
      .meta({ description: 'Origins that agents may fetch from. Absent: none.' }),
  })
  .meta({ id: 'ToolRules' });

export const projectToolsSchema = z
  .object({
    tools: z.array(toolCardSchema).readonly().meta({ description: 'The project’s own tools.' }),
    grants: z
      .array(
        z.object({
          effect: z.enum(['allow', 'deny']),
          tools: z.array(z.string()).readonly(),
          roles: z.array(z.string()).readonly().optional(),
          taskKinds: z.array(z.enum(taskKinds)).readonly().optional(),
          tasks: z.array(z.string()).readonly().optional(),
          reason: z.string().optional(),
        }),
      )
      .readonly(),
    fetchOrigins: z.array(z.string()).readonly(),
  })
  .meta({ id: 'ProjectTools' });
