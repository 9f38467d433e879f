import { cors } from 'hono/cors';
import type { MiddlewareHandler } from 'hono';
import type { AppEnvironment } from '../app-environment.ts';

/** What the SDKs of OpenAI and Anthropic send by themselves. */
export const modelClientHeaders: readonly string[] = [
  'x-api-key',
  'anthropic-version',
  'anthropic-beta',
  'anthropic-dangerous-direct-browser-access',
  ...[
    'arch',
    'helper',
    'helper-method',
    'lang',
    'os',
    'package-version',
    'retry-count',
    'runtime',
    'runtime-version',
  ].map((name) => `x-stainless-${name}`),
  'x-stainless-timeout',
];

/** Browsers of the listed origins may call the API; the answer never repeats an origin that is not listed. */
export const corsAllowList = (
  origins: readonly string[],
  moreHeaders: readonly string[] = [],
): MiddlewareHandler<AppEnvironment> =>
  cors({
    origin: (origin) => (origins.includes(origin) ? origin : null),
    allowMethods: ['GET', 'POST', 'DELETE'],
    allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'last-event-id', ...moreHeaders],
    exposeHeaders: ['x-request-id', 'request-id', 'retry-after'],
    maxAge: 600,
  });
