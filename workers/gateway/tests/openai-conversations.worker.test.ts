/** `/v1/conversations` by itself: what is kept, in which form, what is refused, and whose it is. */
import type OpenAI from 'openai';
import { beforeAll, describe, expect, it } from 'vitest';
import { gateway, message, model, send, told } from '../testing/conversing.ts';
import { createRoleKey, createWorkspace, prepareDirectory } from '../testing/harness.ts';
import { readError } from '../testing/openai-answers.ts';
import { createOpenAi } from '../testing/openai-client.ts';

let key: string;
let otherKey: string;
let viewerKey: string;
let client: OpenAI;

beforeAll(async () => {
  await prepareDirectory();
  const workspace = await createWorkspace(gateway);
  key = workspace.ownerKey;
  viewerKey = await createRoleKey(gateway, workspace, 'viewer');
  otherKey = (await createWorkspace(gateway)).ownerKey;
  client = createOpenAi(gateway, key);
});

describe('a conversation', () => {
  it('is made, shown, described anew and deleted', async () => {
    const made = await client.conversations.create({ metadata: { topic: 'demo' }, items: [message('Hello!')] });
    expect(made).toEqual({
      id: expect.stringMatching(/^conv_[0-9a-z]{42}$/),
      object: 'conversation',
      created_at: expect.closeTo(Date.now() / 1_000, -2),
      metadata: { topic: 'demo' },
    });
    expect(await client.conversations.retrieve(made.id)).toEqual(made);
    const described = await client.conversations.update(made.id, { metadata: { other: 'word' } });
    expect(described).toEqual({ ...made, metadata: { other: 'word' } });
    expect(await client.conversations.retrieve(made.id)).toEqual(described);
    expect(await client.conversations.delete(made.id)).toEqual({
      id: made.id,
      object: 'conversation.deleted',
      deleted: true,
    });
    for (const [method, path, json] of [
      ['GET', ''],
      ['POST', '', { metadata: {} }],
      ['DELETE', ''],
      ['GET', '/items'],
      ['POST', '/items', { items: [] }],
      ['GET', '/items/msg_1'],
      ['DELETE', '/items/msg_1'],
    ] as const) {
      const answer = await send(method, `conversations/${made.id}${path}`, key, json);
      expect([method, path, answer.status]).toEqual([method, path, 404]);
      expect(await readError(answer)).toEqual({
        message: `Conversation with id '${made.id}' not found.`,
        type: 'invalid_request_error',
        param: null,
        code: null,
      });
    }
  });

  it('needs nothing to begin, and takes null for nothing', async () => {
    expect((await client.conversations.create()).metadata).toEqual({});
    expect((await client.conversations.create({ metadata: null, items: null })).metadata).toEqual({});
    const bare = await gateway.send('/v1/conversations', { method: 'POST', key });
    expect(bare.status).toBe(200);
    const { id }: { id: string } = await bare.json();
    const empty = await send('GET', `conversations/${id}/items`, key);
    expect(await empty.json()).toEqual({ object: 'list', data: [], first_id: '', last_id: '', has_more: false });
  });

  it('takes items of every kind, and gives each an id of its own', async () => {
    const { id } = await client.conversations.create();
    const added = await client.conversations.items.create(id, {
      items: [
        { ...message('one'), id: 'msg_of_another_place' } as OpenAI.Responses.ResponseInputItem,
        { role: 'assistant', content: 'two' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'three' },
            { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'auto' },
          ],
        },
        { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{}' },
        { type: 'function_call_output', call_id: 'call_1', output: [{ type: 'input_text', text: 'seen' }] },
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }] },
      ],
    });
    const [first] = added.data;
    expect(added).toMatchObject({ object: 'list', has_more: false, first_id: first?.id });
    expect(added.data).toMatchObject([
      { type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_text', text: 'one' }] },
      {
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'two', annotations: [], logprobs: [] }],
      },
      { role: 'user', content: [{ text: 'three' }, { type: 'input_image', detail: 'auto' }] },
      { type: 'function_call', call_id: 'call_1', status: 'completed' },
      { type: 'function_call_output', status: 'completed', output: [{ text: 'seen' }] },
      { type: 'reasoning', summary: [{ text: 'hm' }] },
    ]);
    const ids = added.data.map((item) => item.id ?? '');
    expect(new Set(ids).size).toBe(6);
    for (const item of ids) expect(item).toMatch(/^(?:msg|fc|fco|rs)_[0-9a-z]{58}i\d$/);
    for (const [index, item] of ids.entries()) {
      expect(await client.conversations.items.retrieve(item, { conversation_id: id })).toEqual(added.data[index]);
    }
    const page = await client.conversations.items.list(id, { limit: 2 });
    expect(page.data.map((item) => item.id)).toEqual(ids.toReversed().slice(0, 2));
    expect([page.has_more, page.last_id]).toEqual([true, ids[4]]);
    const after = await client.conversations.items.list(id, { limit: 100, order: 'asc', after: ids[3] ?? '' });
    expect(after.data.map((item) => item.id)).toEqual(ids.slice(4));
    const rest = await client.conversations.items.delete(ids[2] ?? '', { conversation_id: id });
    expect(rest).toMatchObject({ id, object: 'conversation', metadata: {} });
    expect(await told(client, id)).toEqual([
      'user: one',
      'assistant: two',
      'function_call',
      'function_call_output',
      'reasoning',
    ]);
  });

  it('adds what a repeated command names once, by its key of idempotency', async () => {
    const { id } = await client.conversations.create();
    const add = async (content: string, name: string) => {
      const headers = { 'idempotency-key': name };
      return await gateway.send(`/v1/conversations/${id}/items`, { key, headers, json: { items: [message(content)] } });
    };
    const first = await (await add('one', 'a')).json();
    expect(await (await add('one', 'a')).json()).toEqual(first);
    expect((await add('two', 'a')).status).toBe(422);
    expect((await add('one', 'b')).status).toBe(200);
    expect(await told(client, id)).toEqual(['user: one', 'user: one']);
  });

  const tooMany = Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`k${at}`, 'v']));
  const longKey = 'k'.repeat(65);
  const theirs = { type: 'reasoning', summary: [], encrypted_content: 'theirs' };
  const byId = { role: 'user', content: [{ type: 'input_file', file_id: 'file-1' }] };

  it.each<[name: string, request: string, json: unknown, param: string | null, code: string | null]>([
    ['21 items', 'POST', { items: Array.from({ length: 21 }, () => message('x')) }, 'items', 'invalid_value'],
    ['an unknown kind of item', 'POST', { items: [{ type: 'telepathy' }] }, 'items[0].type', 'invalid_value'],
    ['no list', 'POST', { items: 'x' }, 'items', 'invalid_type'],
    ['an unknown parameter', 'POST', { loud: true }, 'loud', 'unsupported_parameter'],
    ['a long key', 'POST', { metadata: { [longKey]: 'v' } }, `metadata.${longKey}`, 'invalid_value'],
    ['a long value', 'POST', { metadata: { k: 'v'.repeat(513) } }, 'metadata.k', 'invalid_value'],
    ['a value that is no text', 'POST', { metadata: { k: 1 } }, 'metadata.k', 'invalid_type'],
    ['17 pairs', 'POST', { metadata: tooMany }, 'metadata', 'invalid_value'],
    ['17 pairs later', 'POST /one', { metadata: tooMany }, 'metadata', 'invalid_value'],
    ['a lost reference', 'POST', { items: [{ type: 'item_reference', id: 'msg_1' }] }, 'items[0].id', 'not_found'],
    ['what another read', 'POST', { items: [theirs] }, 'items[0].encrypted_content', 'invalid_value'],
    ['a file by its id', 'POST', { items: [byId] }, 'items[0].content[0].file_id', 'unsupported_parameter'],
    ['no metadata', 'POST /one', {}, 'metadata', 'missing_required_parameter'],
    ['no items', 'POST /one/items', {}, 'items', 'missing_required_parameter'],
    ['21 items later', 'POST /one/items', { items: Array.from({ length: 21 }, () => byId) }, 'items', 'invalid_value'],
    ['an empty page', 'GET /one/items?limit=0', undefined, 'limit', 'invalid_value'],
    ['a large page', 'GET /one/items?limit=101', undefined, 'limit', 'invalid_value'],
    ['an unknown order', 'GET /one/items?order=up', undefined, 'order', 'invalid_value'],
    ['a lost place', 'GET /one/items?after=msg_1', undefined, 'after', 'invalid_value'],
    ['a lost item', 'GET /one/items/msg_1', undefined, null, null],
    ['a lost item', 'DELETE /one/items/msg_1', undefined, null, null],
  ])('refuses %s: %s', async (_name, request, json, param, code) => {
    const { id } = await client.conversations.create();
    const [method = '', path = ''] = request.split(' ');
    const answer = await send(method, `conversations${path.replace('one', id)}`, key, json);
    expect([400, 404]).toContain(answer.status);
    expect(await readError(answer)).toMatchObject({ param, code });
    expect(await told(client, id)).toEqual([]);
  });

  it('is nothing for a role that may not use models, and without a key', async () => {
    const { id } = await client.conversations.create();
    for (const [method, path] of [
      ['POST', 'conversations'],
      ['GET', `conversations/${id}`],
      ['DELETE', `conversations/${id}`],
      ['GET', `conversations/${id}/items`],
    ] as const) {
      expect((await send(method, path, viewerKey)).status).toBe(403);
      expect((await gateway.send(`/v1/${path}`, { method })).status).toBe(401);
    }
  });
});

describe('another workspace', () => {
  it('is answered about an id as about one that nobody has', async () => {
    const { id } = await client.conversations.create({ items: [message('secret')] });
    const [item] = (await client.conversations.items.list(id)).data;
    const nobodys = `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;
    const answerTo = async (method: string, path: string, json?: unknown) => {
      const answer = await send(method, path, otherKey, json);
      return { status: answer.status, text: (await answer.text()).replaceAll(/conv_\w+|msg_\w+/g, 'ID') };
    };
    for (const [method, more, json] of [
      ['GET', ''],
      ['POST', '', { metadata: {} }],
      ['DELETE', ''],
      ['GET', '/items'],
      ['POST', '/items', { items: [message('x')] }],
      ['GET', `/items/${item?.id}`],
      ['DELETE', `/items/${item?.id}`],
    ] as const) {
      const theirs = await answerTo(method, `conversations/${id}${more}`, json);
      expect(theirs.status).toBe(404);
      expect(theirs).toEqual(await answerTo(method, `conversations/${nobodys}${more}`, json));
    }
    const asking = (conversation: string) => ({ model, input: 'x', conversation });
    expect(await answerTo('POST', 'responses', asking(id))).toEqual(
      await answerTo('POST', 'responses', asking(nobodys)),
    );
    const referring = { model, input: [{ type: 'item_reference', id: item?.id }] };
    expect((await answerTo('POST', 'responses', referring)).status).toBe(404);
    expect(await told(client, id)).toEqual(['user: secret']);
  });
});
