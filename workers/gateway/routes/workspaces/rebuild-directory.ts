import { createRoute } from '@hono/zod-openapi';
import { workspacePath } from '../../../../shared/schemas/ids.ts';
import { rebuildSchema } from '../../../../shared/schemas/workspace.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askWorkspace } from './target.ts';

const route = createRoute({
  method: 'post',
  path: '/api/workspaces/{workspaceId}/rebuild-directory',
  tags: ['workspaces'],
  summary: 'Drop the rows of the read model and build them again',
  description: 'Goes on in the background; lists are incomplete until it is done, single projects are not affected.',
  ...secured('workspace.rebuild'),
  request: { params: workspacePath },
  responses: { 202: jsonResponse('It has begun.', rebuildSchema), ...problemResponses },
});

export const rebuildDirectory = operation(route, async (context) => {
  const { workspaceId } = context.req.valid('param');
  const { commandId } = context.var;
  const result = await askWorkspace(context, workspaceId, (workspace) => workspace.rebuildDirectory({ commandId }));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 202);
});
