/** What a collection is: which schema its records have, which field names them, and what new records begin with. */

import type { JsonObject, JsonValue } from '../json.ts';
import type { Schema } from '../validation/schema.ts';

export interface Collection {
  /** Unique among the collections of this application. */
  readonly name: string;
  /** What one record is called in messages. */
  readonly title: string;
  /** The field that names a record; absent when records are only named in paths. */
  readonly idField?: string;
  /** The schema of that field or, without one, of the path parameter. */
  readonly idSchema: Schema;
  /** True when a client may choose the id. */
  readonly acceptsId: boolean;
  /** The schema of a record as it is read. */
  readonly schema: Schema;
  /** A valid record: fields that a request leaves out and a record must have are taken from here. */
  readonly example: JsonObject;
  /** Date-time fields that are set when a record is created, and when it is changed. */
  readonly createdFields: readonly string[];
  readonly updatedFields: readonly string[];
  /** Fields that only the server sets: a replacement keeps them. */
  readonly serverFields: readonly string[];
  /** Fields that hold the id of an enclosing resource: name of the resource → field. */
  readonly scopeFields: Readonly<Record<string, string>>;
  /** Records that exist from the start, for resources that the document lets nobody create. */
  readonly initial: readonly JsonObject[];
}

/** Ids of the enclosing resources, as text, by the name of the resource. */
export type Scope = Readonly<Record<string, string>>;

/** The scope that a path names. */
export const scopeOf = (ids: Readonly<Record<string, JsonValue | undefined>>): Scope =>
  Object.fromEntries(
    Object.entries(ids).flatMap(([name, id]) =>
      id === undefined ? [] : [[name, typeof id === 'string' ? id : JSON.stringify(id)]],
    ),
  );
