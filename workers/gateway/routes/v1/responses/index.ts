/** OpenAI's Responses API, and what is stored of it. */
import { Hono } from 'hono';
import { unsupported } from '../../../../../shared/protocol/openai/error.ts';
import { fromAppError } from '../../../../../shared/protocol/openai/app-error.ts';
import { cannotCancel, responseNotFound } from '../../../../../shared/protocol/responses/refusals.ts';
import type { AppContext, AppEnvironment } from '../../../app-environment.ts';
import { openAiError } from '../../../errors/openai-error.ts';
import { authorize } from '../../../middleware/authorize.ts';
import { shownItems } from '../included.ts';
import { compactResponse } from './compact.ts';
import { connectResponses } from './connect.ts';
import { createResponse } from './create.ts';
import { countInputTokens } from './input-tokens.ts';
import { listInputItems } from './input-items.ts';
import { askConversation, findPlace, readStored } from './stored.ts';

const retrieve = async (context: AppContext, responseId: string): Promise<Response> => {
  const stream = context.req.query('stream');
  if (stream !== undefined && stream !== 'false') {
    return openAiError(context, unsupported('stream', 'Only answers in the background can be streamed again.'));
  }
  const stored = await readStored(context, responseId);
  if (!stored.ok) return openAiError(context, stored.error);
  const { response } = stored.value;
  return context.json({ ...response, output: shownItems(context, response.output) });
};

const remove = async (context: AppContext, responseId: string): Promise<Response> => {
  const place = await findPlace(context, responseId);
  if (!place.ok) return openAiError(context, place.error);
  const command = { commandId: context.var.requestId, responseId };
  const deleted = await askConversation(context, place.value, (conversation) => conversation.forget(command));
  if (deleted.ok) return context.json({ id: responseId, object: 'response', deleted: true });
  const isGone = deleted.error.type === 'resource.not_found';
  return openAiError(context, isGone ? responseNotFound(responseId) : fromAppError(deleted.error));
};

const cancel = async (context: AppContext, responseId: string): Promise<Response> => {
  const stored = await readStored(context, responseId);
  return openAiError(context, stored.ok ? cannotCancel : stored.error);
};

/** Other words in this place are no responses, but operations that are not offered. */
const one = '/v1/responses/:id{resp_[^/]*}';

export const responseRoutes = () =>
  new Hono<AppEnvironment>()
    .post('/v1/responses', authorize('model.use'), createResponse)
    .post('/v1/responses/compact', authorize('model.use'), compactResponse)
    .post('/v1/responses/input_tokens', authorize('model.use'), countInputTokens)
    .get('/v1/responses', authorize('model.use'), connectResponses)
    .get(one, authorize('model.use'), (context) => retrieve(context, context.req.param('id')))
    .delete(one, authorize('model.use'), (context) => remove(context, context.req.param('id')))
    .get(`${one}/input_items`, authorize('model.use'), (context) => listInputItems(context, context.req.param('id')))
    .post(`${one}/cancel`, authorize('model.use'), (context) => cancel(context, context.req.param('id')));
