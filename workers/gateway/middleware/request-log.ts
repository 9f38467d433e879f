import { createMiddleware } from 'hono/factory';
import type { AppEnvironment } from '../app-environment.ts';

/** One line per request. The query is left out, because tickets stand in it. */
export const requestLog = () =>
  createMiddleware<AppEnvironment>(async (context, next) => {
    const { services } = context.var;
    const startedAt = services.clock.now();
    await next();
    // Absent when the request was refused before it was known who sent it.
    const principal: AppEnvironment['Variables']['principal'] | undefined = context.get('principal');
    services.log({
      level: context.res.status >= 500 ? 'warn' : 'info',
      message: 'request',
      requestId: context.var.requestId,
      fields: {
        method: context.req.method,
        path: context.req.path.slice(0, 500),
        status: context.res.status,
        durationMs: services.clock.now() - startedAt,
        workspaceId: principal?.workspaceId,
        keyId: principal?.keyId,
      },
    });
  });
