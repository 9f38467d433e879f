/** Opens objects' event sockets for callers. */
import { err, ok, type Result } from '../../shared/errors/result.ts';
import { askValue, type AskOptions } from './objects.ts';
import { serverSentEvents } from './server-sent-events.ts';
import type { EventStreams, Fetching } from './services.ts';

/** Nothing of the caller's request but the sequence reaches the object. */
const connect = async (object: Fetching, after: number, options: AskOptions): Promise<Result<WebSocket>> => {
  const request = new Request(`https://object/events?after=${after}`, { headers: { upgrade: 'websocket' } });
  const answer = await askValue(() => object.fetch(request), options);
  if (!answer.ok) return answer;
  if (answer.value.webSocket !== null) return ok(answer.value.webSocket);
  return answer.value.status === 400
    ? err({
        type: 'request.invalid',
        detail: 'query.after: is ahead of the events there are.',
        issues: [{ field: 'query.after', reason: 'is ahead of the events there are' }],
      })
    : err({ type: 'service.unavailable', detail: 'The events cannot be followed at the moment. Try again.' });
};

export const createEventStreams = (): EventStreams => ({
  serverSent: async (object, after, options) => {
    const socket = await connect(object, after, options);
    return socket.ok ? ok(serverSentEvents(socket.value, after)) : socket;
  },
  socket: async (object, after, options) => {
    const socket = await connect(object, after, options);
    return socket.ok ? ok(new Response(null, { status: 101, webSocket: socket.value })) : socket;
  },
});
