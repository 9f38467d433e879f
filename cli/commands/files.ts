/** `aidevos files`: what lies in a project's repository. */
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { answer, table } from '../output/print.ts';
import { clean } from '../../shared/domain/progress/style.ts';
import { listAllFiles } from '../repository-files.ts';

interface RefOptions {
  readonly ref: string;
}

const list = async (
  projectId: string,
  prefix: string | undefined,
  { ref }: RefOptions,
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  const files = await listAllFiles(client, projectId, ref, prefix);
  answer(json, { ref, files }, () =>
    table(
      ['BYTES', 'PATH'],
      files.map(({ sizeBytes, path }) => [String(sizeBytes), path]),
    ),
  );
};

/** Written as it is, without a line end of ours, so that it can go on into a file. */
const show = async (projectId: string, path: string, { ref }: RefOptions, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const query = { ref, path };
  const file = await answerOf(client.api.projects[':projectId'].file.$get({ param: { projectId }, query }));
  if (json) console.log(JSON.stringify(file));
  else process.stdout.write(file.content);
};

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: string[];
}

/** Pure: the tree of the paths, as lines. */
export const treeLines = (paths: readonly string[]): readonly string[] => {
  const root: Folder = { folders: new Map(), files: [] };
  for (const path of paths) {
    const parts = path.split('/');
    const file = parts.pop() ?? '';
    let folder = root;
    for (const part of parts) {
      const next = folder.folders.get(part) ?? { folders: new Map(), files: [] };
      folder.folders.set(part, next);
      folder = next;
    }
    folder.files.push(file);
  }
  const draw = (folder: Folder, indent: string): readonly string[] => {
    const entries = [
      ...[...folder.folders].map(([name, inner]) => ({ name: `${name}/`, inner })),
      ...folder.files.map((name) => ({ name, inner: undefined })),
    ];
    return entries.flatMap(({ name, inner }, index) => {
      const last = index === entries.length - 1;
      const line = `${indent}${last ? '└── ' : '├── '}${clean(name)}`;
      return inner === undefined ? [line] : [line, ...draw(inner, `${indent}${last ? '    ' : '│   '}`)];
    });
  };
  return draw(root, '');
};

const tree = async (projectId: string, { ref }: RefOptions, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const files = await listAllFiles(client, projectId, ref);
  answer(json, { ref, files }, () => treeLines(files.map(({ path }) => path)).join('\n'));
};

const diff = async (
  projectId: string,
  from: string,
  to: string | undefined,
  _options: unknown,
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  const query = { from, to: to ?? 'main' };
  const document = await answerOf(client.api.projects[':projectId'].diff.$get({ param: { projectId }, query }));
  answer(json, document, ({ files }) =>
    files.map(({ patch, path, status }) => (patch === '' ? `${status} ${path}` : patch)).join('\n'),
  );
};

export const addFileCommands = (program: Command): void => {
  const files = program.command('files').description("read a project's repository");
  const ref = ['--ref <ref>', 'branch or commit', 'main'] as const;
  files
    .command('ls')
    .description('list files')
    .argument('<project>')
    .argument('[folder]', 'only below this folder')
    .option(...ref)
    .action(list);
  files
    .command('cat')
    .description('print a file')
    .argument('<project>')
    .argument('<path>')
    .option(...ref)
    .action(show);
  files
    .command('tree')
    .description('draw the tree of files')
    .argument('<project>')
    .option(...ref)
    .action(tree);
  files
    .command('diff')
    .description('what changed between two branches or commits')
    .argument('<project>')
    .argument('<from>')
    .argument('[to]', 'default: main')
    .action(diff);
};
