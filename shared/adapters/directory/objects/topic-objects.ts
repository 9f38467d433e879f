/** Topics as single objects, from the workspace's catalogue of topics, which has all their names in order. */
import type { TopicPattern } from '../../../domain/event-bus/topic-name.ts';
import { parseTopicPattern } from '../../../domain/event-bus/topic-name.ts';
import { isPlatformTopic } from '../../../domain/event-bus/platform-topics.ts';
import type { WorkspaceId } from '../../../domain/ids.ts';
import { plainObject, type KnownObject } from '../../../domain/service-registry/objects.ts';
import type { TopicCatalogRpc } from '../../../rpc/event-bus.ts';
import { pageOf, type ObjectSource, type SourceQuery } from './source.ts';

/** A fresh stub for each call. */
export type CatalogOf = (workspaceId: WorkspaceId) => Pick<TopicCatalogRpc, 'list'>;

/** Names read at a time while a filter looks for those that fit. */
const namesAtOnce = 500;

const known = ({ topic, createdAt }: { readonly topic: string; readonly createdAt: number }): KnownObject => ({
  ...plainObject(topic, createdAt),
  title: topic,
  attributes: { name: topic, publisher: isPlatformTopic(topic) ? 'platform' : 'workspace' },
});

/** Whether a topic is what a query looks for. */
const fits = ({ objectId, attributes }: KnownObject, query: SourceQuery): boolean =>
  Object.entries(query.attributes).every(
    ([key, value]) => Object.hasOwn(attributes, key) && attributes[key] === value,
  ) &&
  (query.search === undefined || objectId.toLowerCase().includes(query.search.toLowerCase()));

/** The topics of catalogues; a catalogue's refusal is thrown. */
class TopicObjects implements ObjectSource {
  readonly #catalogOf: CatalogOf;

  constructor(catalogOf: CatalogOf) {
    this.#catalogOf = catalogOf;
  }

  async page(workspaceId: WorkspaceId, query: SourceQuery) {
    if ((query.health ?? 'passing') !== 'passing') return { objects: [] };
    const found: KnownObject[] = [];
    for (let after = query.after; found.length <= query.limit;) {
      const topics = await this.#list(workspaceId, { limit: namesAtOnce, ...(after === undefined ? {} : { after }) });
      found.push(...topics.filter((topic) => fits(topic, query)));
      if (topics.length < namesAtOnce) break;
      after = topics.at(-1)?.objectId;
    }
    return pageOf(found, query.limit);
  }

  async best(workspaceId: WorkspaceId, query: SourceQuery): Promise<readonly KnownObject[]> {
    return (await this.page(workspaceId, query)).objects;
  }

  async find(workspaceId: WorkspaceId, objectId: string): Promise<KnownObject | undefined> {
    const pattern = parseTopicPattern(objectId);
    if (!pattern.ok) return undefined;
    const [topic] = await this.#list(workspaceId, { pattern: pattern.value, limit: 1 });
    return topic?.objectId === objectId ? topic : undefined;
  }

  async #list(
    workspaceId: WorkspaceId,
    query: { readonly pattern?: TopicPattern; readonly after?: string; readonly limit: number },
  ): Promise<readonly KnownObject[]> {
    const listed = await this.#catalogOf(workspaceId).list(query);
    if (!listed.ok) throw new Error(listed.error.detail);
    return listed.value.topics.map(known);
  }
}

/** The topics that catalogues tell of. */
export const createTopicObjects = (catalogOf: CatalogOf): ObjectSource => new TopicObjects(catalogOf);
