import { describe, expect, it } from 'vitest';
import { author, changed, created, fresh, must, opened, repository } from './testing/repository.ts';

const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join('');

const merge = async (name: string, branch: string, into = 'main'): ReturnType<ReturnType<typeof repository>['merge']> =>
  repository(name).merge({ commandId: fresh('cmd'), branch, into, message: `Merge ${branch}`, author });

/** A repository with `ours` committed on main and `theirs` on `task`, both after the same first commit. */
const diverged = async (
  base: Readonly<Record<string, string>>,
  ours: Readonly<Record<string, string | null>>,
  theirs: Readonly<Record<string, string | null>>,
): Promise<string> => {
  const name = await created(base);
  await opened(name, 'task');
  await changed(name, 'task', theirs);
  await changed(name, 'main', ours);
  return name;
};

describe('merge', () => {
  it('moves the branch when there is nothing to merge with', async () => {
    const name = await created({ a: 'a\n' });
    await opened(name, 'task');
    const commit = await changed(name, 'task', { b: 'b\n' });
    expect((await must(merge(name, 'task'))).oid).toBe(commit);
    expect((await must(merge(name, 'task'))).oid).toBe(commit);
  });

  it('makes a commit with two parents and both sides of the work', async () => {
    const base = { 'a.txt': numbers(1, 20), 'gone.txt': 'x\n', 'kept.txt': 'k\n' };
    const name = await diverged(
      base,
      { 'a.txt': `${numbers(1, 17)}line 18 of ours\n${numbers(19, 20)}`, 'ours.txt': 'o\n' },
      { 'a.txt': `first\n${numbers(1, 20)}`, 'gone.txt': null, 'theirs/new.txt': 't\n' },
    );
    const [main, task] = await repository(name).branches();
    const merged = await must(merge(name, 'task'));
    expect(merged.parents).toEqual([main?.head, task?.head]);
    expect((await must(repository(name).snapshot({ ref: 'main' }))).files).toEqual({
      'a.txt': `first\n${numbers(1, 17)}line 18 of ours\n${numbers(19, 20)}`,
      'kept.txt': 'k\n',
      'ours.txt': 'o\n',
      'theirs/new.txt': 't\n',
    });
    const again = await must(merge(name, 'task'));
    expect(again.oid).toBe(merged.oid);
  });

  it('names every conflict with its cause and changes nothing', async () => {
    const name = await diverged(
      { 'both.txt': numbers(1, 9), 'deleted.txt': 'd\n', 'changed.txt': 'c\n', dir: 'file' },
      {
        'both.txt': `${numbers(1, 3)}ours\n${numbers(5, 9)}`,
        'deleted.txt': null,
        'changed.txt': 'c2\n',
        'new.txt': 'ours\n',
        'Case.txt': 'x',
        place: 'file',
      },
      {
        'both.txt': `${numbers(1, 3)}theirs\n${numbers(5, 9)}`,
        'deleted.txt': 'd2\n',
        'changed.txt': null,
        'new.txt': 'theirs\n',
        'case.txt': 'x',
        'place/inner': 'x',
      },
    );
    const before = await repository(name).branches();
    const result = await merge(name, 'task');
    expect(result).toMatchObject({ ok: false, error: { type: 'git.refused' } });
    const issues = result.ok ? [] : (result.error.issues ?? []);
    const reasons = Object.fromEntries(issues.map((issue) => [issue.field, issue.reason]));
    const base = (await must(repository(name).log({ ref: 'main' }))).at(-1)?.oid.slice(0, 7);
    expect(reasons).toEqual({
      'both.txt': `changed on both sides since ${base}: line 4 on main against line 4 on task`,
      'deleted.txt': `deleted on main but changed on task since ${base}`,
      'changed.txt': `deleted on task but changed on main since ${base}`,
      'new.txt': 'added on both sides with different content (main and task)',
      'case.txt': 'differs from "Case.txt" only in case or Unicode form',
      'place/inner': 'needs the directory "place", which is a file',
    });
    expect(await repository(name).branches()).toEqual(before);
  });

  it('refuses to merge into uncommitted changes', async () => {
    const name = await diverged({ a: 'a\n' }, { b: 'b\n' }, { c: 'c\n' });
    const changes = [{ path: 'draft', content: 'x' }];
    await must(repository(name).write({ commandId: fresh('cmd'), branch: 'main', changes, fencingToken: 1 }));
    expect(await merge(name, 'task')).toMatchObject({ error: { type: 'git.refused', issues: [{ field: 'draft' }] } });
  });

  it('refuses unknown branches by the field that names them', async () => {
    const name = await created();
    expect(await merge(name, 'nope')).toMatchObject({
      error: { type: 'resource.not_found', issues: [{ field: 'branch' }] },
    });
    expect(await merge(name, 'main', 'nope')).toMatchObject({
      error: { type: 'resource.not_found', issues: [{ field: 'into' }] },
    });
  });

  it('may be tried again with the same command id after the conflict is solved', async () => {
    const name = await diverged({ a: 'a\n' }, { a: 'ours\n' }, { a: 'theirs\n' });
    const command = { commandId: fresh('cmd'), branch: 'task', into: 'main', message: 'Merge', author };
    expect(await repository(name).merge(command)).toMatchObject({ ok: false });
    await changed(name, 'task', { a: 'ours\n' });
    const merged = await must(repository(name).merge(command));
    expect(await must(repository(name).merge(command))).toEqual(merged);
  });
});

describe('updateBranch', () => {
  it('brings the other branch in, so that the merge back is a fast-forward', async () => {
    const name = await diverged({ a: 'a\n' }, { b: 'b\n' }, { c: 'c\n' });
    const update = { branch: 'task', from: 'main', author };
    const updated = await must(repository(name).updateBranch({ ...update, commandId: fresh('cmd'), fencingToken: 1 }));
    expect(updated.message).toBe("Merge branch 'main' into task");
    expect((await must(merge(name, 'task'))).oid).toBe(updated.oid);
    expect(Object.keys((await must(repository(name).snapshot({ ref: 'main' }))).files)).toEqual(['a', 'b', 'c']);
  });

  it('is fenced', async () => {
    const name = await diverged({ a: 'a\n' }, { b: 'b\n' }, { c: 'c\n' });
    await opened(name, 'task', 9);
    const update = { commandId: fresh('cmd'), branch: 'task', from: 'main', author, fencingToken: 8 };
    expect(await repository(name).updateBranch(update)).toMatchObject({ error: { type: 'lease.stale' } });
  });

  it('answers conflicts as merge does', async () => {
    const name = await diverged({ a: 'a\n' }, { a: 'ours\n' }, { a: 'theirs\n' });
    const update = { commandId: fresh('cmd'), branch: 'task', from: 'main', author, fencingToken: 1 };
    expect(await repository(name).updateBranch(update)).toMatchObject({
      error: { type: 'git.refused', issues: [{ field: 'a' }] },
    });
  });

  it('survives criss-cross merges', async () => {
    const name = await diverged({ a: 'a\n' }, { b: 'b\n' }, { c: 'c\n' });
    await opened(name, 'old-main');
    await must(
      repository(name).updateBranch({
        commandId: fresh('cmd'),
        branch: 'old-main',
        from: 'task',
        author,
        fencingToken: 1,
      }),
    );
    await must(
      repository(name).updateBranch({ commandId: fresh('cmd'), branch: 'task', from: 'main', author, fencingToken: 1 }),
    );
    await changed(name, 'task', { c: 'c2\n' });
    await changed(name, 'old-main', { b: 'b2\n' });
    await must(merge(name, 'old-main', 'task'));
    expect((await must(repository(name).snapshot({ ref: 'task' }))).files).toEqual({ a: 'a\n', b: 'b2\n', c: 'c2\n' });
  });
});
