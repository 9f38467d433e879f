import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createContinuity } from '../../shared/protocol/continuity.ts';
import {
  creditWindowEvents,
  pingFrame,
  pongFrame,
  type ServerFrame,
  serverFrameSchema,
  stalledLimitMs,
} from '../../shared/protocol/socket-frames.ts';
import { clock, reached } from './testing/controls.ts';
import { freshName, kill, probe } from './testing/stubs.ts';

/** A client that keeps what it is sent. */
interface Client {
  readonly frames: ServerFrame[];
  readonly closed: () => { readonly code: number; readonly reason: string } | undefined;
  readonly ack: (sequence: number) => void;
  readonly socket: WebSocket;
}

const connect = async (name: string, after?: string): Promise<Client> => {
  const query = after === undefined ? '' : `?after=${after}`;
  const response = await probe(name).fetch(`https://object/events${query}`, { headers: { upgrade: 'websocket' } });
  const socket = response.webSocket;
  if (socket === null) throw new Error(`${response.status} ${await response.text()}`);
  const frames: ServerFrame[] = [];
  let closed: { code: number; reason: string } | undefined;
  socket.addEventListener('message', ({ data }) => {
    frames.push(serverFrameSchema.parse(JSON.parse(String(data))));
  });
  socket.addEventListener('close', ({ code, reason }) => {
    closed = { code, reason };
  });
  socket.accept();
  const ack = (sequence: number): void => socket.send(JSON.stringify({ type: 'ack', sequence }));
  return { frames, closed: () => closed, ack, socket };
};

const sequences = (client: Client): number[] =>
  client.frames.flatMap((frame) => (frame.type === 'event' ? [frame.sequence] : []));
const upTo = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_entry, index) => from + index);
const ones = (count: number): number[] => Array.from({ length: count }, () => 1);

describe('Sockets', () => {
  it('replays from the cursor, says when the client has all, and tails', async () => {
    const name = freshName('tail');
    await probe(name).add(ones(100));
    const client = await connect(name, '90');
    await reached(() => client.frames.length === 11);
    expect(client.frames[0]).toMatchObject({ type: 'event', sequence: 91, event: { type: 'added', amount: 1 } });
    expect(client.frames.at(-1)).toEqual({ type: 'caught_up', sequence: 100 });
    await probe(name).add([2, 3]);
    await reached(() => client.frames.length === 13);
    expect(sequences(client)).toEqual(upTo(91, 102));
    const fresh = await connect(name);
    await reached(() => fresh.frames.length === 103);
    expect(sequences(fresh)).toEqual(upTo(1, 102));
  });

  it('tells an empty object apart from a silent one', async () => {
    const client = await connect(freshName('empty'));
    await reached(() => client.frames.length === 1);
    expect(client.frames).toEqual([{ type: 'caught_up', sequence: 0 }]);
  });

  it('stops at the window of a client that does not acknowledge, and goes on from the log when it does', async () => {
    const name = freshName('slow');
    const client = await connect(name);
    await probe(name).add(ones(1_000));
    await reached(() => client.frames.length === 257);
    for (let more = 0; more < 5; more += 1) await probe(name).add(ones(100));
    client.socket.send(pingFrame);
    await reached(() => client.frames.length === 258);
    expect(client.frames.at(-1)).toEqual(JSON.parse(pongFrame));
    expect(sequences(client)).toEqual(upTo(1, 256));
    client.ack(10);
    await reached(() => client.frames.length === 268);
    while (sequences(client).length < 1_500) {
      client.ack(sequences(client).length);
      const before = client.frames.length;
      await reached(() => client.frames.length > before);
    }
    await reached(() => client.frames.at(-1)?.type === 'caught_up');
    expect(sequences(client)).toEqual(upTo(1, 1_500));
    expect(client.frames.filter((frame) => frame.type === 'caught_up')).toHaveLength(2);
  });

  it('stops earlier for large events, but always lets one through', async () => {
    const name = freshName('large');
    const client = await connect(name);
    await probe(name).addLarge(20, 900_000);
    await reached(() => sequences(client).length === 5);
    client.socket.send(pingFrame);
    await reached(() => client.frames.at(-1)?.type === 'pong');
    expect(sequences(client)).toEqual(upTo(1, 5));
    await reached(() => {
      client.ack(sequences(client).length);
      return sequences(client).length === 20;
    });
    expect(sequences(client)).toEqual(upTo(1, 20));
  });

  it('goes on over hibernation', async () => {
    const name = freshName('hibernates');
    const client = await connect(name);
    await probe(name).add(ones(3));
    await reached(() => client.frames.length === 4);
    await evictDurableObject(probe(name));
    await probe(name).add(ones(2));
    await reached(() => client.frames.length === 6);
    await evictDurableObject(probe(name));
    client.ack(5);
    await probe(name).add([1]);
    await reached(() => client.frames.length === 7);
    expect(sequences(client)).toEqual(upTo(1, 6));
  });

  it('sends a client away that takes nothing while very much happens, and nobody else', async () => {
    const name = freshName('paused');
    const [paused, lively] = [await connect(name), await connect(name)];
    const continuity = createContinuity(0);
    const drain = (): void => {
      for (const frame of lively.frames.splice(0)) {
        if (frame.type === 'event') expect(continuity.event(frame.sequence)).toEqual({ type: 'ok' });
        if (frame.type === 'caught_up') expect(continuity.caughtUp(frame.sequence)).toEqual({ type: 'ok' });
      }
      lively.ack(continuity.last());
    };
    const batch = 2_500;
    for (let written = batch; written <= 100_000; written += batch) {
      clock.advance(stalledLimitMs / 10);
      await probe(name).add(ones(batch));
      await reached(() => {
        drain();
        return continuity.last() === written;
      });
      // The window is all that was ever sent ahead, however much was written.
      expect(sequences(paused).length).toBeLessThanOrEqual(creditWindowEvents);
      expect(paused.closed() === undefined).toBe(written <= batch * 10);
    }
    expect(paused.closed()).toEqual({ code: 4008, reason: expect.stringContaining('come back later') });
    expect(lively.closed()).toBeUndefined();
    expect(sequences(paused)).toEqual(upTo(1, creditWindowEvents));

    const back = await connect(name, `${creditWindowEvents}`);
    await reached(() => sequences(back).length === creditWindowEvents);
    expect(sequences(back)[0]).toBe(creditWindowEvents + 1);
  });

  it('keeps a slow client that takes something now and then, however far behind it is', async () => {
    const name = freshName('behind');
    const client = await connect(name);
    for (let round = 1; round <= 6; round += 1) {
      await probe(name).add(ones(8_000));
      await reached(() => sequences(client).length === creditWindowEvents + round - 1);
      client.ack(round);
      await reached(() => sequences(client).length === creditWindowEvents + round);
    }
    expect(client.closed()).toBeUndefined();
  });

  it('says which is the oldest event when those asked for are no longer kept', async () => {
    const name = freshName('gone');
    await probe(name).add(ones(50));
    await runInDurableObject(probe(name), (instance) => {
      instance.parts.storage.transaction(() => instance.store.discardUpTo(30, 1));
    });
    const late = await connect(name, '29');
    await reached(() => late.closed() !== undefined);
    expect(late.frames).toEqual([{ type: 'gone', oldest: 31, sequence: 29 }]);
    expect(late.closed()).toMatchObject({ code: 4410 });
    await expect(connect(name, '29&gone=refuse')).rejects.toThrow('410 {"oldest":31}');
    const just = await connect(name, '30&gone=refuse');
    await reached(() => just.frames.length === 21);
    expect(sequences(just)).toEqual(upTo(31, 50));
  });

  it.each([
    ['-1', 400, 'query.after'],
    ['1.5', 400, 'query.after'],
    ['x', 400, 'query.after'],
    ['', 400, 'query.after'],
    ['99999999999999999999', 400, 'query.after'],
    ['4', 400, 'ahead of the log, which ends at 0'],
  ])('refuses ?after=%s', async (after, status, text) => {
    await expect(connect(freshName('refused'), after)).rejects.toThrow(`${status}`);
    await expect(connect(freshName('refused'), after)).rejects.toThrow(text);
  });

  it('refuses a request that is no upgrade', async () => {
    const response = await probe(freshName('plain')).fetch('https://object/events');
    expect([response.status, response.headers.get('content-type')]).toEqual([426, 'application/problem+json']);
    expect(await response.json()).toMatchObject({ errors: [{ field: 'headers.upgrade' }] });
  });

  it.each<[string | Uint8Array<ArrayBuffer>, number, string]>([
    ['{', 1007, 'the frame is not JSON'],
    ['[]', 1008, 'frame'],
    ['{"type":"shout"}', 1008, 'frame.type'],
    ['{"type":"ack"}', 1008, 'frame.sequence'],
    ['{"type":"ack","sequence":-1}', 1008, 'frame.sequence'],
    ['{"type":"ack","sequence":1e99}', 1008, 'frame.sequence'],
    ['{"type":"ack","sequence":1,"more":1}', 1008, 'frame'],
    ['{"type":"ack","sequence":3}', 1008, 'ack.sequence 3 is ahead of what was sent, 2'],
    [`{"type":"ack","sequence":1${' '.repeat(5_000)}}`, 1009, 'characters'],
    [new Uint8Array([1]), 1003, 'only text frames'],
  ])('closes on frame %# with a reason', async (frame, code, reason) => {
    const name = freshName('frame');
    await probe(name).add([1, 2]);
    const [client, other] = [await connect(name), await connect(name)];
    await reached(() => client.frames.length === 3);
    client.socket.send(frame);
    await reached(() => client.closed() !== undefined);
    expect(client.closed()?.code).toBe(code);
    expect(client.closed()?.reason).toContain(reason);
    expect(client.frames.at(-1)).toMatchObject({ type: 'error', message: expect.stringContaining(reason) });
    await probe(name).add([3]);
    await reached(() => sequences(other).length === 3);
  });

  it.each([
    [1000, 'bye'],
    [4999, 'mine'],
    [undefined, undefined],
  ])('answers a close with %s', async (code, reason) => {
    const client = await connect(freshName('close'));
    client.socket.close(code, reason);
    await reached(() => client.closed() !== undefined);
    expect(client.socket.readyState).toBe(WebSocket.CLOSED);
    expect(client.closed()).toEqual({ code: code ?? 1000, reason: reason ?? '' });
  });

  it('reports an event it cannot read and closes, without failing the command', async () => {
    const name = freshName('unreadable');
    const client = await connect(name);
    await reached(() => client.frames.length === 1);
    await runInDurableObject(probe(name), (instance, state) => {
      state.storage.sql.exec("INSERT INTO event (type, version, payload, recorded_at) VALUES ('added', 9, '{}', 0)");
      instance.store.invalidate();
      instance.parts.storage.transaction(() => undefined);
      expect(instance.problems).toEqual([
        {
          part: 'sockets',
          status: 'failed',
          subject: 'publish',
          cause: expect.stringContaining('of version 9 is unknown'),
        },
      ]);
    });
    await reached(() => client.closed() !== undefined);
    expect(client.closed()).toMatchObject({ code: 4500 });
  });

  it('gives a client that comes back with its cursor every event exactly once, whatever cuts it off', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            cut: fc.constantFrom('close', 'kill', 'evict'),
            events: fc.integer({ min: 1, max: 300 }),
            ack: fc.boolean(),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        async (rounds) => {
          const name = freshName('resume');
          const seen: number[] = [];
          const continuity = createContinuity(0);
          let proven = -1;
          let written = 0;
          let client = await connect(name);
          const take = (): void => {
            for (const frame of client.frames.splice(0)) {
              if (frame.type === 'event') {
                seen.push(frame.sequence);
                expect(continuity.event(frame.sequence)).toEqual({ type: 'ok' });
              }
              if (frame.type === 'caught_up') {
                expect(continuity.caughtUp(frame.sequence)).toEqual({ type: 'ok' });
                proven = frame.sequence;
              }
            }
          };
          for (const round of rounds) {
            await probe(name).add(ones(round.events));
            written += round.events;
            if (round.ack) {
              take();
              client.ack(seen.at(-1) ?? 0);
            }
            if (round.cut === 'evict') {
              await evictDurableObject(probe(name));
              continue;
            }
            if (round.cut === 'close') client.socket.close(1000, 'cut');
            else await kill();
            await reached(() => client.closed() !== undefined);
            take();
            client = await connect(name, `${seen.at(-1) ?? 0}`);
          }
          await reached(() => {
            take();
            if (seen.length < written && seen.length > 0) client.ack(seen.at(-1) ?? 0);
            return seen.length >= written && proven >= 0;
          });
          expect(seen).toEqual(upTo(1, written));
          expect(proven).toBeLessThanOrEqual(written);
        },
      ),
      { numRuns: 15 },
    ));
});
