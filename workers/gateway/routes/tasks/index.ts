import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { getTask } from './get.ts';
import { listTasks } from './list.ts';

export const taskRoutes = () => new OpenAPIHono<AppEnvironment>().openapiRoutes([listTasks, getTask] as const);
