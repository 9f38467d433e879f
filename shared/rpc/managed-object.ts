/**
 * What every managed object offers to the State Manager and the Lifecycle Manager, whatever its kind. A version is the
 * sequence of an event, or of a change where an object keeps tables and no log; times are milliseconds since the epoch.
 */
import type { LifecyclePhase } from '../domain/lifecycle/phase.ts';
import type { JsonPatch } from '../domain/state/json-patch.ts';
import type { Result } from '../errors/result.ts';

/** Ids of objects that are there for one trial of an import begin with it. */
export const trialPrefix = 'trial-';

/** Which state is meant: that of a version, else that of a moment, else the present one. */
export interface StateQuery {
  readonly version?: number;
  readonly time?: number;
}

export interface ObjectState {
  /** What versions are made of: events of a log, or changes of the rows of tables, without the columns that hold secrets. */
  readonly source: 'events' | 'tables';
  /** 0 before the first event or change. */
  readonly version: number;
  readonly newestVersion: number;
  /** The oldest version whose state can still be had. */
  readonly oldestVersion: number;
  /** When the version was recorded; absent for version 0. */
  readonly recordedAt?: number;
  /** SHA-256 of the state's canonical JSON. */
  readonly hash: string;
  readonly state: unknown;
}

export interface HistoryEntry {
  readonly version: number;
  readonly recordedAt: number;
  readonly type: string;
  readonly event: unknown;
}

export interface ObjectHistory {
  readonly events: readonly HistoryEntry[];
  readonly newestVersion: number;
  /** The version before the oldest event that is kept. */
  readonly oldestVersion: number;
}

export interface ObjectDiff {
  readonly from: number;
  readonly to: number;
  readonly patch: JsonPatch;
  /** The same for people. */
  readonly lines: readonly string[];
}

export interface RestoreObject {
  readonly commandId: string;
  readonly version: number;
  /** The version that the caller saw last; refused as `precondition.failed` when the object has moved on. */
  readonly expectedVersion?: number;
  readonly reason?: string;
  readonly by: string;
  /** Answers what would change, and changes nothing. */
  readonly dryRun?: boolean;
}

export interface RestoredObject {
  /** The version that was restored. */
  readonly restored: number;
  /** The version of the event that did it; the present one of a dry run or where nothing was different. */
  readonly version: number;
  readonly patch: JsonPatch;
  readonly lines: readonly string[];
}

export interface ObjectMigration {
  /** `platform`: of the parts that every object shares. `object`: its own. */
  readonly list: 'platform' | 'object';
  readonly id: number;
  readonly name: string;
  /** First 16 hex digits of the SHA-256 of its text. */
  readonly fingerprint: string;
  /** Absent when it was not applied to this object. */
  readonly appliedAt?: number;
}

export interface ImportReport {
  readonly rows: number;
  readonly tables: Readonly<Record<string, number>>;
  /** Migrations that the file's rows had not seen yet, in the order they were applied, as `object/3 name`. */
  readonly migrated: readonly string[];
  readonly version: number;
  readonly hash: string;
}

/** What an object has to do. */
export interface ObjectWork {
  /** Timer handlers that run. */
  readonly running: number;
  /** Deliveries to other objects that wait. */
  readonly deliveries: number;
  readonly deadLetters: number;
  /** The next moment at which it wakes by itself. */
  readonly nextTimerAt?: number;
}

export interface ObjectLifecycle {
  readonly phase: LifecyclePhase;
  /** Since when it is deactivating or inactive. */
  readonly since?: number;
  readonly reason?: string;
  readonly by?: string;
  readonly initializedAt?: number;
  /** With `failed`: why this code does not work on the object. */
  readonly failure?: string;
  readonly work: ObjectWork;
  /** Bytes of its database. */
  readonly storageBytes: number;
}

export interface ManagedObjectRpc {
  /** `resource.not_found` where nothing was made yet, `cursor.gone` for a version that is no longer kept. */
  objectState(query: StateQuery): Promise<Result<ObjectState>>;
  objectHistory(query: { readonly after: number; readonly limit: number }): Promise<Result<ObjectHistory>>;
  objectDiff(query: { readonly from: number; readonly to?: number }): Promise<Result<ObjectDiff>>;
  /** Goes back to an earlier state by a new event; `state.irreversible` where something outside would not go back. */
  restoreObject(command: RestoreObject): Promise<Result<RestoredObject>>;
  /** Every row, at one moment, as the lines of a file; `request.too_large` above 24 MB. */
  exportObject(): Promise<Result<{ readonly lines: string }>>;
  /**
   * Becomes what an export holds; only an object that has done nothing yet. The edge has checked who wrote the file.
   * A trial loads it, migrates it, reads its log, and leaves nothing behind.
   */
  importObject(command: {
    readonly commandId: string;
    readonly lines: string;
    readonly trial: boolean;
  }): Promise<Result<ImportReport>>;
  objectMigrations(): Promise<Result<readonly ObjectMigration[]>>;
  objectLifecycle(): Promise<Result<ObjectLifecycle>>;
  /**
   * Takes no more commands, ends what runs, delivers what waits (for at most half a minute), and sleeps without timers.
   * Answers at once, as `deactivating`. The next command after that revives it.
   */
  deactivateObject(command: {
    readonly commandId: string;
    readonly reason?: string;
    readonly by: string;
  }): Promise<Result<ObjectLifecycle>>;
  reviveObject(command: { readonly commandId: string }): Promise<Result<ObjectLifecycle>>;
}
