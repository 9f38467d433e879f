/** The methods for debugging by replay, of all three kinds of objects that have them. */
import { expect } from 'vitest';
import { relatedId } from '../../../shared/domain/ids.ts';
import type {
  AgentReplayRpc,
  PackedGitObject,
  ProjectReplayRpc,
  RepositoryReplayRpc,
} from '../../../shared/rpc/replay.ts';
import { command, query, type Cases } from './cases.ts';
import { nameWorld, valueOf, type World } from './world.ts';

const copies = new Map<string, World>();
/** A project of the same workspace that is not there yet, with its repository. */
const copyBeside = ({ workspaceId }: World): World => {
  const world = copies.get(workspaceId) ?? nameWorld(workspaceId);
  copies.set(workspaceId, world);
  return world;
};

const forkInto = ({ workspaceId, projectId: from }: World, copy: World, name: string) =>
  copy.project().fork({ commandId: 'fork', workspaceId, projectId: copy.projectId, from, name });

export const projectReplayCases: Cases<ProjectReplayRpc> = {
  stateHash: query(({ project }) => project().stateHash({ sequence: 1 })),
  forkPoint: query(({ project }) => project().forkPoint({})),
  fork: {
    call: (world) => forkInto(copyBeside(world), world, 'Copy'),
    command: (world) => () => forkInto(world, copyBeside(world), 'Copy'),
    // The copy goes on by itself meanwhile.
    repeated: (first) => {
      const { value } = first as { readonly value: { readonly projectId: string } };
      return { ok: true, value: expect.objectContaining({ projectId: value.projectId, name: 'Copy' }) };
    },
    otherBody: (world) => forkInto(world, copyBeside(world), 'Another copy'),
  },
};

const adoption = ({ agentId }: World, runId = relatedId('run', agentId)) => ({
  commandId: 'adopt',
  runId,
  events: [],
  journal: [],
});

export const agentReplayCases: Cases<AgentReplayRpc> = {
  stateHash: query(({ agent }) => agent().stateHash({ sequence: 1 })),
  journalEntries: query(({ agent }) => agent().journalEntries({ after: '', limit: 10 })),
  runPoint: query(({ agent, agentId }) => agent().runPoint({ runId: relatedId('run', agentId), step: 0 })),
  adoptRun: command((world) => () => world.agent().adoptRun(adoption(world)), {
    otherBody: (world) => world.agent().adoptRun(adoption(world, relatedId('run', world.projectId))),
  }),
};

const headOfMain = async ({ repository }: World): Promise<string> =>
  (await repository().branches()).find(({ name }) => name === 'main')?.head ?? '';

const objectsOfMain = async (world: World): Promise<readonly PackedGitObject[]> =>
  valueOf(await world.repository().exportObjects({ heads: [await headOfMain(world)], after: 0 })).objects;

const importAll = async (world: World) =>
  copyBeside(world)
    .repository()
    .importObjects({ objects: await objectsOfMain(world) });

const importMain = async (world: World, name: string) =>
  copyBeside(world)
    .repository()
    .importBranches({ commandId: 'branches', name, branches: [{ branch: 'main', head: await headOfMain(world) }] });

export const repositoryReplayCases: Cases<RepositoryReplayRpc> = {
  headsAt: query(({ repository }) => repository().headsAt({ at: 1, main: '0'.repeat(40) })),
  exportObjects: query(({ repository }) => repository().exportObjects({ heads: [], after: 0 })),
  importObjects: {
    call: ({ repository }) => repository().importObjects({ objects: [] }),
    command: (world) => () => importAll(world),
    repeated: () => ({ ok: true, value: { added: 0 } }),
  },
  importBranches: {
    call: ({ repository }) => repository().importBranches({ commandId: 'branches', name: 'Copy', branches: [] }),
    prepare: importAll,
    command: (world) => () => importMain(world, 'Copy'),
    otherBody: (world) => importMain(world, 'Another copy'),
  },
};
