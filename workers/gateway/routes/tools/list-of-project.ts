import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { projectToolsSchema } from '../../../../shared/schemas/tool-calls.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { presentSettings } from './present.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/tools',
  tags: ['tools'],
  summary: 'The project’s own tools and the rules about all tools',
  ...secured('tool.read'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('Its tools and rules.', projectToolsSchema), ...problemResponses },
});

export const listProjectTools = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) => project.toolSettings());
  return result.ok ? context.json(presentSettings(result.value), 200) : problem(context, result.error);
});
