/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) over an object's event socket:
 * `id` is the sequence, so a client that comes back with `Last-Event-ID` misses nothing. The object is acknowledged only
 * what was written here, so a slow reader slows the object's sending and fills no memory.
 */
import { creditWindowEvents, type ServerFrame } from '../../shared/protocol/socket-frames.ts';
import { parseFrame } from './socket-frames.ts';

/** Comments keep proxies from closing a quiet stream. */
const heartbeatMs = 15_000;
const retryMs = 1_000;

const encoder = new TextEncoder();

const textOf = (frame: ServerFrame): string => {
  switch (frame.type) {
    case 'event': {
      const { sequence, recordedAt, event } = frame;
      return `id: ${sequence}\ndata: ${JSON.stringify({ sequence, recordedAt, event })}\n\n`;
    }
    case 'caught_up':
      return `event: caught_up\ndata: {"sequence":${frame.sequence}}\n\n`;
    case 'gone':
      return `event: gone\ndata: {"oldest":${frame.oldest},"sequence":${frame.sequence}}\n\n`;
    case 'error':
      return `event: error\ndata: ${JSON.stringify({ message: frame.message, sequence: frame.sequence })}\n\n`;
    case 'pong':
      return '';
  }
};

/** The stream's answer; it ends when the object's socket does, and closes the socket when the reader leaves. */
export const serverSentEvents = (socket: WebSocket, after: number): Response => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  let writing: Promise<void> = Promise.resolve();
  let acknowledged = after;

  const write = (text: string, then?: () => void): void => {
    // A failure means that the reader left; `writer.closed` below then ends everything.
    writing = writing.then(() => writer.write(encoder.encode(text))).then(then, () => undefined);
  };
  const acknowledge = (sequence: number): void => {
    if (sequence - acknowledged < creditWindowEvents / 2) return;
    acknowledged = sequence;
    socket.send(JSON.stringify({ type: 'ack', sequence }));
  };

  socket.addEventListener('message', ({ data }) => {
    const frame = parseFrame(data);
    if (frame === undefined) return;
    write(textOf(frame), frame.type === 'event' ? () => acknowledge(frame.sequence) : undefined);
  });
  const heartbeat = setInterval(() => write(': heartbeat\n\n'), heartbeatMs);
  const end = (): void => {
    clearInterval(heartbeat);
    writing = writing.then(() => writer.close()).catch(() => undefined);
  };
  socket.addEventListener('close', end);
  socket.addEventListener('error', end);
  void writer.closed
    .catch(() => undefined)
    .finally(() => {
      clearInterval(heartbeat);
      socket.close(1000, 'the reader left');
    });
  socket.accept();
  write(`retry: ${retryMs}\n\n`);
  return new Response(readable, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    },
  });
};
