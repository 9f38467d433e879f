import { createRoute } from '@hono/zod-openapi';
import { qualityPageSchema, qualityQuery } from '../../../../shared/schemas/model-quality.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { askWorkspace } from '../workspaces/target.ts';
import { presentCounts } from './quality-view.ts';

/** Shown when nothing else is asked for: seven days. */
export const usualMs = 7 * 86_400_000;

const route = createRoute({
  method: 'get',
  path: '/api/models/quality',
  tags: ['models'],
  summary: 'Read what was measured of the models that this workspace used',
  description: 'By name, in pages; empty where no model was used in that time.',
  ...secured('model.read'),
  request: { query: qualityQuery },
  responses: { 200: jsonResponse('A page of models.', qualityPageSchema), ...problemResponses },
});

export const listModelQuality = operation(route, async (context) => {
  const { services, principal } = context.var;
  const { since = services.clock.now() - usualMs, after = '', ...query } = context.req.valid('query');
  const result = await askWorkspace(context, principal.workspaceId, (workspace) =>
    workspace.modelQuality({ ...withoutUndefined(query), since, after, limit: query.limit }),
  );
  if (!result.ok) return problem(context, result.error);
  const { models, ...page } = result.value;
  const shown = models.map(({ counts, alarms, ...model }) => ({
    ...model,
    alarms: [...alarms],
    measures: presentCounts(counts),
  }));
  return context.json({ ...page, models: shown }, 200);
});
