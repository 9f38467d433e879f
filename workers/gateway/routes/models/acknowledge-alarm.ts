import { createRoute } from '@hono/zod-openapi';
import { acknowledgeBody, alarmPath, alarmSchema } from '../../../../shared/schemas/model-quality.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { askWorkspace } from '../workspaces/target.ts';
import { presentAlarm } from './quality-view.ts';

const route = createRoute({
  method: 'post',
  path: '/api/models/quality/alarms/{alarmId}/acknowledge',
  tags: ['models'],
  summary: 'Say that an alarm is known, or that the figures are the new normal',
  ...secured('alarm.acknowledge'),
  request: {
    params: alarmPath,
    body: { required: true, content: { 'application/json': { schema: acknowledgeBody } } },
  },
  responses: { 200: jsonResponse('The alarm.', alarmSchema), ...problemResponses },
});

export const acknowledgeAlarm = operation(route, async (context) => {
  const { alarmId } = context.req.valid('param');
  const { note, accept } = context.req.valid('json');
  const { commandId, principal } = context.var;
  const command = { commandId, alarmId, accept, by: `person:${principal.keyId}`, ...withoutUndefined({ note }) };
  const result = await askWorkspace(context, principal.workspaceId, (workspace) => workspace.acknowledgeAlarm(command));
  return result.ok ? context.json(presentAlarm(result.value), 200) : problem(context, result.error);
});
