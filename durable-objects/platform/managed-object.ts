/**
 * The one base class: it makes the shared parts, wires them to the runtime's events and calls the lifecycle hooks.
 *
 * A subclass makes its own fields (an `EventStore`, handlers for timers and outbox) after `super()`. The hooks need
 * them, so they run right after the constructor and before the first event, behind `blockConcurrencyWhile`; one that
 * throws resets the object, and the next call tries again.
 */

import { DurableObject } from 'cloudflare:workers';
import type { StateRestored } from '../../shared/domain/state/restored.ts';
import type { ManagedObjectRpc } from '../../shared/rpc/managed-object.ts';
import { socketCloseCodes } from '../../shared/protocol/socket-frames.ts';
import { UnreadableEvent } from './aggregate.ts';
import { Inbox } from './inbox.ts';
import { Journal } from './journal.ts';
import { migrate, type Migration } from './migrate.ts';
import { Outbox } from './outbox.ts';
import type { OpenTables } from './open-tables.ts';
import { Operator } from './operator.ts';
import { findParking, guardMethods, park, parkedAlarmMs } from './parking.ts';
import type { Problem } from './retry.ts';
import { platformMigrations } from './schema.ts';
import { Sockets } from './sockets.ts';
import { hasVersions, type NotPromise, statement, Storage } from './storage.ts';
import { Timers } from './timers.ts';

export interface ManagedObjectDefinition {
  /** The object's own tables; those of the shared parts come before them. */
  readonly migrations: readonly Migration[];
  /** Methods that answer no `Result`; see `guardMethods`. */
  readonly plainMethods?: readonly string[];
  /** Where there is no log: the tables and columns that are shown as the object's state. See `rowHistoryMigration`. */
  readonly openTables?: OpenTables;
  /** With them: why no earlier state is restored and what to do instead, to stand after "because". */
  readonly irreversible?: string;
  /** Why the object cannot be exported, as a sentence; absent: it can. */
  readonly refuseExport?: string;
  /** The time in milliseconds; the runtime's unless told. */
  readonly now?: () => number;
}

const recordLife = statement<[initializedAt: number], { id: number }>`
  INSERT INTO object_life (id, initialized_at) VALUES (1, ?) ON CONFLICT (id) DO NOTHING RETURNING id`;

const lastingName = (id: DurableObjectId): string =>
  id.name === undefined ? id.toString() : `${id.name}~${id.toString().slice(0, 8)}`;

type Asked<Method extends keyof ManagedObjectRpc> = Parameters<ManagedObjectRpc[Method]>[0];
type Answered<Method extends keyof ManagedObjectRpc> = ReturnType<ManagedObjectRpc[Method]>;

export abstract class ManagedObject<Environment = unknown>
  extends DurableObject<Environment>
  implements ManagedObjectRpc
{
  /** The object's lasting name: its name with the beginning of its id, since objects of two classes may share a name. */
  protected readonly objectName: string;
  protected readonly now: () => number;
  protected readonly storage: Storage;
  protected readonly journal: Journal;
  protected readonly inbox: Inbox;
  protected readonly timers: Timers;
  protected readonly outbox: Outbox;
  protected readonly sockets: Sockets;
  readonly #operator: Operator;

  constructor(ctx: DurableObjectState, env: Environment, definition: ManagedObjectDefinition) {
    super(ctx, env);
    const object = lastingName(ctx.id);
    const now = definition.now ?? Date.now;
    const report = (problem: Problem): void => this.reportProblem(problem);
    this.objectName = object;
    this.now = now;
    this.storage = new Storage(ctx.storage);
    migrate(this.storage, 'platform', platformMigrations, now);
    migrate(this.storage, 'object', definition.migrations, now);
    this.journal = new Journal(this.storage, { object, now });
    this.inbox = new Inbox(this.storage);
    this.timers = new Timers(this.storage, { alarm: ctx.storage, object, now, report });
    const waitUntil = (promise: Promise<unknown>): void => ctx.waitUntil(promise);
    this.outbox = new Outbox(this.storage, { object, now, report, waitUntil, timers: this.timers });
    this.sockets = new Sockets(this.storage, ctx, { report, now });
    this.#operator = new Operator(this, {
      definition,
      name: ctx.id.name ?? ctx.id.toString(),
      durable: ctx.storage,
      storage: this.storage,
      timers: this.timers,
      outbox: this.outbox,
      inbox: this.inbox,
      now,
      report,
      waitUntil,
      activate: () => this.activate(),
      deactivate: () => this.deactivate(),
      restore: (event) => this.restore(event),
      imported: () => this.imported(),
    });
    guardMethods(this, ManagedObject.prototype, definition.plainMethods ?? []);
    this.timers.recover();
    this.outbox.recover();
    ctx.waitUntil(ctx.blockConcurrencyWhile(() => this.#awaken()).then(() => this.#catchUp()));
  }

  /** Once in the object's life, in the transaction that records it; before `activate`. */
  protected initialize(): void {}

  /** Each time the object is loaded, before its first event. */
  protected activate(): void {}

  /**
   * Before an orderly stop, by `stop` or because somebody deactivates the object: ends work of its own; what it returns is
   * waited for. Never relied upon, since most stops come without warning.
   */
  protected deactivate(): void | Promise<void> {}

  /** Takes an event that restores an earlier state into the log, with what follows from it. Inside a transaction. */
  protected restore(event: StateRestored): void {
    const { eventLog } = this.storage;
    if (hasVersions(eventLog)) eventLog.append([event], this.now());
  }

  /** In the transaction that made this object from a file. */
  protected imported(): void {}

  /** Told of failures in the background that no caller sees. Logs one line unless overridden. */
  protected reportProblem(problem: Problem): void {
    // oxlint-disable-next-line no-console -- the runtime's log is the one place left for what no caller can be told.
    console.error(JSON.stringify({ level: 'error', object: this.objectName, ...problem }));
  }

  /**
   * Runs the work in one transaction. After a throw everything, memory included, is as if nothing had happened;
   * after the commit the new events are published and the outbox starts to drain.
   */
  protected transact<T>(work: () => NotPromise<T>): T {
    return this.storage.transaction(work);
  }

  /** Unloads the object after `deactivate`. Calls under way end with an error; its timers and sockets wake it again. */
  protected async stop(reason: string): Promise<void> {
    await this.deactivate();
    // Aborting drops what is not on disk yet.
    await this.storage.sync();
    this.ctx.abort(reason);
  }

  async objectState(query: Asked<'objectState'>): Answered<'objectState'> {
    return this.#operator.state(query);
  }

  async objectHistory(query: Asked<'objectHistory'>): Answered<'objectHistory'> {
    return this.#operator.history(query);
  }

  async objectDiff(query: Asked<'objectDiff'>): Answered<'objectDiff'> {
    return this.#operator.diff(query);
  }

  async restoreObject(command: Asked<'restoreObject'>): Answered<'restoreObject'> {
    return this.#operator.restore(command);
  }

  async exportObject(): Answered<'exportObject'> {
    return this.#operator.exportLines();
  }

  importObject(command: Asked<'importObject'>): Answered<'importObject'> {
    return this.#operator.importLines(command);
  }

  async objectMigrations(): Answered<'objectMigrations'> {
    return this.#operator.migrations();
  }

  async objectLifecycle(): Answered<'objectLifecycle'> {
    return this.#operator.lifecycle();
  }

  async deactivateObject(command: Asked<'deactivateObject'>): Answered<'deactivateObject'> {
    return this.#operator.deactivate(command);
  }

  async reviveObject(command: Asked<'reviveObject'>): Answered<'reviveObject'> {
    return this.#operator.revive(command);
  }

  override async alarm(): Promise<void> {
    if (findParking(this) === undefined) await this.timers.fire();
    else await this.timers.defer(parkedAlarmMs);
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    const parked = findParking(this);
    if (parked === undefined) this.sockets.message(socket, message);
    else this.sockets.closed(socket, socketCloseCodes.unreadable, parked.detail);
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.sockets.closed(socket, code, reason);
  }

  override webSocketError(socket: WebSocket, thrown: unknown): void {
    this.sockets.failed(socket, thrown);
  }

  async #awaken(): Promise<void> {
    // A microtask later the subclass's constructor has ended.
    await Promise.resolve();
    if (this.#isUnreadable()) return;
    this.storage.transaction(() => {
      if (this.storage.first(recordLife, this.now()) !== undefined) this.initialize();
    });
    if (!this.#operator.isPaused) this.activate();
    this.#operator.follow();
  }

  /**
   * Work that was cut off goes on as soon as the object is loaded, whatever loaded it: after an alarm that failed the
   * runtime waits two seconds and more before it rings again.
   */
  async #catchUp(): Promise<void> {
    if (this.timers.wasCutOff && findParking(this) === undefined) await this.timers.fire();
  }

  /** Parks the object when this code cannot read its log: its hooks do not run either. */
  #isUnreadable(): boolean {
    try {
      this.storage.eventLog?.checkReadable();
      return false;
    } catch (thrown) {
      if (!(thrown instanceof UnreadableEvent)) throw thrown;
      const { detail } = park(this, thrown);
      this.reportProblem({ part: 'log', status: 'parked', subject: 'object', cause: detail });
      return true;
    }
  }
}
