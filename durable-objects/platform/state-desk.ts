/**
 * What the State Manager asks of an object with a log: its state at any version, what happened, what is different, and
 * going back. An object without a log shows the rows of its tables instead, of the columns that were declared as open.
 */
import { diffJson, describePatch } from '../../shared/domain/state/json-patch.ts';
import type { StateRestored } from '../../shared/domain/state/restored.ts';
import { canonicalJson } from '../../shared/domain/replay/canonical.ts';
import { composeCursorGone } from '../../shared/errors/cursor-gone.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type {
  ObjectDiff,
  ObjectHistory,
  ObjectState,
  RestoredObject,
  RestoreObject,
  StateQuery,
} from '../../shared/rpc/managed-object.ts';
import { hashText } from './json-text.ts';
import { type OpenTables, readOpenTables } from './open-tables.ts';
import { hasVersions, type Storage, type VersionedLog } from './storage.ts';

export interface StateDeskParts {
  readonly storage: Storage;
  /** Tables that are shown where there is no log; absent: nothing is. */
  readonly openTables: OpenTables | undefined;
  /** Appends the event, with whatever follows from it. Inside a transaction. */
  readonly restore: (event: StateRestored) => void;
}

/** Most events that a restore looks at; a longer way back is a job for an export. */
const maxWayBack = 10_000;
const pageSize = 500;

const noLog = (what: string): Result<never> =>
  err({
    type: 'resource.conflict',
    detail: `This kind of object keeps no state that its log leads to, so there is no ${what}. Its present state can be shown and exported.`,
  });

const notThere = err({ type: 'resource.not_found', detail: 'There is no such object.' } as const);

const noVersion = (field: string, version: number, newest: number): Result<never> => {
  const reason = `is ${version}; the newest version is ${newest}`;
  return err({ type: 'resource.not_found', detail: `${field}: ${reason}.`, issues: [{ field, reason }] });
};

export class StateDesk {
  readonly #parts: StateDeskParts;

  constructor(parts: StateDeskParts) {
    this.#parts = parts;
  }

  state(query: StateQuery): Result<ObjectState> {
    const { eventLog } = this.#parts.storage;
    if (!hasVersions(eventLog)) return this.#tables(query);
    if (eventLog.sequence === 0) return notThere;
    const version = query.version ?? (query.time === undefined ? eventLog.sequence : eventLog.versionAt(query.time));
    const state = this.#stateAt(eventLog, version, 'version');
    if (!state.ok) return state;
    const recordedAt = eventLog.read({ after: version - 1, limit: 1 })[0]?.recordedAt;
    return ok({
      source: 'events',
      version,
      newestVersion: eventLog.sequence,
      oldestVersion: eventLog.oldest - 1,
      ...(version === 0 || recordedAt === undefined ? {} : { recordedAt }),
      hash: hashText(canonicalJson(state.value)),
      state: state.value,
    });
  }

  history({ after, limit }: { readonly after: number; readonly limit: number }): Result<ObjectHistory> {
    const { eventLog } = this.#parts.storage;
    if (eventLog === undefined) return noLog('history');
    if (eventLog.sequence === 0) return notThere;
    const { oldest, sequence } = eventLog;
    if (after + 1 < oldest) return err(composeCursorGone(oldest));
    const events = eventLog.read({ after, limit: Math.min(limit, pageSize) }).map((stored) => ({
      version: stored.sequence,
      recordedAt: stored.recordedAt,
      // SAFETY: the log gives back events only, each with its type.
      type: (stored.event as { readonly type: string }).type,
      event: stored.event,
    }));
    return ok({ events, newestVersion: sequence, oldestVersion: oldest - 1 });
  }

  diff({ from, to }: { readonly from: number; readonly to?: number }): Result<ObjectDiff> {
    const { eventLog } = this.#parts.storage;
    if (!hasVersions(eventLog)) return noLog('difference of versions');
    if (eventLog.sequence === 0) return notThere;
    const until = to ?? eventLog.sequence;
    const before = this.#stateAt(eventLog, from, 'from');
    if (!before.ok) return before;
    const after = this.#stateAt(eventLog, until, 'to');
    if (!after.ok) return after;
    const patch = diffJson(before.value, after.value);
    return ok({ from, to: until, patch, lines: describePatch(before.value, patch) });
  }

  /** Inside a transaction. */
  restore(command: RestoreObject): Result<RestoredObject> {
    const { eventLog } = this.#parts.storage;
    if (!hasVersions(eventLog)) return noLog('earlier state to restore');
    if (eventLog.sequence === 0) return notThere;
    const { version, expectedVersion, reason, by, dryRun = false } = command;
    const { sequence } = eventLog;
    if (expectedVersion !== undefined && expectedVersion !== sequence) {
      const moved = `is at version ${sequence}, not at ${expectedVersion}; look at what happened since and decide again`;
      return err({ type: 'precondition.failed', detail: `The object ${moved}.` });
    }
    const target = this.#stateAt(eventLog, version, 'version');
    if (!target.ok) return target;
    const obstacle = this.#obstacle(eventLog, version);
    if (obstacle !== undefined) return err({ type: 'state.irreversible', detail: obstacle });
    const patch = diffJson(eventLog.state, target.value);
    const lines = describePatch(eventLog.state, patch);
    if (patch.length > 0 && !dryRun) {
      this.#parts.restore({
        type: 'state.restored',
        version,
        patch,
        ...(reason === undefined ? {} : { reason }),
        by,
      });
    }
    return ok({ restored: version, version: dryRun || patch.length === 0 ? sequence : sequence + 1, patch, lines });
  }

  /** The first event on the way back that did more than change the state. */
  #obstacle(eventLog: VersionedLog, version: number): string | undefined {
    if (eventLog.sequence - version > maxWayBack) {
      return `Between version ${version} and now are ${eventLog.sequence - version} events; at most ${maxWayBack} can be gone back over.`;
    }
    for (let after = version; after < eventLog.sequence;) {
      const page = eventLog.read({ after, limit: pageSize });
      for (const { sequence, event } of page) {
        // SAFETY: the log gives back events only, each with its type.
        const { type } = event as { readonly type: string };
        const reason = type === 'state.restored' ? undefined : eventLog.restoreOver({ ...(event as object), type });
        if (reason === undefined) continue;
        return `It cannot go back over version ${sequence} (${type}), because ${reason}. The versions from ${sequence} on can be restored.`;
      }
      after = page.at(-1)?.sequence ?? eventLog.sequence;
    }
    return undefined;
  }

  #stateAt(eventLog: VersionedLog, version: number, field: string): Result<unknown> {
    const newest = eventLog.sequence;
    if (!Number.isSafeInteger(version) || version < 0 || version > newest) return noVersion(field, version, newest);
    const { oldest } = eventLog;
    if (version < oldest - 1) return err(composeCursorGone(oldest));
    return ok(version === newest ? eventLog.state : eventLog.stateAt(version));
  }

  #tables(query: StateQuery): Result<ObjectState> {
    if (query.version !== undefined || query.time !== undefined) return noLog('state of another time');
    const { openTables, storage } = this.#parts;
    const state = readOpenTables(storage, openTables ?? {});
    if (Object.values(state).every(({ rows }) => rows === 0)) return notThere;
    const hash = hashText(canonicalJson(state));
    return ok({ source: 'tables', version: 0, newestVersion: 0, oldestVersion: 0, hash, state });
  }
}
