/** Runs the ordinary git program, without the settings of the machine it runs on. */

import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

export interface GitOutcome {
  readonly exitCode: number;
  /** Both streams: git tells people on the second one. */
  readonly output: string;
}

const environment = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  LC_ALL: 'C.UTF-8',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Grace Example',
  GIT_AUTHOR_EMAIL: 'grace@example.com',
  GIT_COMMITTER_NAME: 'Grace Example',
  GIT_COMMITTER_EMAIL: 'grace@example.com',
};

/** What git said, also when it failed. */
export const tryGit = (folder: string, ...args: string[]): Promise<GitOutcome> =>
  new Promise((resolve) => {
    const options = { cwd: folder, env: environment, maxBuffer: 64 * 1024 * 1024 };
    execFile('git', args, options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ exitCode, output: `${stdout}${stderr}` });
    });
  });

/** What git said. Rejects when it failed. */
export const git = async (folder: string, ...args: string[]): Promise<string> => {
  const { exitCode, output } = await tryGit(folder, ...args);
  if (exitCode !== 0) throw new Error(`git ${args.join(' ')} ended with ${exitCode}:\n${output}`);
  return output;
};

/** All files of a work tree by path, as bytes in base 64; without git's own folder. */
export const workTree = async (folder: string): Promise<Readonly<Record<string, string>>> => {
  const files: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const full = path.join(entry.parentPath, entry.name);
    const relative = path.relative(folder, full);
    if (!entry.isFile() || relative.split(path.sep)[0] === '.git') continue;
    files[relative] = (await readFile(full)).toString('base64');
  }
  return files;
};
