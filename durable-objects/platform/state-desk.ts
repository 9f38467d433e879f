/**
 * What the State Manager asks of an object with a log: its state at any version, what happened, what is different, and
 * going back. Of an object without a log its tables take that place: the changes of their open rows are its versions.
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
import type { RowLog } from './row-log.ts';
import { hasVersions, type Storage, type VersionedLog } from './storage.ts';

export interface StateDeskParts {
  readonly storage: Storage;
  /** What is shown where there is no log; absent: nothing is. */
  readonly rows: RowLog | undefined;
  /** Appends the event, with whatever follows from it. Inside a transaction. */
  readonly restore: (event: StateRestored) => void;
}

/** Most events that a restore looks at; a longer way back is a job for an export. */
const maxWayBack = 10_000;
const pageSize = 500;

/** What versions are read from. */
type Versions = Pick<VersionedLog, 'sequence' | 'oldest' | 'state' | 'stateAt' | 'versionAt' | 'read' | 'restoreOver'>;

const nothingShown = err({
  type: 'resource.conflict',
  detail: 'This kind of object shows nothing of its state; its lifecycle and its migrations can be asked for.',
} as const);

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
    const found = this.#find();
    if (!found.ok) return found;
    const { source, log } = found.value;
    const version = query.version ?? (query.time === undefined ? log.sequence : log.versionAt(query.time));
    const state = this.#stateAt(log, version, 'version');
    if (!state.ok) return state;
    const recordedAt = log.read({ after: version - 1, limit: 1 })[0]?.recordedAt;
    return ok({
      source,
      version,
      newestVersion: log.sequence,
      oldestVersion: log.oldest - 1,
      ...(version === 0 || recordedAt === undefined ? {} : { recordedAt }),
      hash: hashText(canonicalJson(state.value)),
      state: state.value,
    });
  }

  history({ after, limit }: { readonly after: number; readonly limit: number }): Result<ObjectHistory> {
    const found = this.#find();
    if (!found.ok) return found;
    const { log } = found.value;
    const { oldest, sequence } = log;
    if (after + 1 < oldest) return err(composeCursorGone(oldest));
    const events = log.read({ after, limit: Math.min(limit, pageSize) }).map((stored) => ({
      version: stored.sequence,
      recordedAt: stored.recordedAt,
      // SAFETY: the log gives back events only, each with its type.
      type: (stored.event as { readonly type: string }).type,
      event: stored.event,
    }));
    return ok({ events, newestVersion: sequence, oldestVersion: oldest - 1 });
  }

  diff({ from, to }: { readonly from: number; readonly to?: number }): Result<ObjectDiff> {
    const found = this.#find();
    if (!found.ok) return found;
    const { log } = found.value;
    const until = to ?? log.sequence;
    const before = this.#stateAt(log, from, 'from');
    if (!before.ok) return before;
    const after = this.#stateAt(log, until, 'to');
    if (!after.ok) return after;
    const patch = diffJson(before.value, after.value);
    return ok({ from, to: until, patch, lines: describePatch(before.value, patch) });
  }

  /** Inside a transaction. */
  restore(command: RestoreObject): Result<RestoredObject> {
    const found = this.#find();
    if (!found.ok) return found;
    const { log } = found.value;
    const { version, expectedVersion, reason, by, dryRun = false } = command;
    const { sequence } = log;
    if (expectedVersion !== undefined && expectedVersion !== sequence) {
      const moved = `is at version ${sequence}, not at ${expectedVersion}; look at what happened since and decide again`;
      return err({ type: 'precondition.failed', detail: `The object ${moved}.` });
    }
    const target = this.#stateAt(log, version, 'version');
    if (!target.ok) return target;
    const obstacle = this.#obstacle(log, version);
    if (obstacle !== undefined) return err({ type: 'state.irreversible', detail: obstacle });
    const patch = diffJson(log.state, target.value);
    const lines = describePatch(log.state, patch);
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
  #obstacle(log: Versions, version: number): string | undefined {
    if (log.sequence - version > maxWayBack) {
      return `Between version ${version} and now are ${log.sequence - version} events; at most ${maxWayBack} can be gone back over.`;
    }
    for (let after = version; after < log.sequence;) {
      const page = log.read({ after, limit: pageSize });
      for (const { sequence, event } of page) {
        // SAFETY: the log gives back events only, each with its type.
        const { type } = event as { readonly type: string };
        const reason = type === 'state.restored' ? undefined : log.restoreOver({ ...(event as object), type });
        if (reason === undefined) continue;
        return `It cannot go back over version ${sequence} (${type}), because ${reason}. The versions from ${sequence} on can be restored.`;
      }
      after = page.at(-1)?.sequence ?? log.sequence;
    }
    return undefined;
  }

  #stateAt(log: Versions, version: number, field: string): Result<unknown> {
    const newest = log.sequence;
    if (!Number.isSafeInteger(version) || version < 0 || version > newest) return noVersion(field, version, newest);
    const { oldest } = log;
    if (version < oldest - 1) return err(composeCursorGone(oldest));
    return ok(version === newest ? log.state : log.stateAt(version));
  }

  #find(): Result<{ readonly source: ObjectState['source']; readonly log: Versions }> {
    const { rows, storage } = this.#parts;
    const { eventLog } = storage;
    if (hasVersions(eventLog)) {
      return eventLog.sequence === 0 ? notThere : ok({ source: 'events', log: eventLog });
    }
    if (rows === undefined) return nothingShown;
    return rows.isEmpty ? notThere : ok({ source: 'tables', log: rows });
  }
}
