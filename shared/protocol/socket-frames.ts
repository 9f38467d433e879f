/**
 * What goes over an object's event socket, in JSON text frames. All but the answer to a ping carry a sequence, so a client
 * can prove that it missed nothing: see `continuity.ts`.
 *
 * The client connects with `?after=<sequence>` (0 = from the beginning), the last event it has. The server sends every
 * event after it in order and without gaps, says `caught_up` with the sequence up to which all was sent, and goes on live. The
 * client acknowledges with `ack`; the server stops after `creditWindowEvents` events that were not acknowledged and goes
 * on from the log when acknowledgements come. A client that breaks off connects again with the last sequence it has.
 */

import { z } from 'zod';

/** Events the server sends ahead of the client's acknowledgement. Acknowledge at least every half of it. */
export const creditWindowEvents = 256;

/**
 * Events that may happen while a client's window is full and it acknowledges nothing, before it is told to come back
 * later. What waits for it is only its cursor, so this bounds the attention it costs, not memory.
 */
export const stalledLimitEvents = 10_000;
/** And at least this long. */
export const stalledLimitMs = 5_000;

/** Longest frame a client may send, in UTF-16 units. */
export const maxClientFrameLength = 4_096;

/** The runtime answers this text with `pongFrame` without waking the object. */
export const pingFrame = '{"type":"ping"}';
export const pongFrame = '{"type":"pong"}';

/** Close codes of the server beside those of RFC 6455. 4000–4999 are free for applications. */
export const socketCloseCodes = {
  /** The frame is not JSON. */
  notJson: 1007,
  /** The frame is JSON and not one of ours, or acknowledges what was never sent. */
  refused: 1008,
  tooLong: 1009,
  /** Connect again with the last sequence. */
  reconnect: 1012,
  /** The client took nothing while very much happened: come back later with the last sequence. */
  resumeLater: 4008,
  /** Events after the client's sequence are no longer kept; the `gone` frame before it says which is the oldest. */
  gone: 4410,
  /** The log holds what this version of the platform cannot read (`state.unreadable`); come back after an update. */
  unreadable: 4500,
} as const;

const sequence = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

/** What a client may send. */
export const clientFrameSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ack'),
    sequence: sequence.meta({ description: 'All events up to this one have arrived.' }),
  }),
]);
export type ClientFrame = z.infer<typeof clientFrameSchema>;

/** What the server sends. */
export const serverFrameSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('event'), sequence, recordedAt: z.number(), event: z.unknown() }),
  z.object({ type: z.literal('caught_up'), sequence }),
  z.object({
    type: z.literal('gone'),
    oldest: sequence,
    sequence: sequence.meta({ description: 'Where the client stands.' }),
  }),
  z.object({
    type: z.literal('error'),
    message: z.string(),
    sequence: sequence.meta({ description: 'The last one that was sent.' }),
  }),
  z.object({ type: z.literal('pong') }),
]);
export type ServerFrame = z.infer<typeof serverFrameSchema>;
