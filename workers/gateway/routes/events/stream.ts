/** Following an object's events: what the routes of projects and of agents share. */
import type { AppContext } from '../../app-environment.ts';
import { problem } from '../../errors/problem.ts';
import type { AskOptions } from '../../objects.ts';
import type { Fetching } from '../../services.ts';

/** True when the caller asks for a stream. */
export const wantsEventStream = (accept: string | undefined): boolean => (accept ?? '').includes('text/event-stream');

/** Where to go on: the browser's `Last-Event-ID` wins over the query, which stays the same over its reconnections. */
export const resumePoint = (lastEventId: string | undefined, after: number): number =>
  lastEventId !== undefined && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : after;

const optionsOf = (context: AppContext): AskOptions => ({
  log: context.var.services.log,
  requestId: context.var.requestId,
  part: 'event log',
});

/** Everything after a sequence, then live, as server-sent events. */
export const streamEvents = async (context: AppContext, object: Fetching, after: number): Promise<Response> => {
  const answer = await context.var.services.streams.serverSent(object, after, optionsOf(context));
  return answer.ok ? answer.value : problem(context, answer.error);
};

/** Hands the object's socket to the caller; from then on the two speak without the gateway. */
export const forwardSocket = async (context: AppContext, object: Fetching, after: number): Promise<Response> => {
  if (context.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    return problem(context, {
      type: 'request.invalid',
      detail: 'header.upgrade: must be "websocket".',
      issues: [{ field: 'header.upgrade', reason: 'must be "websocket"' }],
    });
  }
  const answer = await context.var.services.streams.socket(object, after, optionsOf(context));
  return answer.ok ? answer.value : problem(context, answer.error);
};
