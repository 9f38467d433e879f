import { createRoute } from '@hono/zod-openapi';
import { feedbackListSchema, feedbackQuery } from '../../../../shared/schemas/model-quality.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { askWorkspace } from '../workspaces/target.ts';
import { presentFeedback } from './view.ts';

const route = createRoute({
  method: 'get',
  path: '/api/feedback',
  tags: ['models'],
  summary: 'List ratings of answers and of work, newest first',
  ...secured('model.read'),
  request: { query: feedbackQuery },
  responses: { 200: jsonResponse('The ratings.', feedbackListSchema), ...problemResponses },
});

export const listFeedback = operation(route, async (context) => {
  const { after, limit } = context.req.valid('query');
  const query = { limit, ...withoutUndefined({ after }) };
  const { workspaceId } = context.var.principal;
  const result = await askWorkspace(context, workspaceId, (workspace) => workspace.feedback(query));
  if (!result.ok) return problem(context, result.error);
  return context.json({ feedback: result.value.map(presentFeedback) }, 200);
});
