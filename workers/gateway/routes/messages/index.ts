import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { listAgentMessages } from './list-of-agent.ts';
import { listProjectMessages } from './list-of-project.ts';
import { sendToAgent } from './send-to-agent.ts';
import { sendToTeam } from './send-to-team.ts';

export const messageRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([
    listProjectMessages,
    sendToTeam,
    listAgentMessages,
    sendToAgent,
  ] as const);
