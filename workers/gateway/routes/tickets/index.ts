import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { createTicket } from './create.ts';

export const ticketRoutes = () => new OpenAPIHono<AppEnvironment>().openapiRoutes([createTicket] as const);
