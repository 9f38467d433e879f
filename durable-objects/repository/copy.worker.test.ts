import { abortAllDurableObjects } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { PackedGitObject } from '../../shared/rpc/replay.ts';
import { author, changed, created, fresh, must, opened, repository } from './testing/repository.ts';

/** Text that zlib cannot make much smaller. */
const noise = (length: number): string => {
  const piece = (): string => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(30_000))));
  return Array.from({ length: Math.ceil(length / 40_000) }, piece)
    .join('')
    .slice(0, length);
};

const pagesOf = async (name: string, heads: readonly string[]): Promise<readonly (readonly PackedGitObject[])[]> => {
  const pages: (readonly PackedGitObject[])[] = [];
  for (let after: number | undefined = 0; after !== undefined;) {
    const page: { readonly objects: readonly PackedGitObject[]; readonly next?: number } = await must(
      repository(name).exportObjects({ heads, after }),
    );
    pages.push(page.objects);
    after = page.next;
  }
  return pages;
};

/** A repository with a merge and a branch that is ahead; with its heads. */
const source = async (): Promise<{ name: string; main: string; task: string }> => {
  const name = await created();
  await opened(name, 'task');
  await changed(name, 'task', { 'src/app.ts': 'export const changed = true;\n', 'docs/deep/a.md': 'a\n' });
  await changed(name, 'main', { 'README.md': null, LICENSE: 'free\n' });
  const command = { commandId: fresh('cmd'), branch: 'task', into: 'main', message: 'Merge', author };
  const { oid } = await must(repository(name).merge(command));
  const task = await changed(name, 'task', { 'src/more.ts': 'export {};\n' });
  return { name, main: oid, task };
};

describe('a copy of a repository', () => {
  it('has the same history, files and branches, and none of the other branches', async () => {
    const { name, main, task } = await source();
    await opened(name, 'other');
    const copy = fresh('copy');
    for (const objects of await pagesOf(name, [main, task])) await must(repository(copy).importObjects({ objects }));
    const branches = [
      { branch: 'main', head: main },
      { branch: 'task', head: task },
    ];
    await must(repository(copy).importBranches({ commandId: 'import', name: 'copy', branches }));
    await must(repository(copy).importBranches({ commandId: 'import', name: 'copy', branches }));
    expect((await repository(copy).branches()).map(({ name: branch, head }) => [branch, head])).toEqual([
      ['main', main],
      ['task', task],
    ]);
    for (const ref of ['main', 'task']) {
      expect(await must(repository(copy).log({ ref }))).toEqual(await must(repository(name).log({ ref })));
      expect(await must(repository(copy).snapshot({ ref }))).toEqual(await must(repository(name).snapshot({ ref })));
    }
    // What is done to the copy is not done to the original.
    await changed(copy, 'main', { 'new.txt': 'new\n' });
    expect((await repository(name).branches()).find((entry) => entry.name === 'main')?.head).toBe(main);
  });

  it('names nothing that came later, so each page is whole, also when it comes twice or after a kill', async () => {
    const files = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`data/${index}.txt`, noise(900_000)]));
    const name = await created(files);
    const head = (await repository(name).branches())[0]?.head ?? '';
    const pages = await pagesOf(name, [head]);
    expect(pages.length).toBeGreaterThan(1);
    const copy = fresh('copy');
    for (const objects of pages) {
      await must(repository(copy).importObjects({ objects }));
      await abortAllDurableObjects();
      expect(await must(repository(copy).importObjects({ objects }))).toEqual({ added: 0 });
    }
    const branches = [{ branch: 'main', head }];
    await must(repository(copy).importBranches({ commandId: 'import', name: 'copy', branches }));
    expect((await must(repository(copy).snapshot({ ref: 'main' }))).files).toEqual(files);
  });

  it('refuses an object that is not what its name says, one with a hole, and a repository that is there', async () => {
    const { name, main } = await source();
    const [page] = await pagesOf(name, [main]);
    const objects = page ?? [];
    const [first, second] = objects;
    if (first === undefined || second === undefined) throw new Error('nothing was exported');
    const copy = fresh('copy');
    const forged = { ...first, deflated: second.deflated, sizeBytes: second.sizeBytes };
    expect(await repository(copy).importObjects({ objects: [forged] })).toMatchObject({
      error: { type: 'git.refused' },
    });
    const commit = objects.filter(({ kind }) => kind === 'commit').slice(0, 1);
    expect(await repository(copy).importObjects({ objects: commit })).toMatchObject({ error: { type: 'git.refused' } });
    expect(await repository(name).importObjects({ objects })).toMatchObject({ error: { type: 'resource.conflict' } });
    const without = { commandId: 'import', name: 'copy', branches: [{ branch: 'main', head: main }] };
    expect(await repository(copy).importBranches(without)).toMatchObject({ error: { type: 'resource.not_found' } });
    expect(await repository(copy).branches()).toEqual([]);
  });

  it('is told the heads as they were, and never a main behind what the project knew', async () => {
    const { name, main, task } = await source();
    const now = await must(repository(name).headsAt({ at: Date.now(), main }));
    expect(now.toSorted((left, right) => (left.branch < right.branch ? -1 : 1))).toEqual([
      { branch: 'main', head: main },
      { branch: 'task', head: task },
    ]);
    expect(await must(repository(name).headsAt({ at: 0, main }))).toEqual([{ branch: 'main', head: main }]);
    const log = await must(repository(name).log({ ref: 'main' }));
    const oldest = log.at(-1)?.oid ?? '';
    const moved = await must(repository(name).headsAt({ at: Date.now(), main: oldest }));
    expect(moved.find(({ branch }) => branch === 'main')?.head).toBe(main);
    expect(await repository(name).headsAt({ at: 0, main: 'f'.repeat(40) })).toMatchObject({ ok: false });
  });
});
