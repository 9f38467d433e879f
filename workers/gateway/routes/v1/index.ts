/**
 * OpenAI's API. Its contract is OpenAI's own document, so it is not part of ours: the routes are plain, and errors have
 * the other shape. What is offered is told in `docs/models.md`.
 */
import { Hono } from 'hono';
import type { AppEnvironment } from '../../app-environment.ts';
import { speaksAnthropic } from '../../errors/anthropic-error.ts';
import { openAiError } from '../../errors/openai-error.ts';
import { toModelList, toOpenAiModel } from '../../../../shared/protocol/openai/models.ts';
import { authorize } from '../../middleware/authorize.ts';
import { hasTeamModel } from '../../team-models/find-team-model.ts';
import { findAnthropicModel, listAnthropicModels } from './messages/models.ts';
import { conversationRoutes } from './conversations/index.ts';
import { chatCompletions } from './chat-completions.ts';
import { completions } from './completions.ts';
import { embeddings } from './embeddings.ts';
import { responseRoutes } from './responses/index.ts';

export const openAiRoutes = () =>
  new Hono<AppEnvironment>()
    .get('/v1/models', authorize('model.read'), (context) =>
      speaksAnthropic(context)
        ? listAnthropicModels(context)
        : context.json(toModelList(context.get('chatModels').names)),
    )
    .get('/v1/models/:model{.+}', authorize('model.read'), async (context) => {
      const { chatModels } = context.var;
      const name = context.req.param('model');
      if (speaksAnthropic(context)) return findAnthropicModel(context, name);
      const isThere = chatModels.names.includes(name) || (await hasTeamModel(context, name));
      return isThere ? context.json(toOpenAiModel(name)) : openAiError(context, chatModels.notFound(name));
    })
    .post('/v1/chat/completions', authorize('model.use'), chatCompletions)
    .post('/v1/completions', authorize('model.use'), completions)
    .post('/v1/embeddings', authorize('model.use'), embeddings)
    .route('/', responseRoutes())
    .route('/', conversationRoutes());
