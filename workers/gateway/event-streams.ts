/** Opens objects' event sockets for callers. */
import { composeCursorGone } from '../../shared/errors/cursor-gone.ts';
import { err, ok, type AppError, type Result } from '../../shared/errors/result.ts';
import { askValue, type AskOptions } from './objects.ts';
import { serverSentEvents } from './server-sent-events.ts';
import { SocketFrames } from './socket-frames.ts';
import type { EventStreams, Fetching } from './services.ts';

/** Nothing of the caller's request but the sequence reaches the object. */
const connect = async (object: Fetching, query: string, options: AskOptions): Promise<Result<WebSocket>> => {
  const request = new Request(`https://object/events?${query}`, { headers: { upgrade: 'websocket' } });
  const answer = await askValue(() => object.fetch(request), options);
  if (!answer.ok) return answer;
  if (answer.value.webSocket !== null) return ok(answer.value.webSocket);
  return err(await refusalOf(answer.value));
};

const refusalOf = async (answer: Response): Promise<AppError> => {
  switch (answer.status) {
    case 400:
      return {
        type: 'request.invalid',
        detail: 'query.after: is ahead of the events there are.',
        issues: [{ field: 'query.after', reason: 'is ahead of the events there are' }],
      };
    case 410: {
      const { oldest } = await answer.json<{ readonly oldest: number }>();
      return composeCursorGone(oldest);
    }
    case 500: {
      const { detail } = await answer.json<{ readonly detail: string }>();
      return { type: 'state.unreadable', detail };
    }
    default:
      return { type: 'service.unavailable', detail: 'The events cannot be followed at the moment. Try again.' };
  }
};

export const createEventStreams = (): EventStreams => ({
  serverSent: async (object, after, options) => {
    const socket = await connect(object, `after=${after}&gone=refuse`, options);
    return socket.ok ? ok(serverSentEvents(socket.value, after)) : socket;
  },
  socket: async (object, after, options) => {
    const socket = await connect(object, `after=${after}`, options);
    return socket.ok ? ok(new Response(null, { status: 101, webSocket: socket.value })) : socket;
  },
  frames: async (object, after, options) => {
    const socket = await connect(object, `after=${after}&gone=refuse`, options);
    return socket.ok ? ok(new SocketFrames(socket.value, after)) : socket;
  },
});
