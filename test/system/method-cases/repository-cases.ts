import type { RepositoryRpc } from '../../../shared/rpc/repository.ts';
import { command, query, type Cases } from './cases.ts';
import { author, nameWorld, valueOf, type World } from './world.ts';

const fence = { fencingToken: 1 };
const open = { commandId: 'open', branch: 'task/a', from: 'main', ...fence };
const write = { commandId: 'write', branch: 'task/a', changes: [{ path: 'a.txt', content: 'A' }], ...fence };
const edit = { commandId: 'edit', branch: 'task/a', path: 'a.txt', find: 'A', replace: 'B', ...fence };
const applied = {
  commandId: 'apply',
  branch: 'task/a',
  diff: '--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-A\n+B\n',
  ...fence,
};
const commit = { commandId: 'commit', branch: 'task/a', message: 'Add a', author, ...fence };
const merge = { commandId: 'merge', branch: 'task/a', into: 'main', message: 'Merge a', author };
const update = { commandId: 'update', branch: 'task/b', from: 'main', author, ...fence };
const create = { commandId: 'created', name: 'Notes', author, files: { 'readme.md': 'Hello' } };

const opened = async ({ repository }: World): Promise<void> => void valueOf(await repository().openBranch(open));
const written = async (world: World): Promise<void> => {
  await opened(world);
  valueOf(await world.repository().write(write));
};
const committed = async (world: World): Promise<void> => {
  await written(world);
  valueOf(await world.repository().commit(commit));
};
const behind = async (world: World): Promise<void> => {
  valueOf(await world.repository().openBranch({ ...open, commandId: 'open-b', branch: 'task/b' }));
  await committed(world);
  valueOf(await world.repository().merge(merge));
};

/** A repository of the same workspace that is not there yet. */
const empty = new Map<string, World>();
const emptyBeside = ({ workspaceId }: World): World => {
  const world = empty.get(workspaceId) ?? nameWorld(workspaceId);
  empty.set(workspaceId, world);
  return world;
};

export const repositoryCases: Cases<RepositoryRpc> = {
  create: {
    call: ({ repository }) => repository().create(create),
    command: (world) => () => emptyBeside(world).repository().create(create),
    otherBody: (world) =>
      emptyBeside(world)
        .repository()
        .create({ ...create, name: 'Other' }),
  },
  openBranch: command(
    ({ repository }) =>
      () =>
        repository().openBranch(open),
    {
      otherBody: ({ repository }) => repository().openBranch({ ...open, fencingToken: 2 }),
    },
  ),
  fenceOff: command(
    ({ repository }) =>
      () =>
        repository().fenceOff({ commandId: 'fence', fencingToken: 3 }),
    {
      otherBody: ({ repository }) => repository().fenceOff({ commandId: 'fence', fencingToken: 4 }),
    },
  ),
  write: command(
    ({ repository }) =>
      () =>
        repository().write(write),
    {
      prepare: opened,
      otherBody: ({ repository }) => repository().write({ ...write, changes: [{ path: 'a.txt', content: 'B' }] }),
    },
  ),
  edit: command(
    ({ repository }) =>
      () =>
        repository().edit(edit),
    {
      prepare: written,
      otherBody: ({ repository }) => repository().edit({ ...edit, replace: 'C' }),
    },
  ),
  applyDiff: command(
    ({ repository }) =>
      () =>
        repository().applyDiff(applied),
    {
      prepare: written,
      otherBody: ({ repository }) => repository().applyDiff({ ...applied, diff: applied.diff.replace('+B', '+C') }),
    },
  ),
  commit: command(
    ({ repository }) =>
      () =>
        repository().commit(commit),
    {
      prepare: written,
      otherBody: ({ repository }) => repository().commit({ ...commit, message: 'Other' }),
    },
  ),
  merge: command(
    ({ repository }) =>
      () =>
        repository().merge(merge),
    {
      prepare: committed,
      otherBody: ({ repository }) => repository().merge({ ...merge, message: 'Other' }),
    },
  ),
  updateBranch: command(
    ({ repository }) =>
      () =>
        repository().updateBranch(update),
    {
      prepare: behind,
      otherBody: ({ repository }) => repository().updateBranch({ ...update, author: { ...author, name: 'B' } }),
    },
  ),
  readFile: query(({ repository }) => repository().readFile({ ref: 'main', path: 'spec.md' })),
  listFiles: query(({ repository }) => repository().listFiles({ ref: 'main' })),
  search: query(({ repository }) => repository().search({ ref: 'main', text: 'note' })),
  snapshot: query(({ repository }) => repository().snapshot({ ref: 'main' })),
  readTexts: query(({ repository }) => repository().readTexts({ ref: 'main', paths: ['spec.md'] })),
  churn: query(({ repository }) => repository().churn({ ref: 'main' })),
  log: query(({ repository }) => repository().log({ ref: 'main' })),
  diff: query(({ repository }) => repository().diff({ from: 'main', to: 'main' })),
  branches: query(({ repository }) => repository().branches()),
};
