/** A repository of 10,000 files, pushed by real git: every question of it is answered, or refused with its limit. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { buildProject, request, sendJson } from './client.ts';
import { gitEnvironment } from './git-environment.ts';

const count = 9_990;
let folder = '';
let projectId = '';

const run = promisify(execFile);

const git = async (cwd: string, ...args: string[]): Promise<string> =>
  (await run('git', args, { cwd, env: gitEnvironment, encoding: 'utf8', maxBuffer: 1e8 })).stdout;

const padded = (index: number): string => String(index).padStart(4, '0');
const pathOf = (index: number): string => `src/area${padded(Math.floor(index / 100))}/part${padded(index)}.ts`;

/** Each part is made of the one at half its number. */
const sourceOf = (index: number): string => {
  const own = `export const part${index} = (value: number): number =>`;
  const half = Math.floor(index / 2);
  if (half === index) return `${own} value;\n`;
  const area = padded(Math.floor(half / 100));
  return `import { part${half} } from '../area${area}/part${padded(half)}.ts';\n${own} part${half}(value) + 1;\n`;
};

const testOf = (index: number): string =>
  `import { expect, it } from 'vitest';\nimport { part${index} } from '../${pathOf(index)}';\nit('adds', () => { expect(part${index}(1)).toBe(${1 + Math.floor(Math.log2(index)) + 1}); });\n`;

const write = (root: string, path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

const code = async <Body>(question: string): Promise<Body> => {
  const { status, json, text } = await request(`/api/projects/${projectId}/code/${question}`);
  expect(status, text).toBe(200);
  return json as Body;
};

const runTool = async (
  tool: string,
  values: object,
): Promise<{ readonly isError: boolean; readonly content: string }> => {
  const { status, json, text } = await sendJson(`/api/projects/${projectId}/tools/${tool}`, { arguments: values });
  expect(status, text).toBe(200);
  return json as { readonly isError: boolean; readonly content: string };
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aidevos-large-'));
  const project = await buildProject('# Notes\n\nA note has a title (required).\n');
  expect(project.status).toBe('completed');
  ({ projectId } = project);
  const url = new URL(`${inject('url')}/git/${projectId}.git`);
  url.username = 'anyone';
  url.password = inject('apiKey');
  await git(folder, 'clone', '-q', url.href, 'work');
  const work = join(folder, 'work');
  for (let index = 0; index < count; index += 1) write(work, pathOf(index), sourceOf(index));
  write(work, 'test/part.test.ts', testOf(4_711));
  await git(work, 'add', '-A');
  await git(work, 'commit', '-qm', 'Ten thousand files');
  await git(work, 'push', '-q', 'origin', 'HEAD:main');
  await git(folder, 'clone', '-q', url.href, 'again');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a repository of 10,000 files', () => {
  it('comes back as it was pushed', async () => {
    const treeOf = (name: string): Promise<string> => git(join(folder, name), 'rev-parse', 'HEAD^{tree}');
    expect(await treeOf('again')).toBe(await treeOf('work'));
    expect(readdirSync(join(folder, 'again/src/area0042'))).toHaveLength(100);
  });

  it('is known by its code: outline, symbols, impact, dead exports, types of a file', async () => {
    const { files, next } = await code<{ readonly files: readonly unknown[]; readonly next?: string }>(
      'outline?limit=200',
    );
    expect(files).toHaveLength(200);
    expect(next).toBeDefined();
    const { symbols } = await code<{ readonly symbols: readonly { readonly path: string }[] }>('symbols?text=part4711');
    expect(symbols.map(({ path }) => path)).toContain(pathOf(4_711));
    const impact = JSON.stringify(await code(`impact?paths=${pathOf(1_177)}`));
    expect(impact).toContain(pathOf(4_711));
    expect(impact).toContain('test/part.test.ts');
    expect(impact).not.toContain(pathOf(1_178));
    expect(JSON.stringify(await code('dead-exports?limit=1000'))).toContain('part4995');
    expect(await code(`diagnostics?path=${pathOf(4_711)}`)).toMatchObject({ diagnostics: [] });
  });

  it('has one test run in it, is scanned, and is told where types are checked file by file', async () => {
    const ran = await runTool('run_tests', { files: ['test/part.test.ts'] });
    expect(ran.content).toContain('Tests passed: 1 passed, 0 failed');
    const types = await runTool('check_types', {});
    expect(types).toMatchObject({ isError: true });
    expect(types.content).toMatch(
      /^The project has 10\d{3} files with \d+ characters, and types are checked of at most 5000/,
    );
    const scan = await sendJson(`/api/projects/${projectId}/quality/scan`, {});
    expect(scan.status, scan.text).toBeLessThan(300);
    expect(scan.text).toMatch(/"filesScanned":10\d{3}/);
  });
});
