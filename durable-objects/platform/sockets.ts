/**
 * Event sockets that survive hibernation. All a socket has is a cursor in its attachment; the log holds the events.
 * What the server has in flight for one client is bounded by a window, and beyond it nothing is buffered: the client's
 * acknowledgements move the cursor on, so a slow client costs the object nothing.
 */

import { z } from 'zod';
import {
  type ClientFrame,
  clientFrameSchema,
  creditWindowEvents,
  maxClientFrameLength,
  pingFrame,
  pongFrame,
  type ServerFrame,
  socketCloseCodes,
  stalledLimitEvents,
  stalledLimitMs,
} from '../../shared/protocol/socket-frames.ts';
import { UnreadableEvent } from './aggregate.ts';
import { causeOf, type Report } from './retry.ts';
import type { FollowedLog, Storage } from './storage.ts';

/** What sockets need of `ctx`. */
export type SocketHost = Pick<DurableObjectState, 'acceptWebSocket' | 'getWebSockets' | 'setWebSocketAutoResponse'>;

export interface SocketsOptions {
  readonly report?: Report;
  /** Events sent ahead of the acknowledgement; `creditWindowEvents` unless told. */
  readonly windowEvents?: number;
  /** Characters of event payloads sent ahead of the acknowledgement; 4 million unless told. One event always may go. */
  readonly windowLength?: number;
  /** Events that may happen while the window is full, before the client is sent away; `stalledLimitEvents` unless told. */
  readonly stalledLimit?: number;
  readonly now?: () => number;
}

const tag = 'events';
const pageSize = 64;
/** Longest reason of a close frame is 123 bytes of UTF-8 (RFC 6455, section 5.5). */
const maxReasonLength = 120;

const attachmentSchema = z.object({
  version: z.literal(1),
  /** The last sequence sent. */
  sent: z.number().int().nonnegative(),
  /** The last sequence acknowledged. */
  acknowledged: z.number().int().nonnegative(),
  /** `caught_up` was sent since the client was last behind. */
  caughtUp: z.boolean(),
  /** Where the log was, and when it was, when the window became full; absent while there is room. */
  stalled: z.object({ sequence: z.number().int().nonnegative(), at: z.number() }).optional(),
});
type Attachment = z.infer<typeof attachmentSchema>;

/** Hibernating WebSockets: `?after=<sequence>` replays, then tails; a credit window guards against slow clients. */
export class Sockets {
  readonly #storage: Storage;
  readonly #host: SocketHost;
  readonly #report: Report;
  readonly #windowEvents: number;
  readonly #windowLength: number;
  readonly #stalledLimit: number;
  readonly #now: () => number;
  /** Characters sent and not acknowledged, as far as this instance has counted them. */
  readonly #inFlight = new WeakMap<WebSocket, { readonly acknowledged: number; readonly length: number }>();
  /** The newest sequence that every socket was offered by this instance. */
  #published: number | undefined;

  constructor(storage: Storage, host: SocketHost, options: SocketsOptions = {}) {
    this.#storage = storage;
    this.#host = host;
    this.#report = options.report ?? (() => undefined);
    this.#windowEvents = options.windowEvents ?? creditWindowEvents;
    this.#windowLength = options.windowLength ?? 4_000_000;
    this.#now = options.now ?? Date.now;
    this.#stalledLimit = options.stalledLimit ?? stalledLimitEvents;
    storage.onCommit(() => this.publish());
    host.setWebSocketAutoResponse(new WebSocketRequestResponsePair(pingFrame, pongFrame));
  }

  /**
   * Answers an upgrade request with a socket that replays and tails, or with a problem that says what is wrong. Events
   * that are no longer kept are told in a frame, which every client can read; with `?gone=refuse` by status 410.
   */
  accept(request: Request): Response {
    const log = this.#storage.followedLog;
    if (log === undefined) throw new Error('An object without an event store has no event sockets.');
    if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
      return refused(426, 'headers.upgrade', 'must be "websocket"', { upgrade: 'websocket' });
    }
    const parameters = new URL(request.url).searchParams;
    const text = parameters.get('after') ?? '0';
    const after = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    if (after === undefined) return refused(400, 'query.after', 'must be a sequence: a whole number, 0 for all events');
    if (after > log.sequence) return refused(400, 'query.after', `is ahead of the log, which ends at ${log.sequence}`);
    if (after + 1 < log.oldest && parameters.get('gone') === 'refuse') {
      return Response.json({ oldest: log.oldest }, { status: 410 });
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.#host.acceptWebSocket(server, [tag]);
    save(server, { version: 1, sent: after, acknowledged: after, caughtUp: false });
    this.#pump(server, log);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Sends new events to every socket; called after each commit, and cheap when there is nothing new. Never throws. */
  publish(): void {
    const log = this.#storage.followedLog;
    if (log === undefined || log.sequence === this.#published) return;
    this.#published = log.sequence;
    for (const socket of this.#host.getWebSockets(tag)) this.#pump(socket, log);
  }

  /** Called by `webSocketMessage`. */
  message(socket: WebSocket, message: string | ArrayBuffer): void {
    const frame = parseFrame(message);
    const log = this.#storage.followedLog;
    if (!('type' in frame)) return this.#refuse(socket, frame.code, frame.reason);
    const attachment = load(socket);
    if (attachment === undefined || log === undefined) return this.#reconnect(socket);
    if (frame.sequence > attachment.sent) {
      return this.#refuse(
        socket,
        socketCloseCodes.refused,
        `ack.sequence ${frame.sequence} is ahead of what was sent, ${attachment.sent}`,
      );
    }
    if (frame.sequence > attachment.acknowledged) {
      const { stalled: _stalled, ...rest } = attachment;
      save(socket, { ...rest, acknowledged: frame.sequence });
    }
    this.#pump(socket, log);
  }

  /** Called by `webSocketClose`: the runtime leaves answering the client's close to us, and the client waits for it. */
  closed(socket: WebSocket, code: number, reason: string): void {
    // 1005, 1006 and 1015 stand for what was not said and must not be sent (RFC 6455, section 7.4.1).
    const answer = code === 1005 || code === 1006 || code === 1015 ? 1000 : code;
    closeSocket(socket, answer, reason);
  }

  /** Called by `webSocketError`. */
  failed(socket: WebSocket, thrown: unknown): void {
    this.#report({ part: 'sockets', status: 'failed', subject: 'socket', cause: causeOf(thrown) });
    closeSocket(socket, 1011, 'socket error');
  }

  #pump(socket: WebSocket, log: FollowedLog): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    try {
      const attachment = load(socket);
      if (attachment === undefined) return this.#reconnect(socket);
      if (attachment.sent + 1 < log.oldest) {
        send(socket, { type: 'gone', oldest: log.oldest, sequence: attachment.sent });
        return closeSocket(socket, socketCloseCodes.gone, `the oldest event kept is ${log.oldest}`);
      }
      const next = this.#sendPages(socket, attachment, log);
      if (next !== attachment) save(socket, next);
      if (this.#isTooSlow(next, log)) {
        closeSocket(socket, socketCloseCodes.resumeLater, `come back later with the last sequence`);
      }
    } catch (thrown) {
      // One broken socket or unreadable event must not fail the command whose commit is being published.
      this.#report({ part: 'sockets', status: 'failed', subject: 'publish', cause: causeOf(thrown) });
      if (!(thrown instanceof UnreadableEvent)) return closeSocket(socket, 1011, 'the events cannot be sent');
      this.#refuse(socket, socketCloseCodes.unreadable, thrown.message);
    }
  }

  /** Sends what the window has room for; answers the same attachment when nothing changed. */
  #sendPages(socket: WebSocket, attachment: Attachment, log: FollowedLog): Attachment {
    const { acknowledged } = attachment;
    if (attachment.sent === log.sequence && attachment.caughtUp) return attachment;
    let { sent } = attachment;
    let length = this.#lengthInFlight(socket, attachment, log);
    while (sent < log.sequence) {
      const credit = this.#windowEvents - (sent - acknowledged);
      if (credit <= 0 || length >= this.#windowLength) {
        this.#inFlight.set(socket, { acknowledged, length });
        if (sent === attachment.sent && attachment.stalled !== undefined) return attachment;
        return { ...attachment, sent, caughtUp: false, stalled: { sequence: log.sequence, at: this.#now() } };
      }
      for (const stored of log.read({ after: sent, limit: Math.min(pageSize, credit) })) {
        if (length >= this.#windowLength) break;
        length += send(socket, { type: 'event', ...stored });
        sent = stored.sequence;
      }
    }
    this.#inFlight.set(socket, { acknowledged, length });
    if (!attachment.caughtUp) send(socket, { type: 'caught_up', sequence: sent });
    return { ...attachment, sent, caughtUp: true };
  }

  /** Both in events and in time: within one turn of a burst no client can acknowledge. */
  #isTooSlow({ stalled }: Attachment, log: FollowedLog): boolean {
    return (
      stalled !== undefined &&
      log.sequence - stalled.sequence > this.#stalledLimit &&
      this.#now() - stalled.at >= stalledLimitMs
    );
  }

  #lengthInFlight(socket: WebSocket, { acknowledged, sent }: Attachment, log: FollowedLog): number {
    const counted = this.#inFlight.get(socket);
    return counted?.acknowledged === acknowledged ? counted.length : log.sizeBetween(acknowledged, sent);
  }

  #refuse(socket: WebSocket, code: number, reason: string): void {
    send(socket, { type: 'error', message: reason, sequence: load(socket)?.sent ?? 0 });
    closeSocket(socket, code, reason);
  }

  #reconnect(socket: WebSocket): void {
    closeSocket(socket, socketCloseCodes.reconnect, 'connect again with the last sequence');
  }
}

const load = (socket: WebSocket): Attachment | undefined =>
  attachmentSchema.safeParse(socket.deserializeAttachment()).data;

const save = (socket: WebSocket, attachment: Attachment): void => {
  socket.serializeAttachment(attachment);
};

const send = (socket: WebSocket, frame: ServerFrame): number => {
  const text = JSON.stringify(frame);
  socket.send(text);
  return text.length;
};

const closeSocket = (socket: WebSocket, code: number, reason: string): void => {
  try {
    socket.close(code, reason.slice(0, maxReasonLength));
  } catch {
    // Closed already, or a code the peer made up: there is nobody left to tell.
  }
};

const refused = (status: number, field: string, reason: string, headers: Record<string, string> = {}): Response =>
  Response.json(
    {
      type: 'request.invalid',
      title: 'The request is not valid',
      status,
      detail: `${field} ${reason}.`,
      errors: [{ field, reason }],
    },
    { status, headers: { ...headers, 'content-type': 'application/problem+json' } },
  );

const parseFrame = (
  message: string | ArrayBuffer,
): ClientFrame | { readonly code: number; readonly reason: string } => {
  if (typeof message !== 'string') return { code: 1003, reason: 'only text frames are understood' };
  if (message.length > maxClientFrameLength) {
    return { code: socketCloseCodes.tooLong, reason: `a frame may have ${maxClientFrameLength} characters` };
  }
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    return { code: socketCloseCodes.notJson, reason: 'the frame is not JSON' };
  }
  const parsed = clientFrameSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = ['frame', ...(issue?.path ?? [])].join('.');
  return { code: socketCloseCodes.refused, reason: `${where}: ${issue?.message ?? 'is not understood'}` };
};
