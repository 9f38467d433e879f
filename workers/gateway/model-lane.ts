/**
 * Calls of models past the router. They are nearly all of the traffic of `/v1`, and matching and middleware would be a
 * tenth of what a call costs. The lane does what the app does for the same request, with the same functions; whatever
 * is unusual about a request (another method, a browser's origin) goes to the app.
 */
import { Context } from 'hono';
import type { AppContext, AppEnvironment } from './app-environment.ts';
import { refuseRole } from './middleware/authorize.ts';
import { beginRequest } from './middleware/edge.ts';
import { admitModelCall } from './middleware/model-api.ts';
import { answerUnexpected } from './errors/unexpected.ts';
import { modelCallHandlers } from './routes/v1/model-call-handlers.ts';
import type { Services } from './services.ts';

/** The address without origin and query. */
const pathOf = (url: string): string => {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const end = url.indexOf('?', start);
  return end === -1 ? url.slice(start) : url.slice(start, end);
};

const answerOf = async (
  context: AppContext,
  handler: (context: AppContext) => Promise<Response>,
): Promise<Response> => {
  try {
    return (await admitModelCall(context)) ?? refuseRole(context, 'model.use') ?? (await handler(context));
  } catch (error) {
    return answerUnexpected(context, error);
  }
};

/** What answers a request. */
export interface LaneParts {
  readonly bindings: unknown;
  readonly executionCtx: AppContext['executionCtx'];
  readonly services: Services;
}

/** Answers a call of the model by its handler. `prepare` puts on the context what did not come with the request. */
export const answerCallBy = (
  handler: (context: AppContext) => Promise<Response>,
  { request, path }: { readonly request: Request; readonly path: string },
  { bindings, executionCtx, services }: LaneParts,
  prepare?: (context: AppContext) => void,
): Promise<Response> => {
  const context: AppContext = new Context<AppEnvironment>(request, {
    env: bindings,
    executionCtx,
    path,
    matchResult: [[]],
    notFoundHandler: () => new Response(null, { status: 404 }),
  });
  const end = beginRequest(context, services);
  prepare?.(context);
  return answerOf(context, handler).then((answer) => {
    context.res = answer;
    end();
    return context.res;
  });
};

/** The answer to a call of a model; undefined for a request that the app has to answer. */
export const answerInLane = (
  request: Request,
  bindings: object,
  executionCtx: ExecutionContext,
  services: Services,
): Promise<Response> | undefined => {
  if (request.method !== 'POST') return undefined;
  const path = pathOf(request.url);
  const handler = modelCallHandlers.get(path);
  if (handler === undefined || request.headers.has('origin')) return undefined;
  return answerCallBy(handler, { request, path }, { bindings, executionCtx, services });
};
