import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { listSubscriptions } from './list.ts';
import { putSubscription } from './put.ts';
import { removeSubscription } from './remove.ts';

export const subscriptionRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([listSubscriptions, putSubscription, removeSubscription] as const);
