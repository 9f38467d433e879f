import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { gatesBody, qualitySchema } from '../../../../shared/schemas/quality.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'put',
  path: '/api/projects/{projectId}/quality/gates',
  tags: ['quality'],
  summary: 'Replace the gates of a project',
  description: 'A version that waits for its verdict is judged anew.',
  ...secured('gate.change'),
  request: { params: projectPath, body: { required: true, content: { 'application/json': { schema: gatesBody } } } },
  responses: { 200: jsonResponse('The verdict under the new gates.', qualitySchema), ...problemResponses },
});

export const setGates = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { commandId, principal } = context.var;
  const gates = context.req.valid('json').gates.map((gate) => ({
    ...gate,
    conditions: gate.conditions.map(withoutUndefined),
  }));
  const command = { commandId, gates, by: `person:${principal.keyId}` };
  const result = await askProject(context, projectId, (project) => project.setGates(command));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
