import { createMiddleware } from 'hono/factory';
import type { AppEnvironment } from '../app-environment.ts';
import { problem } from '../errors/problem.ts';

/** Refuses a WebSocket from a page of another origin that is not on the list: CORS does not guard WebSockets. */
export const streamOrigin = (allowed: readonly string[]) =>
  createMiddleware<AppEnvironment>(async (context, next) => {
    const origin = context.req.header('origin');
    const isUpgrade = context.req.header('upgrade')?.toLowerCase() === 'websocket';
    if (!isUpgrade || origin === undefined) return await next();
    if (origin === new URL(context.req.url).origin || allowed.includes(origin)) return await next();
    return problem(context, {
      type: 'auth.forbidden',
      detail: 'WebSockets from this origin are not allowed.',
      issues: [{ field: 'header.origin', reason: 'is not on the list of allowed origins' }],
    });
  });
