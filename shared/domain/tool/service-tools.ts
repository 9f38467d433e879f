/**
 * Finding who can do something: services of the workspace by name, capability or attribute. Single objects that belong to
 * a project (agents, repositories, hosts of apps) an agent finds in its own project only.
 */
import { z } from 'zod';
import { isOfProjects } from '../service-registry/objects.ts';
import { platformKindOf } from '../service-registry/platform-kinds.ts';
import { addressText, type ServiceInstance } from '../service-registry/service.ts';
import { defineTool, toolError } from './tool.ts';

const lineOf = (service: ServiceInstance): string => {
  const { version, title, capabilities, attributes } = service.metadata;
  const said = [
    ...(title === undefined ? [] : [title]),
    ...(capabilities.length === 0 ? [] : [`can ${capabilities.join(', ')}`]),
    ...Object.entries(attributes).map(([key, value]) => `${key}=${value}`),
  ];
  return `${addressText(service)} ${version} ${service.health}: ${said.join('; ')}`;
};

export const findServices = defineTool({
  name: 'find_services',
  description:
    'Finds services of the workspace that can be sent requests now, best first: by name, by what they can do, or by attributes. ' +
    'Name aidevos-agent with attributes such as role and status finds the agents of your project, idle ones first.',
  parameters: z.strictObject({
    name: z.string().min(1).max(63).optional().describe('For example: payments, aidevos-agent, aidevos-topic.'),
    capability: z.string().min(1).max(63).optional().describe('For example: git, charge-card.'),
    attributes: z
      .record(z.string().min(1).max(63), z.string().max(500))
      .default({})
      .describe('Each must be so, for example {"role": "reviewer", "status": "idle"}.'),
    limit: z.int().min(1).max(50).default(10),
  }),
  effectClass: 'pure',
  capability: 'system',
  cost: 'low',
  examples: [
    {
      arguments: { name: 'aidevos-agent', attributes: { role: 'reviewer', status: 'idle' } },
      shows: 'reviewers of the project that have nothing to do',
    },
    { arguments: { capability: 'git' }, shows: 'who speaks git' },
  ],
  run: async ({ name, capability, attributes, limit }, context) => {
    const kind = name === undefined ? undefined : platformKindOf(name);
    const isOwn = kind !== undefined && isOfProjects(kind);
    const asked = Object.hasOwn(attributes, 'projectId') ? attributes['projectId'] : context.projectId;
    if (isOwn && asked !== context.projectId) return toolError('Objects of other projects are not yours to find.');
    const found = await context.findServices({
      attributes: isOwn ? { ...attributes, projectId: context.projectId } : attributes,
      limit,
      ...(name === undefined ? {} : { name }),
      ...(capability === undefined ? {} : { capabilities: [capability] }),
    });
    if (!found.ok) return toolError(found.error.detail);
    if (found.value.services.length === 0)
      return { content: 'Nobody is like that now. Ask for less, or by another word.' };
    return { content: found.value.services.map(lineOf).join('\n') };
  },
});
