/** What every managed object offers to the State Manager and the Lifecycle Manager, asked of a project. */
import { expect } from 'vitest';
import type { ManagedObjectRpc } from '../../../shared/rpc/managed-object.ts';
import { command, query, type Cases } from './cases.ts';
import { valueOf, type World } from './world.ts';

/** How it is and which tables it has, a parked object says as well; see `managed-objects.worker.test.ts`. */
type Guarded = Omit<ManagedObjectRpc, 'objectLifecycle' | 'objectMigrations' | 'deactivateObject' | 'reviveObject'>;

const by = 'person:key_1';

const newest = async ({ project }: World): Promise<number> => valueOf(await project().objectState({})).version;

const versions = new Map<string, number>();

const resumeAndPause = async (world: World): Promise<void> => {
  versions.set(world.projectId, await newest(world));
  valueOf(await world.project().setBudget({ commandId: 'budget', budget: { project: { maxTokens: 5 } } }));
};

const restore = ({ project, projectId }: World, reason: string) =>
  project().restoreObject({ commandId: 'restore', version: versions.get(projectId) ?? 0, reason, by });

export const managedCases: Cases<Guarded> = {
  objectState: query(({ project }) => project().objectState({})),
  objectHistory: query(({ project }) => project().objectHistory({ after: 0, limit: 5 })),
  objectDiff: query(({ project }) => project().objectDiff({ from: 1 })),
  exportObject: query(({ project }) => project().exportObject()),
  restoreObject: command((world) => () => restore(world, 'a mistake'), {
    prepare: resumeAndPause,
    otherBody: (world) => restore(world, 'another reason'),
  }),
  importObject: command(
    (world) => () => world.project().importObject({ commandId: 'import', lines: 'x', trial: false }),
    {
      repeated: () =>
        expect.objectContaining({ ok: false, error: expect.objectContaining({ type: 'request.invalid' }) }),
    },
  ),
};
