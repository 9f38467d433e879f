import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { projectToolsSchema, toolRulesBody } from '../../../../shared/schemas/tool-calls.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { presentSettings } from './present.ts';

const route = createRoute({
  method: 'put',
  path: '/api/projects/{projectId}/tool-rules',
  tags: ['tools'],
  summary: 'Replace the rules about tools, and the origins that agents may fetch from',
  description:
    'The last rule that fits a call decides. Tasks that are handed out later begin by the new rules; tools that a run found, and every fetch, go by them at once.',
  ...secured('tool.change'),
  request: {
    params: projectPath,
    body: { required: true, content: { 'application/json': { schema: toolRulesBody } } },
  },
  responses: { 200: jsonResponse('The tools and rules of the project.', projectToolsSchema), ...problemResponses },
});

export const configureTools = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { grants, fetchOrigins } = context.req.valid('json');
  const { commandId, principal } = context.var;
  const command = { commandId, grants: grants.map(withoutUndefined), fetchOrigins, by: `person:${principal.keyId}` };
  const result = await askProject(context, projectId, (project) => project.configureTools(command));
  return result.ok ? context.json(presentSettings(result.value), 200) : problem(context, result.error);
});
