import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { createContinuity } from '../../shared/protocol/continuity.ts';
import { serverFrameSchema } from '../../shared/protocol/socket-frames.ts';
import { type Aggregate, EventStore, migrate, platformMigrations, Storage } from './index.ts';
import { reached } from './testing/controls.ts';
import { freshName, kill, onBareStorage, probe } from './testing/stubs.ts';

const total = 100_000;

/** A client that acknowledges what it gets and proves that nothing was left out. */
const follow = async (name: string) => {
  const { webSocket } = await probe(name).fetch('https://object/events', { headers: { upgrade: 'websocket' } });
  if (webSocket === null) throw new Error('no socket');
  const continuity = createContinuity(0);
  const faults: unknown[] = [];
  let proven = -1;
  webSocket.addEventListener('message', ({ data }) => {
    const frame = serverFrameSchema.parse(JSON.parse(String(data)));
    if (frame.type !== 'event' && frame.type !== 'caught_up') return;
    const verdict = frame.type === 'event' ? continuity.event(frame.sequence) : continuity.caughtUp(frame.sequence);
    if (verdict.type !== 'ok') faults.push([frame.type, verdict]);
    if (frame.type === 'caught_up') proven = frame.sequence;
    else if (frame.sequence % 100 === 0) webSocket.send(JSON.stringify({ type: 'ack', sequence: frame.sequence }));
  });
  webSocket.addEventListener('close', ({ code }) => void faults.push(code));
  webSocket.accept();
  return { faults, proven: () => proven, last: continuity.last };
};

const checkLog = async (name: string): Promise<void> => {
  await kill();
  expect(await probe(name).state()).toEqual({ total, count: total, sequence: total });
  for (let after = 0; after < total; after += 1_000) {
    const page = await probe(name).page(after);
    expect([page.length, page[0], page.at(-1)]).toEqual([1_000, after + 1, after + 1_000]);
  }
  await runInDurableObject(probe(name), (_instance, { storage }) => {
    const { snapshots } = storage.sql.exec<{ snapshots: number }>('SELECT COUNT(*) AS snapshots FROM snapshot').one();
    expect(snapshots).toBeLessThanOrEqual(10);
  });
};

describe('a burst of 100,000 tiny events', { timeout: 120_000 }, () => {
  it('in transactions of a thousand leaves the object alive, the log whole and its clients level', async () => {
    const name = freshName('burst');
    const clients = [await follow(name), await follow(name)];
    const ones = Array.from({ length: 1_000 }, () => 1);
    for (let written = 0; written < total; written += 1_000) await probe(name).add(ones);
    await reached(() => clients.every((client) => client.last() === total && client.proven() === total));
    expect(clients.map(({ faults }) => faults)).toEqual([[], []]);
    await checkLog(name);
  });

  it('as 100,000 commits in a row, many of them in one turn, does the same', async () => {
    const name = freshName('commits');
    const clients = [await follow(name)];
    for (let written = 0; written < total; written += 20_000) await probe(name).addEach(20_000);
    await reached(() => clients.every((client) => client.last() === total && client.proven() === total));
    expect(clients.map(({ faults }) => faults)).toEqual([[]]);
    await checkLog(name);
  });
});

describe('the snapshots of a state that grows with its log', () => {
  it('cost in proportion to the log, and bound what a load has to replay', () =>
    onBareStorage((durable) => {
      type Said = { readonly type: 'said'; readonly text: string };
      const remember: Aggregate<readonly string[], Said> = {
        initial: [],
        stateVersion: 1,
        evolve: (state, { text }) => [...state, text],
      };
      const storage = new Storage(durable);
      migrate(storage, 'platform', platformMigrations, () => 0);
      durable.sql.exec(`
        CREATE TABLE written (length INTEGER NOT NULL);
        CREATE TRIGGER count_written AFTER INSERT ON snapshot_part BEGIN
          INSERT INTO written (length) VALUES (LENGTH(NEW.payload));
        END`);
      const store = new EventStore(storage, remember, { snapshotEvery: 5 });
      for (let count = 0; count < 4_000; count += 1) {
        storage.transaction(() => void store.append([{ type: 'said', text: `${count}`.padStart(40, '.') }], 1));
      }
      const sum = (query: string): number => durable.sql.exec<{ sum: number }>(query).one().sum;
      const written = sum('SELECT SUM(length) AS sum FROM written');
      const logged = sum('SELECT SUM(LENGTH(payload)) AS sum FROM event');
      // With a snapshot every five events it would be four hundred times the log.
      expect(written / logged).toBeLessThan(10);
      const newest = sum('SELECT MAX(sequence) AS sum FROM snapshot');
      expect(4_000 - newest).toBeLessThan(4_000 / 7);
      expect(new EventStore(new Storage(durable), remember).state).toEqual(store.state);
    }));
});
