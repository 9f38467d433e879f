import { describe, expect, it } from 'vitest';
import { author, created, fresh, must, repository } from './testing/repository.ts';

const invalid = { ok: false, error: { type: 'request.invalid' } };

describe('readTexts', () => {
  it('reads the working copy with its ids, and leaves out what is not there', async () => {
    const stub = repository(await created({ 'a.txt': 'a', 'b.txt': 'b' }));
    await must(
      stub.write({
        commandId: fresh('cmd'),
        branch: 'main',
        changes: [{ path: 'a.txt', content: 'draft' }],
        fencingToken: 1,
      }),
    );
    const { texts } = await must(stub.readTexts({ ref: 'main', paths: ['a.txt', 'b.txt', 'no.txt'] }));
    const listed = await must(stub.listFiles({ ref: 'main' }));
    const oidOf = (path: string) => listed.files.find((file) => file.path === path)?.oid;
    expect(texts.toSorted((left, right) => (left.path < right.path ? -1 : 1))).toEqual([
      { path: 'a.txt', oid: oidOf('a.txt'), text: 'draft' },
      { path: 'b.txt', oid: oidOf('b.txt'), text: 'b' },
    ]);
  });

  it('refuses lists that are none', async () => {
    const stub = repository(await created());
    expect(await stub.readTexts({ ref: 'main', paths: 1 as never })).toMatchObject(invalid);
    expect(await stub.readTexts({ ref: 'main', paths: Array.from({ length: 1_001 }, String) })).toMatchObject(invalid);
  });
});

describe('churn', () => {
  it('counts the commits that change each file, and no merges', async () => {
    const stub = repository(await created({ 'a.txt': '0', 'b.txt': '0' }));
    const commit = async (branch: string, content: string | null): Promise<void> => {
      const changes = [{ path: 'a.txt', content }];
      await must(stub.write({ commandId: fresh('cmd'), branch, changes, fencingToken: 1 }));
      await must(stub.commit({ commandId: fresh('cmd'), branch, message: 'Change', author, fencingToken: 1 }));
    };
    await must(stub.openBranch({ commandId: fresh('cmd'), branch: 'side', from: 'main', fencingToken: 1 }));
    await commit('side', '1');
    await commit('side', null);
    await must(stub.merge({ commandId: fresh('cmd'), branch: 'side', into: 'main', message: 'Merge', author }));
    const { commits, files } = await must(stub.churn({ ref: 'main' }));
    expect(commits).toBe(3);
    expect(files.map(({ path, changes }) => [path, changes])).toEqual([
      ['a.txt', 3],
      ['b.txt', 1],
    ]);
    expect((await must(stub.churn({ ref: 'main', commits: 1 }))).files.map(({ path }) => path)).toEqual(['a.txt']);
    expect(await stub.churn({ ref: 'main', commits: 0 })).toMatchObject(invalid);
  });
});
