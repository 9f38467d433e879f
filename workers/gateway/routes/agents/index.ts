import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { getAgent } from './get.ts';
import { listAgents } from './list.ts';

export const agentRoutes = () => new OpenAPIHono<AppEnvironment>().openapiRoutes([listAgents, getAgent] as const);
