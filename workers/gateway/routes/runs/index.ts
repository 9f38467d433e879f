import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { exportRun } from './export.ts';
import { forkProject } from './fork.ts';
import { agentStateHash } from './state-of-agent.ts';
import { projectStateHash } from './state-of-project.ts';

export const runRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([exportRun, forkProject, projectStateHash, agentStateHash] as const);
