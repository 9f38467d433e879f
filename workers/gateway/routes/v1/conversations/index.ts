/** OpenAI's Conversations API. What is said in a conversation goes through `/v1/responses`. */
import { Hono } from 'hono';
import type { AppEnvironment } from '../../../app-environment.ts';
import { authorize } from '../../../middleware/authorize.ts';
import { idempotencyKey } from '../../../middleware/idempotency-key.ts';
import { addItems, deleteItem, listItems, showItem } from './items.ts';
import { createConversation, deleteConversation, showConversation, updateConversation } from './one.ts';

const one = '/v1/conversations/:id';
const items = `${one}/items`;
const oneItem = `${items}/:item`;

export const conversationRoutes = () =>
  new Hono<AppEnvironment>()
    .post('/v1/conversations', authorize('model.use'), idempotencyKey(), createConversation)
    .get(one, authorize('model.use'), (context) => showConversation(context, context.req.param('id')))
    .post(one, authorize('model.use'), idempotencyKey(), (context) =>
      updateConversation(context, context.req.param('id')),
    )
    .delete(one, authorize('model.use'), idempotencyKey(), (context) =>
      deleteConversation(context, context.req.param('id')),
    )
    .get(items, authorize('model.use'), (context) => listItems(context, context.req.param('id')))
    .post(items, authorize('model.use'), idempotencyKey(), (context) => addItems(context, context.req.param('id')))
    .get(oneItem, authorize('model.use'), (context) =>
      showItem(context, context.req.param('id'), context.req.param('item')),
    )
    .delete(oneItem, authorize('model.use'), idempotencyKey(), (context) =>
      deleteItem(context, context.req.param('id'), context.req.param('item')),
    );
