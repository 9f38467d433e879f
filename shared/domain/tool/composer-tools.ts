/**
 * Services made of members, for agents that deploy. What an agent composes belongs to its project: its agents may change
 * and take down that, and nothing else of the workspace. Outside services are reached where the operator allows it only.
 */
import { z } from 'zod';
import type { AppError } from '../../errors/result.ts';
import { canonicalJson } from '../replay/canonical.ts';
import { defineTool, toolError, type ToolContext } from './tool.ts';

const manifest = z
  .string()
  .min(1)
  .max(262_144)
  .describe(
    'YAML or JSON: name, members (service, external, app or registered), routes; see /schemas/composition.json.',
  );

const actorOf = ({ call, projectId }: ToolContext) => ({ actor: call.agent, owner: `project:${projectId}` });

/** Every field at fault, so that one correction is enough. */
const refused = ({ detail, issues = [] }: AppError) =>
  toolError([detail, ...issues.map(({ field, reason }) => `${field}: ${reason}`)].join('\n'));

export const planComposition = defineTool({
  name: 'plan_composition',
  description: 'Checks a manifest of a composed service and shows what bringing it up would do. Changes nothing.',
  parameters: z.strictObject({ manifest }),
  effectClass: 'pure',
  capability: 'composition',
  cost: 'medium',
  run: async (input, context) => {
    const plan = await context.composer().plan({ ...actorOf(context), manifest: input.manifest });
    if (!plan.ok) return refused(plan.error);
    const { name, version, isChange, members, steps } = plan.value;
    if (!isChange) return { content: `${name} ${version} is up as the manifest says.` };
    const changes = members.map(({ member, kind, change }) => `${change} ${member} (${kind})`);
    return { content: [`${name} ${version}`, ...changes, ...steps.map((step) => `- ${step}`)].join('\n') };
  },
});

export const composeServices = defineTool({
  name: 'compose_services',
  description:
    'Begins to bring a composed service up, or to what its manifest says now. Look with read_composition how it goes on.',
  parameters: z.strictObject({ manifest }),
  effectClass: 'idempotent',
  capability: 'composition',
  cost: 'medium',
  run: async (input, context) => {
    const { commandId } = context;
    const command = { commandId, ...actorOf(context), manifest: input.manifest, mayAllowOrigins: false };
    const composed = await context.composer().compose(command);
    if (!composed.ok) return refused(composed.error);
    const { plan, composition } = composed.value;
    return {
      content: plan.isChange
        ? `${composition.name} is ${composition.status}: ${plan.steps.length} steps.`
        : `${composition.name} is up as the manifest says.`,
    };
  },
});

export const readComposition = defineTool({
  name: 'read_composition',
  description:
    'Shows a composed service: its status, the health of every member, its routes, and why something failed.',
  parameters: z.strictObject({ name: z.string().min(1).max(64) }),
  effectClass: 'pure',
  capability: 'composition',
  cost: 'low',
  run: async (input, context) => {
    const composition = await context.composer().get({ name: input.name });
    return composition.ok ? { content: canonicalJson(composition.value) } : refused(composition.error);
  },
});
