import { cors } from 'hono/cors';
import type { MiddlewareHandler } from 'hono';
import type { AppEnvironment } from '../app-environment.ts';

export interface CorsHeaders {
  /** What pages may send. */
  readonly allowed: readonly string[];
  /** What pages may read. */
  readonly exposed: readonly string[];
}

const platformHeaders: CorsHeaders = {
  allowed: ['authorization', 'content-type', 'idempotency-key', 'last-event-id'],
  exposed: ['x-request-id', 'retry-after'],
};

/** What the SDKs of OpenAI and Anthropic send from a browser, and what they and their users read. */
export const modelApiHeaders: CorsHeaders = {
  allowed: [
    'authorization',
    'content-type',
    'idempotency-key',
    'x-aidevos-cache',
    'x-api-key',
    'anthropic-version',
    'anthropic-beta',
    'anthropic-dangerous-direct-browser-access',
    'openai-beta',
    'openai-organization',
    'openai-project',
    ...[
      'arch',
      'custom-poll-interval',
      'helper',
      'helper-method',
      'lang',
      'os',
      'package-version',
      'poll-helper',
      'retry-count',
      'runtime',
      'runtime-version',
      'timeout',
    ].map((name) => `x-stainless-${name}`),
  ],
  exposed: [
    'x-request-id',
    'request-id',
    'retry-after',
    'retry-after-ms',
    'x-should-retry',
    'age',
    'x-aidevos-cache',
    'x-aidevos-without-effect',
    ...['limit', 'remaining', 'reset'].flatMap((what) => [
      `x-ratelimit-${what}-requests`,
      `x-ratelimit-${what}-tokens`,
    ]),
  ],
};

/** Browsers of the listed origins may call the API; the answer never repeats an origin that is not listed. */
export const corsAllowList = (
  origins: readonly string[],
  headers: CorsHeaders = platformHeaders,
): MiddlewareHandler<AppEnvironment> => {
  const allow = cors({
    origin: (origin) => (origins.includes(origin) ? origin : null),
    allowMethods: ['GET', 'POST', 'DELETE'],
    allowHeaders: [...headers.allowed],
    exposeHeaders: [...headers.exposed],
    maxAge: 600,
  });
  return async (context, next) => {
    // Without an origin it is no browser's call to another origin, and there is nothing to allow.
    const concerned = context.req.header('origin') !== undefined || context.req.method === 'OPTIONS';
    return concerned ? await allow(context, next) : await next();
  };
};
