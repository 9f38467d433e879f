import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { created, fresh, must, opened, rawStub, repository } from '../testing/repository.ts';
import {
  made,
  madeCommit,
  madeTree,
  noObject,
  packOf,
  push,
  rawEntry,
  type Entry,
  type Made,
} from '../testing/packs.ts';

const headOf = async (name: string): Promise<string> =>
  (await must(repository(name).log({ ref: 'main', limit: 1 })))[0]?.oid ?? '';

const objectCount = (name: string): Promise<number> =>
  runInDurableObject(
    rawStub(name),
    (_instance, state) => state.storage.sql.exec<{ n: number }>('SELECT count(*) AS n FROM git_object').one().n,
  );

/** Pushes the objects with a commit of the tree on top of main; nothing may stay when it is refused. */
const pushTree = async (tree: Made, others: readonly Made[] = [], extra: readonly Entry[] = []): Promise<string> => {
  const name = await created({ 'a.txt': 'a\n' });
  const head = await headOf(name);
  const before = await objectCount(name);
  const commit = madeCommit(tree.oid, [head]);
  const pack = packOf([commit.entry, tree.entry, ...others.map((other) => other.entry), ...extra]);
  const report = await push(name, [['refs/heads/main', head, commit.oid]], pack);
  if (!report.includes('unpack ok')) {
    expect(await headOf(name)).toBe(head);
    expect(await objectCount(name)).toBe(before);
  }
  return report;
};

const blob = made('blob', 'hello\n');
const goodTree = madeTree([{ name: 'b.txt', mode: 'file', oid: blob.oid }]);
const accepted = /unpack ok\n.*ok refs\/heads\/main/su;

describe('a push', () => {
  it('brings its objects and moves the reference', async () => {
    expect(await pushTree(goodTree, [blob])).toMatch(accepted);
  });

  it('is unpacked whatever the order of its deltas', async () => {
    const base = made('blob', 'x'.repeat(100));
    // Size of the base, size of the result, "copy 100 bytes from 0", "insert !".
    const delta = Uint8Array.from([100, 101, 0x90, 100, 1, 0x21]);
    const first = made('blob', `${'x'.repeat(100)}!`);
    const onFirst = Uint8Array.from([101, 102, 0x90, 101, 1, 0x3f]);
    const second = made('blob', `${'x'.repeat(100)}!?`);
    const tree = madeTree([
      { name: 'base', mode: 'file', oid: base.oid },
      { name: 'first', mode: 'file', oid: first.oid },
      { name: 'second', mode: 'executable', oid: second.oid },
    ]);
    const deltas = [
      { type: 7, content: onFirst, base: Buffer.from(first.oid, 'hex') },
      { type: 7, content: delta, base: Buffer.from(base.oid, 'hex') },
      base.entry,
    ];
    expect(await pushTree(tree, [], deltas)).toMatch(accepted);
  });

  it('survives being repeated after the answer was lost', async () => {
    const name = await created();
    const head = await headOf(name);
    const commit = madeCommit(goodTree.oid, [head]);
    const pack = packOf([commit.entry, goodTree.entry, blob.entry]);
    expect(await push(name, [['refs/heads/main', head, commit.oid]], pack)).toMatch(accepted);
    expect(await push(name, [['refs/heads/main', head, commit.oid]], pack)).toMatch(
      /ng refs\/heads\/main fetch first/u,
    );
    expect(await headOf(name)).toBe(commit.oid);
  });

  it('emits one event that tells what moved', async () => {
    const name = await created();
    const head = await headOf(name);
    const commit = madeCommit(goodTree.oid, [head]);
    await push(name, [['refs/heads/main', head, commit.oid]], packOf([commit.entry, goodTree.entry, blob.entry]));
    const events = await runInDurableObject(rawStub(name), (_instance, state) =>
      state.storage.sql
        .exec<{ payload: string }>("SELECT payload FROM event WHERE type = 'repository.pushed'")
        .toArray(),
    );
    expect(events).toHaveLength(1);
    expect(JSON.parse(events[0]?.payload ?? '')).toMatchObject({
      references: [{ name: 'refs/heads/main', from: head, to: commit.oid }],
    });
  });

  it('keeps the accepted references of several, or none when it is atomic', async () => {
    const name = await created();
    await opened(name, 'task');
    const head = await headOf(name);
    const commit = madeCommit(goodTree.oid, [head]);
    const pack = packOf([commit.entry, goodTree.entry, blob.entry]);
    const changes = [{ path: 'draft', content: 'x' }];
    await must(repository(name).write({ commandId: fresh('cmd'), branch: 'task', changes, fencingToken: 1 }));
    const updates = [
      ['refs/heads/main', head, commit.oid],
      ['refs/heads/task', head, commit.oid],
    ] as const;
    const atomic = await push(name, updates, pack, 'report-status atomic');
    expect(atomic).toMatch(/ng refs\/heads\/main atomic push failed/u);
    expect(atomic).toMatch(/ng refs\/heads\/task an agent works on this branch/u);
    expect(await headOf(name)).toBe(head);
    const report = await push(name, updates, pack);
    expect(report).toMatch(/ok refs\/heads\/main/u);
    expect(report).toMatch(/ng refs\/heads\/task/u);
    expect(await headOf(name)).toBe(commit.oid);
  });

  it('before the repository is created keeps it from being created over the pushed work', async () => {
    const name = fresh('repository');
    const commit = madeCommit(goodTree.oid, []);
    const pack = packOf([commit.entry, goodTree.entry, blob.entry]);
    expect(await push(name, [['refs/heads/main', noObject, commit.oid]], pack)).toMatch(accepted);
    const command = { commandId: fresh('cmd'), name: 'n', author: { name: 'a', email: 'b' }, files: {} };
    expect(await repository(name).create(command)).toMatchObject({ error: { type: 'resource.conflict' } });
  });
});

describe('a push of what is not right is refused as a whole', () => {
  it.each([
    ['..', /"\.\."/],
    ['.', /"\."/],
    ['', /empty segment/],
    ['a/b', /slash/],
    ['.git', /\.git/],
    ['.GIT', /\.git/],
    ['git~1', /\.git/],
    ['.g\u200Dit', /invisible/],
    ['a\\b', /backslash/],
    ['a\nunpack ok', /control/],
    ['x'.repeat(256), /255/],
    ['con.', /ends with/],
  ])('the name %j', async (fileName, reason) => {
    expect(await pushTree(made('tree', rawEntry('100644', fileName, blob.oid)), [blob])).toMatch(reason);
  });

  it('modes, order, duplicates, and cut trees', async () => {
    const entry = (mode: string, name: string): Uint8Array => rawEntry(mode, name, blob.oid);
    const two = (first: Uint8Array, second: Uint8Array): Made => made('tree', Buffer.concat([first, second]));
    expect(await pushTree(made('tree', entry('120000', 'link')), [blob])).toMatch(/symbolic link/u);
    expect(await pushTree(made('tree', entry('160000', 'module')))).toMatch(/submodule/u);
    expect(await pushTree(made('tree', entry('100664', 'old')), [blob])).toMatch(/not valid/u);
    expect(await pushTree(made('tree', entry('040000', 'dir')), [blob])).toMatch(/not valid/u);
    expect(await pushTree(two(entry('100644', 'b'), entry('100644', 'a')), [blob])).toMatch(/not in order/u);
    expect(await pushTree(two(entry('100644', 'a'), entry('100644', 'a')), [blob])).toMatch(/not in order/u);
    expect(await pushTree(two(entry('100644', 'A'), entry('100644', 'a')), [blob])).toMatch(/differ only in case/u);
    expect(await pushTree(made('tree', entry('100644', 'a').subarray(0, 20)), [blob])).toMatch(/cut off/u);
    expect(
      await pushTree(made('tree', Buffer.from([49, 48, 48, 54, 52, 52, 32, 0xff, 0, ...Buffer.alloc(20)]))),
    ).toMatch(/UTF-8/u);
  });

  it('objects that are missing or of the wrong kind', async () => {
    expect(await pushTree(goodTree)).toMatch(/lacks the blob/u);
    const asTree = madeTree([{ name: 'dir', mode: 'directory', oid: blob.oid }]);
    expect(await pushTree(asTree, [blob])).toMatch(/used as a tree but is a blob/u);
    const orphan = madeCommit(goodTree.oid, ['f'.repeat(40)]);
    expect(await pushTree(goodTree, [blob, orphan])).toMatch(/lacks the commit/u);
    const badCommit = made('commit', `tree ${goodTree.oid}\n\nno author\n`);
    expect(await pushTree(goodTree, [blob, badCommit])).toMatch(/"author" line is missing/u);
    expect(await pushTree(goodTree, [blob, made('tag', 'object nothing\n')])).toMatch(/"object" line is missing/u);
  });

  it('packs that are damaged, cut or lie about themselves', async () => {
    const name = await created();
    const head = await headOf(name);
    const commit = madeCommit(goodTree.oid, [head]);
    const entries = [commit.entry, goodTree.entry, blob.entry];
    const pack = packOf(entries);
    const flipped = Uint8Array.from(pack);
    flipped[40] = (flipped[40] ?? 0) ^ 1;
    const report = (bytes: Uint8Array): Promise<string> => push(name, [['refs/heads/main', head, commit.oid]], bytes);
    expect(await report(flipped)).toMatch(/checksum/u);
    expect(await report(pack.subarray(0, 60))).toMatch(/checksum/u);
    expect(await report(pack.subarray(0, 6))).toMatch(/cut off/u);
    expect(await report(Buffer.from('no pack at all, really not one'))).toMatch(/not a pack/u);
    expect(await report(packOf(entries, 2))).toMatch(/longer than its objects/u);
    expect(await report(packOf(entries, 4))).toMatch(/cut off/u);
    expect(await report(packOf(entries, 4_000_000_000))).toMatch(/more than/u);
    expect(await report(packOf([{ ...blob.entry, sizeBytes: 5 }]))).toMatch(/longer than stated/u);
    expect(await report(packOf([{ ...blob.entry, sizeBytes: 7 }]))).toMatch(/not as long as stated/u);
    expect(await report(packOf([{ ...blob.entry, type: 5 }]))).toMatch(/unknown type 5/u);
    expect(await report(packOf([{ ...blob.entry, type: 0 }]))).toMatch(/unknown type 0/u);
    expect(await report(new Uint8Array(0))).toMatch(/the push lacks the object/u);
    expect(await headOf(name)).toBe(head);
  });

  it('deltas that do not fit', async () => {
    const base = made('blob', 'base content');
    const reference = { type: 7, base: Buffer.from(base.oid, 'hex') };
    const delta = (...bytes: number[]): Entry => ({ ...reference, content: Uint8Array.from(bytes) });
    const report = (entry: Entry): Promise<string> => pushTree(goodTree, [blob, base], [entry]);
    expect(await report(delta(11, 1, 1, 65))).toMatch(/does not fit its base/u);
    expect(await report(delta(12, 2, 1, 65))).toMatch(/less than it states/u);
    expect(await report(delta(12, 0, 1, 65))).toMatch(/more than it states/u);
    expect(await report(delta(12, 1, 0))).toMatch(/reserved/u);
    expect(await report(delta(12, 1, 5, 65))).toMatch(/cut off/u);
    expect(await report(delta(12, 20, 0x91, 10, 10))).toMatch(/beyond its base/u);
    expect(await report(delta(12, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, 65))).toMatch(/larger than/u);
    expect(await report(delta(12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f))).toMatch(/not plausible/u);
    const nowhere = { type: 7, content: Uint8Array.of(1, 1, 1, 65), base: Buffer.alloc(20, 7) };
    expect(await report(nowhere)).toMatch(/base 0707.* is missing/u);
    expect(await report({ type: 6, content: Uint8Array.of(1, 1, 1, 65), base: Uint8Array.of(1) })).toMatch(/no base/u);
  });

  it('contents that unfold beyond the limits', async () => {
    const bomb = made('blob', Buffer.alloc(17 * 1024 * 1024));
    expect(await pushTree(goodTree, [blob, bomb])).toMatch(/larger than/u);
    expect(await pushTree(goodTree, [blob], [{ ...bomb.entry, sizeBytes: 10 }])).toMatch(/longer than stated/u);
    const large = made('blob', Buffer.alloc(16 * 1024 * 1024)).entry;
    expect(
      await pushTree(
        goodTree,
        [blob],
        Array.from({ length: 17 }, () => large),
      ),
    ).toMatch(/unfolds to more than/u);
  });

  it('trees that are too large, too long or too deep', async () => {
    let tree = madeTree(Array.from({ length: 30 }, (_, index) => ({ name: `f${index}`, mode: 'file', oid: blob.oid })));
    const trees: Made[] = [tree];
    for (let level = 0; level < 5; level += 1) {
      const { oid } = tree;
      tree = madeTree(Array.from({ length: 30 }, (_, index) => ({ name: `d${index}`, mode: 'directory', oid })));
      trees.push(tree);
    }
    expect(await pushTree(tree, [blob, ...trees.slice(0, -1)])).toMatch(/more than 20000 files/u);
    const nest = (levels: number, name: string): readonly Made[] => {
      const chain = [madeTree([{ name: 'f', mode: 'file', oid: blob.oid }])];
      for (let level = 0; level < levels; level += 1)
        chain.push(madeTree([{ name, mode: 'directory', oid: chain.at(-1)?.oid ?? '' }]));
      return chain.toReversed();
    };
    const [long, ...belowLong] = nest(4, 'x'.repeat(200));
    if (long !== undefined) expect(await pushTree(long, [blob, ...belowLong])).toMatch(/longer than 512/u);
    const [deep, ...belowDeep] = nest(5000, 'd');
    if (deep !== undefined) expect(await pushTree(deep, [blob, ...belowDeep])).toMatch(/too many directories/u);
  });

  it('references that are not kept here', async () => {
    const name = await created();
    const head = await headOf(name);
    const commit = madeCommit(goodTree.oid, [head]);
    const pack = packOf([commit.entry, goodTree.entry, blob.entry]);
    for (const reference of [
      'HEAD',
      'refs/notes/x',
      'refs/heads/a..b',
      'refs/heads/main/x',
      'refs/heads/MAIN',
      'refs/../x',
    ])
      expect(await push(name, [[reference, noObject, commit.oid]], pack)).toMatch(/unpack ok\n[\s\S]*ng /u);
    expect(await push(name, [['refs/heads/x', noObject, blob.oid]], pack)).toMatch(/must point at a commit/u);
    expect(await push(name, [['refs/tags/x', noObject, blob.oid]], pack)).toMatch(/must point at a commit/u);
    expect(await push(name, [['refs/heads/gone', commit.oid, noObject]], pack)).toMatch(
      /ng refs\/heads\/gone fetch first/u,
    );
    expect(await repository(name).branches()).toHaveLength(1);
  });
});
