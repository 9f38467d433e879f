import { cors } from 'hono/cors';
import type { MiddlewareHandler } from 'hono';
import type { AppEnvironment } from '../app-environment.ts';

/** Browsers of the listed origins may call the API; the answer never repeats an origin that is not listed. */
export const corsAllowList = (origins: readonly string[]): MiddlewareHandler<AppEnvironment> => {
  const allow = cors({
    origin: (origin) => (origins.includes(origin) ? origin : null),
    allowMethods: ['GET', 'POST', 'DELETE'],
    allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'last-event-id'],
    exposeHeaders: ['x-request-id', 'retry-after'],
    maxAge: 600,
  });
  return async (context, next) => {
    // Without an origin it is no browser's call to another origin, and there is nothing to allow.
    const concerned = context.req.header('origin') !== undefined || context.req.method === 'OPTIONS';
    return concerned ? await allow(context, next) : await next();
  };
};
