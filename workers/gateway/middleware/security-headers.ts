import { createMiddleware } from 'hono/factory';
import type { AppEnvironment } from '../app-environment.ts';

/** Nothing may be loaded, framed or sniffed, unless the page says otherwise with a policy of its own. */
const strictPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const fixedHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** For our own answers. Deployed apps answer under `/apps/` with headers of their own. */
export const securityHeaders = () =>
  createMiddleware<AppEnvironment>(async (context, next) => {
    await next();
    if (context.res.status === 101 || context.req.path.startsWith('/apps/')) return;
    for (const [name, value] of Object.entries(fixedHeaders)) context.header(name, value);
    if (!context.res.headers.has('content-security-policy')) context.header('content-security-policy', strictPolicy);
    if (new URL(context.req.url).protocol === 'https:') {
      context.header('strict-transport-security', 'max-age=31536000; includeSubDomains');
    }
  });
