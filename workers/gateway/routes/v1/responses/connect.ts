/** `GET /v1/responses` with an upgrade: answers over a WebSocket. */
import type { AppContext } from '../../../app-environment.ts';
import { problem } from '../../../errors/problem.ts';
import { answerCallBy } from '../../../model-lane.ts';
import type { Turn } from '../../../response-connection.ts';
import { createResponse } from './create.ts';

/** What of the upgrade's headers is about its connection and not about what is asked over it. */
const ofTheConnection = /^(?:connection|upgrade|content-length|transfer-encoding|sec-websocket-.*)$/i;

const requestOf = (upgrade: Request, signal: AbortSignal): Request => {
  const headers = new Headers();
  for (const [name, value] of upgrade.headers) if (!ofTheConnection.test(name)) headers.set(name, value);
  headers.set('content-type', 'application/json');
  return new Request(upgrade.url, { method: 'POST', headers, signal });
};

const noUpgrade = {
  type: 'request.method_not_allowed',
  detail: 'GET opens a WebSocket here (header.upgrade: "websocket"). To ask for one response use POST.',
} as const;

/** The route's handler. */
export const connectResponses = (context: AppContext): Response => {
  if (context.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    const refused = problem(context, noUpgrade);
    refused.headers.set('allow', 'POST');
    return refused;
  }
  const { services, requestId } = context.var;
  const { env, executionCtx } = context;
  const { path, raw: upgrade } = context.req;
  const parts = { bindings: env, executionCtx, services };
  return services.openResponseSocket({
    answer: async ({ body, memory, signal }: Turn) =>
      await answerCallBy(createResponse, { request: requestOf(upgrade, signal), path }, parts, (turn) => {
        turn.set('jsonBody', body);
        turn.set('turnMemory', memory);
      }),
    log: (error) => services.log({ level: 'error', message: 'a responses socket failed', requestId, error }),
  });
};
