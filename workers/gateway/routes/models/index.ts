import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { listModels } from './list.ts';

export const modelRoutes = () => new OpenAPIHono<AppEnvironment>().openapiRoutes([listModels] as const);
