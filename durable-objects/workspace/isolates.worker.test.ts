import { env, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { noAmounts, type Amounts } from '../../shared/domain/budget/amounts.ts';
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';
import { Storage } from '../platform/index.ts';
import { objectName, type ObjectBindings } from '../stubs.ts';
import { Isolates } from './isolates.ts';

// SAFETY: `testing/wrangler.toml` has these bindings.
const bindings = env as unknown as Pick<ObjectBindings, 'WORKSPACE'>;
const ids = createRandomIds(systemClock);

const minuteMs = 60_000;
const tokens = (count: number): Amounts => ({ ...noAmounts, tokens: count });

/** Gives the work a workspace's own storage, in one transaction. */
const within = async (work: (isolates: Isolates) => void): Promise<void> => {
  const workspaceId = ids.create('wsp');
  const stub = bindings.WORKSPACE.getByName(objectName(workspaceId, 'workspace', workspaceId));
  await runInDurableObject(stub, (_, state) => {
    const storage = new Storage(state.storage);
    storage.transaction(() => work(new Isolates(storage)));
  });
};

describe('an isolate that is not heard of any more', () => {
  it('has used what it was given, until it says otherwise', async () => {
    await within((isolates) => {
      isolates.take('a', { revision: 1, used: tokens(5), hold: tokens(5) }, minuteMs);
      isolates.grant('a', tokens(100));
      isolates.take('b', { revision: 1, used: tokens(7), hold: tokens(7) }, 20 * minuteMs);
      expect(isolates.standing(15 * minuteMs)).toEqual({ used: tokens(12), reserved: tokens(95) });
      expect(isolates.standing(20 * minuteMs)).toEqual({ used: tokens(107), reserved: noAmounts });
      isolates.take('a', { revision: 2, used: tokens(30), hold: tokens(30) }, 21 * minuteMs);
      expect(isolates.standing(21 * minuteMs)).toEqual({ used: tokens(37), reserved: noAmounts });
    });
  });

  it('is part of a sum in the end, which nobody’s coming and going changes', async () => {
    await within((isolates) => {
      const day = 24 * 60 * minuteMs;
      for (let index = 1; index <= 50; index += 1) {
        const now = index * day;
        isolates.take(`a${index}`, { revision: 1, used: tokens(1), hold: tokens(1) }, now);
        isolates.grant(`a${index}`, tokens(10));
        isolates.take(`a${index}`, { revision: 2, used: tokens(4), hold: tokens(4) }, now);
        expect(isolates.standing(now).used).toEqual(tokens(index * 4));
        expect(Object.keys(isolates.holders(now)).length).toBeLessThan(4);
      }
    });
  });

  it('takes each batch of the ledger once', async () => {
    await within((isolates) => {
      expect([1, 1, 2, 1, 2, 3].map((batch) => isolates.isFresh('a', batch))).toEqual([
        true,
        false,
        true,
        false,
        false,
        true,
      ]);
    });
  });
});
