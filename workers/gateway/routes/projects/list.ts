import { createRoute, z } from '@hono/zod-openapi';
import { idSchema } from '../../../../shared/schemas/ids.ts';
import { limitSchema } from '../../../../shared/schemas/paging.ts';
import { projectListSchema, projectStatuses } from '../../../../shared/schemas/project.ts';
import { deadlines } from '../../deadline.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { askValue } from '../../objects.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { presentProjectRow } from './present.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects',
  tags: ['projects'],
  summary: 'List projects, newest first',
  description: 'Answered from the directory, which follows the projects within moments.',
  ...secured('project.read'),
  request: {
    query: z.strictObject({
      status: z.enum(projectStatuses, `must be one of ${projectStatuses.join(', ')}`).optional(),
      search: z.string().trim().max(100).optional().meta({ description: 'Part of the name.' }),
      after: idSchema('prj').optional(),
      limit: limitSchema(20, 100),
    }),
  },
  responses: { 200: jsonResponse('A page of projects.', projectListSchema), ...problemResponses },
});

export const listProjects = operation(route, async (context) => {
  const { services, principal, requestId } = context.var;
  const query = withoutUndefined({ ...context.req.valid('query'), workspaceId: principal.workspaceId });
  const page = await askValue(() => services.directory.listProjects(query), {
    log: services.log,
    requestId,
    part: 'directory',
    timeoutMs: deadlines.directoryMs,
  });
  if (!page.ok) return problem(context, page.error);
  const { rows, next } = page.value;
  return context.json(
    { projects: rows.map((row) => presentProjectRow(context, row)), ...(next === undefined ? {} : { next }) },
    200,
  );
});
