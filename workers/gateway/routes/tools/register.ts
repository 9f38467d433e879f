import { createRoute } from '@hono/zod-openapi';
import { projectToolPath, projectToolsSchema } from '../../../../shared/schemas/tool-calls.ts';
import { namelessTool } from '../../../../shared/schemas/tools.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { presentSettings } from './present.ts';

const route = createRoute({
  method: 'put',
  path: '/api/projects/{projectId}/tools/{tool}',
  tags: ['tools'],
  summary: 'Register an HTTP tool of the project, or replace it',
  description: 'Agents that are at work find it from now on; tasks that are handed out later begin with it.',
  ...secured('tool.change'),
  request: {
    params: projectToolPath,
    body: { required: true, content: { 'application/json': { schema: namelessTool } } },
  },
  responses: { 200: jsonResponse('The tools and rules of the project.', projectToolsSchema), ...problemResponses },
});

export const registerTool = operation(route, async (context) => {
  const { projectId, tool: name } = context.req.valid('param');
  const { commandId, principal } = context.var;
  const tool = { name, ...withoutUndefined(context.req.valid('json')) };
  const command = { commandId, tool, by: `person:${principal.keyId}` };
  const result = await askProject(context, projectId, (project) => project.registerTool(command));
  return result.ok ? context.json(presentSettings(result.value), 200) : problem(context, result.error);
});
