/** The objects of one kind, wherever they are listed; `ObjectDirectory` is one source for each kind. */
import { sql, type Column, type SQL } from 'drizzle-orm';
import type { WorkspaceId } from '../../../domain/ids.ts';
import type { KnownObject } from '../../../domain/service-registry/objects.ts';
import type { ObjectPage, ObjectQuery } from '../../../ports/object-directory.ts';

export type SourceQuery = Omit<ObjectQuery, 'kind'> & { readonly after?: string };

export interface ObjectSource {
  page(workspaceId: WorkspaceId, query: SourceQuery): Promise<ObjectPage>;
  best(workspaceId: WorkspaceId, query: SourceQuery): Promise<readonly KnownObject[]>;
  find(workspaceId: WorkspaceId, objectId: string): Promise<KnownObject | undefined>;
}

/** A page of objects that come in the order of their ids, one more than a page holds when there are more. */
export const pageOf = (objects: readonly KnownObject[], limit: number): ObjectPage => {
  const shown = objects.slice(0, limit);
  const last = shown.at(-1);
  return objects.length > limit && last !== undefined ? { objects: shown, next: last.objectId } : { objects: shown };
};

/** By id, as SQLite compares texts: byte by byte, which for the characters of ids is unit by unit. */
export const byId = (one: KnownObject, other: KnownObject): number =>
  one.objectId < other.objectId ? -1 : one.objectId > other.objectId ? 1 : 0;

/** The conditions that attributes are; undefined when one of them is none that these objects have. */
export const conditionsOf = (
  attributes: Readonly<Record<string, string>>,
  columns: Readonly<Record<string, Column | SQL>>,
): readonly SQL[] | undefined => {
  const conditions = Object.entries(attributes).map(([key, value]) => {
    const column = Object.hasOwn(columns, key) ? columns[key] : undefined;
    return column === undefined ? undefined : sql`${column} = ${value}`;
  });
  const known = conditions.filter((condition) => condition !== undefined);
  return known.length === conditions.length ? known : undefined;
};
