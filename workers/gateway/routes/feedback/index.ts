import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { giveFeedback } from './give.ts';
import { listFeedback } from './list.ts';

export const feedbackRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([giveFeedback, listFeedback] as const);
