import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { configureTools } from './configure.ts';
import { getTool } from './get.ts';
import { listTools } from './list.ts';
import { listProjectTools } from './list-of-project.ts';
import { registerTool } from './register.ts';
import { removeTool } from './remove.ts';
import { runTool } from './run.ts';

export const toolRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([
    listTools,
    getTool,
    listProjectTools,
    configureTools,
    registerTool,
    removeTool,
    runTool,
  ] as const);
