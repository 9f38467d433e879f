/**
 * What every request passes first and every answer last: services, an id of our own, headers, and a line in the log. In
 * one place, because each middleware costs every request.
 */
import { createMiddleware } from 'hono/factory';
import { setAnswerHeaders, type Header } from '../answer-headers.ts';
import type { AppContext, AppEnvironment } from '../app-environment.ts';
import { speaksAnthropic } from '../errors/anthropic-error.ts';
import { isOpenAiPath } from '../errors/openai-error.ts';
import type { Services } from '../services.ts';

/** Nothing may be loaded, framed or sniffed, unless the page says otherwise with a policy of its own. */
const strictPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const noSniffing: Header = ['x-content-type-options', 'nosniff'];

const pageHeaders: readonly Header[] = [
  ['referrer-policy', 'no-referrer'],
  ['x-frame-options', 'DENY'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
];

const strictTransport: Header = ['strict-transport-security', 'max-age=31536000; includeSubDomains'];

/**
 * Deployed apps answer under `/apps/` with headers of their own. Answers under `/v1` are none that a browser shows: they
 * come only to requests with a key in a header.
 */
const headersOf = (context: AppContext, requestId: string): readonly Header[] => {
  const { path, url } = context.req;
  const headers: Header[] = [['x-request-id', requestId], ...(context.get('callHeaders') ?? [])];
  if (speaksAnthropic(context)) headers.push(['request-id', requestId]);
  if (path.startsWith('/apps/')) return headers;
  headers.push(noSniffing);
  if (url.startsWith('https:')) headers.push(strictTransport);
  if (isOpenAiPath(path)) return headers;
  headers.push(...pageHeaders);
  if (!context.res.headers.has('content-security-policy')) headers.push(['content-security-policy', strictPolicy]);
  return headers;
};

/** The query is left out, because tickets stand in it. A call of a model writes a line of its own when it ends. */
const log = (context: AppContext, startedAt: number): void => {
  if (context.get('hasCallLog') === true) return;
  const services = context.get('services');
  // Absent when the request was refused before it was known who sent it.
  const principal: AppEnvironment['Variables']['principal'] | undefined = context.get('principal');
  services.log({
    level: context.res.status >= 500 ? 'warn' : 'info',
    message: 'request',
    requestId: context.get('requestId'),
    fields: {
      method: context.req.method,
      path: context.req.path.slice(0, 500),
      status: context.res.status,
      durationMs: services.clock.now() - startedAt,
      workspaceId: principal?.workspaceId,
      keyId: principal?.keyId,
    },
  });
};

/** Begins a request; what it answers is called when `context.res` is there. */
export const beginRequest = (context: AppContext, services: Services): (() => void) => {
  const startedAt = services.clock.now();
  const requestId = services.ids.create('req');
  context.set('services', services);
  context.set('requestId', requestId);
  return () => {
    // A WebSocket answer's headers cannot be changed.
    if (context.res.status !== 101) setAnswerHeaders(context, headersOf(context, requestId));
    log(context, startedAt);
  };
};

/**
 * The id is answered as `x-request-id`, which Anthropic calls `request-id`; a caller's own is not taken over.
 */
export const edge = (services: Services) =>
  createMiddleware<AppEnvironment>(async (context, next) => {
    const end = beginRequest(context, services);
    await next();
    end();
  });
