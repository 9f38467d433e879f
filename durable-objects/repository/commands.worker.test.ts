import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import {
  author,
  changed,
  created,
  fresh,
  must,
  opened,
  rawStub,
  repository,
  sampleFiles,
} from './testing/repository.ts';

const filesOf = async (name: string, ref: string): Promise<Readonly<Record<string, string>>> =>
  (await must(repository(name).snapshot({ ref }))).files;

describe('create', () => {
  it('makes a first commit of the files on main', async () => {
    const name = await created();
    expect(await filesOf(name, 'main')).toEqual(sampleFiles);
    const [entry, ...others] = await must(repository(name).log({ ref: 'main' }));
    expect(entry).toMatchObject({ message: 'Create sample', author, parents: [] });
    expect(others).toEqual([]);
  });

  it('names commits as git does', async () => {
    const name = await created({ 'a.txt': 'hello\n' });
    const { files } = await must(repository(name).listFiles({ ref: 'main' }));
    // `printf 'hello\n' | git hash-object --stdin`
    expect(files).toEqual([{ path: 'a.txt', oid: 'ce013625030ba8dba906f756967f9e9ca394464a', sizeBytes: 6 }]);
  });

  it('is refused the second time, and answers the same for the same command', async () => {
    const stub = repository(fresh('repository'));
    const command = { commandId: fresh('cmd'), name: 'sample', author, files: sampleFiles };
    const first = await must(stub.create(command));
    expect(await must(stub.create(command))).toEqual(first);
    const second = await stub.create({ ...command, commandId: fresh('cmd') });
    expect(second).toMatchObject({ ok: false, error: { type: 'resource.conflict' } });
    const other = await stub.create({ ...command, name: 'other' });
    expect(other).toMatchObject({ ok: false, error: { type: 'idempotency.mismatch' } });
  });

  it('refuses bad input with an issue for each fault and makes nothing', async () => {
    const stub = repository(fresh('repository'));
    const result = await stub.create({
      commandId: fresh('cmd'),
      name: '',
      author: { name: 'A <b>', email: '' },
      files: { '../x': '', 'a.txt': 1 as unknown as string, 'n.txt': null as unknown as string },
    });
    expect(result).toMatchObject({ ok: false, error: { type: 'request.invalid' } });
    const fields = result.ok ? [] : (result.error.issues ?? []).map((issue) => issue.field);
    expect(fields).toEqual(['name', 'author.name', 'author.email', '../x', 'a.txt', 'n.txt']);
    expect(await stub.branches()).toEqual([]);
  });

  it('survives values that are no command at all', async () => {
    const stub = repository(fresh('repository'));
    for (const command of [undefined, null, 1, {}, { commandId: 1 }, { commandId: '' }, { commandId: 'c' }]) {
      const result = await stub.create(command as never);
      expect(result).toMatchObject({ ok: false, error: { type: 'request.invalid' } });
    }
  });
});

describe('openBranch', () => {
  it('starts at the head of another branch and shows up in branches', async () => {
    const name = await created();
    await opened(name, 'task/one', 3);
    const [main, task] = await repository(name).branches();
    expect(task).toEqual({ name: 'task/one', head: main?.head, uncommittedChanges: 0 });
  });

  it('raises the fencing token of a branch that is there and drops what its former holder did not commit', async () => {
    const name = await created();
    const stub = repository(name);
    await opened(name, 'task', 1);
    const changes = [{ path: 'a.txt', content: 'a' }];
    await must(stub.write({ commandId: fresh('cmd'), branch: 'task', changes, fencingToken: 1 }));
    const again = await must(
      stub.openBranch({ commandId: fresh('cmd'), branch: 'task', from: 'main', fencingToken: 2 }),
    );
    expect(again.uncommittedChanges).toBe(0);
    const stale = await stub.write({ commandId: fresh('cmd'), branch: 'task', changes, fencingToken: 1 });
    expect(stale).toMatchObject({ ok: false, error: { type: 'lease.stale' } });
    await must(stub.write({ commandId: fresh('cmd'), branch: 'task', changes, fencingToken: 2 }));
    const repeated = await must(
      stub.openBranch({ commandId: fresh('cmd'), branch: 'task', from: 'main', fencingToken: 2 }),
    );
    expect(repeated.uncommittedChanges).toBe(1);
    const lower = await stub.openBranch({ commandId: fresh('cmd'), branch: 'task', from: 'main', fencingToken: 1 });
    expect(lower).toMatchObject({ ok: false, error: { type: 'lease.stale' } });
  });

  it.each([
    '',
    '..',
    'a..b',
    'a b',
    'a/',
    '/a',
    'a.lock',
    '-a',
    'a~1',
    'HEAD',
    'a\u0000b',
    '0'.repeat(40),
    'x'.repeat(300),
  ])('refuses the name %j', async (branch) => {
    const name = await created();
    const result = await repository(name).openBranch({
      commandId: fresh('cmd'),
      branch,
      from: 'main',
      fencingToken: 1,
    });
    expect(result).toMatchObject({ ok: false, error: { type: 'request.invalid', issues: [{ field: 'branch' }] } });
  });

  it('refuses names that git clients could not keep beside the existing ones', async () => {
    const name = await created();
    await opened(name, 'task/one');
    for (const branch of ['task', 'task/one/two', 'TASK/one', 'Main']) {
      const result = await repository(name).openBranch({
        commandId: fresh('cmd'),
        branch,
        from: 'main',
        fencingToken: 1,
      });
      expect(result).toMatchObject({ ok: false, error: { type: 'resource.conflict' } });
    }
  });

  it('refuses an unknown start and a token that is no number', async () => {
    const name = await created();
    const command = { commandId: fresh('cmd'), branch: 'task', from: 'nowhere', fencingToken: 1 };
    expect(await repository(name).openBranch(command)).toMatchObject({ error: { type: 'resource.not_found' } });
    for (const fencingToken of [-1, 1.5, Number.MAX_VALUE, '1' as never]) {
      const result = await repository(name).openBranch({
        ...command,
        commandId: fresh('cmd'),
        from: 'main',
        fencingToken,
      });
      expect(result).toMatchObject({ ok: false, error: { type: 'request.invalid' } });
    }
    expect(await repository(name).branches()).toHaveLength(1);
  });
});

describe('write and commit', () => {
  it('keeps changes to the branch until they are committed', async () => {
    const name = await created();
    const stub = repository(name);
    await opened(name, 'task');
    const changes = [
      { path: 'src/new.ts', content: 'export const fresh = true;\n' },
      { path: 'README.md', content: null },
    ];
    expect(await must(stub.write({ commandId: fresh('cmd'), branch: 'task', changes, fencingToken: 1 }))).toEqual({
      written: 2,
    });
    expect(await filesOf(name, 'main')).toEqual(sampleFiles);
    const dirty = await must(stub.snapshot({ ref: 'task' }));
    expect(dirty.dirty).toBe(true);
    const { 'README.md': _readme, ...rest } = sampleFiles;
    expect(dirty.files).toEqual({ ...rest, 'src/new.ts': 'export const fresh = true;\n' });
    const command = { commandId: fresh('cmd'), branch: 'task', message: 'Add fresh', author, fencingToken: 1 };
    const commit = await must(stub.commit(command));
    const after = await must(stub.snapshot({ ref: commit.oid }));
    expect(after).toEqual({ ...dirty, commit: commit.oid, dirty: false });
    expect(await must(stub.commit(command))).toEqual(commit);
    expect(await must(stub.commit({ ...command, commandId: fresh('cmd') }))).toEqual(commit);
    expect(await must(stub.log({ ref: 'task' }))).toHaveLength(2);
  });

  it('forgets a change that is undone by hand', async () => {
    const name = await created();
    const stub = repository(name);
    await opened(name, 'task');
    const write = async (path: string, content: string | null): Promise<unknown> =>
      must(stub.write({ commandId: fresh('cmd'), branch: 'task', changes: [{ path, content }], fencingToken: 1 }));
    await write('README.md', 'other\n');
    await write('README.md', sampleFiles['README.md'] ?? '');
    await write('new.txt', 'x');
    await write('new.txt', null);
    await write('src/app.ts', null);
    await write('src/app.ts', sampleFiles['src/app.ts'] ?? '');
    expect((await stub.branches())[1]?.uncommittedChanges).toBe(0);
  });

  it('turns a file into a directory and back', async () => {
    const name = await created({ a: 'file' });
    await opened(name, 'task');
    await changed(name, 'task', { a: null, 'a/b/c': 'deep' });
    expect(await filesOf(name, 'task')).toEqual({ 'a/b/c': 'deep' });
    await changed(name, 'task', { 'a/b/c': null, a: 'file again' });
    expect(await filesOf(name, 'task')).toEqual({ a: 'file again' });
    await changed(name, 'task', { a: null });
    expect(await filesOf(name, 'task')).toEqual({});
  });

  it.each([
    ['', /empty/],
    ['/etc/passwd', /absolute/],
    ['C:/x', /drive/],
    ['a\\b', /backslash/],
    ['a/../b', /"\.\."/],
    ['./a', /"\."/],
    ['a//b', /empty segment/],
    ['a/', /empty segment/],
    ['a/.GIT/hooks/x', /\.git/],
    ['.g\u200Dit/x', /invisible/],
    ['git~1/x', /\.git/],
    ['a. ', /ends with/],
    ['a.', /ends with/],
    ['a\u0000b', /control/],
    ['a\nb', /control/],
    ['x'.repeat(256), /255/],
    [Array.from({ length: 60 }, () => 'directory').join('/'), /512/],
    ['\uD800', /Unicode/],
    ['__proto__', /reserved/],
    ['readme.MD', /differs from "README.md"/],
    ['SRC/new.ts', /differs from "src"/],
    ['README.md/x', /which is a file/],
    ['src', /directory already/],
  ])('refuses the path %j', async (path, reason) => {
    const name = await created();
    await opened(name, 'task');
    const changes = [
      { path: 'fine.txt', content: 'x' },
      { path, content: 'x' },
    ];
    const result = await repository(name).write({ commandId: fresh('cmd'), branch: 'task', changes, fencingToken: 1 });
    expect(result).toMatchObject({ ok: false, error: { type: 'request.invalid' } });
    const issues = result.ok ? [] : (result.error.issues ?? []);
    expect(issues).toHaveLength(1);
    expect(issues[0]?.reason).toMatch(reason);
    expect((await repository(name).branches())[1]?.uncommittedChanges).toBe(0);
  });

  it('refuses contents and batches that are not right, all or nothing', async () => {
    const name = await created();
    await opened(name, 'task');
    const write = async (changes: unknown): Promise<unknown> =>
      repository(name).write({ commandId: fresh('cmd'), branch: 'task', changes: changes as never, fencingToken: 1 });
    const refused = { ok: false, error: { type: 'request.invalid' } };
    expect(await write('no list')).toMatchObject(refused);
    expect(await write([])).toMatchObject(refused);
    expect(await write([null])).toMatchObject(refused);
    expect(await write([{ path: 'a' }])).toMatchObject(refused);
    expect(await write([{ content: 'a' }])).toMatchObject(refused);
    expect(await write([{ path: 'a', content: 'b\0' }])).toMatchObject(refused);
    expect(await write([{ path: 'a', content: '\uDC00' }])).toMatchObject(refused);
    expect(await write([{ path: 'a', content: 'x'.repeat(1_048_577) }])).toMatchObject(refused);
    expect(await write([{ path: 'gone.txt', content: null }])).toMatchObject(refused);
    expect(
      await write([
        { path: 'a', content: '1' },
        { path: 'a', content: '2' },
      ]),
    ).toMatchObject(refused);
    expect(
      await write([
        { path: 'b', content: '1' },
        { path: 'B', content: '2' },
      ]),
    ).toMatchObject(refused);
    expect(await write(Array.from({ length: 201 }, (_, index) => ({ path: `f${index}`, content: '' })))).toMatchObject(
      refused,
    );
    expect(await write([{ path: 'a', content: 'x'.repeat(1_048_576) }])).toMatchObject({ ok: true });
    const big = await must(repository(name).readFile({ ref: 'task', path: 'a' }));
    expect(big.content).toHaveLength(1_048_576);
  });

  it('refuses an unknown branch and a bad message or author', async () => {
    const name = await created();
    const stub = repository(name);
    const base = { branch: 'main', fencingToken: 1 };
    const changes = [{ path: 'a', content: 'x' }];
    expect(await stub.write({ ...base, branch: 'nope', changes, commandId: fresh('cmd') })).toMatchObject({
      error: { type: 'resource.not_found', issues: [{ field: 'branch' }] },
    });
    for (const message of ['', ' \n', 'a\0b', 'x'.repeat(70_000), 1 as never]) {
      const result = await stub.commit({ ...base, commandId: fresh('cmd'), message, author });
      expect(result).toMatchObject({ error: { type: 'request.invalid', issues: [{ field: 'message' }] } });
    }
    const noAuthor = await stub.commit({ ...base, commandId: fresh('cmd'), message: 'm', author: undefined as never });
    expect(noAuthor).toMatchObject({ error: { type: 'request.invalid', issues: [{ field: 'author' }] } });
  });

  it('takes nothing of work that was ended, on any branch, also after an abort', async () => {
    const name = await created();
    await opened(name, 'task', 5);
    const changes = [{ path: 'a.txt', content: 'a' }];
    await must(repository(name).write({ commandId: fresh('cmd'), branch: 'task', changes, fencingToken: 5 }));
    const off = { commandId: fresh('cmd'), fencingToken: 6 };
    expect(await must(repository(name).fenceOff(off))).toEqual({ lowestToken: 6 });
    expect(await must(repository(name).fenceOff({ commandId: fresh('cmd'), fencingToken: 2 }))).toEqual({
      lowestToken: 6,
    });
    await abortAllDurableObjects();
    const stale = { ok: false, error: { type: 'lease.stale' } };
    const held = { branch: 'task', fencingToken: 5 };
    const again = repository(name);
    expect(await again.write({ ...held, commandId: fresh('cmd'), changes })).toMatchObject(stale);
    expect(await again.commit({ ...held, commandId: fresh('cmd'), message: 'm', author })).toMatchObject(stale);
    expect(await again.updateBranch({ ...held, commandId: fresh('cmd'), from: 'main', author })).toMatchObject(stale);
    expect(await again.openBranch({ ...held, commandId: fresh('cmd'), from: 'main' })).toMatchObject(stale);
    const merge = { branch: 'task', into: 'main', message: 'm', author, fencingToken: 5 };
    expect(await again.merge({ ...merge, commandId: fresh('cmd') })).toMatchObject(stale);
    const invalid = await again.fenceOff({ commandId: fresh('cmd'), fencingToken: -1 });
    expect(invalid).toMatchObject({ ok: false, error: { type: 'request.invalid' } });
    await opened(name, 'later', 6);
  });

  it('lets only the newest lease commit', async () => {
    const name = await created();
    await opened(name, 'task', 5);
    await opened(name, 'task', 6);
    const command = { branch: 'task', message: 'm', author };
    const stale = await repository(name).commit({ ...command, commandId: fresh('cmd'), fencingToken: 5 });
    expect(stale).toMatchObject({ ok: false, error: { type: 'lease.stale' } });
    expect(await repository(name).commit({ ...command, commandId: fresh('cmd'), fencingToken: 6 })).toMatchObject({
      ok: true,
    });
  });

  it('keeps everything over eviction and over an abort', async () => {
    const name = await created();
    await opened(name, 'task', 4);
    const first = await changed(name, 'task', { 'a.txt': 'one\n' }, 4);
    const changes = [{ path: 'b.txt', content: 'draft\n' }];
    await must(repository(name).write({ commandId: fresh('cmd'), branch: 'task', changes, fencingToken: 4 }));
    const before = await must(repository(name).snapshot({ ref: 'task' }));
    await evictDurableObject(rawStub(name));
    expect(await must(repository(name).snapshot({ ref: 'task' }))).toEqual(before);
    await abortAllDurableObjects();
    expect(await must(repository(name).snapshot({ ref: 'task' }))).toEqual(before);
    expect(before.commit).toBe(first);
    const stale = await repository(name).write({ commandId: fresh('cmd'), branch: 'task', changes, fencingToken: 3 });
    expect(stale).toMatchObject({ ok: false, error: { type: 'lease.stale' } });
  });

  it('does a command that was repeated after an abort only once', async () => {
    const name = await created();
    await opened(name, 'task');
    const command = {
      commandId: fresh('cmd'),
      branch: 'task',
      changes: [{ path: 'a', content: 'x' }],
      fencingToken: 1,
    };
    // The object is killed with the command under way: it was done or not, and the repeat must not care.
    const cut = repository(name)
      .write(command)
      .then(
        () => 'answered',
        () => 'cut',
      );
    await scheduler.wait(0);
    await abortAllDurableObjects();
    await cut;
    await must(repository(name).write(command));
    await changed(name, 'task', { b: 'y' });
    expect(await must(repository(name).write(command))).toEqual({ written: 1 });
    expect((await repository(name).branches())[1]?.uncommittedChanges).toBe(0);
  });

  it('tells its story in events', async () => {
    const name = await created();
    await opened(name, 'task');
    await changed(name, 'task', { a: 'x' });
    await must(
      repository(name).merge({ commandId: fresh('cmd'), branch: 'task', into: 'main', message: 'Merge', author }),
    );
    const rows = await runInDurableObject(rawStub(name), (_instance, state) =>
      state.storage.sql.exec<{ type: string }>('SELECT type FROM event ORDER BY sequence').toArray(),
    );
    expect(rows.map((row) => row.type)).toEqual([
      'repository.created',
      'branch.opened',
      'commit.created',
      'branch.merged',
    ]);
  });
});

describe('edit', () => {
  const prepared = async (content: string): Promise<string> => {
    const name = await created({ 'README.md': content });
    await opened(name, 'task');
    return name;
  };
  const edit = (name: string, find: string, replace: string, commandId = fresh('cmd')) =>
    repository(name).edit({ commandId, branch: 'task', path: 'README.md', find, replace, fencingToken: 1 });

  it('replaces a passage that stands there once, and a repeat finds its own answer', async () => {
    const name = await prepared('one two\n');
    expect(await must(edit(name, 'two', 'one', 'same'))).toEqual({ written: 1 });
    expect(await must(edit(name, 'two', 'one', 'same'))).toEqual({ written: 1 });
    expect((await filesOf(name, 'task'))['README.md']).toBe('one one\n');
  });

  it('refuses a passage that is not there or not alone, and everything that a write refuses', async () => {
    const name = await prepared('one one\n');
    expect(await edit(name, 'two', 'x')).toMatchObject({ ok: false, error: { type: 'resource.conflict' } });
    expect(await edit(name, 'one', 'x')).toMatchObject({ ok: false, error: { type: 'resource.conflict' } });
    expect(await edit(name, '', 'x')).toMatchObject({ ok: false, error: { type: 'request.invalid' } });
    expect(await edit(name, 'one one', '\0')).toMatchObject({ ok: false, error: { type: 'request.invalid' } });
    expect(await edit(name, 'one one', 1 as unknown as string)).toMatchObject({ error: { type: 'request.invalid' } });
    await opened(name, 'task', 2);
    expect(await edit(name, 'one one', 'x')).toMatchObject({ ok: false, error: { type: 'lease.stale' } });
  });
});
