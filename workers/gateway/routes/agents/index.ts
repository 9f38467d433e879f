import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { getAgent } from './get.ts';
import { listCalls } from './list-calls.ts';
import { listAgents } from './list.ts';

export const agentRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([listAgents, getAgent, listCalls] as const);
