import { createRoute } from '@hono/zod-openapi';
import { workspacePath } from '../../../../shared/schemas/ids.ts';
import { apiKeyListSchema } from '../../../../shared/schemas/workspace.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askWorkspace } from './target.ts';

const route = createRoute({
  method: 'get',
  path: '/api/workspaces/{workspaceId}/keys',
  tags: ['keys'],
  summary: 'List the API keys of a workspace, newest first',
  ...secured('key.list'),
  request: { params: workspacePath },
  responses: { 200: jsonResponse('All keys, revoked ones too.', apiKeyListSchema), ...problemResponses },
});

export const listKeys = operation(route, async (context) => {
  const { workspaceId } = context.req.valid('param');
  const result = await askWorkspace(context, workspaceId, (workspace) => workspace.listKeys());
  if (!result.ok) return problem(context, result.error);
  return context.json({ keys: result.value }, 200);
});
