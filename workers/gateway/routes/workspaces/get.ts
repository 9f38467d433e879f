import { createRoute } from '@hono/zod-openapi';
import { workspacePath } from '../../../../shared/schemas/ids.ts';
import { workspaceSchema } from '../../../../shared/schemas/workspace.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askWorkspace } from './target.ts';

const route = createRoute({
  method: 'get',
  path: '/api/workspaces/{workspaceId}',
  tags: ['workspaces'],
  summary: 'Show a workspace',
  ...secured('workspace.read'),
  request: { params: workspacePath },
  responses: { 200: jsonResponse('The workspace.', workspaceSchema), ...problemResponses },
});

export const getWorkspace = operation(route, async (context) => {
  const { workspaceId } = context.req.valid('param');
  const result = await askWorkspace(context, workspaceId, (workspace) => workspace.get());
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
