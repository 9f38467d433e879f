import { createApp } from './app.ts';
import { answerInLane } from './model-lane.ts';
import type { Services } from './services.ts';

/** Answers one request. */
export type Answer = (
  request: Request,
  bindings: object,
  executionCtx: ExecutionContext,
) => Response | Promise<Response>;

/** What answers requests with these services. */
export const createAnswer = (services: Services): Answer => {
  const app = createApp(services);
  return (request, bindings, executionCtx) =>
    answerInLane(request, bindings, executionCtx, services) ?? app.fetch(request, bindings, executionCtx);
};
