import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { waiverBody, waiverSchema } from '../../../../shared/schemas/quality.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/quality/waivers',
  tags: ['quality'],
  summary: 'Let a gate pass for a time',
  description: "In the name of the key's person, with a reason and an end; after it the gate counts again.",
  ...secured('gate.change'),
  request: { params: projectPath, body: { required: true, content: { 'application/json': { schema: waiverBody } } } },
  responses: { 200: jsonResponse('The waiver.', waiverSchema), ...problemResponses },
});

export const grantWaiver = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { commandId, principal } = context.var;
  const command = { commandId, ...context.req.valid('json'), person: `person:${principal.keyId}` };
  const result = await askProject(context, projectId, (project) => project.grantWaiver(command));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
