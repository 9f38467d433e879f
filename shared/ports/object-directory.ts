/**
 * The single objects of a workspace: what the platform's read models know of each agent, project, topic and so on. What is
 * answered may be a moment old. Each method rejects when what holds the objects does not answer.
 */
import type { WorkspaceId } from '../domain/ids.ts';
import type { KnownObject } from '../domain/service-registry/objects.ts';
import type { PlatformKind } from '../domain/service-registry/platform-kinds.ts';
import type { ServiceHealth } from '../domain/service-registry/service.ts';

export interface ObjectQuery {
  readonly kind: PlatformKind;
  /** Each must be so. An attribute that objects of the kind do not have is met by none. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Part of the object's own name, upper and lower case alike. */
  readonly search?: string;
  readonly health?: ServiceHealth;
  /** Objects, 1 to 500. */
  readonly limit: number;
}

export interface ObjectPage {
  /** In the order of their ids. */
  readonly objects: readonly KnownObject[];
  /** Pass it as `after` for the next page; absent on the last. */
  readonly next?: string;
}

export interface ObjectDirectory {
  /** Objects of any health, those of ended projects included, after an id. */
  page(workspaceId: WorkspaceId, query: ObjectQuery & { readonly after?: string }): Promise<ObjectPage>;
  /** Those that can be given something to do, those with nothing to do first. */
  best(workspaceId: WorkspaceId, query: ObjectQuery): Promise<readonly KnownObject[]>;
  /** Undefined for an object that is not there or of another workspace. */
  find(workspaceId: WorkspaceId, kind: PlatformKind, objectId: string): Promise<KnownObject | undefined>;
}
