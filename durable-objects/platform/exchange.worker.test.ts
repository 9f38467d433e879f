import { env } from 'cloudflare:test';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Letter } from './testing/peer.ts';
import { freshName, kill, watch } from './testing/stubs.ts';

type Side = 'a' | 'b';
const peer = (side: Side, name: string) => env.PEER.getByName(`${side}:${name}`);

/** Gives the command until it is acknowledged, as a client does that cannot know whether it was taken. */
const publish = async (side: Side, name: string, commandId: string, letters: readonly Letter[]): Promise<void> => {
  for (;;) {
    const outcome = await watch(peer(side, name).publish(commandId, [...letters])).ended;
    if (outcome !== 'cut') return;
  }
};

const account = async (side: Side, name: string) => {
  for (;;) {
    const outcome = await watch(peer(side, name).account()).ended;
    if (outcome !== 'cut') return outcome.reply;
  }
};
type Account = Awaited<ReturnType<typeof account>>;

/** What holds at any instant: the log has no gap, and state, count and log were changed together. */
const checkWhole = ({ sequences, published, applied, tally }: Account): void => {
  expect(sequences).toEqual(sequences.map((_sequence, index) => index + 1));
  expect(published.length + applied.length).toBe(sequences.length);
  expect(tally).toBe(published.length);
};

const step = fc.record({
  side: fc.constantFrom<Side>('a', 'b'),
  hops: fc.array(fc.nat(4), { minLength: 1, maxLength: 6 }),
  kills: fc.integer({ min: 0, max: 3 }),
  dies: fc.boolean(),
});

describe('two objects that exchange messages', () => {
  it('apply exactly what the other published, in its order, whoever is killed and when', () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const name = freshName('exchange');
        let asked = 0;
        for (const [index, { side, hops, kills, dies }] of steps.entries()) {
          const letters = hops.map((hop, position) => ({ text: `${index}.${position}`, hops: hop }));
          asked += hops.reduce((sum, hop) => sum + hop + 1, 0);
          // The command comes again after its first try died with the object.
          if (dies) await watch(peer(side, name).publishAndDie(`c${index}`, letters)).ended;
          const given = publish(side, name, `c${index}`, letters);
          for (let count = 0; count < kills; count += 1) {
            await scheduler.wait(count * 3);
            await kill();
            checkWhole(await account('a', name));
            checkWhole(await account('b', name));
          }
          await given;
        }
        let [a, b] = [await account('a', name), await account('b', name)];
        // Nobody pokes them: what is left is delivered by their own alarms.
        while (a.applied.length + b.applied.length < asked || a.pending + b.pending > 0) {
          await scheduler.wait(20);
          [a, b] = [await account('a', name), await account('b', name)];
          expect(a.applied.length + b.applied.length).toBeLessThanOrEqual(asked);
        }
        checkWhole(a);
        checkWhole(b);
        expect(b.applied).toEqual(a.published);
        expect(a.applied).toEqual(b.published);
        expect(a.published.length + b.published.length).toBe(asked);
      }),
      { numRuns: 12 },
    ));
});
