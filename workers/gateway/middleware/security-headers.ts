import { createMiddleware } from 'hono/factory';
import { setAnswerHeaders } from '../answer-headers.ts';
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

const strictTransport = { 'strict-transport-security': 'max-age=31536000; includeSubDomains' };

/** For our own answers. Deployed apps answer under `/apps/` with headers of their own. */
export const securityHeaders = () =>
  createMiddleware<AppEnvironment>(async (context, next) => {
    await next();
    if (context.res.status === 101 || context.req.path.startsWith('/apps/')) return;
    const ownPolicy = context.res.headers.has('content-security-policy');
    setAnswerHeaders(context, {
      ...fixedHeaders,
      ...(ownPolicy ? {} : { 'content-security-policy': strictPolicy }),
      ...(context.req.url.startsWith('https:') ? strictTransport : {}),
    });
  });
