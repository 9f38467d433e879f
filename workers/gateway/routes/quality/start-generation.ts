import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { generationSchema, startGenerationBody } from '../../../../shared/schemas/generation.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/quality/generation',
  tags: ['quality'],
  summary: 'Generate tests for the head of main',
  description:
    'Properties and characterisations of exported functions. Kept is what passes each time and notices a mutant that nothing noticed. Nothing is committed.',
  ...secured('project.control'),
  request: {
    params: projectPath,
    body: { required: true, content: { 'application/json': { schema: startGenerationBody } } },
  },
  responses: { 202: jsonResponse('The run, begun.', generationSchema), ...problemResponses },
});

/** One run at a time; a second one is refused until the first is done. */
export const startGeneration = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const command = { commandId: context.var.commandId, ...withoutUndefined(context.req.valid('json')) };
  const result = await askProject(context, projectId, (project) => project.startGeneration(command));
  return result.ok ? context.json(result.value, 202) : problem(context, result.error);
});
