import { createRoute } from '@hono/zod-openapi';
import { addSchemaBody, eventSchemaSchema, topicPath } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askTopic, checkPublisher } from '../../topic-access.ts';

const route = createRoute({
  method: 'post',
  path: '/api/topics/{topic}/schemas',
  tags: ['topics'],
  summary: 'Add a version of the schema of an event type',
  description: 'From then on every event of the type is checked. What fitted the last version must fit this one.',
  ...secured('topic.change'),
  request: { params: topicPath, body: { required: true, content: { 'application/json': { schema: addSchemaBody } } } },
  responses: { 201: jsonResponse('The version.', eventSchemaSchema), ...problemResponses },
});

export const addEventSchema = operation(route, async (context) => {
  const { topic } = context.req.valid('param');
  const allowed = checkPublisher(topic, 'topic');
  if (!allowed.ok) return problem(context, allowed.error);
  const command = { commandId: context.var.commandId, ...context.req.valid('json') };
  const result = await askTopic(context, topic, (stub) => stub.addSchema(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 201);
});
