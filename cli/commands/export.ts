/** `aidevos export`: a project's repository in a folder, with its history by git, or its files alone. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext, type CommandContext } from '../context.ts';
import { CommandFailure, exitCodes, usageFailure } from '../exit-codes.ts';
import { answer } from '../output/print.ts';
import { listAllFiles } from '../repository-files.ts';

const checkFolder = (folder: string): void => {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw usageFailure(`${folder} is not empty; export into a new folder.`);
  }
};

/** The key goes into git's environment: neither the process list nor the clone's configuration holds it. */
const cloneEnvironment = (context: CommandContext): Readonly<Record<string, string>> => ({
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: `http.${context.connection.url}/.extraHeader`,
  GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(`aidevos:${context.connection.key}`).toString('base64')}`,
});

const clone = (context: CommandContext, repositoryUrl: string, folder: string): Promise<void> =>
  new Promise((resolveDone, reject) => {
    const child = spawn('git', ['clone', '--quiet', repositoryUrl, folder], {
      env: { ...process.env, ...cloneEnvironment(context) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (piece: Buffer) => {
      errors = (errors + piece.toString()).slice(-4_000);
    });
    child.once('error', () => reject(usageFailure('git was not found; use --files to export the files without it.')));
    child.once('close', (code) => {
      if (code === 0) resolveDone();
      else reject(new CommandFailure(exitCodes.platformFailed, 'git', `git clone failed: ${errors.trim()}`));
    });
  });

/** The place of a file below the folder; a path that would leave it is refused, whoever wrote it. */
export const placeOf = (folder: string, path: string): string => {
  const root = resolve(folder);
  const place = resolve(root, path);
  if (path !== '' && !path.includes('\0') && place.startsWith(`${root}${sep}`)) return place;
  throw new CommandFailure(
    exitCodes.platformFailed,
    'path',
    `the repository holds the path "${path}", which is not safe.`,
  );
};

const writeFiles = async (
  { client }: CommandContext,
  projectId: string,
  ref: string,
  folder: string,
): Promise<number> => {
  const files = await listAllFiles(client, projectId, ref);
  const places = files.map(({ path }) => ({ path, place: placeOf(folder, path) }));
  for (const { path, place } of places) {
    const query = { ref, path };
    const { content } = await answerOf(client.api.projects[':projectId'].file.$get({ param: { projectId }, query }));
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content);
  }
  return files.length;
};

interface ExportOptions {
  readonly files?: boolean;
  readonly ref: string;
}

const exportProject = async (
  projectId: string,
  target: string,
  options: ExportOptions,
  command: Command,
): Promise<void> => {
  const folder = resolve(target);
  checkFolder(folder);
  const context = await createContext(command);
  const project = await answerOf(context.client.api.projects[':projectId'].$get({ param: { projectId } }));
  if (options.files === true) {
    const files = await writeFiles(context, projectId, options.ref, folder);
    answer(context.json, { projectId, folder, files }, () => `${files} files in ${folder}`);
    return;
  }
  await clone(context, project.repositoryUrl, folder);
  answer(context.json, { projectId, folder }, () => `cloned into ${join(folder)}`);
};

export const addExportCommand = (program: Command): void => {
  program
    .command('export')
    .description('clone the repository into a folder, or write its files there')
    .argument('<project>')
    .argument('<folder>', 'a new or empty folder')
    .option('--files', 'only the files, without git')
    .option('--ref <ref>', 'with --files: branch or commit', 'main')
    .action(exportProject);
};
