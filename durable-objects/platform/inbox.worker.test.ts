import { runInDurableObject } from 'cloudflare:test';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Inbox, migrate, PayloadRefused, platformMigrations, Storage } from './index.ts';
import { freshName, kill, onBareStorage, probe } from './testing/stubs.ts';

const dayMs = 24 * 60 * 60 * 1_000;

const open = (durable: DurableObjectStorage) => {
  const storage = new Storage(durable);
  migrate(storage, 'platform', platformMigrations, () => 0);
  const inbox = new Inbox(storage);
  let handled = 0;
  const once = (commandId: string, body: unknown, now = 0, reply?: unknown) =>
    storage.transaction(() =>
      inbox.once(commandId, body, now, () => {
        handled += 1;
        return reply ?? { handled };
      }),
    );
  return { storage, inbox, once, handled: () => handled };
};

describe('Inbox', () => {
  it('answers a repeat with the first reply, whatever the order of the fields', () =>
    onBareStorage((durable) => {
      const { once, handled } = open(durable);
      const first = once('cmd', { a: 1, b: [{ c: 2, d: undefined, ä: null }] });
      expect(first).toEqual({ ok: true, value: { handled: 1 } });
      expect(once('cmd', { b: [{ ä: null, c: 2 }], a: 1 })).toEqual(first);
      expect(JSON.stringify(once('cmd', { b: [{ ä: null, c: 2 }], a: 1 }))).toBe(JSON.stringify(first));
      expect(handled()).toBe(1);
    }));

  it('refuses the same id with another body, and bodies and ids it cannot keep', () =>
    onBareStorage((durable) => {
      const { once, handled } = open(durable);
      once('cmd', { a: [1, 2] });
      for (const body of [{ a: [2, 1] }, { a: [1] }, { a: '1,2' }, null, undefined, {}]) {
        expect(once('cmd', body)).toMatchObject({ ok: false, error: { type: 'idempotency.mismatch' } });
      }
      expect(once('', {})).toMatchObject({
        ok: false,
        error: { type: 'request.invalid', issues: [{ field: 'commandId' }] },
      });
      expect(once('x'.repeat(201), {})).toMatchObject({ ok: false, error: { type: 'request.invalid' } });
      expect(once('map', { a: new Map() })).toMatchObject({
        ok: false,
        error: {
          type: 'request.invalid',
          issues: [{ field: 'body', reason: 'The body: value.a is a Map, which JSON cannot keep.' }],
        },
      });
      expect(once('proto', JSON.parse('{"__proto__":{"a":1}}'))).toMatchObject({ ok: true });
      expect(once('proto', {})).toMatchObject({ ok: false, error: { type: 'idempotency.mismatch' } });
      expect(handled()).toBe(2);
    }));

  it('keeps nothing of a command that throws, so that it can come again', () =>
    onBareStorage((durable) => {
      const { storage, inbox, once } = open(durable);
      expect(() => inbox.once('cmd', {}, 0, () => 1)).toThrow('inside a transaction');
      expect(() =>
        storage.transaction(() =>
          inbox.once('cmd', {}, 0, () => {
            throw new Error('bug');
          }),
        ),
      ).toThrow('bug');
      expect(() => once('large', {}, 0, 'x'.repeat(2_000_000))).toThrow(PayloadRefused);
      expect(once('cmd', {}, 0, 'fine')).toEqual({ ok: true, value: 'fine' });
    }));

  it('keeps a refusal as the reply', () =>
    onBareStorage((durable) => {
      const { once, handled } = open(durable);
      const refusal = { ok: false, error: { type: 'resource.not_found', detail: 'no' } };
      expect(once('cmd', {}, 0, refusal)).toEqual({ ok: true, value: refusal });
      expect(once('cmd', {}, 0, 'other')).toEqual({ ok: true, value: refusal });
      expect(handled()).toBe(1);
    }));

  it('keeps replies for a day and prunes a bounded number at once', () =>
    onBareStorage((durable) => {
      const { once } = open(durable);
      for (let index = 0; index < 120; index += 1) once(`old-${index}`, {}, index);
      const count = (): unknown => durable.sql.exec('SELECT COUNT(*) AS count FROM inbox').one();
      once('young', {}, dayMs);
      expect(count()).toEqual({ count: 121 });
      once('next', {}, dayMs + 200);
      expect(count()).toEqual({ count: 72 });
      once('after', {}, dayMs + 200);
      once('last', {}, dayMs + 200);
      expect(count()).toEqual({ count: 4 });
      expect(once('young', {}, dayMs + 200, 'again')).toMatchObject({ value: { handled: 121 } });
    }));

  it('makes one effect of any number of tries, over kills and rollbacks between them', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('try', 'lost', 'undone', 'kill'), { minLength: 1, maxLength: 10 }),
        async (tries) => {
          const name = freshName('inbox');
          const attempt = (fail: boolean): Promise<unknown> =>
            runInDurableObject(probe(name), (instance) => {
              const { inbox, storage } = instance.parts;
              const work = (): unknown => {
                const reply = inbox.once('cmd', { add: 1 }, 0, () => instance.add([1]).total);
                if (fail) throw new Error('undo');
                return reply;
              };
              try {
                return storage.transaction(work);
              } catch {
                return undefined;
              }
            });
          for (const kind of tries) {
            if (kind === 'kill') await kill();
            else {
              const reply = await attempt(kind === 'undone');
              // A `lost` reply is one the client never saw: it cannot know, and tries again.
              if (kind === 'try') expect(reply).toEqual({ ok: true, value: 1 });
            }
          }
          expect(await attempt(false)).toEqual({ ok: true, value: 1 });
          expect(await probe(name).state()).toMatchObject({ total: 1, sequence: 1 });
        },
      ),
      { numRuns: 25 },
    ));
});
