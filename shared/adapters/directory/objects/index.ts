/** Every kind's single objects, as far as somebody lists them; conversations are listed by nobody. */
import { fixedObjects, type FixedKind, type KnownObject } from '../../../domain/service-registry/objects.ts';
import type { PlatformKind } from '../../../domain/service-registry/platform-kinds.ts';
import type { ObjectDirectory } from '../../../ports/object-directory.ts';
import { createAgentObjects } from './agent-objects.ts';
import { createAppHostObjects } from './app-host-objects.ts';
import { createProjectObjects, createRepositoryObjects } from './project-objects.ts';
import { byId, pageOf, type ObjectSource, type SourceQuery } from './source.ts';
import { createTopicObjects, type CatalogOf } from './topic-objects.ts';

/** Objects that are known without asking; they have no attributes and no names. */
const listSource = (listOf: (...place: Parameters<ObjectSource['page']>) => readonly KnownObject[]): ObjectSource => {
  const matching = (...[workspaceId, query]: Parameters<ObjectSource['page']>): readonly KnownObject[] => {
    const { attributes, search, health, after } = query;
    const isPlain = Object.keys(attributes).length === 0 && search === undefined && (health ?? 'passing') === 'passing';
    if (!isPlain) return [];
    return listOf(workspaceId, query).filter(({ objectId }) => after === undefined || objectId > after);
  };
  const all: SourceQuery = { attributes: {}, limit: 1 };
  return {
    page: async (workspaceId, query) => pageOf(matching(workspaceId, query).toSorted(byId), query.limit),
    best: async (workspaceId, query) => matching(workspaceId, query).slice(0, query.limit),
    find: async (workspaceId, objectId) => matching(workspaceId, all).find((object) => object.objectId === objectId),
  };
};

const fixedSource = (kind: FixedKind): ObjectSource => listSource((workspaceId) => fixedObjects(workspaceId, kind));

/** @param binding the directory; @param catalogOf the catalogue of topics of a workspace */
export const createObjectDirectory = (binding: D1Database, catalogOf: CatalogOf): ObjectDirectory => {
  const sources: Readonly<Record<PlatformKind, ObjectSource>> = {
    workspace: fixedSource('workspace'),
    'topic-catalog': fixedSource('topic-catalog'),
    composer: fixedSource('composer'),
    'service-registry': fixedSource('service-registry'),
    agent: createAgentObjects(binding),
    project: createProjectObjects(binding),
    repository: createRepositoryObjects(binding),
    'app-host': createAppHostObjects(binding),
    topic: createTopicObjects(catalogOf),
    conversation: listSource(() => []),
  };
  return {
    page: (workspaceId, { kind, ...query }) => sources[kind].page(workspaceId, query),
    best: (workspaceId, { kind, ...query }) => sources[kind].best(workspaceId, query),
    find: (workspaceId, kind, objectId) => sources[kind].find(workspaceId, objectId),
  };
};
