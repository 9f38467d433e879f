/**
 * What operators may do with any managed object: see and restore its state, copy it, steer its life. The object's class
 * hands its calls on to here.
 */
import type { StateRestored } from '../../shared/domain/state/restored.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import { trialPrefix, type ManagedObjectRpc, type ObjectLifecycle } from '../../shared/rpc/managed-object.ts';
import { UnreadableEvent } from './aggregate.ts';
import type { Inbox } from './inbox.ts';
import { PayloadRefused } from './json-text.ts';
import { LifecycleDesk } from './lifecycle-desk.ts';
import type { ManagedObjectDefinition } from './managed-object.ts';
import { CopyRefused, ObjectCopy } from './object-copy.ts';
import type { Outbox } from './outbox.ts';
import { describeUnreadable, findParking, guardCommands } from './parking.ts';
import type { Report } from './retry.ts';
import { RowLog } from './row-log.ts';
import { StateDesk } from './state-desk.ts';
import type { Storage } from './storage.ts';
import type { Timers } from './timers.ts';

export interface OperatorParts {
  readonly definition: ManagedObjectDefinition;
  /** `<workspace>/<kind>/<id>`. */
  readonly name: string;
  readonly durable: DurableObjectStorage;
  readonly storage: Storage;
  readonly timers: Timers;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly now: () => number;
  readonly report: Report;
  readonly waitUntil: (work: Promise<unknown>) => void;
  readonly activate: () => void;
  readonly deactivate: () => void | Promise<void>;
  readonly restore: (event: StateRestored) => void;
  readonly imported: () => void;
}

type Asked<Method extends keyof ManagedObjectRpc> = Parameters<ManagedObjectRpc[Method]>[0];
type Answer<Method extends keyof ManagedObjectRpc> = Awaited<ReturnType<ManagedObjectRpc[Method]>>;

interface Named {
  readonly commandId: string;
  readonly [field: string]: unknown;
}

/** Thrown so that the transaction of a trial is undone. */
class TrialEnded extends Error {
  override readonly name = 'TrialEnded';
}

export class Operator {
  readonly #object: object;
  readonly #parts: OperatorParts;
  readonly #state: StateDesk;
  readonly #copy: ObjectCopy;
  readonly #life: LifecycleDesk;

  constructor(object: object, parts: OperatorParts) {
    this.#object = object;
    this.#parts = parts;
    const { storage, definition, restore } = parts;
    const { openTables, irreversible } = definition;
    const rows = openTables && new RowLog(storage, openTables, irreversible ?? 'its rows say what happened elsewhere');
    this.#state = new StateDesk({ storage, rows, restore });
    this.#copy = new ObjectCopy({ ...parts, rows, migrations: definition.migrations });
    this.#life = new LifecycleDesk({ ...parts, failure: () => findParking(object) });
    guardCommands(object, () => this.#life.admit());
  }

  get isPaused(): boolean {
    return this.#life.isPaused;
  }

  /** See `LifecycleDesk.follow`. */
  follow(): void {
    this.#life.follow();
  }

  state(query: Asked<'objectState'>): Answer<'objectState'> {
    return this.#readable(() => this.#state.state(query));
  }

  history(query: Asked<'objectHistory'>): Answer<'objectHistory'> {
    return this.#readable(() => this.#state.history(query));
  }

  diff(query: Asked<'objectDiff'>): Answer<'objectDiff'> {
    return this.#readable(() => this.#state.diff(query));
  }

  restore(command: Asked<'restoreObject'>): Answer<'restoreObject'> {
    return this.#readable(() => {
      if (command.dryRun === true) return this.#parts.storage.transaction(() => this.#state.restore(command));
      const refusal = this.#life.admit();
      if (refusal !== undefined) return err(refusal);
      return this.#once({ ...command }, () => this.#state.restore(command));
    });
  }

  exportLines(): Answer<'exportObject'> {
    const { definition, storage } = this.#parts;
    if (definition.refuseExport !== undefined) {
      return err({ type: 'resource.conflict', detail: definition.refuseExport });
    }
    const text = storage.transaction(() => this.#copy.write());
    return text.ok ? ok({ lines: text.value }) : text;
  }

  async importLines(command: Asked<'importObject'>): Promise<Answer<'importObject'>> {
    const { commandId, lines, trial } = command;
    const { refuseExport } = this.#parts.definition;
    if (refuseExport !== undefined) return err({ type: 'resource.conflict', detail: refuseExport });
    if (trial) return this.#try(lines);
    const { storage, inbox, timers, outbox, activate, imported } = this.#parts;
    const isRepeat = inbox.knows(commandId);
    const result = this.#readable(() =>
      this.#once({ commandId, lines }, () => {
        const report = this.#copy.load(lines, { anyObject: false });
        imported();
        return ok(report);
      }),
    );
    if (!result.ok || isRepeat) return result;
    storage.forget();
    timers.recover();
    outbox.recover();
    if (!this.isPaused) activate();
    this.follow();
    await timers.fire();
    return result;
  }

  migrations(): Answer<'objectMigrations'> {
    return ok(this.#copy.migrations());
  }

  lifecycle(): Answer<'objectLifecycle'> {
    this.#parts.timers.repair();
    return ok(this.#life.view());
  }

  deactivate(command: Asked<'deactivateObject'>): Answer<'deactivateObject'> {
    const result = this.#once({ ...command }, () => this.#life.deactivate(command));
    this.follow();
    return result;
  }

  revive(command: Asked<'reviveObject'>): Answer<'reviveObject'> {
    const result = this.#once<ObjectLifecycle>({ ...command }, () => ok(this.#life.revive()));
    this.follow();
    return result;
  }

  /** Loads a file into this object, which is there for nothing else, and leaves nothing of it. */
  async #try(lines: string): Promise<Answer<'importObject'>> {
    const { storage, durable, name } = this.#parts;
    // Everything is deleted afterwards, so never an object that is used.
    if (!name.includes(`/${trialPrefix}`))
      return err({ type: 'resource.conflict', detail: 'This is no object for trials.' });
    let result: Answer<'importObject'> = err({ type: 'internal', detail: 'The trial did not end.' });
    try {
      storage.transaction(() => {
        result = ok(this.#copy.load(lines, { anyObject: true }));
        throw new TrialEnded();
      });
    } catch (thrown) {
      if (thrown instanceof CopyRefused) result = err(thrown.error);
      else if (!(thrown instanceof TrialEnded)) throw thrown;
    }
    await durable.deleteAlarm();
    await durable.deleteAll();
    return result;
  }

  /** One transaction; a repeated command answers the first reply. */
  #once<Value>(command: Named, handle: () => Result<Value>): Result<Value> {
    const { storage, inbox, now } = this.#parts;
    const kept = storage.transaction(() => inbox.once(command.commandId, command, now(), handle));
    return kept.ok ? kept.value : kept;
  }

  /** What the work answers, unless this code cannot read the log, or what was given does not fit. */
  #readable<Value>(work: () => Result<Value>): Result<Value> {
    const parked = findParking(this.#object);
    if (parked !== undefined) return err(parked);
    try {
      return work();
    } catch (thrown) {
      if (thrown instanceof UnreadableEvent) return err(describeUnreadable(thrown));
      if (thrown instanceof CopyRefused) return err(thrown.error);
      if (thrown instanceof PayloadRefused) return err({ type: 'request.too_large', detail: thrown.message });
      throw thrown;
    }
  }
}
