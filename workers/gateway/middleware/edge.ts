/**
 * What every request passes first and every answer last: services, an id of our own, headers, and a line in the log. In
 * one place, because each middleware costs every request.
 */
import { createMiddleware } from 'hono/factory';
import { commonHeaders, setAnswerHeaders, type AnswerHeaders } from '../answer-headers.ts';
import type { AppContext, AppEnvironment } from '../app-environment.ts';
import { isOpenAiPath } from '../errors/openai-error.ts';
import type { Services } from '../services.ts';

/** For answers that a browser shows and that have no policy of their own. */
const strictPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** One that was made with its headers has them; those of a WebSocket's answer cannot be changed. */
const dress = (context: AppContext): void => {
  const { res: answer } = context;
  if (answer.status === 101 || answer === context.get('dressed')) return;
  const { path } = context.req;
  const isPage = !path.startsWith('/apps/') && !isOpenAiPath(path);
  const policy: AnswerHeaders =
    isPage && !answer.headers.has('content-security-policy') ? { 'content-security-policy': strictPolicy } : {};
  setAnswerHeaders(context, { ...commonHeaders(context), ...policy });
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
  context.set('services', services);
  context.set('requestId', services.ids.create('req'));
  return () => {
    dress(context);
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
