/**
 * Services of the registry's snapshots and single objects of the object directory, as one. Where the registry cannot be
 * read at all, objects are found none the less: what is said of a kind is part of the code.
 */
import type { WorkspaceId } from '../../domain/ids.ts';
import type { ServiceCriteria, ServiceFilter } from '../../domain/service-registry/criteria.ts';
import { findServices, listServices } from '../../domain/service-registry/find.ts';
import { objectService, offersKind } from '../../domain/service-registry/objects.ts';
import {
  kindInstance,
  platformKindOf,
  platformServiceName,
  type PlatformKind,
} from '../../domain/service-registry/platform-kinds.ts';
import { addressText, type ServiceAddress, type ServiceInstance } from '../../domain/service-registry/service.ts';
import { err, ok, type Result } from '../../errors/result.ts';
import type { ObjectDirectory, ObjectPage } from '../../ports/object-directory.ts';
import type { PageOfServices, ServiceFinder } from '../../ports/service-finder.ts';
import type { Discovery, ServiceLookup } from '../../ports/service-lookup.ts';
import { soon } from './soon.ts';

export interface ObjectFinderParts {
  readonly lookup: ServiceLookup;
  readonly objects: ObjectDirectory;
  readonly now: () => number;
  /** Told of what did not answer; the caller is told less. */
  readonly report: (message: string, thrown: unknown) => void;
}

type Discover = ServiceCriteria & { readonly limit?: number };
type Filter = ServiceFilter & { readonly after?: string; readonly limit: number };

/** Objects that are discovered unless told. */
const usualLimit = 50;

/** The part of a cursor after the service's name. */
const objectAfter = (name: string, after: string | undefined): Result<string | undefined> => {
  if (after === undefined) return ok(undefined);
  const prefix = `${name}/`;
  if (after.startsWith(prefix)) return ok(after.slice(prefix.length));
  const reason = `must begin with ${prefix}, as the "next" of a page of this service`;
  return err({
    type: 'request.invalid',
    detail: `query.after: ${reason}.`,
    issues: [{ field: 'query.after', reason }],
  });
};

/** A page of what the registry has listed as a whole. */
const pageOfAll = (listed: Discovery, after: string | undefined, limit: number): PageOfServices => {
  const rest = after === undefined ? listed.services : listed.services.filter((one) => addressText(one) > after);
  const services = rest.slice(0, limit);
  const last = services.at(-1);
  return { ...listed, services, ...(rest.length > limit && last !== undefined ? { next: addressText(last) } : {}) };
};

/** At most so many, the best. */
const cut = (found: Discovery, limit: number | undefined): Discovery =>
  limit === undefined ? found : { ...found, services: found.services.slice(0, limit) };

export class ObjectFinder implements ServiceFinder {
  readonly #parts: ObjectFinderParts;

  constructor(parts: ObjectFinderParts) {
    this.#parts = parts;
  }

  async discover(workspaceId: WorkspaceId, { limit, ...criteria }: Discover): Promise<Result<Discovery>> {
    const { name, instance, attributes = {} } = criteria;
    const kind = name === undefined ? undefined : platformKindOf(name);
    const looked = await this.#parts.lookup.discover(workspaceId, criteria);
    if (kind === undefined) return looked.ok ? ok(cut(looked.value, limit)) : looked;
    const registered = this.#orNothing(looked);
    if (!registered.ok) return registered;
    const query = { kind, attributes, limit: limit ?? usualLimit };
    const found = await this.#objects(kind, criteria, async (objects) =>
      instance === undefined
        ? { objects: await objects.best(workspaceId, query) }
        : await one(objects, workspaceId, kind, instance),
    );
    if (!found.ok) return found;
    const services = found.value.objects.map((object) => objectService(kind, object));
    const able = new Set(findServices(services, criteria, this.#parts.now()).services);
    // The directory's order says who has time, which the registry's knows nothing of.
    const inOrder = services.filter((service) => able.has(service));
    return ok(cut(this.#joined(registered.value, inOrder), limit));
  }

  async page(workspaceId: WorkspaceId, { after, limit, ...filter }: Filter): Promise<Result<PageOfServices>> {
    const { name, instance, attributes = {}, search, health } = filter;
    const kind = name === undefined ? undefined : platformKindOf(name);
    const listed = await this.#parts.lookup.list(workspaceId, filter);
    if (name === undefined || kind === undefined) return listed.ok ? ok(pageOfAll(listed.value, after, limit)) : listed;
    const registered = this.#orNothing(listed);
    const start = objectAfter(name, after);
    if (!registered.ok) return registered;
    if (!start.ok) return start;
    const own = ofObjects(name, search);
    const query = {
      kind,
      attributes,
      limit,
      ...(health === undefined ? {} : { health }),
      ...(own === undefined ? {} : { search: own }),
      ...(start.value === undefined ? {} : { after: start.value }),
    };
    const found = await this.#objects(kind, filter, async (objects) =>
      instance === undefined ? await objects.page(workspaceId, query) : await one(objects, workspaceId, kind, instance),
    );
    if (!found.ok) return found;
    const { objects, next } = found.value;
    const services = listServices(
      objects.map((object) => objectService(kind, object)),
      filter,
    );
    const first = start.value === undefined ? registered.value : { ...registered.value, services: [] };
    return ok({ ...this.#joined(first, services), ...(next === undefined ? {} : { next: `${name}/${next}` }) });
  }

  async get(workspaceId: WorkspaceId, address: ServiceAddress): Promise<Result<ServiceInstance | undefined>> {
    const found = await this.page(workspaceId, { ...address, limit: 1 });
    return found.ok ? ok(found.value.services[0]) : found;
  }

  /** A registry that cannot be read hides no object. */
  #orNothing(found: Result<Discovery>): Result<Discovery> {
    if (found.ok || found.error.type !== 'service.unavailable') return found;
    return ok({ services: [], asOf: this.#parts.now(), lapsed: false });
  }

  async #objects(
    kind: PlatformKind,
    { search: _search, health: _health, ...criteria }: ServiceFilter,
    read: (objects: ObjectDirectory) => Promise<ObjectPage>,
  ): Promise<Result<ObjectPage>> {
    if (criteria.instance === kindInstance || !offersKind(kind, criteria)) return ok({ objects: [] });
    try {
      return ok(await soon(read(this.#parts.objects)));
    } catch (thrown) {
      this.#parts.report(`objects of the kind ${kind} could not be read`, thrown);
      return err({
        type: 'service.unavailable',
        detail: `The objects of "${platformServiceName(kind)}" cannot be looked up at the moment. Try again.`,
      });
    }
  }

  #joined(registered: Discovery, services: readonly ServiceInstance[]): Discovery {
    const asOf = registered.services.length > 0 ? registered.asOf : this.#parts.now();
    return { ...registered, asOf, services: [...registered.services, ...services] };
  }
}

/** The object of that id, as a page. */
const one = async (
  objects: ObjectDirectory,
  workspaceId: WorkspaceId,
  kind: PlatformKind,
  objectId: string,
): Promise<ObjectPage> => {
  const object = await objects.find(workspaceId, kind, objectId);
  return { objects: object === undefined ? [] : [object] };
};

/** What is left to be looked for in the objects' own names: the service's name is part of all of them. */
const ofObjects = (name: string, search: string | undefined): string | undefined =>
  search === undefined || name.includes(search.toLowerCase()) ? undefined : search;
