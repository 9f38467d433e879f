import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { getMutation } from './get-mutation.ts';
import { startMutation } from './start-mutation.ts';

export const qualityRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([startMutation, getMutation] as const);
