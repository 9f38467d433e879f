/**
 * Single objects of the platform as services: `aidevos-agent/agt_…`. They are not in the registry's log, which would have
 * to hold thousands; what is known of them is read from where the platform keeps its lists anyway.
 */
import { timeOfId, type WorkspaceId } from '../ids.ts';
import { kindInstance, platformMetadata, platformServiceName, type PlatformKind } from './platform-kinds.ts';
import type { ServiceCriteria } from './criteria.ts';
import { findServices } from './find.ts';
import type { ServiceHealth, ServiceInstance } from './service.ts';
import { allShards } from './shard.ts';

/** What the read models say of an object. */
export interface KnownObject {
  /** Its id within the workspace, as everywhere: `agt_…`, `prj_…`, the name of a topic. */
  readonly objectId: string;
  /** The name that people know it by. */
  readonly title?: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly health: ServiceHealth;
  /** 0 is idle, 1 is at work. */
  readonly load: number;
  /** False for what is given nothing to do now: at rest, or of a project that has ended. */
  readonly isOffered: boolean;
  /** Milliseconds since the epoch, as `updatedAt`. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The position in the log of who told of the object; 1 where nobody counts. */
  readonly revision: number;
}

/** The instance that an object is. */
export const objectService = (kind: PlatformKind, object: KnownObject): ServiceInstance => {
  const { title: _ofKind, description: _alsoOfKind, ...metadata } = platformMetadata(kind);
  return {
    name: platformServiceName(kind),
    instance: object.objectId,
    kind: 'platform',
    owner: 'platform',
    metadata: {
      ...metadata,
      ...(object.title === undefined ? {} : { title: object.title }),
      weight: object.isOffered ? metadata.weight : 0,
      attributes: object.attributes,
    },
    endpoints: [{ kind: 'object', objectKind: kind, objectId: object.objectId }],
    health: object.health,
    load: object.load,
    registeredAt: object.createdAt,
    updatedAt: object.updatedAt,
    revision: object.revision,
  };
};

/** An object of which nothing but its id is known, as of those that a workspace has by itself. */
export const plainObject = (objectId: string, createdAt: number): KnownObject => ({
  objectId,
  attributes: {},
  health: 'passing',
  load: 0,
  isOffered: true,
  createdAt,
  updatedAt: createdAt,
  revision: 1,
});

/** Kinds that every workspace has a fixed number of. */
export const fixedKinds = [
  'workspace',
  'topic-catalog',
  'composer',
  'service-registry',
] as const satisfies readonly PlatformKind[];
export type FixedKind = (typeof fixedKinds)[number];

/** The objects of such a kind, by id. */
export const fixedObjects = (workspaceId: WorkspaceId, kind: FixedKind): readonly KnownObject[] => {
  const createdAt = timeOfId(workspaceId) ?? 0;
  const ids = kind === 'service-registry' ? allShards.map(String) : [workspaceId];
  return ids.map((id) => plainObject(id, createdAt));
};

/** Kinds whose objects belong to a project each, with the attribute `projectId`. */
const kindsOfProjects: ReadonlySet<PlatformKind> = new Set(['project', 'agent', 'repository', 'app-host']);

export const isOfProjects = (kind: PlatformKind): boolean => kindsOfProjects.has(kind);

/** Whether objects of the kind can meet what is asked of all of them alike: version, tags, capabilities, owner. */
export const offersKind = (kind: PlatformKind, criteria: ServiceCriteria): boolean => {
  const { instance: _instance, attributes: _attributes, ...ofKind } = criteria;
  const sample = objectService(kind, plainObject(kindInstance, 0));
  return findServices([sample], ofKind, 0).services.length > 0;
};
