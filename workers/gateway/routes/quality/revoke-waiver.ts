import { createRoute } from '@hono/zod-openapi';
import { qualitySchema, waiverPath } from '../../../../shared/schemas/quality.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/projects/{projectId}/quality/waivers/{waiverId}',
  tags: ['quality'],
  summary: 'Take a waiver back',
  description: 'The gate counts again at once.',
  ...secured('gate.change'),
  request: { params: waiverPath },
  responses: { 200: jsonResponse('The verdict without it.', qualitySchema), ...problemResponses },
});

export const revokeWaiver = operation(route, async (context) => {
  const { projectId, waiverId } = context.req.valid('param');
  const { commandId, principal } = context.var;
  const command = { commandId, waiverId, by: `person:${principal.keyId}` };
  const result = await askProject(context, projectId, (project) => project.revokeWaiver(command));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
