import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { listEffects } from './list.ts';
import { settleEffect } from './settle.ts';

export const effectRoutes = () => new OpenAPIHono<AppEnvironment>().openapiRoutes([listEffects, settleEffect] as const);
