import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { mutationSchema, startMutationBody } from '../../../../shared/schemas/mutation.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/quality/mutation',
  tags: ['quality'],
  summary: 'Start a mutation test of the head of main',
  description: 'Small changes are put into the code one at a time; the tests ought to notice each. Runs by itself.',
  ...secured('project.control'),
  request: {
    params: projectPath,
    body: { required: true, content: { 'application/json': { schema: startMutationBody } } },
  },
  responses: { 202: jsonResponse('The run, begun.', mutationSchema), ...problemResponses },
});

/** One run at a time; a second one is refused until the first is done. */
export const startMutation = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const command = { commandId: context.var.commandId, ...withoutUndefined(context.req.valid('json')) };
  const result = await askProject(context, projectId, (project) => project.startMutation(command));
  return result.ok ? context.json(result.value, 202) : problem(context, result.error);
});
