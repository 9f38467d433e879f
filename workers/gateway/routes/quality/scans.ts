import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { scanListSchema, scanQuery } from '../../../../shared/schemas/quality.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/quality/scans',
  tags: ['quality'],
  summary: 'List the scans of the project, newest first',
  description: 'Of main, and of each change that was up for merge.',
  ...secured('project.read'),
  request: { params: projectPath, query: scanQuery },
  responses: { 200: jsonResponse('The newest scans.', scanListSchema), ...problemResponses },
});

export const listScans = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const query = context.req.valid('query');
  const result = await askProject(context, projectId, (project) => project.scans(query));
  return result.ok ? context.json({ scans: result.value }, 200) : problem(context, result.error);
});
