import { createMiddleware } from 'hono/factory';
import type { AppContext, AppEnvironment } from '../app-environment.ts';
import { problem } from '../errors/problem.ts';
import { identify } from './authenticate.ts';
import { chatBodyLimits, guardBody } from './body-guard.ts';
import { corsAllowList, modelApiHeaders } from './cors-allow-list.ts';
import { takeModels } from './workspace-models.ts';

/** Who calls, with what, and which models there are for them: the answer to a request under `/v1` that may not go on. */
export const admitModelCall = async (context: AppContext): Promise<Response | undefined> => {
  const principal = await identify(context);
  if (!principal.ok) return problem(context, principal.error);
  context.set('principal', principal.value);
  return (await guardBody(context, chatBodyLimits)) ?? (await takeModels(context));
};

/** What every request under `/v1` passes: origin, key and body. */
export const modelApi = (corsOrigins: readonly string[]) => {
  const cors = corsAllowList(corsOrigins, modelApiHeaders);
  return createMiddleware<AppEnvironment>(async (context, next) =>
    cors(context, async () => {
      const refused = await admitModelCall(context);
      if (refused === undefined) await next();
      else context.res = refused;
    }),
  );
};
