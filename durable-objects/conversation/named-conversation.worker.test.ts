import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';
import type { ConversationItemsRpc, StoredItem } from '../../shared/rpc/conversation-items.ts';
import type { ConversationRpc } from '../../shared/rpc/conversation.ts';
import { conversationStub, objectName, type ObjectBindings } from '../stubs.ts';

// SAFETY: `testing/wrangler.toml` has this binding.
const bindings = env as unknown as Pick<ObjectBindings, 'CONVERSATION'>;
const ids = createRandomIds(systemClock);

const create = () => {
  const workspaceId = ids.create('wsp');
  const conversationId = ids.create('cnv');
  return {
    conversation: (): ConversationRpc & ConversationItemsRpc => conversationStub(bindings, workspaceId, conversationId),
    durable: (): DurableObjectStub =>
      bindings.CONVERSATION.getByName(objectName(workspaceId, 'conversation', conversationId)),
  };
};

const made = async (...items: readonly string[]) => {
  const parts = create();
  const command = { id: 'conv_1', metadata: '{"topic":"demo"}', items: stored(...items) };
  expect(await parts.conversation().createConversation(command)).toMatchObject({ ok: true });
  return parts;
};

const text = (id: string): string => JSON.stringify({ id, type: 'message' });
const stored = (...names: readonly string[]): readonly StoredItem[] => names.map((id) => ({ id, item: text(id) }));

const answer = (responseId: string, input: readonly string[], output: readonly string[], through = 0) => ({
  responseId,
  through,
  input: stored(...input),
  output: stored(...output),
  isAdded: true,
  response: JSON.stringify({ id: responseId }),
});

const idsOf = (items: readonly string[]): readonly string[] =>
  items.map((item) => (JSON.parse(item) as { readonly id: string }).id);

const context = async (conversation: ConversationItemsRpc) => {
  const read = await conversation.readContext({ moreItems: 0, moreCharacters: 0 });
  return read.ok ? { through: read.value.through, items: idsOf(read.value.items) } : read.error.type;
};

const rowsOf = (durable: DurableObjectStub, table: string): Promise<readonly unknown[]> =>
  runInDurableObject(durable, (_instance, { storage }) => [...storage.sql.exec(`SELECT * FROM ${table}`)]);

const missing = { ok: false, error: { type: 'resource.not_found' } };

describe('a named conversation', () => {
  it('is there once it was made, with its items and metadata, also over a restart', async () => {
    const { conversation, durable } = await made('a', 'b');
    await evictDurableObject(durable());
    const read = await conversation().readConversation();
    expect(read).toMatchObject({ ok: true, value: { id: 'conv_1', metadata: '{"topic":"demo"}' } });
    const described = await conversation().describeConversation({ commandId: 'd', metadata: '{}' });
    expect(described).toEqual({ ok: true, value: { createdAt: read.ok && read.value.createdAt } });
    expect(await conversation().readConversation()).toMatchObject({ value: { metadata: '{}' } });
    expect(await context(conversation())).toEqual({ through: 2, items: ['a', 'b'] });
    expect(await conversation().readItem({ itemId: 'b' })).toEqual({ ok: true, value: { item: text('b') } });
    expect(await conversation().readItem({ itemId: 'c' })).toEqual({ ok: true, value: { item: null } });
  });

  it('is not found where nobody made one, whatever is asked', async () => {
    const { conversation } = create();
    const asked = [
      conversation().readConversation(),
      conversation().describeConversation({ commandId: 'a', metadata: '{}' }),
      conversation().deleteConversation({ commandId: 'b' }),
      conversation().addItems({ commandId: 'c', items: stored('a') }),
      conversation().listItems({ limit: 1, order: 'asc' }),
      conversation().readItem({ itemId: 'a' }),
      conversation().deleteItem({ commandId: 'd', itemId: 'a' }),
      conversation().readContext({ moreItems: 0, moreCharacters: 0 }),
      conversation().takeAnswer(answer('r', ['a'], ['b'])),
    ];
    for (const one of await Promise.all(asked)) expect(one).toMatchObject(missing);
    expect(await conversation().turn({ responseId: 'r' })).toMatchObject(missing);
  });

  it('is listed in pages, whatever their size and order, and after what was deleted between', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const { conversation } = await made(...names);
    await conversation().deleteItem({ commandId: 'x', itemId: 'd' });
    const there = names.filter((name) => name !== 'd');
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom('asc' as const, 'desc' as const),
      async (limit, order) => {
        const seen: string[] = [];
        for (let hasMore = true; hasMore;) {
          const after = seen.at(-1);
          const page = await conversation().listItems({ limit, order, ...(after === undefined ? {} : { after }) });
          if (!page.ok) throw new Error(page.error.detail);
          expect(page.value.items.length).toBeLessThanOrEqual(limit);
          seen.push(...idsOf(page.value.items));
          ({ hasMore } = page.value);
        }
        expect(seen).toEqual(order === 'asc' ? there : there.toReversed());
      },
    );
    await fc.assert(property, { numRuns: 25 });
    expect(await conversation().listItems({ limit: 1, order: 'asc', after: 'd' })).toMatchObject({
      error: { type: 'request.invalid' },
    });
  });

  it('takes no item twice, also when the command was forgotten', async () => {
    const { conversation, durable } = await made('a');
    const add = { commandId: 'x', items: stored('b', 'c') };
    expect(await conversation().addItems(add)).toEqual({ ok: true, value: { added: 2 } });
    await runInDurableObject(durable(), (_instance, { storage }) => {
      storage.sql.exec('DELETE FROM inbox');
    });
    expect(await conversation().addItems(add)).toMatchObject({ error: { type: 'resource.conflict' } });
    expect(await context(conversation())).toMatchObject({ items: ['a', 'b', 'c'] });
  });

  it('keeps items that are larger than a row, whole', async () => {
    const { conversation } = await made();
    const item = JSON.stringify({ id: 'large', text: '🙂é'.repeat(900_000) });
    await conversation().addItems({ commandId: 'a', items: [{ id: 'large', item }] });
    const read = await conversation().readItem({ itemId: 'large' });
    expect(read.ok && read.value.item === item).toBe(true);
  });

  it('takes no more than can be continued, says where, and adds all of it or nothing', async () => {
    const { conversation, durable } = await made('a');
    const large = { id: 'large', item: 'x'.repeat(7 * 1_048_576) };
    const add = (commandId: string, ...items: readonly StoredItem[]) => conversation().addItems({ commandId, items });
    expect(await add('b', large)).toMatchObject({ ok: true });
    expect(await add('c', ...stored('b'), { ...large, id: 'more' })).toMatchObject({
      error: { type: 'request.too_large', issues: [{ field: 'body.items' }] },
    });
    expect(await conversation().readItem({ itemId: 'b' })).toEqual({ ok: true, value: { item: null } });
    const more = { moreItems: 1, moreCharacters: 6 * 1_048_576 };
    expect(await conversation().readContext(more)).toMatchObject({
      error: { type: 'request.too_large', issues: [{ field: 'body.conversation' }] },
    });
    await runInDurableObject(durable(), (_instance, { storage }) => {
      storage.sql.exec(`
        WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 9998)
        INSERT INTO item (id, characters) SELECT 'i' || n, 1 FROM count`);
    });
    expect(await add('d', ...stored('d'))).toMatchObject({ error: { type: 'request.too_large' } });
    expect(await conversation().readContext({ moreItems: 1, moreCharacters: 0 })).toMatchObject({
      error: { type: 'request.too_large' },
    });
  });
});

describe('an answer in a conversation', () => {
  it('is added and kept in one, once, also over a restart, and tells what was before it', async () => {
    const { conversation, durable } = await made('a');
    const first = answer('r1', ['b'], ['c'], 1);
    const taken = await conversation().takeAnswer(first);
    expect(taken).toEqual({ ok: true, value: { added: 2 } });
    expect(await conversation().takeAnswer(first)).toEqual(taken);
    await evictDurableObject(durable());
    expect(await conversation().takeAnswer(first)).toEqual(taken);
    expect(await conversation().takeAnswer({ ...first, isAdded: false })).toMatchObject({
      error: { type: 'idempotency.mismatch' },
    });
    expect(await context(conversation())).toEqual({ through: 3, items: ['a', 'b', 'c'] });
    const kept = { responseId: 'r1', input: `[${text('b')}]`, response: '{"id":"r1"}' };
    expect(await conversation().turn({ responseId: 'r1' })).toEqual({ ok: true, value: kept });
    expect(await conversation().line({ responseId: 'r1' })).toEqual({
      ok: true,
      value: [{ ...kept, before: `[${text('a')}]` }],
    });
  });

  it('is added where it ends, while what it was given stays what was there when it began', async () => {
    const { conversation } = await made('a');
    await conversation().takeAnswer(answer('late', ['l1'], ['l2'], 1));
    await conversation().takeAnswer(answer('early', ['e1'], ['e2'], 1));
    expect(await context(conversation())).toMatchObject({ items: ['a', 'l1', 'l2', 'e1', 'e2'] });
    expect(await conversation().line({ responseId: 'early' })).toMatchObject({ value: [{ before: `[${text('a')}]` }] });
  });

  it('adds its items alone where it is not to be kept, and nothing where it failed', async () => {
    const { conversation } = await made();
    const { response: _not, ...unkept } = answer('r1', ['a'], ['b']);
    await conversation().takeAnswer(unkept);
    await conversation().takeAnswer({ ...answer('r2', ['c'], ['d'], 2), isAdded: false });
    expect(await context(conversation())).toMatchObject({ items: ['a', 'b'] });
    expect(await conversation().turn({ responseId: 'r1' })).toMatchObject(missing);
    expect(await conversation().turn({ responseId: 'r2' })).toMatchObject({ ok: true });
  });

  it('adds nothing where there is no room to keep it', async () => {
    const { conversation, durable } = await made('a');
    await runInDurableObject(durable(), (_instance, { storage }) => {
      storage.sql.exec("INSERT INTO response (id, characters, expires_at) VALUES ('big', 268435456, 4000000000000)");
    });
    expect(await conversation().takeAnswer(answer('r1', ['b'], ['c'], 1))).toMatchObject({
      error: { type: 'request.too_large' },
    });
    expect(await conversation().readContext({ moreItems: 0, moreCharacters: 9 })).toMatchObject({
      error: { type: 'request.too_large' },
    });
    expect(await rowsOf(durable(), 'item')).toHaveLength(1);
  });

  it('goes on into a chain, whose size counts what was before', async () => {
    const { conversation } = await made();
    await conversation().addItems({ commandId: 'a', items: [{ id: 'large', item: 'x'.repeat(7 * 1_048_576) }] });
    await conversation().takeAnswer(answer('r1', ['b'], ['c'], 1));
    const next = { responseId: 'r2', previousResponseId: 'r1', input: '[]', response: '{"id":"r2"}' };
    expect(await conversation().keep(next)).toMatchObject({ ok: true });
    const line = await conversation().line({ responseId: 'r2' });
    expect(line.ok && line.value.map(({ responseId }) => responseId)).toEqual(['r1', 'r2']);
    expect(await conversation().line({ responseId: 'r2', moreCharacters: 6 * 1_048_576 })).toMatchObject({
      error: { type: 'request.too_large', issues: [{ field: 'body.previous_response_id' }] },
    });
  });
});

describe('what is deleted', () => {
  it('is gone from everything that was given on, and its place is never given again', async () => {
    const { conversation } = await made('a', 'b');
    await conversation().takeAnswer(answer('r1', ['c'], ['d'], 2));
    const forget = { commandId: 'x', itemId: 'b' };
    expect(await conversation().deleteItem(forget)).toEqual({ ok: true, value: { deleted: true } });
    expect(await conversation().deleteItem(forget)).toEqual({ ok: true, value: { deleted: true } });
    expect(await conversation().deleteItem({ ...forget, commandId: 'y' })).toEqual({
      ok: true,
      value: { deleted: false },
    });
    expect(await conversation().line({ responseId: 'r1' })).toMatchObject({ value: [{ before: `[${text('a')}]` }] });
    for (const itemId of ['c', 'd']) await conversation().deleteItem({ commandId: `z${itemId}`, itemId });
    await conversation().addItems({ commandId: 'e', items: stored('e') });
    expect(await context(conversation())).toEqual({ through: 5, items: ['a', 'e'] });
  });

  it('leaves nothing of a conversation but the answers that were kept, and those go in their time', async () => {
    const { conversation, durable } = await made('secret-a');
    await conversation().addItems({ commandId: 'a', items: stored('secret-b') });
    await conversation().takeAnswer(answer('r1', ['secret-c'], ['secret-d'], 2));
    const erase = { commandId: 'x' };
    expect(await conversation().deleteConversation(erase)).toEqual({ ok: true, value: { deleted: true } });
    expect(await conversation().deleteConversation(erase)).toEqual({ ok: true, value: { deleted: true } });
    expect(await conversation().readConversation()).toMatchObject(missing);
    expect(await conversation().takeAnswer(answer('r2', ['e'], ['f'], 4))).toMatchObject(missing);
    for (const table of ['conversation', 'item', 'item_part']) expect(await rowsOf(durable(), table)).toEqual([]);
    expect(await conversation().line({ responseId: 'r1' })).toMatchObject({ value: [{ before: '[]' }] });
    // Nothing that was said is in what else the object keeps: replies to commands, and changes of its rows.
    const rest = JSON.stringify([await rowsOf(durable(), 'inbox'), await rowsOf(durable(), 'row_change')]);
    expect(rest).not.toContain('"type":"message"');
    expect(rest).not.toContain('demo');
    await runInDurableObject(durable(), (_instance, { storage }) => {
      storage.sql.exec('UPDATE response SET expires_at = 1');
      storage.sql.exec('UPDATE timer SET due_at = 1');
    });
    await evictDurableObject(durable());
    await runDurableObjectAlarm(durable());
    for (const table of ['response', 'response_part']) expect(await rowsOf(durable(), table)).toEqual([]);
  });

  it('is not erased by time: a conversation outlives the answers that were made in it', async () => {
    const { conversation, durable } = await made('a');
    await conversation().takeAnswer(answer('r1', ['b'], ['c'], 1));
    await runInDurableObject(durable(), (_instance, { storage }) => {
      storage.sql.exec('UPDATE response SET expires_at = 1');
      storage.sql.exec('UPDATE timer SET due_at = 1');
    });
    await evictDurableObject(durable());
    await runDurableObjectAlarm(durable());
    expect(await rowsOf(durable(), 'response')).toEqual([]);
    expect(await context(conversation())).toMatchObject({ items: ['a', 'b', 'c'] });
  });
});
