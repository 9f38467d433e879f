import { createRoute } from '@hono/zod-openapi';
import { callerSchema } from '../../../../shared/schemas/workspace.ts';
import { problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';

const route = createRoute({
  method: 'get',
  path: '/api/caller',
  tags: ['keys'],
  summary: 'Show who the key belongs to and what it may do',
  ...secured('workspace.read'),
  responses: { 200: jsonResponse('The caller.', callerSchema), ...problemResponses },
});

export const getCaller = operation(route, (context) => {
  const { workspaceId, keyId, role } = context.var.principal;
  return context.json({ workspaceId, keyId, role }, 200);
});
