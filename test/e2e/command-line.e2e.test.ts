import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startPlatform } from '../../scripts/platform/platform.ts';

const root = join(import.meta.dirname, '..', '..');

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (script: string, args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, script), ...args], {
      cwd: root,
      env: { ...process.env, AIDEVOS_URL: inject('url'), AIDEVOS_KEY: inject('apiKey'), ...environment },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });

const aidevos = (...args: string[]): Promise<Ended> => run('cli/index.ts', args);

const lastJson = (text: string): Record<string, unknown> =>
  JSON.parse(text.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;

let folder = '';
let specification = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aidevos-cli-'));
  specification = join(folder, 'spec.md');
  writeFileSync(specification, '# Notes\n\nA note has a title (required) and a text.\n');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the command line', () => {
  it('builds, lists, shows and exports a project', async () => {
    const built = await aidevos('build', specification, '--wait', '--json');
    expect(built.exitCode).toBe(0);
    const { projectId } = lastJson(built.stdout) as { readonly projectId: string };
    const listed = await aidevos('projects', 'list', '--json');
    expect(listed.stdout).toContain(projectId);
    for (const command of ['tasks', 'agents']) {
      const answer = await aidevos(command, projectId);
      expect(answer.exitCode).toBe(0);
      expect(answer.stdout).toContain('architect');
    }
    expect((await aidevos('files', 'cat', projectId, 'SPEC.md')).stdout).toContain('# Notes');
    expect((await aidevos('logs', projectId)).stdout).toContain('completed');
    const target = join(folder, 'exported');
    expect((await aidevos('export', projectId, target)).exitCode).toBe(0);
    expect(existsSync(join(target, 'package.json'))).toBe(true);
  });

  it('tells by its exit code what went wrong', async () => {
    const blocked = join(folder, 'blocked.md');
    writeFileSync(blocked, '# Bücherregal\n\nEin Buch muss einen Titel haben.\n');
    const refused = await aidevos('build', blocked, '--wait');
    expect(refused.exitCode).toBe(1);
    expect(refused.stdout + refused.stderr).toContain('Ein Buch muss einen Titel haben.');
    expect((await aidevos('nonsense')).exitCode).toBe(2);
    expect((await aidevos('build', join(folder, 'missing.md'))).exitCode).toBe(2);
    expect((await aidevos('projects', 'show', 'prj_00000000000000000000000000')).exitCode).toBe(3);
    expect((await run('cli/index.ts', ['projects', 'list'], { AIDEVOS_KEY: 'ados_local_wrong' })).exitCode).toBe(4);
    expect((await run('cli/index.ts', ['projects', 'list'], { AIDEVOS_URL: 'http://127.0.0.1:9' })).exitCode).toBe(5);
  });

  it('helps with examples', async () => {
    const help = await aidevos('--help');
    expect(help.exitCode).toBe(0);
    for (const command of ['build', 'projects', 'agents', 'tasks', 'files', 'logs', 'open', 'export']) {
      expect(help.stdout).toContain(command);
    }
  });
});

describe('the demo', () => {
  it('starts a platform, builds, prints the result, and leaves a state that survives restarts', async () => {
    const stateFolder = join(folder, 'state');
    const demo = await run('scripts/demo.ts', [specification, '--exit', '--json'], { AIDEVOS_STATE: stateFolder });
    expect(demo.exitCode).toBe(0);
    const result = lastJson(demo.stdout);
    expect(result).toMatchObject({ type: 'result', status: 'completed' });
    expect(readFileSync(String(result['report']), 'utf8')).toContain('Notes');
    const path = new URL(String(result['appUrl'])).pathname;

    const first = await startPlatform({ stateFolder });
    const created = await fetch(`${first.url}${path}notes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Still here' }),
    });
    expect(created.status).toBe(201);
    await first.stop();
    const second = await startPlatform({ stateFolder });
    const listed = await fetch(`${second.url}${path}notes`);
    expect(await listed.text()).toContain('Still here');
    await second.stop();
  });
});
