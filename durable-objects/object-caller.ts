/** Calls among the platform's objects by what they can do, with this Worker's bindings; see `ObjectCaller`. */
import { createObjectDirectory } from '../shared/adapters/directory/objects/index.ts';
import { ObjectCaller } from '../shared/adapters/services/object-caller.ts';
import { ObjectFinder } from '../shared/adapters/services/object-finder.ts';
import { SnapshotLookup } from '../shared/adapters/services/service-lookup.ts';
import { createServiceSnapshots } from '../shared/adapters/services/service-snapshots.ts';
import { parseTopicName } from '../shared/domain/event-bus/topic-name.ts';
import { parseId, type Id, type IdPrefix, type WorkspaceId } from '../shared/domain/ids.ts';
import type { CallableKind, ObjectInterfaces } from '../shared/rpc/object-interfaces.ts';
import type { Problem } from './platform/index.ts';
import {
  agentStub,
  composerStub,
  conversationStub,
  projectStub,
  repositoryStub,
  serviceRegistryStub,
  topicCatalogStub,
  topicStub,
  workspaceStub,
  type ObjectBindings,
} from './stubs.ts';

export interface ObjectCallerEnvironment extends ObjectBindings {
  readonly DIRECTORY: D1Database;
}

/** A fresh stub; undefined for an id that the kind cannot have. */
const objectOf = <Kind extends CallableKind>(
  env: ObjectBindings,
  workspaceId: WorkspaceId,
  kind: Kind,
  objectId: string,
): ObjectInterfaces[Kind] | undefined => {
  const byId = <Prefix extends IdPrefix, Stub>(prefix: Prefix, stub: (id: Id<Prefix>) => Stub): Stub | undefined => {
    const id = parseId(prefix, objectId);
    return id === undefined ? undefined : stub(id);
  };
  const ofWorkspace = <Stub>(stub: () => Stub): Stub | undefined => (objectId === workspaceId ? stub() : undefined);
  const stubs: { readonly [One in CallableKind]: () => ObjectInterfaces[One] | undefined } = {
    agent: () => byId('agt', (id) => agentStub(env, workspaceId, id)),
    composer: () => ofWorkspace(() => composerStub(env, workspaceId)),
    conversation: () => byId('cnv', (id) => conversationStub(env, workspaceId, id)),
    project: () => byId('prj', (id) => projectStub(env, workspaceId, id)),
    repository: () => byId('prj', (id) => repositoryStub(env, workspaceId, id)),
    topic: () => {
      const name = parseTopicName(objectId);
      return name.ok ? topicStub(env, workspaceId, name.value) : undefined;
    },
    'topic-catalog': () => ofWorkspace(() => topicCatalogStub(env, workspaceId)),
    workspace: () => ofWorkspace(() => workspaceStub(env, workspaceId)),
  };
  return stubs[kind]();
};

/** @param report told of what did not answer, as a failure in the background. */
export const createObjectCaller = (env: ObjectCallerEnvironment, report: (problem: Problem) => void): ObjectCaller => {
  const now = (): number => Date.now();
  const tell = (message: string, thrown: unknown): void =>
    report({ part: 'services', status: 'failed', subject: message, cause: String(thrown) });
  const lookup = new SnapshotLookup({
    snapshots: createServiceSnapshots(env.DIRECTORY),
    registry: (workspaceId, shard) => serviceRegistryStub(env, workspaceId, shard),
    now,
    report: tell,
  });
  const objects = createObjectDirectory(env.DIRECTORY, (workspaceId) => topicCatalogStub(env, workspaceId));
  const finder = new ObjectFinder({ lookup, objects, now, report: tell });
  return new ObjectCaller({ finder, object: (...place) => objectOf(env, ...place), now, report: tell });
};
