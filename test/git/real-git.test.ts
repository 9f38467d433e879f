import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, tryGit, workTree } from './git-program.ts';
import { startGitServer, type GitServer } from './git-server.ts';

const author = { name: 'Ada Example', email: 'ada@example.com' };
let server: GitServer;
let folder: string;
let made = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'real-git-'));
  server = await startGitServer();
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const fresh = (what: string): string => {
  made += 1;
  return `${what}-${made}`;
};

const rpc = async (repository: string, method: string, body: Record<string, unknown>): Promise<unknown> => {
  const answer = (await server.call(repository, method, { commandId: fresh('cmd'), ...body })) as {
    ok: boolean;
    value: unknown;
  };
  if (!answer.ok) throw new Error(`${method} was refused: ${JSON.stringify(answer)}`);
  return answer.value;
};

const created = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const repository = fresh('repository');
  await rpc(repository, 'create', { name: 'sample', author, files });
  return repository;
};

/** A new clone of the repository. */
const cloned = async (repository: string, ...options: string[]): Promise<string> => {
  const target = path.join(folder, fresh('clone'));
  await git(folder, 'clone', ...options, `${server.url}/${repository}`, target);
  return target;
};

const write = async (clone: string, files: Readonly<Record<string, string | Buffer>>): Promise<void> => {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.join(clone, path.dirname(name)), { recursive: true });
    await writeFile(path.join(clone, name), content);
  }
};

const commit = async (clone: string, files: Readonly<Record<string, string | Buffer>>): Promise<void> => {
  await write(clone, files);
  await git(clone, 'add', '--all');
  await git(clone, 'commit', '--message', `Change ${Object.keys(files).length} files`);
};

const fsck = async (clone: string): Promise<void> => {
  expect(await git(clone, 'fsck', '--strict', '--full')).not.toMatch(/error|warning|missing|dangling/u);
};

describe('the ordinary git program', () => {
  it('clones, pushes and pulls', async () => {
    const repository = await created({ 'README.md': '# Sample\n', 'src/app.ts': 'export {};\n' });
    const first = await cloned(repository);
    const second = await cloned(repository);
    expect((await git(first, 'branch', '--show-current')).trim()).toBe('main');
    await commit(first, { 'README.md': '# Changed\n', 'docs/ü ber.md': 'Umlaut\n', 'run.sh': '#!/bin/sh\n' });
    await git(first, 'push', 'origin', 'main');
    expect(await git(second, 'pull', '--ff-only')).toMatch(/README\.md/u);
    expect(await workTree(second)).toEqual(await workTree(first));
    await fsck(second);
    const snapshot = (await rpc(repository, 'snapshot', { ref: 'main' })) as { files: Record<string, string> };
    expect(snapshot.files).toEqual({
      'README.md': '# Changed\n',
      'docs/ü ber.md': 'Umlaut\n',
      'run.sh': '#!/bin/sh\n',
      'src/app.ts': 'export {};\n',
    });
  });

  it('fetches only what is missing', async () => {
    const repository = await created(
      Object.fromEntries(
        Array.from({ length: 200 }, (_, index) => [`f${index}.txt`, `${randomBytes(500).toString('hex')}\n`]),
      ),
    );
    const clone = await cloned(repository);
    const other = await cloned(repository);
    await commit(other, { 'f0.txt': 'changed\n' });
    await git(other, 'push', 'origin', 'main');
    // Local commits that the server does not know: the negotiation has to look for what both have.
    for (let index = 0; index < 40; index += 1)
      await git(clone, 'commit', '--allow-empty', '--message', `Local ${index}`);
    await git(clone, 'fetch', 'origin');
    const packed = await git(clone, 'count-objects', '--verbose');
    const loose = Number(/^count: (\d+)/mu.exec(packed)?.[1]);
    // Unpacked: 40 own commits, and commit, tree and blob of the fetch.
    expect(loose).toBe(43);
    await git(clone, 'merge', 'origin/main');
    await fsck(clone);
  });

  it('sees the work of agents and merges with it', async () => {
    const repository = await created({ 'a.txt': 'a\n' });
    const clone = await cloned(repository);
    await rpc(repository, 'openBranch', { branch: 'task/one', from: 'main', fencingToken: 1 });
    const changes = [{ path: 'b/c.txt', content: 'agent\n' }];
    await rpc(repository, 'write', { branch: 'task/one', changes, fencingToken: 1 });
    await commit(clone, { 'a.txt': 'person\n' });
    const refused = await tryGit(clone, 'push', 'origin', 'main:task/one');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toMatch(/uncommitted changes/u);
    await rpc(repository, 'commit', { branch: 'task/one', message: 'Agent', author, fencingToken: 1 });
    await git(clone, 'push', 'origin', 'main');
    await rpc(repository, 'merge', { branch: 'task/one', into: 'main', message: 'Merge the task', author });
    await git(clone, 'pull', '--ff-only');
    expect(await git(clone, 'log', '--format=%s', '--first-parent', '-1')).toBe('Merge the task\n');
    expect(Object.keys(await workTree(clone)).toSorted()).toEqual(['a.txt', 'b/c.txt']);
    await fsck(clone);
  });

  it('is refused when it would rewrite history, also by force', async () => {
    const repository = await created({ 'a.txt': 'a\n' });
    const [first, second] = [await cloned(repository), await cloned(repository)];
    await commit(first, { 'a.txt': 'first\n' });
    await git(first, 'push', 'origin', 'main');
    await commit(second, { 'a.txt': 'second\n' });
    const late = await tryGit(second, 'push', 'origin', 'main');
    expect(late.exitCode).not.toBe(0);
    expect(late.output).toMatch(/rejected/u);
    await git(second, 'fetch', 'origin');
    const forced = await tryGit(second, 'push', '--force', 'origin', 'main');
    expect(forced.exitCode).not.toBe(0);
    expect(forced.output).toMatch(/non-fast-forward: fetch, merge, and push again/u);
    const deleted = await tryGit(second, 'push', 'origin', ':main');
    expect(deleted.output).toMatch(/the main branch cannot be deleted/u);
    const third = await cloned(repository);
    expect(await workTree(third)).toEqual(await workTree(first));
  });

  it('pushes many files, binary files and a deep history at once', async () => {
    const repository = await created({ 'a.txt': 'a\n' });
    const clone = await cloned(repository);
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [
        `src/d${index % 20}/f${index}.ts`,
        `export const n = ${index};\n`.repeat(40),
      ]),
    );
    await commit(clone, many);
    // Changes of large similar files: git sends these as deltas.
    for (let index = 0; index < 5; index += 1)
      await commit(clone, { 'src/d0/f0.ts': `${many['src/d0/f0.ts']}// ${index}\n` });
    await commit(clone, { 'image.bin': randomBytes(3 * 1024 * 1024), 'zero.bin': Buffer.alloc(2_000_000), empty: '' });
    await git(clone, 'push', 'origin', 'main');
    const other = await cloned(repository);
    expect(await workTree(other)).toEqual(await workTree(clone));
    await fsck(other);
    const snapshot = (await rpc(repository, 'snapshot', { ref: 'main' })) as { files: Record<string, string> };
    expect(Object.keys(snapshot.files)).toHaveLength(302);
  });

  it('uses branches and tags', async () => {
    const repository = await created({ 'a.txt': 'a\n' });
    const clone = await cloned(repository);
    await git(clone, 'checkout', '-b', 'feature/x');
    await commit(clone, { 'x.txt': 'x\n' });
    await git(clone, 'tag', '--annotate', 'v1', '--message', 'One');
    await git(clone, 'tag', 'light');
    await git(clone, 'push', '--follow-tags', 'origin', 'feature/x', 'light');
    const other = await cloned(repository, '--branch', 'v1');
    expect(await git(other, 'tag', '--list')).toBe('light\nv1\n');
    expect(await git(other, 'rev-parse', 'v1^{commit}')).toBe(await git(clone, 'rev-parse', 'HEAD'));
    await fsck(other);
    await git(clone, 'tag', '--force', 'light', 'HEAD~1');
    expect((await tryGit(clone, 'push', '--force', 'origin', 'light')).output).toMatch(/the tag exists already/u);
    await git(clone, 'push', 'origin', ':feature/x');
    expect(await git(clone, 'ls-remote', '--heads', 'origin')).not.toMatch(/feature/u);
    const both = await tryGit(clone, 'push', '--atomic', 'origin', 'HEAD:refs/heads/new', 'HEAD:refs/heads/main/under');
    expect(both.output).toMatch(/atomic push failed/u);
    expect(await git(clone, 'ls-remote', '--heads', 'origin')).not.toMatch(/new/u);
  });

  it('starts with an empty repository', async () => {
    const repository = fresh('empty');
    const clone = await cloned(repository);
    await git(clone, 'checkout', '-B', 'main');
    await commit(clone, { 'first.txt': 'first\n' });
    await git(clone, 'push', 'origin', 'main');
    expect(await workTree(await cloned(repository))).toEqual(await workTree(clone));
  });

  it('is refused for links, submodules and names that are not safe', async () => {
    const repository = await created({ 'a.txt': 'a\n' });
    const refusedFor = async (mode: string, oid: string, name: string, reason: RegExp): Promise<void> => {
      const clone = await cloned(repository);
      await git(
        clone,
        '-c',
        'core.protectNTFS=false',
        'update-index',
        '--add',
        '--cacheinfo',
        `${mode},${oid},${name}`,
      );
      await git(clone, 'commit', '--message', 'Unsafe');
      const { exitCode, output } = await tryGit(clone, 'push', 'origin', 'main');
      expect(exitCode).not.toBe(0);
      expect(output).toMatch(reason);
    };
    const blob = '78981922613b2afb6025042ff6bd878ac1994e85';
    await refusedFor('120000', blob, 'link', /symbolic link/u);
    await refusedFor('160000', 'f'.repeat(40), 'module', /submodule/u);
    await refusedFor('100644', blob, 'back\\slash', /backslash/u);
    await refusedFor('100644', blob, 'A.txt', /differ only in case/u);
    await refusedFor('100644', blob, 'dot.', /ends with a dot/u);
    const untouched = (await rpc(repository, 'log', { ref: 'main' })) as unknown[];
    expect(untouched).toHaveLength(1);
  });

  it('reads what the object calls a patch', async () => {
    const repository = await created({ 'a b.txt': 'one\ntwo\nthree', 'gone.txt': 'x\n', 'keep.txt': 'k\n' });
    const clone = await cloned(repository);
    await rpc(repository, 'openBranch', { branch: 'task', from: 'main', fencingToken: 1 });
    const changes = [
      { path: 'a b.txt', content: 'zero\none\nthree\n' },
      { path: 'gone.txt', content: null },
      { path: 'dir/new.txt', content: 'new' },
    ];
    await rpc(repository, 'write', { branch: 'task', changes, fencingToken: 1 });
    const differences = (await rpc(repository, 'diff', { from: 'main', to: 'task' })) as { patch: string }[];
    await writeFile(path.join(folder, 'patch'), differences.map((difference) => difference.patch).join(''));
    await git(clone, 'apply', path.join(folder, 'patch'));
    await rpc(repository, 'commit', { branch: 'task', message: 'Task', author, fencingToken: 1 });
    expect(await workTree(clone)).toEqual(await workTree(await cloned(repository, '--branch', 'task')));
  });
});
