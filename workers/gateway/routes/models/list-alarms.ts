import { createRoute } from '@hono/zod-openapi';
import { alarmListSchema, alarmQuery } from '../../../../shared/schemas/model-quality.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { askWorkspace } from '../workspaces/target.ts';
import { presentAlarm } from './quality-view.ts';

const route = createRoute({
  method: 'get',
  path: '/api/models/quality/alarms',
  tags: ['models'],
  summary: 'List the models that became worse, newest first, with what to do',
  ...secured('model.read'),
  request: { query: alarmQuery },
  responses: { 200: jsonResponse('The alarms.', alarmListSchema), ...problemResponses },
});

export const listQualityAlarms = operation(route, async (context) => {
  const { status, after, limit } = context.req.valid('query');
  const query = { status, limit, ...withoutUndefined({ after }) };
  const { workspaceId } = context.var.principal;
  const result = await askWorkspace(context, workspaceId, (workspace) => workspace.qualityAlarms(query));
  if (!result.ok) return problem(context, result.error);
  return context.json({ alarms: result.value.map(presentAlarm) }, 200);
});
