/**
 * The one door to an object's SQLite: bound statements, synchronous transactions, and the promise that
 * what the parts hold in memory is never ahead of the disk. A part that caches enlists here and is told
 * to forget when a transaction is rolled back.
 */

/** `T`, or `never` when it is a promise: a transaction's work cannot be asynchronous. */
export type NotPromise<T> = T extends PromiseLike<unknown> ? never : T;

export type SqlValue = ArrayBuffer | string | number | null;
export type SqlRow = Record<string, SqlValue>;

/** A part that keeps something of the disk in memory. */
export interface Participant {
  /** Forget what is held in memory: the transaction that may have changed it was rolled back. */
  invalidate(): void;
}

/** What the sockets follow: a log in order. The object's event store, or a log of its own kind. */
export interface FollowedLog {
  /** Sequence of the newest event, 0 when there is none. */
  readonly sequence: number;
  /** Sequence of the oldest event still kept; `sequence + 1` when there is none. */
  readonly oldest: number;
  read(query: { readonly after: number; readonly limit: number }): readonly {
    readonly sequence: number;
    readonly recordedAt: number;
    readonly event: unknown;
  }[];
  /** Characters of the payloads after `after` up to and with `upTo`. */
  sizeBetween(after: number, upTo: number): number;
}

/** The object's event store, whatever its events are. */
export interface EventLog extends FollowedLog {
  /** @throws UnreadableEvent when this code must not work on the log. */
  checkReadable(): void;
  /** Characters of the payloads after `after` up to and with `upTo`. */
  sizeBetween(after: number, upTo: number): number;
}

/** A log that leads to a state. */
export interface VersionedLog extends EventLog {
  /** The state after all events; it must not be changed. */
  readonly state: unknown;
  /** The state right after an event. @throws RangeError, HistoryGone */
  stateAt(sequence: number): unknown;
  /** The version that was the newest at a time. */
  versionAt(time: number): number;
  /** Why an earlier state cannot be restored over an event; undefined when it can. */
  restoreOver(event: { readonly type: string }): string | undefined;
  append(events: readonly { readonly type: string }[], recordedAt: number): unknown;
}

/** Whether the log has states of its versions. */
export const hasVersions = (log: EventLog | undefined): log is VersionedLog => log !== undefined && 'stateAt' in log;

/** One SQL statement with the types of what is bound and of the rows that come back. */
export interface Statement<Bindings extends readonly SqlValue[], Row extends SqlRow> {
  readonly text: string;
  /** Never present: carries the types. */
  readonly types?: (bindings: Bindings) => Row;
}

/**
 * Declares a statement: ``statement<[key: string], { value: string }>`SELECT value FROM entry WHERE key = ?` ``.
 * Nothing can be put into the text, so every value is a bound parameter.
 */
export const statement = <Bindings extends readonly SqlValue[] = readonly [], Row extends SqlRow = SqlRow>(
  text: TemplateStringsArray,
  ...holes: never[]
): Statement<Bindings, Row> => {
  if (holes.length > 0) throw new TypeError('A statement takes bound parameters only.');
  return { text: text.join('') };
};

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

/** Synchronous SQL and transactions over `ctx.storage`; the callback's type forbids a promise. */
export class Storage {
  readonly sql: SqlStorage;
  readonly #durable: DurableObjectStorage;
  readonly #participants = new Set<Participant>();
  readonly #afterCommit: (() => void)[] = [];
  #depth = 0;
  #eventLog: EventLog | undefined;
  #followedLog: FollowedLog | undefined;

  constructor(durable: DurableObjectStorage) {
    this.#durable = durable;
    this.sql = durable.sql;
  }

  get inTransaction(): boolean {
    return this.#depth > 0;
  }

  /** The object's event store, once it was made. */
  get eventLog(): EventLog | undefined {
    return this.#eventLog;
  }

  /** What the object's sockets follow. */
  get followedLog(): FollowedLog | undefined {
    return this.#followedLog;
  }

  /**
   * Runs the work in one transaction and returns what it returns. A throw undoes every change of the work and passes on.
   * May be nested: an inner throw that is caught undoes only the inner work.
   * @throws TypeError when the work returns a promise (its changes are undone, as far as they were made by then).
   */
  transaction<T>(work: () => NotPromise<T>): T {
    this.#depth += 1;
    let value: T;
    try {
      value = this.#durable.transactionSync(() => this.#settled(work()));
    } catch (thrown) {
      this.forget();
      throw thrown;
    } finally {
      this.#depth -= 1;
    }
    if (this.#depth === 0) for (const listener of this.#afterCommit) listener();
    return value;
  }

  /** Throws unless a transaction is open; `what` names the caller in the message. */
  requireTransaction(what: string): void {
    if (this.#depth === 0) throw new Error(`${what} must be called inside a transaction.`);
  }

  /** All rows. */
  all<Bindings extends readonly SqlValue[], Row extends SqlRow>(
    query: Statement<Bindings, Row>,
    ...bindings: Bindings
  ): Row[] {
    return this.sql.exec<Row>(query.text, ...bindings).toArray();
  }

  /** The first row, or undefined. */
  first<Bindings extends readonly SqlValue[], Row extends SqlRow>(
    query: Statement<Bindings, Row>,
    ...bindings: Bindings
  ): Row | undefined {
    return this.all(query, ...bindings)[0];
  }

  /** Runs a statement for its effect. */
  run<Bindings extends readonly SqlValue[]>(query: Statement<Bindings, SqlRow>, ...bindings: Bindings): void {
    this.sql.exec(query.text, ...bindings);
  }

  /** Runs a statement that answers no rows, and says how many it wrote, those of indexes included; 0 for none. */
  write<Bindings extends readonly SqlValue[]>(query: Statement<Bindings, SqlRow>, ...bindings: Bindings): number {
    return this.sql.exec(query.text, ...bindings).rowsWritten;
  }

  /** Everything written so far is on disk when the promise resolves. */
  sync(): Promise<void> {
    return this.#durable.sync();
  }

  /** The participant is told of every rollback. */
  enlist(participant: Participant): void {
    this.#participants.add(participant);
  }

  /** Every part forgets what it holds in memory: rows were changed behind its back. */
  forget(): void {
    for (const participant of this.#participants) participant.invalidate();
  }

  /** The listener runs after each outermost commit. It must not throw: the change has been made. */
  onCommit(listener: () => void): void {
    this.#afterCommit.push(listener);
  }

  /** @throws Error when the object already has an event store: its sequence would no longer be free of gaps. */
  attachEventLog(log: EventLog): void {
    if (this.#eventLog !== undefined) throw new Error('An object has one event store.');
    this.#eventLog = log;
    this.attachFollowedLog(log);
  }

  /** For an object whose log is no event store. @throws Error when its sockets follow a log already. */
  attachFollowedLog(log: FollowedLog): void {
    if (this.#followedLog !== undefined) throw new Error('The sockets of an object follow one log.');
    this.#followedLog = log;
  }

  #settled<T>(value: NotPromise<T>): T {
    if (!isPromise(value)) return value;
    // The rejection of work that should never have been asynchronous is replaced by the error below.
    value.then(undefined, () => undefined);
    throw new TypeError('The work of a transaction returned a promise; it must be synchronous.');
  }
}
