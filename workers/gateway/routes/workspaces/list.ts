import { createRoute, z } from '@hono/zod-openapi';
import { idSchema } from '../../../../shared/schemas/ids.ts';
import { limitSchema } from '../../../../shared/schemas/paging.ts';
import { workspaceListSchema } from '../../../../shared/schemas/workspace.ts';
import { deadlines } from '../../deadline.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { askValue } from '../../objects.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'get',
  path: '/api/workspaces',
  tags: ['workspaces'],
  summary: 'List all workspaces, newest first',
  ...secured('workspace.list'),
  request: { query: z.strictObject({ after: idSchema('wsp').optional(), limit: limitSchema(20, 100) }) },
  responses: { 200: jsonResponse('A page of workspaces.', workspaceListSchema), ...problemResponses },
});

export const listWorkspaces = operation(route, async (context) => {
  const { services, requestId } = context.var;
  const query = withoutUndefined(context.req.valid('query'));
  const page = await askValue(() => services.directory.listWorkspaces(query), {
    log: services.log,
    requestId,
    part: 'directory',
    timeoutMs: deadlines.directoryMs,
  });
  if (!page.ok) return problem(context, page.error);
  const workspaces = page.value.rows.map(({ id, name, createdAt }) => ({ workspaceId: id, name, createdAt }));
  return context.json(withoutUndefined({ workspaces, next: page.value.next }), 200);
});
