/**
 * The whole HTTP edge. The order of the middleware: services, request id, log, security headers, method, CORS; under
 * `/api` also the origin of streams, authentication, idempotency key and body guard; then per route authorisation and
 * validation. Under `/v1` are OpenAI's API and Anthropic's, with authentication and body guard of the same kind and errors of
 * their shapes.
 */
import { HTTPException } from 'hono/http-exception';
import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { AppError } from '../../shared/errors/result.ts';
import { createApi, openApiDocument } from './api.ts';
import type { AppContext, AppEnvironment } from './app-environment.ts';
import { notFound, problem } from './errors/problem.ts';
import { authenticate } from './middleware/authenticate.ts';
import { bodyGuard, chatBodyLimits } from './middleware/body-guard.ts';
import { callHeaders } from './middleware/call-headers.ts';
import { corsAllowList, modelApiHeaders } from './middleware/cors-allow-list.ts';
import { idempotencyKey } from './middleware/idempotency-key.ts';
import { requestId } from './middleware/request-id.ts';
import { requestLog } from './middleware/request-log.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { streamOrigin } from './middleware/stream-origin.ts';
import { appRoutes } from './routes/apps/index.ts';
import { gitRoutes } from './routes/git/index.ts';
import { openAiRoutes } from './routes/v1/index.ts';
import { anthropicRoutes } from './routes/v1/messages/index.ts';
import { pageRoutes } from './routes/pages/index.ts';
import type { Services } from './services.ts';

/** What Hono and its validators throw by themselves. */
const fromHttpException = (exception: HTTPException): AppError => {
  switch (exception.status) {
    case 415:
      return {
        type: 'request.unsupported_media_type',
        detail: 'header.content-type: is not one that this operation takes; send application/json.',
        issues: [{ field: 'header.content-type', reason: 'is not one that this operation takes' }],
      };
    case 400:
      return {
        type: 'request.invalid',
        detail: 'body: is not valid JSON.',
        issues: [{ field: 'body', reason: 'is not valid JSON' }],
      };
    default:
      return { type: 'request.invalid', detail: 'The request cannot be read.' };
  }
};

const onError = (error: Error, context: AppContext): Response => {
  if (error instanceof HTTPException) return problem(context, fromHttpException(error));
  const { services, requestId: id } = context.var;
  services.log({ level: 'error', message: 'unexpected failure', requestId: id, error });
  return problem(context, {
    type: 'internal',
    detail: 'This should not have happened. The request id leads to the cause in the log.',
  });
};

const refuseMethod = (context: AppContext, methods: readonly string[]): Response => {
  const answer = problem(context, {
    type: 'request.method_not_allowed',
    detail: `${context.req.method} is not possible here; use ${methods.join(', ')}.`,
  });
  answer.headers.set('allow', methods.join(', '));
  return answer;
};

/** Builds the app around its services. */
export const createApp = (services: Services) => {
  const { corsOrigins } = services.config;
  const api = createApi();
  const document = JSON.stringify(openApiDocument(api));
  const app = new Hono<AppEnvironment>();
  app.use(async (context, next) => {
    context.set('services', services);
    await next();
  });
  app.use(requestId(), requestLog(), securityHeaders());
  app.use(methodNotAllowed({ app, onMethodNotAllowed: (context, methods) => refuseMethod(context, methods) }));
  app.use(
    '/api/*',
    corsAllowList(corsOrigins),
    streamOrigin(corsOrigins),
    authenticate(),
    idempotencyKey(),
    bodyGuard(),
  );
  app.use(
    '/v1/*',
    corsAllowList(corsOrigins, modelApiHeaders),
    callHeaders(),
    authenticate(),
    bodyGuard(chatBodyLimits),
  );
  app.get('/openapi.json', (context) => context.body(document, 200, { 'content-type': 'application/json' }));
  app
    .route('/', api)
    .route('/', pageRoutes())
    .route('/', gitRoutes())
    .route('/', appRoutes())
    .route('/', openAiRoutes())
    .route('/', anthropicRoutes());
  app.notFound((context) => problem(context, notFound('thing')));
  app.onError(onError);
  return app;
};
