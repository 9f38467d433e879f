/**
 * Anthropic's Messages API. Its contract is Anthropic's own document, so it is not part of ours. What is passed on,
 * translated and lost is told in `docs/model-wires.md`.
 */
import { Hono } from 'hono';
import type { AppEnvironment } from '../../../app-environment.ts';
import { authorize } from '../../../middleware/authorize.ts';
import { countTokens } from './count-tokens.ts';
import { createMessage } from './create.ts';

export const anthropicRoutes = () =>
  new Hono<AppEnvironment>()
    .post('/v1/messages', authorize('model.use'), createMessage)
    .post('/v1/messages/count_tokens', authorize('model.use'), countTokens);
