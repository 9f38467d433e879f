import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { buildProject, request } from './client.ts';
import { gitEnvironment } from './git-environment.ts';

let folder = '';
let projectId = '';

const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd, env: gitEnvironment, encoding: 'utf8', stdio: 'pipe' });

const remote = (password: string): string => {
  const url = new URL(`${inject('url')}/git/${projectId}.git`);
  url.username = 'anyone';
  url.password = password;
  return url.href;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aidevos-git-'));
  const project = await buildProject('# Notes\n\nA note has a title (required) and a text.\n');
  expect(project.status).toBe('completed');
  ({ projectId } = project);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the repository', () => {
  it('is cloned by git, its tests pass in plain Node, and its history tells who did what', () => {
    git(folder, 'clone', '-q', remote(inject('apiKey')), 'clone');
    const clone = join(folder, 'clone');
    const authors = git(clone, 'log', '--format=%an');
    expect(authors).toContain('architect');
    expect(authors).toContain('backend');
    expect(git(clone, 'log', '--format=%s')).toContain('Tests:');
    const tests = spawnSync(process.execPath, ['--test', 'test/**/*.test.ts'], { cwd: clone, encoding: 'utf8' });
    expect(tests.stdout).toMatch(/(?:ℹ|#) fail 0/);
    expect(tests.status).toBe(0);
  });

  it('takes a push that goes forward and refuses one that does not', async () => {
    const clone = join(folder, 'clone');
    writeFileSync(join(clone, 'HELLO.md'), `# Hello ${Date.now()}\n`);
    git(clone, 'add', 'HELLO.md');
    git(clone, 'commit', '-qm', 'Say hello');
    git(clone, 'push', '-q', 'origin', 'HEAD:main');
    const { status, text } = await request(`/api/projects/${projectId}/file?path=HELLO.md`);
    expect(status === 200 ? text : '').toContain('Hello');
    git(clone, 'commit', '-q', '--amend', '-m', 'Another past');
    const forced = spawnSync('git', ['push', '--force', 'origin', 'HEAD:main'], {
      cwd: clone,
      env: gitEnvironment,
      encoding: 'utf8',
    });
    expect(forced.status).not.toBe(0);
    expect(forced.stderr).toMatch(/fast-forward/);
    git(folder, 'clone', '-q', remote(inject('apiKey')), 'second');
    expect(readFileSync(join(folder, 'second', 'HELLO.md'), 'utf8')).toContain('# Hello');
    expect(git(join(folder, 'second'), 'log', '-1', '--format=%s').trim()).toBe('Say hello');
  });

  it('is closed to a wrong key', () => {
    const refused = spawnSync('git', ['clone', remote('ados_local_wrong'), 'third'], {
      cwd: folder,
      env: gitEnvironment,
      encoding: 'utf8',
    });
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toMatch(/Authentication failed|401|403/);
  });
});
