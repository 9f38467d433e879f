/**
 * The one thread of a simulation: a clock that jumps from event to event, and processes (generators) that wait for a
 * time or for a future. Whoever waits may find that its host has died meanwhile; it is then never resumed.
 */

/** What a process waits for: milliseconds, or something that will be settled. */
type Wait = number | Settling;

/** A future, whatever it brings. */
interface Settling {
  whenSettled(continuation: Continuation<unknown>): void;
}

/** A piece of asynchronous work: each `yield` is what an `await` is in the real shells, and so a place to be killed at. */
export type Process<T = void> = Generator<Wait, T, unknown>;

type Continuation<T> = (failure: unknown, value: T | undefined) => void;

/** A value that comes later, or the failure to get it. */
export class Future<T> {
  #state: 'open' | 'done' | 'failed' = 'open';
  #value: T | undefined;
  #failure: unknown;
  #waiting: Continuation<T>[] = [];

  resolve(value: T): void {
    this.#settle('done', value, undefined);
  }

  reject(failure: object): void {
    this.#settle('failed', undefined, failure);
  }

  whenSettled(continuation: Continuation<T>): void {
    if (this.#state === 'open') this.#waiting.push(continuation);
    else continuation(this.#failure, this.#value);
  }

  #settle(state: 'done' | 'failed', value: T | undefined, failure: unknown): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    this.#value = value;
    this.#failure = failure;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const continuation of waiting) this.whenSettled(continuation);
  }
}

/** Waits in a process for a future of its own type. */
export function* wait<T>(future: Future<T>): Process<T> {
  // SAFETY: the scheduler resumes with what the future was resolved to.
  return (yield future) as T;
}

/** Where processes live: an object, or somebody outside who never dies. */
export interface Host {
  readonly name: string;
  /** Raised when everything that runs here is killed. */
  epoch: number;
  /** Until then nothing here moves, as if the machine had stopped the process. */
  pausedUntil: number;
}

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

const isBefore = (left: Entry, right: Entry): boolean =>
  left.at < right.at || (left.at === right.at && left.order < right.order);

export class Scheduler {
  now: number;
  /** Called at every place where a process waits. */
  atWait: (host: Host) => void = () => undefined;
  /** Called when all that belongs to one turn was done: synchronous code is never stopped in its middle. */
  afterTurn: () => void = () => undefined;
  waits = 0;
  #order = 0;
  readonly #heap: Entry[] = [];

  constructor(now: number) {
    this.now = now;
  }

  /** Does the work at that time, or now when it has passed. */
  at(time: number, run: () => void): void {
    this.#order += 1;
    const heap = this.#heap;
    const entry = { at: Math.max(time, this.now), order: this.#order, run };
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  /** Starts a process on a host; the future settles as the process ends, and never when its host dies first. */
  spawn<T>(host: Host, process: Process<T>): Future<T> {
    const ended = new Future<T>();
    this.#step({ host, epoch: host.epoch, process, ended }, undefined, undefined);
    return ended;
  }

  /** Says that something on this host waits now, and could be killed. */
  waiting(host: Host): void {
    this.waits += 1;
    this.atWait(host);
  }

  /** Runs until nothing is left to happen; false when the time limit or the number of events came first. */
  run(until: number, maxEvents: number): boolean {
    for (let events = 0; events < maxEvents; events += 1) {
      const entry = this.#pop();
      if (entry === undefined) return true;
      if (entry.at > until) return false;
      this.now = entry.at;
      entry.run();
      this.afterTurn();
    }
    return false;
  }

  #step<T>(task: Task<T>, failure: unknown, value: unknown): void {
    const { host, epoch, process, ended } = task;
    if (host.epoch !== epoch) return;
    if (host.pausedUntil > this.now) {
      this.at(host.pausedUntil, () => this.#step(task, failure, value));
      return;
    }
    let result: IteratorResult<Wait, T>;
    try {
      result = failure === undefined ? process.next(value) : process.throw(failure);
    } catch (thrown) {
      // A real error is a bug of the simulator or of what it drives; expected failures are plain objects.
      if (thrown instanceof Error || typeof thrown !== 'object' || thrown === null) throw thrown;
      ended.reject(thrown);
      return;
    }
    if (result.done === true) {
      ended.resolve(result.value);
      return;
    }
    this.waiting(host);
    const waited = result.value;
    if (typeof waited === 'number') this.at(this.now + waited, () => this.#step(task, undefined, undefined));
    else waited.whenSettled((failed, got) => this.#step(task, failed, got));
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      let child = heap[left];
      if (child === undefined) break;
      let at = left;
      const right = heap[left + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        at = left + 1;
      }
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = at;
    }
    heap[index] = last;
    return top;
  }
}

interface Task<T> {
  readonly host: Host;
  readonly epoch: number;
  readonly process: Process<T>;
  readonly ended: Future<T>;
}
