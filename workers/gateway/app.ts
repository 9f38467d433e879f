/**
 * The whole HTTP edge. The order of the middleware: `edge`; under `/api` CORS, the origin of streams, authentication,
 * idempotency key and body guard; then per route authorisation and validation. Under `/v1` are OpenAI's API and
 * Anthropic's, behind `modelApi` and with errors of their shapes. A method that an address does not know is refused last.
 */
import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { createApi, openApiDocument } from './api.ts';
import type { AppContext, AppEnvironment } from './app-environment.ts';
import { noAddress, problem } from './errors/problem.ts';
import { answerUnexpected } from './errors/unexpected.ts';
import { authenticate } from './middleware/authenticate.ts';
import { bodyGuard } from './middleware/body-guard.ts';
import { corsAllowList } from './middleware/cors-allow-list.ts';
import { edge } from './middleware/edge.ts';
import { idempotencyKey } from './middleware/idempotency-key.ts';
import { modelApi } from './middleware/model-api.ts';
import { workspaceModels } from './middleware/workspace-models.ts';
import { streamOrigin } from './middleware/stream-origin.ts';
import { appRoutes } from './routes/apps/index.ts';
import { gitRoutes } from './routes/git/index.ts';
import { openAiRoutes } from './routes/v1/index.ts';
import { anthropicRoutes } from './routes/v1/messages/index.ts';
import { composedRoutes } from './routes/compositions/serve.ts';
import { isRouted, serviceCallRoutes } from './routes/services/route.ts';
import { pageRoutes } from './routes/pages/index.ts';
import type { Services } from './services.ts';

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
  app.use(edge(services));
  app.use(
    '/api/*',
    corsAllowList(corsOrigins),
    streamOrigin(corsOrigins),
    authenticate(),
    idempotencyKey(),
    bodyGuard(isRouted),
  );
  app.use('/v1/*', modelApi(corsOrigins));
  app.use('/api/models', workspaceModels());
  app.get('/openapi.json', (context) => context.body(document, 200, { 'content-type': 'application/json' }));
  app
    .route('/', api)
    .route('/', pageRoutes())
    .route('/', gitRoutes())
    .route('/', appRoutes())
    .route('/', serviceCallRoutes())
    .route('/', composedRoutes())
    .route('/', openAiRoutes())
    .route('/', anthropicRoutes());
  const refuseWrongMethod = methodNotAllowed({ app, onMethodNotAllowed: refuseMethod });
  app.notFound(async (context) => {
    context.res = problem(context, noAddress(context.req));
    await refuseWrongMethod(context, () => Promise.resolve());
    return context.res;
  });
  app.onError((error, context) => answerUnexpected(context, error));
  return app;
};
