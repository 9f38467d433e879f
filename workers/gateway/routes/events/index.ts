import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { listAgentEvents } from './of-agent.ts';
import { listProjectEvents } from './of-project.ts';
import { followAgent } from './socket-of-agent.ts';
import { followProject } from './socket-of-project.ts';

export const eventRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([
    listProjectEvents,
    followProject,
    listAgentEvents,
    followAgent,
  ] as const);
