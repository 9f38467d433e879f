import { createRoute } from '@hono/zod-openapi';
import { projectToolPath, projectToolsSchema } from '../../../../shared/schemas/tool-calls.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { presentSettings } from './present.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/projects/{projectId}/tools/{tool}',
  tags: ['tools'],
  summary: 'Take a tool of the project away',
  description: 'Runs that found it can call it no longer; tasks that began with it keep it until they end.',
  ...secured('tool.change'),
  request: { params: projectToolPath },
  responses: { 200: jsonResponse('The tools and rules that are left.', projectToolsSchema), ...problemResponses },
});

export const removeTool = operation(route, async (context) => {
  const { projectId, tool: name } = context.req.valid('param');
  const { commandId, principal } = context.var;
  const command = { commandId, name, by: `person:${principal.keyId}` };
  const result = await askProject(context, projectId, (project) => project.removeTool(command));
  return result.ok ? context.json(presentSettings(result.value), 200) : problem(context, result.error);
});
