import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { sbomSchema } from '../../../../shared/schemas/quality.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/quality/sbom',
  tags: ['quality'],
  summary: 'Read the bill of materials',
  description: 'CycloneDX 1.6, from the lock files at the head of main; without a lock file it has no components.',
  ...secured('project.read'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('The document.', sbomSchema), ...problemResponses },
});

export const getSbom = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) => project.sbom());
  if (!result.ok) return problem(context, result.error);
  return context.json(sbomSchema.parse(JSON.parse(result.value.document)), 200);
});
