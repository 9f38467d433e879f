import { createRoute } from '@hono/zod-openapi';
import { criteriaSchema, verifyBody } from '../../../../shared/schemas/behaviour.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/quality/criteria/verify',
  tags: ['quality'],
  summary: 'Run the scenarios of the specification against a slot',
  description:
    'Each on emptied data: what the slot holds is gone afterwards. Refused while a release is under way, which checks by itself.',
  ...secured('project.control'),
  request: { params: projectPath, body: { required: true, content: { 'application/json': { schema: verifyBody } } } },
  responses: { 200: jsonResponse('The first criteria as they stand then.', criteriaSchema), ...problemResponses },
});

/** Long: as many requests as the scenarios make. A repeat with the same key answers the same. */
export const verifyCriteria = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const command = {
    commandId: context.var.commandId,
    slot: context.req.valid('json').slot,
    whileRunning: 'refuse',
  } as const;
  const result = await askProject(context, projectId, (project) => project.verifyCriteria(command));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
