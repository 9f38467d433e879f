import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { listDeployments } from './list.ts';
import { promoteDeployment } from './promote.ts';
import { rollbackDeployment } from './rollback.ts';

export const deploymentRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([listDeployments, promoteDeployment, rollbackDeployment] as const);
