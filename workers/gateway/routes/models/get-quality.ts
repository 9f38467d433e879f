import { createRoute } from '@hono/zod-openapi';
import { modelQualityPath, modelQualityQuery, modelQualitySchema } from '../../../../shared/schemas/model-quality.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { askWorkspace } from '../workspaces/target.ts';
import { usualMs } from './list-quality.ts';
import { presentCounts } from './quality-view.ts';

const route = createRoute({
  method: 'get',
  path: '/api/models/{model}/quality',
  tags: ['models'],
  summary: 'Read all that was measured of one model, by role and kind of task',
  ...secured('model.read'),
  request: { params: modelQualityPath, query: modelQualityQuery },
  responses: { 200: jsonResponse('The model.', modelQualitySchema), ...problemResponses },
});

export const getModelQuality = operation(route, async (context) => {
  const { services, principal } = context.var;
  const { model } = context.req.valid('param');
  const { since = services.clock.now() - usualMs, ...query } = context.req.valid('query');
  const result = await askWorkspace(context, principal.workspaceId, (workspace) =>
    workspace.modelQualityOf({ ...withoutUndefined(query), model, since }),
  );
  if (!result.ok) return problem(context, result.error);
  const { counts, alarms, parts, drift, ...found } = result.value;
  const shown = {
    ...found,
    alarms: [...alarms],
    measures: presentCounts(counts),
    parts: parts.map((part) => ({ role: part.role, taskKind: part.taskKind, measures: presentCounts(part.counts) })),
    drift: [...drift],
  };
  return context.json(shown, 200);
});
