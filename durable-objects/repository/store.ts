/** All SQL of a repository. What a row means stands in `migrations.ts`. */

import { statement, type Storage } from '../platform/storage.ts';
import { isObjectKind, type ObjectKind } from './git/object-format.ts';

/** The zlib stream of an object, and what is needed to check it when it is inflated. */
export interface StoredObject {
  readonly oid: string;
  readonly kind: ObjectKind;
  readonly sizeBytes: number;
  readonly deflated: Uint8Array;
}

export interface Reference {
  readonly name: string;
  readonly oid: string;
  readonly fencingToken: number;
}

/** An uncommitted change; a deletion has no `oid`. */
export interface WorkingChange {
  readonly path: string;
  readonly oid: string | null;
  readonly executable: boolean;
  readonly sizeBytes: number;
}

const maximumChunkBytes = 1_000_000;

type ObjectRow = { oid: string; kind: string; size_bytes: number; chunk_count: number; data: ArrayBuffer };
type ReferenceRow = { name: string; oid: string; fencing_token: number };
type WorkingChangeRow = { path: string; oid: string | null; executable: number; size_bytes: number };

const statements = {
  selectName: statement<[], { name: string }>`SELECT name FROM repository WHERE id = 1`,
  insertRepository: statement<[name: string, createdAt: number]>`
    INSERT INTO repository (id, name, created_at) VALUES (1, ?, ?)`,
  selectKind: statement<[oid: string], { kind: string }>`SELECT kind FROM git_object WHERE oid = ?`,
  selectObject: statement<[oid: string], ObjectRow>`
    SELECT oid, kind, size_bytes, chunk_count, data FROM git_object WHERE oid = ?`,
  // Parameters are few, so a list of ids travels as one JSON text.
  selectObjects: statement<[oidsJson: string], ObjectRow>`
    SELECT oid, kind, size_bytes, chunk_count, data FROM git_object WHERE oid IN (SELECT value FROM json_each(?))`,
  selectSizes: statement<[oidsJson: string], { oid: string; size_bytes: number }>`
    SELECT oid, size_bytes FROM git_object WHERE oid IN (SELECT value FROM json_each(?))`,
  insertObject: statement<[oid: string, kind: string, sizeBytes: number, chunkCount: number, data: ArrayBuffer]>`
    INSERT INTO git_object (oid, kind, size_bytes, chunk_count, data) VALUES (?, ?, ?, ?, ?)`,
  selectChunks: statement<[oid: string], { data: ArrayBuffer }>`
    SELECT data FROM git_object_chunk WHERE oid = ? ORDER BY position`,
  insertChunk: statement<[oid: string, position: number, data: ArrayBuffer]>`
    INSERT INTO git_object_chunk (oid, position, data) VALUES (?, ?, ?)`,
  selectReference: statement<[name: string], ReferenceRow>`
    SELECT name, oid, fencing_token FROM git_reference WHERE name = ?`,
  selectReferences: statement<[], ReferenceRow>`SELECT name, oid, fencing_token FROM git_reference ORDER BY name`,
  upsertReference: statement<[name: string, oid: string]>`
    INSERT INTO git_reference (name, oid) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET oid = excluded.oid`,
  raiseFencingToken: statement<[fencingToken: number, name: string]>`
    UPDATE git_reference SET fencing_token = ? WHERE name = ?`,
  selectLowestToken: statement<[], { lowest_token: number }>`SELECT lowest_token FROM fence WHERE id = 1`,
  raiseLowestToken: statement<[lowestToken: number]>`
    INSERT INTO fence (id, lowest_token) VALUES (1, ?)
    ON CONFLICT (id) DO UPDATE SET lowest_token = max(lowest_token, excluded.lowest_token)`,
  deleteReference: statement<[name: string]>`DELETE FROM git_reference WHERE name = ?`,
  selectWorkingChanges: statement<[branch: string], WorkingChangeRow>`
    SELECT path, oid, executable, size_bytes FROM working_change WHERE branch = ? ORDER BY path`,
  countWorkingChanges: statement<[], { branch: string; changes: number }>`
    SELECT branch, count(*) AS changes FROM working_change GROUP BY branch`,
  selectWorkingBlob: statement<[branch: string, path: string], { data: ArrayBuffer | null }>`
    SELECT data FROM working_change WHERE branch = ? AND path = ?`,
  // A content of the working copy is at most 1 MB, so it is always one chunk.
  insertWorkingBlobs: statement<[branch: string]>`
    INSERT OR IGNORE INTO git_object (oid, kind, size_bytes, chunk_count, data)
    SELECT oid, 'blob', size_bytes, 1, data FROM working_change WHERE branch = ? AND oid IS NOT NULL`,
  upsertWorkingChange: statement<
    [branch: string, path: string, oid: string | null, executable: number, sizeBytes: number, data: ArrayBuffer | null]
  >`
    INSERT OR REPLACE INTO working_change (branch, path, oid, executable, size_bytes, data) VALUES (?, ?, ?, ?, ?, ?)`,
  deleteWorkingChange: statement<[branch: string, path: string]>`
    DELETE FROM working_change WHERE branch = ? AND path = ?`,
  deleteWorkingChanges: statement<[branch: string]>`DELETE FROM working_change WHERE branch = ?`,
};

/** Synchronous; the caller holds the transaction. */
export class RepositoryStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Undefined until the repository has been created. */
  name(): string | undefined {
    return this.#storage.first(statements.selectName)?.name;
  }

  create(name: string, createdAt: number): void {
    this.#storage.run(statements.insertRepository, name, createdAt);
  }

  objectKind(oid: string): ObjectKind | undefined {
    const row = this.#storage.first(statements.selectKind, oid);
    return row === undefined ? undefined : kindOf(row.kind);
  }

  object(oid: string): StoredObject | undefined {
    const row = this.#storage.first(statements.selectObject, oid);
    return row === undefined ? undefined : this.#toObject(row);
  }

  /** In no particular order; unknown ids are left out. All at once in memory: ask for few. */
  objects(oids: readonly string[]): readonly StoredObject[] {
    return this.#storage.all(statements.selectObjects, JSON.stringify(oids)).map((row) => this.#toObject(row));
  }

  /** Sizes of the contents by id; unknown ids are left out. */
  objectSizes(oids: readonly string[]): ReadonlyMap<string, number> {
    const rows = this.#storage.all(statements.selectSizes, JSON.stringify(oids));
    return new Map(rows.map((row) => [row.oid, row.size_bytes]));
  }

  /** False when it was there already. */
  addObject(object: StoredObject): boolean {
    if (this.objectKind(object.oid) !== undefined) return false;
    const chunkCount = Math.max(1, Math.ceil(object.deflated.byteLength / maximumChunkBytes));
    this.#storage.run(
      statements.insertObject,
      object.oid,
      object.kind,
      object.sizeBytes,
      chunkCount,
      ownBytes(object.deflated.subarray(0, maximumChunkBytes)),
    );
    for (let position = 1; position < chunkCount; position += 1) {
      const start = position * maximumChunkBytes;
      const chunk = ownBytes(object.deflated.subarray(start, start + maximumChunkBytes));
      this.#storage.run(statements.insertChunk, object.oid, position, chunk);
    }
    return true;
  }

  reference(name: string): Reference | undefined {
    const row = this.#storage.first(statements.selectReference, name);
    return row === undefined ? undefined : toReference(row);
  }

  /** By name. */
  references(): readonly Reference[] {
    return this.#storage.all(statements.selectReferences).map(toReference);
  }

  /** Makes the reference or moves it; the fencing token stays as it is. */
  setReference(name: string, oid: string): void {
    this.#storage.run(statements.upsertReference, name, oid);
  }

  raiseFencingToken(name: string, fencingToken: number): void {
    this.#storage.run(statements.raiseFencingToken, fencingToken, name);
  }

  /** The lowest fencing token that any branch takes; 0 unless raised. */
  lowestToken(): number {
    return this.#storage.first(statements.selectLowestToken)?.lowest_token ?? 0;
  }

  raiseLowestToken(lowestToken: number): void {
    this.#storage.run(statements.raiseLowestToken, lowestToken);
  }

  deleteReference(name: string): void {
    this.#storage.run(statements.deleteReference, name);
  }

  /** By path. */
  workingChanges(branch: string): readonly WorkingChange[] {
    return this.#storage.all(statements.selectWorkingChanges, branch).map((row) => ({
      path: row.path,
      oid: row.oid,
      executable: row.executable === 1,
      sizeBytes: row.size_bytes,
    }));
  }

  /** Branches without a change are left out. */
  workingChangeCounts(): ReadonlyMap<string, number> {
    return new Map(this.#storage.all(statements.countWorkingChanges).map((row) => [row.branch, row.changes]));
  }

  /** The zlib stream of an uncommitted content; undefined when there is none at the path. */
  workingBlob(branch: string, path: string): Uint8Array | undefined {
    const data = this.#storage.first(statements.selectWorkingBlob, branch, path)?.data;
    return data === undefined || data === null ? undefined : new Uint8Array(data);
  }

  /** Makes objects of the contents of a branch's working copy, as far as they are not there. */
  keepWorkingBlobs(branch: string): void {
    this.#storage.run(statements.insertWorkingBlobs, branch);
  }

  setWorkingChange(branch: string, change: WorkingChange, deflated: Uint8Array | null): void {
    this.#storage.run(
      statements.upsertWorkingChange,
      branch,
      change.path,
      change.oid,
      change.executable ? 1 : 0,
      change.sizeBytes,
      deflated === null ? null : ownBytes(deflated),
    );
  }

  dropWorkingChange(branch: string, path: string): void {
    this.#storage.run(statements.deleteWorkingChange, branch, path);
  }

  dropWorkingChanges(branch: string): void {
    this.#storage.run(statements.deleteWorkingChanges, branch);
  }

  #toObject(row: ObjectRow): StoredObject {
    const first = new Uint8Array(row.data);
    const deflated = row.chunk_count === 1 ? first : this.#joined(first, row.oid);
    return { oid: row.oid, kind: kindOf(row.kind), sizeBytes: row.size_bytes, deflated };
  }

  #joined(first: Uint8Array, oid: string): Uint8Array {
    const chunks = this.#storage.all(statements.selectChunks, oid);
    return Buffer.concat([first, ...chunks.map((chunk) => new Uint8Array(chunk.data))]);
  }
}

/** A statement binds a whole `ArrayBuffer`; a view may be a window into a much larger one. */
const ownBytes = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

const kindOf = (kind: string): ObjectKind => {
  if (isObjectKind(kind)) return kind;
  throw new Error(`git_object has the unknown kind ${kind}`);
};

const toReference = (row: ReferenceRow): Reference => ({
  name: row.name,
  oid: row.oid,
  fencingToken: row.fencing_token,
});
