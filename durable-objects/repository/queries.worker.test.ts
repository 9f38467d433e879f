import { describe, expect, it } from 'vitest';
import { author, changed, created, fresh, must, opened, repository, sampleFiles } from './testing/repository.ts';

const notFound = { ok: false, error: { type: 'resource.not_found' } };
const invalid = { ok: false, error: { type: 'request.invalid' } };

describe('readFile', () => {
  it('reads the working copy of a branch and the files of a commit', async () => {
    const name = await created({ 'a.txt': '\uFEFFwith mark\r\n' });
    const stub = repository(name);
    const [main] = await stub.branches();
    const committed = await must(stub.readFile({ ref: 'main', path: 'a.txt' }));
    expect(committed.content).toBe('\uFEFFwith mark\r\n');
    const changes = [{ path: 'a.txt', content: 'draft' }];
    await must(stub.write({ commandId: fresh('cmd'), branch: 'main', changes, fencingToken: 1 }));
    expect((await must(stub.readFile({ ref: 'main', path: 'a.txt' }))).content).toBe('draft');
    expect(await must(stub.readFile({ ref: main?.head ?? '', path: 'a.txt' }))).toEqual(committed);
  });

  it('tells what is not there and what is not valid', async () => {
    const stub = repository(await created());
    expect(await stub.readFile({ ref: 'main', path: 'nope' })).toMatchObject(notFound);
    expect(await stub.readFile({ ref: 'nope', path: 'README.md' })).toMatchObject(notFound);
    expect(await stub.readFile({ ref: 'f'.repeat(40), path: 'README.md' })).toMatchObject(notFound);
    expect(await stub.readFile({ ref: 'main', path: '../README.md' })).toMatchObject(invalid);
    expect(await stub.readFile({ ref: 1 as never, path: 'README.md' })).toMatchObject(invalid);
    expect(await stub.readFile({ ref: 'main', path: 1 as never })).toMatchObject(invalid);
    const blob = (await must(stub.readFile({ ref: 'main', path: 'README.md' }))).oid;
    expect(await stub.readFile({ ref: blob, path: 'README.md' })).toMatchObject(notFound);
  });
});

describe('listFiles', () => {
  it('pages by path and filters by prefix', async () => {
    const stub = repository(await created());
    const first = await must(stub.listFiles({ ref: 'main', limit: 2 }));
    expect(first.files.map((file) => file.path)).toEqual(['README.md', 'src/app.ts']);
    expect(first.next).toBe('src/app.ts');
    const second = await must(stub.listFiles({ ref: 'main', limit: 2, after: first.next ?? '' }));
    expect(second).toEqual({ files: [expect.objectContaining({ path: 'src/deep/inner.ts', sizeBytes: 11 })] });
    const under = await must(stub.listFiles({ ref: 'main', prefix: 'src/deep/' }));
    expect(under.files.map((file) => file.path)).toEqual(['src/deep/inner.ts']);
  });

  it('refuses limits and prefixes that make no sense', async () => {
    const stub = repository(await created());
    for (const limit of [0, -1, 1.5, 5001, '1' as never])
      expect(await stub.listFiles({ ref: 'main', limit })).toMatchObject(invalid);
    expect(await stub.listFiles({ ref: 'main', prefix: 'x'.repeat(600) })).toMatchObject(invalid);
    expect(await stub.listFiles({ ref: 'nope' })).toMatchObject(notFound);
  });
});

describe('search', () => {
  it('finds texts and patterns line by line', async () => {
    const stub = repository(await created());
    expect(await must(stub.search({ ref: 'main', text: 'two = 2' }))).toEqual([
      { path: 'src/app.ts', line: 2, text: 'export const two = 2;' },
    ]);
    const matches = await must(stub.search({ ref: 'main', text: 're:^export const \\w+ = [13];$' }));
    expect(matches.map((match) => match.line)).toEqual([1, 3]);
    expect(await must(stub.search({ ref: 'main', text: 'export', limit: 2 }))).toHaveLength(2);
    expect(await must(stub.search({ ref: 'main', text: '^export' }))).toEqual([]);
  });

  it('refuses queries that cannot be searched', async () => {
    const stub = repository(await created());
    for (const text of ['', 'a\nb', 're:(', 're:', 'x'.repeat(501), 1 as never])
      expect(await stub.search({ ref: 'main', text })).toMatchObject(invalid);
  });
});

describe('log', () => {
  it('goes from the newest to the oldest, page by page', async () => {
    const name = await created();
    for (const text of ['1', '2', '3', '4']) await changed(name, 'main', { 'count.txt': text });
    const stub = repository(name);
    const all = await must(stub.log({ ref: 'main' }));
    expect(all).toHaveLength(5);
    expect(all.at(-1)?.message).toBe('Create sample');
    const first = await must(stub.log({ ref: 'main', limit: 2 }));
    const second = await must(stub.log({ ref: 'main', after: first.at(-1)?.oid ?? '', limit: 9 }));
    expect([...first, ...second]).toEqual(all);
    for (const [index, entry] of all.entries())
      expect(entry.parents).toEqual(all.slice(index + 1, index + 2).map((next) => next.oid));
    expect(await stub.log({ ref: 'main', after: 'f'.repeat(40) })).toMatchObject(notFound);
    expect(await stub.log({ ref: 'main', limit: 1000 })).toMatchObject(invalid);
  });
});

describe('diff', () => {
  it('shows what was added, changed and deleted', async () => {
    const name = await created();
    await opened(name, 'task');
    const app = sampleFiles['src/app.ts'] ?? '';
    await changed(name, 'task', { 'src/app.ts': app.replace('two = 2', 'two = 22'), 'README.md': null });
    const changes = [{ path: 'new.txt', content: 'no newline' }];
    await must(repository(name).write({ commandId: fresh('cmd'), branch: 'task', changes, fencingToken: 1 }));
    const differences = await must(repository(name).diff({ from: 'main', to: 'task' }));
    expect(differences.map(({ path, status }) => `${status} ${path}`)).toEqual([
      'deleted README.md',
      'added new.txt',
      'modified src/app.ts',
    ]);
    expect(differences[1]?.patch).toBe(
      '--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+no newline\n\\ No newline at end of file\n',
    );
    expect(differences[2]?.patch).toBe(
      '--- a/src/app.ts\n+++ b/src/app.ts\n@@ -1,3 +1,3 @@\n export const one = 1;\n-export const two = 2;\n' +
        '+export const two = 22;\n export const three = 3;\n',
    );
  });

  it('names the reference that is missing', async () => {
    const stub = repository(await created());
    expect(await stub.diff({ from: 'main', to: 'nope' })).toMatchObject({ error: { issues: [{ field: 'to' }] } });
    expect(await must(stub.diff({ from: 'main', to: 'main' }))).toEqual([]);
  });
});

describe('an object that was never created', () => {
  it('answers every query without a repository', async () => {
    const stub = repository(fresh('repository'));
    expect(await stub.branches()).toEqual([]);
    expect(await stub.snapshot({ ref: 'main' })).toMatchObject(notFound);
    expect(await stub.log({ ref: 'main' })).toMatchObject(notFound);
    const command = { commandId: fresh('cmd'), branch: 'main', message: 'm', author, fencingToken: 1 };
    expect(await stub.commit(command)).toMatchObject(notFound);
  });
});

it('holds a large tree', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 2000 }, (_, index) => [`d${index % 50}/f${index}.ts`, `export const n = ${index};\n`]),
  );
  const stub = repository(await created(files));
  expect((await must(stub.snapshot({ ref: 'main' }))).files).toEqual(files);
  const pages: string[] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const page: Awaited<ReturnType<typeof listPage>> = await listPage(stub, after);
    pages.push(...page.files.map((file) => file.path));
    after = page.next;
  }
  expect(pages).toEqual(Object.keys(files).toSorted());
});

const listPage = async (stub: ReturnType<typeof repository>, after: string) =>
  must(stub.listFiles({ ref: 'main', after, limit: 700 }));
