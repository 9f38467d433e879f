/** Following an object's events: what the routes of projects and of agents share. */
import { ok, type Result } from '../../../../shared/errors/result.ts';
import type { EventsQuery } from '../../../../shared/rpc/events-query.ts';
import type { AppContext } from '../../app-environment.ts';
import { problem } from '../../errors/problem.ts';
import type { AskOptions } from '../../objects.ts';
import type { Fetching } from '../../services.ts';

/** True when the caller asks for a stream. */
export const wantsEventStream = (accept: string | undefined): boolean => (accept ?? '').includes('text/event-stream');

/**
 * The sequence after which a stream begins: the browser's `Last-Event-ID`, which wins over the query, because that stays
 * the same over its reconnections; else the moment asked for; else `after`.
 * @param end the sequence of the newest event, where a stream of a moment begins that nothing was recorded since.
 */
export const findStart = async (
  lastEventId: string | undefined,
  query: EventsQuery,
  end: number,
  read: (query: EventsQuery) => Promise<Result<readonly { readonly sequence: number }[]>>,
): Promise<Result<number>> => {
  if (lastEventId !== undefined && /^\d{1,15}$/.test(lastEventId)) return ok(Number(lastEventId));
  if (query.since === undefined) return ok(query.after);
  const page = await read({ ...query, limit: 1 });
  if (!page.ok) return page;
  const first = page.value[0];
  return ok(first === undefined ? end : first.sequence - 1);
};

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
