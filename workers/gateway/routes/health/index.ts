import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { checkHealth } from './check.ts';
import { listComponents } from './components.ts';

export const healthRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([checkHealth, listComponents] as const);
