import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';
import type { ConversationRpc } from '../../shared/rpc/conversation.ts';
import { conversationStub, objectName, type ObjectBindings } from '../stubs.ts';

// SAFETY: `testing/wrangler.toml` has this binding.
const bindings = env as unknown as Pick<ObjectBindings, 'CONVERSATION'>;
const ids = createRandomIds(systemClock);

const create = () => {
  const workspaceId = ids.create('wsp');
  const conversationId = ids.create('cnv');
  return {
    conversation: (): ConversationRpc => conversationStub(bindings, workspaceId, conversationId),
    durable: (): DurableObjectStub =>
      bindings.CONVERSATION.getByName(objectName(workspaceId, 'conversation', conversationId)),
  };
};

const turn = (responseId: string, previousResponseId?: string, text = responseId) => ({
  responseId,
  input: JSON.stringify([text]),
  response: JSON.stringify({ id: text }),
  ...(previousResponseId === undefined ? {} : { previousResponseId }),
});

const lineOf = async (conversation: ConversationRpc, responseId: string): Promise<readonly string[]> => {
  const line = await conversation.line({ responseId });
  return line.ok ? line.value.map((stored) => stored.responseId) : [line.error.type];
};

const rowsOf = (durable: DurableObjectStub): Promise<readonly unknown[]> =>
  runInDurableObject(durable, (_instance, { storage }) =>
    [...storage.sql.exec('SELECT DISTINCT response_id FROM response_part ORDER BY 1')].map((row) => row['response_id']),
  );

const missing = { ok: false, error: { type: 'resource.not_found' } };

describe('a conversation', () => {
  it('keeps each answer once, also over a restart', async () => {
    const { conversation, durable } = create();
    const first = await conversation().keep(turn('a'));
    expect(first).toMatchObject({ ok: true });
    expect(await conversation().keep(turn('a'))).toEqual(first);
    expect(await conversation().keep(turn('a', undefined, 'other'))).toMatchObject({
      ok: false,
      error: { type: 'idempotency.mismatch' },
    });
    await evictDurableObject(durable());
    expect(await conversation().turn({ responseId: 'a' })).toEqual({
      ok: true,
      value: { responseId: 'a', input: '["a"]', response: '{"id":"a"}' },
    });
    expect(await conversation().turn({ responseId: 'b' })).toMatchObject(missing);
  });

  it('gives the line of an answer, and branches', async () => {
    const { conversation } = create();
    for (const kept of [turn('a'), turn('b', 'a'), turn('c', 'b'), turn('d', 'b')]) await conversation().keep(kept);
    expect(await lineOf(conversation(), 'c')).toEqual(['a', 'b', 'c']);
    expect(await lineOf(conversation(), 'd')).toEqual(['a', 'b', 'd']);
    expect(await conversation().keep(turn('e', 'nobody'))).toMatchObject(missing);
    expect(await lineOf(conversation(), 'e')).toEqual(['resource.not_found']);
  });

  it('keeps texts that are larger than a row, whole', async () => {
    const { conversation } = create();
    const text = '🙂é'.repeat(900_000);
    await conversation().keep(turn('a', undefined, text));
    const kept = await conversation().turn({ responseId: 'a' });
    expect(kept.ok && kept.value.input === JSON.stringify([text])).toBe(true);
  });

  it('refuses to go on with what has grown too large, and says so', async () => {
    const { conversation } = create();
    const text = 'x'.repeat(4 * 1_048_576);
    await conversation().keep(turn('a', undefined, text));
    expect((await conversation().line({ responseId: 'a', moreCharacters: 1_000_000 })).ok).toBe(true);
    const refused = await conversation().line({ responseId: 'a', moreCharacters: 5_000_000 });
    expect(refused).toMatchObject({
      ok: false,
      error: { type: 'request.too_large', issues: [{ field: 'body.previous_response_id' }] },
    });
  });

  it('refuses more responses than it can have', async () => {
    const { conversation, durable } = create();
    await conversation().keep(turn('a'));
    await runInDurableObject(durable(), (_instance, { storage }) => {
      storage.sql.exec(`
        WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 9999)
        INSERT INTO response (id, previous_id, characters, expires_at) SELECT 'r' || n, 'a', 1, 4000000000000 FROM count`);
    });
    expect(await conversation().keep(turn('b', 'a'))).toMatchObject({ error: { type: 'request.too_large' } });
    expect(await conversation().line({ responseId: 'a' })).toMatchObject({ error: { type: 'request.too_large' } });
  });
});

describe('a deleted answer', () => {
  it('is gone for whoever asks, and stays part of what continues it until that is gone too', async () => {
    const { conversation, durable } = create();
    for (const kept of [turn('a'), turn('b', 'a')]) await conversation().keep(kept);
    const forget = { commandId: 'f1', responseId: 'a' };
    expect(await conversation().forget(forget)).toEqual({ ok: true, value: { deleted: true } });
    expect(await conversation().forget(forget)).toEqual({ ok: true, value: { deleted: true } });
    expect(await conversation().forget({ ...forget, commandId: 'f2' })).toMatchObject(missing);
    expect(await conversation().turn({ responseId: 'a' })).toMatchObject(missing);
    expect(await lineOf(conversation(), 'a')).toEqual(['resource.not_found']);
    expect(await lineOf(conversation(), 'b')).toEqual(['a', 'b']);
    await conversation().forget({ commandId: 'f3', responseId: 'b' });
    expect(await rowsOf(durable())).toEqual([]);
  });

  it('leaves exactly what the others need, whatever is deleted in whatever order', async () => {
    const scripts = fc.array(fc.record({ remove: fc.boolean(), at: fc.nat({ max: 9 }) }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const { conversation, durable } = create();
        const previousOf = new Map<string, string | undefined>();
        const there = new Set<string>();
        for (const [index, { remove, at }] of script.entries()) {
          const known = [...there];
          const chosen = known.length === 0 ? undefined : known[at % known.length];
          if (remove && chosen !== undefined) {
            await conversation().forget({ commandId: `f${index}`, responseId: chosen });
            there.delete(chosen);
          } else {
            await conversation().keep(turn(`r${index}`, chosen));
            previousOf.set(`r${index}`, chosen);
            there.add(`r${index}`);
          }
        }
        const needed = new Set<string>();
        for (const id of there) {
          const line: string[] = [];
          for (let at: string | undefined = id; at !== undefined; at = previousOf.get(at)) line.unshift(at);
          for (const one of line) needed.add(one);
          expect(await lineOf(conversation(), id)).toEqual(line);
        }
        for (const id of previousOf.keys()) {
          if (!there.has(id)) expect(await conversation().turn({ responseId: id })).toMatchObject(missing);
        }
        expect(await rowsOf(durable())).toEqual([...needed].toSorted());
      }),
      { numRuns: 25 },
    );
  });
});

describe('an answer past its time', () => {
  it('is not found, and its rows go when the alarm rings', async () => {
    const { conversation, durable } = create();
    for (const kept of [turn('a'), turn('b', 'a'), turn('c')]) await conversation().keep(kept);
    await runInDurableObject(durable(), (_instance, { storage }) => {
      storage.sql.exec("UPDATE response SET expires_at = 1 WHERE id <> 'c'");
      storage.sql.exec('UPDATE timer SET due_at = 1');
    });
    expect(await conversation().turn({ responseId: 'b' })).toMatchObject(missing);
    expect(await rowsOf(durable())).toEqual(['a', 'b', 'c']);
    await evictDurableObject(durable());
    await runDurableObjectAlarm(durable());
    expect(await rowsOf(durable())).toEqual(['c']);
    const due = await runInDurableObject(durable(), (_instance, { storage }) => [
      ...storage.sql.exec('SELECT expires_at FROM response'),
      ...storage.sql.exec('SELECT due_at AS expires_at FROM timer'),
    ]);
    expect(due[1]).toEqual(due[0]);
  });
});
