import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { bindings, newData, newGroup, valueOf } from '../testing/services.ts';

const books = {
  name: 'books',
  schema: {
    type: 'object',
    required: ['title'],
    properties: { title: { type: 'string', minLength: 1 }, year: { type: 'integer' }, isbn: { type: 'string' } },
    additionalProperties: false,
  },
  indexes: [{ fields: ['year'] }, { fields: ['isbn'], isUnique: true }],
};
const notes = { name: 'notes', isOwned: true };

const insert = (value: Record<string, unknown>, rest: object = {}) =>
  ({ kind: 'insert', collection: 'books', value, ...rest }) as const;

describe('records', () => {
  it('are kept, found, changed and removed, with their versions', async () => {
    const group = newGroup();
    const data = await newData({ collections: [books] }, group);
    const [made] = valueOf(await data.change({ changes: [insert({ title: 'Dune', year: 1965 })] }));
    expect(made).toMatchObject({ version: 1, value: { title: 'Dune', year: 1965 } });
    const name = { collection: 'books', id: made?.id ?? '' };
    const [patched] = valueOf(
      await data.change({ changes: [{ kind: 'patch', ...name, value: { year: null, isbn: 'x' } }] }),
    );
    expect(patched).toMatchObject({ version: 2, value: { title: 'Dune', isbn: 'x' } });
    const stale = await data.change({ changes: [{ kind: 'replace', ...name, value: { title: 'X' }, ifVersion: 1 }] });
    expect(stale).toMatchObject({ error: { type: 'state.conflict' } });
    await evictDurableObject(bindings.DATA.getByName(group));
    expect(valueOf(await data.get(name))).toEqual(patched);
    valueOf(await data.change({ changes: [{ kind: 'remove', ...name }] }));
    expect(await data.get(name)).toMatchObject({ error: { type: 'resource.not_found' } });
  });

  it.each([
    [insert({ year: 1 }), 'changes[0].value'],
    [insert({ title: '', year: 'x' }), 'changes[0].value.title'],
    [insert({ title: 'a', other: 1 }), 'changes[0].value.other'],
    [insert({ title: 'a' }, { id: '../x' }), 'changes[0].id'],
    [insert([] as unknown as Record<string, unknown>), 'changes[0].value'],
    [{ kind: 'explode', collection: 'books', id: 'a' }, undefined],
    [insert({ title: 'a' }, { collection: 'none' }), undefined],
    [null, undefined],
  ])('refuse %j', async (change, field) => {
    const data = await newData({ collections: [books] });
    const refused = await data.change({ changes: [change as ReturnType<typeof insert>] });
    expect(refused.ok).toBe(false);
    if (field !== undefined) {
      expect(refused).toMatchObject({
        error: { type: 'request.invalid', issues: expect.arrayContaining([expect.objectContaining({ field })]) },
      });
    }
    expect(valueOf(await data.count({ collection: 'books' }))).toBe(0);
  });

  it('change together or not at all, and a repeated command once', async () => {
    const data = await newData({ collections: [books] });
    const failing = [
      insert({ title: 'a' }, { id: 'a' }),
      insert({ title: 'b', isbn: '1' }),
      insert({ title: 'c', isbn: '1' }),
    ];
    expect(await data.change({ changes: failing })).toMatchObject({
      error: { type: 'resource.conflict', detail: expect.stringContaining('changes[2]') },
    });
    expect(valueOf(await data.count({ collection: 'books' }))).toBe(0);
    const command = { commandId: 'one', changes: [insert({ title: 'a' })] };
    const first = valueOf(await data.change(command));
    expect(valueOf(await data.change(command))).toEqual(first);
    expect(valueOf(await data.count({ collection: 'books' }))).toBe(1);
    expect(await data.change({ ...command, changes: [insert({ title: 'b' })] })).toMatchObject({
      error: { type: 'idempotency.mismatch' },
    });
  });

  it('of one owner are not there for another', async () => {
    const data = await newData({ collections: [notes] });
    const mine = { collection: 'notes', owner: 'ada' };
    const [note] = valueOf(await data.change({ changes: [{ kind: 'insert', ...mine, value: { text: 'hi' } }] }));
    const id = note?.id ?? '';
    expect(note?.owner).toBe('ada');
    const theirs = { collection: 'notes', owner: 'bob', id };
    expect(await data.get(theirs)).toMatchObject({ error: { type: 'resource.not_found' } });
    for (const change of [
      { kind: 'remove', ...theirs },
      { kind: 'patch', ...theirs, value: { text: 'x' } },
    ] as const)
      expect(await data.change({ changes: [change] })).toMatchObject({ error: { type: 'resource.not_found' } });
    expect(valueOf(await data.query({ collection: 'notes', owner: 'bob' })).items).toEqual([]);
    expect(valueOf(await data.count({ collection: 'notes', owner: '*' }))).toBe(1);
    expect(await data.query({ collection: 'notes' })).toMatchObject({ error: { issues: [{ field: 'owner' }] } });
    expect(await data.change({ changes: [{ kind: 'insert', ...mine, owner: '*', value: {} }] })).toMatchObject({
      ok: false,
    });
  });
});

describe('questions', () => {
  it('are answered in pages, sorted, by an index', async () => {
    const group = newGroup();
    const data = await newData({ collections: [books] }, group);
    const changes = Array.from({ length: 30 }, (_, index) =>
      insert({ title: `t${index % 7}`, year: 1990 + (index % 3) }),
    );
    valueOf(await data.change({ changes }));
    const query = { collection: 'books', where: { field: 'year', atLeast: 1991 }, limit: 7 } as const;
    const orderBy = [{ field: 'year', descending: true }, { field: 'title' }];
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const page = valueOf(await data.query({ ...query, orderBy, ...(after === undefined ? {} : { after }) }));
      seen.push(...page.items.map(({ value }) => `${String(value['year'])} ${String(value['title'])}`));
      after = page.next;
      if (after === undefined) break;
    }
    expect(seen).toHaveLength(20);
    expect(seen).toEqual([...seen].sort((a, b) => b.slice(0, 4).localeCompare(a.slice(0, 4)) || a.localeCompare(b)));
    await runInDurableObject(bindings.DATA.getByName(group), (_object, { storage }) => {
      const plan = storage.sql
        .exec(
          "EXPLAIN QUERY PLAN SELECT id FROM record WHERE collection = 'books' AND json_extract(body, '$.year') > 1",
        )
        .toArray();
      expect(JSON.stringify(plan)).toContain('declared_');
    });
    expect(await data.query({ ...query, after: 'made-up' })).toMatchObject({ error: { issues: [{ field: 'after' }] } });
  });
});

describe('the change feed', () => {
  it('tells every change once, in order, and says when it no longer goes back so far', async () => {
    const group = newGroup();
    const data = await newData({ collections: [books, notes] }, group);
    const [a] = valueOf(await data.change({ changes: [insert({ title: 'a' }, { id: 'a' })] }));
    valueOf(await data.change({ changes: [{ kind: 'replace', collection: 'books', id: 'a', value: { title: 'b' } }] }));
    valueOf(await data.change({ changes: [{ kind: 'insert', collection: 'notes', owner: 'x', id: 'n', value: {} }] }));
    valueOf(await data.change({ changes: [{ kind: 'remove', collection: 'books', id: 'a' }] }));
    const all = valueOf(await data.changes({ after: 0 }));
    expect(all.entries.map(({ kind, id, version }) => [kind, id, version])).toEqual([
      ['inserted', 'a', a?.version],
      ['updated', 'a', 2],
      ['inserted', 'n', 1],
      ['removed', 'a', 3],
    ]);
    expect(all.latest).toBe(4);
    expect(all.entries[0]?.record).toBeUndefined();
    expect(
      valueOf(await data.changes({ after: 2, collection: 'books' })).entries.map(({ sequence }) => sequence),
    ).toEqual([4]);
    await runInDurableObject(bindings.DATA.getByName(group), async (object, { storage }) => {
      storage.sql.exec('UPDATE change SET at = 1 WHERE sequence <= 2');
      storage.sql.exec("UPDATE timer SET due_at = 1 WHERE name = 'sweep'");
      await object.alarm();
    });
    expect(await data.changes({ after: 1 })).toMatchObject({ error: { type: 'cursor.gone', oldestSequence: 3 } });
    expect(valueOf(await data.changes({ after: 2 })).entries).toHaveLength(2);
  });
});

describe('declarations', () => {
  it('are refused when records that are there do not fit, and change nothing then', async () => {
    const group = newGroup();
    const data = await newData({ collections: [books] }, group);
    valueOf(await data.change({ changes: [insert({ title: 'a', year: 1 }), insert({ title: 'a', year: 2 })] }));
    const configure = async (collection: object) =>
      await data.configure({
        collections: [{ ...books, indexes: [], isOwned: false, ...collection }],
        databases: [],
        changesKeptDays: 30,
      });
    expect(await configure({ schema: { required: ['isbn'] } })).toMatchObject({ error: { type: 'resource.conflict' } });
    expect(await configure({ indexes: [{ fields: ['title'], isUnique: true }] })).toMatchObject({
      error: { type: 'resource.conflict', detail: expect.stringContaining('title') },
    });
    expect(await configure({ isOwned: true })).toMatchObject({ error: { type: 'resource.conflict' } });
    expect(await configure({ schema: { $ref: '#/nowhere' } })).toMatchObject({ error: { type: 'request.invalid' } });
    expect(
      await data.change({ changes: [insert({ title: 'b', isbn: '1' }), insert({ title: 'c', isbn: '1' })] }),
    ).toMatchObject({
      error: { type: 'resource.conflict' },
    });
    expect(await configure({ indexes: [{ fields: ['year'], isUnique: true }] })).toMatchObject({ ok: true });
  });
});

describe('export and import', () => {
  it('carry a collection over, and tell which lines were refused', async () => {
    const from = await newData({ collections: [books] });
    valueOf(
      await from.change({
        changes: [insert({ title: 'a', isbn: '1' }, { id: 'a' }), insert({ title: 'b' }, { id: 'b' })],
      }),
    );
    const { lines, next } = valueOf(await from.export({ collection: 'books' }));
    expect(next).toBeUndefined();
    const to = await newData({ collections: [books] });
    const broken = `${lines}{"id":"c","value":{"year":1}}\nnot json\n{"id":"d","value":{"title":"d","isbn":"1"}}\n`;
    const report = valueOf(await to.import({ collection: 'books', lines: broken }));
    expect([report.imported, report.refused.map(({ line }) => line)]).toEqual([2, [3, 4, 5]]);
    const strip = (text: string) => text.replaceAll(/"updatedAt":\d+/g, '');
    expect(strip(valueOf(await to.export({ collection: 'books' })).lines)).toBe(strip(lines));
  });
});
