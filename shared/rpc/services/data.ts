/**
 * Data: collections of JSON records. Each record fits its collection's JSON Schema, has an id, a version that grows by
 * one with each change, and, where the collection says so, an owner, who then is part of every question about it.
 */
import type { Result } from '../../errors/result.ts';
import type { JsonObject, ServicePage } from './service-object.ts';

export interface DataRecord {
  readonly id: string;
  readonly version: number;
  /** The account it belongs to, in a collection whose records are owned. */
  readonly owner?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly value: JsonObject;
}

type Scalar = string | number | boolean | null;

/** A condition on fields by dotted path (`address.city`; also `id`, `createdAt`, `updatedAt`). */
export type Filter =
  | { readonly field: string; readonly is: Scalar }
  | { readonly field: string; readonly isNot: Scalar }
  | { readonly field: string; readonly above: string | number }
  | { readonly field: string; readonly atLeast: string | number }
  | { readonly field: string; readonly below: string | number }
  | { readonly field: string; readonly atMost: string | number }
  | { readonly field: string; readonly oneOf: readonly Scalar[] }
  /** Part of a text, whatever the case of ASCII letters. */
  | { readonly field: string; readonly contains: string }
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] }
  | { readonly not: Filter };

/** Whose records are meant. In an owned collection it must be given; `'*'` means everybody's. */
export interface Ownership {
  readonly owner?: string;
}

export interface DataQuery extends Ownership {
  readonly collection: string;
  readonly where?: Filter;
  /** By `id` last, so that pages never overlap. */
  readonly orderBy?: readonly { readonly field: string; readonly descending?: boolean }[];
  readonly limit?: number;
  readonly after?: string;
}

export interface RecordName extends Ownership {
  readonly collection: string;
  readonly id: string;
}

/** One change. `ifVersion` refuses it with `state.conflict` when the record is at another version. */
export type DataChange =
  | (Ownership & {
      readonly kind: 'insert';
      readonly collection: string;
      /** Made when absent. With one of the caller's own a repeat is `resource.conflict` and changes nothing. */
      readonly id?: string;
      readonly value: JsonObject;
    })
  | (RecordName & { readonly kind: 'replace'; readonly value: JsonObject; readonly ifVersion?: number })
  /** Fields of the first level; `null` takes one away. */
  | (RecordName & { readonly kind: 'patch'; readonly value: JsonObject; readonly ifVersion?: number })
  | (RecordName & { readonly kind: 'remove'; readonly ifVersion?: number })
  /** Changes nothing; refuses the transaction unless the record is at this version. */
  | (RecordName & { readonly kind: 'check'; readonly ifVersion: number });

/** An entry of the change feed. */
export interface ChangeEntry {
  readonly sequence: number;
  readonly collection: string;
  readonly id: string;
  readonly kind: 'inserted' | 'updated' | 'removed';
  readonly version: number;
  readonly at: number;
  /** As it is now; absent when it was removed meanwhile. */
  readonly record?: DataRecord;
}

export interface ImportReport {
  readonly imported: number;
  /** Of lines that were refused, the first hundred. */
  readonly refused: readonly { readonly line: number; readonly reason: string }[];
}

/** A value from a database outside; binary data is refused. */
export type SqlCell = Scalar;

export interface DataRpc {
  get(query: RecordName): Promise<Result<DataRecord>>;
  query(query: DataQuery): Promise<Result<ServicePage<DataRecord>>>;
  count(query: Ownership & { readonly collection: string; readonly where?: Filter }): Promise<Result<number>>;
  /**
   * All changes or none, at most 100. The answer has one entry for each: the record as it is then, or null for `remove`
   * and `check`. A `commandId` given again within a day is answered as the first time, and refused with other changes.
   */
  change(command: {
    readonly changes: readonly DataChange[];
    readonly commandId?: string;
  }): Promise<Result<readonly (DataRecord | null)[]>>;
  /** What changed after the sequence, oldest first. `cursor.gone` when that is no longer kept. */
  changes(query: {
    readonly after: number;
    readonly collection?: string;
    readonly limit?: number;
  }): Promise<Result<{ readonly entries: readonly ChangeEntry[]; readonly latest: number }>>;
  /** Lines of JSON, one record each, by id; `next` goes on. */
  export(query: {
    readonly collection: string;
    readonly after?: string;
  }): Promise<Result<{ readonly lines: string; readonly next?: string }>>;
  /** Takes what `export` gives, at most 1 MB at a time. A record whose id is there is replaced. Refused lines are told. */
  import(command: { readonly collection: string; readonly lines: string }): Promise<Result<ImportReport>>;
  /** Asks a database that the declaration connects; parameters are bound (`?1` in D1, `$1` in Postgres). */
  sql(query: {
    readonly database: string;
    readonly statement: string;
    readonly parameters?: readonly SqlCell[];
  }): Promise<Result<{ readonly rows: readonly Readonly<Record<string, SqlCell>>[]; readonly truncated: boolean }>>;
}
