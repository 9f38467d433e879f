import { createRoute } from '@hono/zod-openapi';
import { compositionEventQuery, compositionEventsSchema } from '../../../../shared/schemas/compositions.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askComposer } from './composer.ts';

const route = createRoute({
  method: 'get',
  path: '/api/composition-events',
  tags: ['compositions'],
  summary: 'Read what was done to the workspace’s compositions, oldest first',
  ...secured('composition.read'),
  request: { query: compositionEventQuery },
  responses: { 200: jsonResponse('A page of events.', compositionEventsSchema), ...problemResponses },
});

export const listCompositionEvents = operation(route, async (context) => {
  const { after, limit } = context.req.valid('query');
  const page = await askComposer(context, (composer) => composer.events({ after, limit }));
  if (!page.ok) return problem(context, page.error);
  return context.json({ events: page.value, next: page.value.at(-1)?.sequence ?? after }, 200);
});
