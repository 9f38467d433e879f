/**
 * The memory and the disk of one object. A transaction is applied whole or not at all; what was committed reaches the
 * disk a little later, and a crash before that takes it back. Nothing leaves the object before (`whenFlushed`).
 */
import { Future } from './scheduler.ts';

export class Store {
  /** What takes back the changes that are not on disk yet, oldest first. */
  #undo: (() => void)[] = [];
  #flushing: Future<void> | undefined;
  readonly #startFlush: (done: () => void) => void;

  /** @param startFlush calls `done` when the disk has what was written until then. */
  constructor(startFlush: (done: () => void) => void) {
    this.#startFlush = startFlush;
  }

  /** Settles when all that was written so far is on disk; undefined when it is already. */
  get whenFlushed(): Future<void> | undefined {
    return this.#flushing;
  }

  put<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
    const before = map.get(key);
    this.change(() => {
      if (before === undefined) map.delete(key);
      else map.set(key, before);
    });
    map.set(key, value);
  }

  remove<Key, Value>(map: Map<Key, Value>, key: Key): void {
    const before = map.get(key);
    if (before === undefined) return;
    this.change(() => {
      map.set(key, before);
    });
    map.delete(key);
  }

  push<Value>(list: Value[], value: Value): void {
    const { length } = list;
    this.change(() => {
      list.length = length;
    });
    list.push(value);
  }

  /** Notes how a change that the caller makes is taken back. */
  change(undo: () => void): void {
    this.#undo.push(undo);
    if (this.#flushing !== undefined) return;
    const flushing = new Future<void>();
    this.#flushing = flushing;
    this.#startFlush(() => {
      if (this.#flushing !== flushing) return;
      this.#flushing = undefined;
      this.#undo = [];
      flushing.resolve();
    });
  }

  /** The object died: what is not on disk has never been. */
  crash(): void {
    this.#flushing = undefined;
    for (let index = this.#undo.length - 1; index >= 0; index -= 1) this.#undo[index]?.();
    this.#undo = [];
  }
}

/** A log as it can be given to another object: its entries never change. */
export interface KeptLog<State, Event> {
  readonly state: State;
  readonly entries: readonly LogEntry<Event>[];
}

interface LogEntry<Event> {
  readonly sequence: number;
  readonly at: number;
  readonly event: Event;
}

/** An object's events and the state they lead to. */
export class EventLog<State, Event> {
  state: State;
  readonly entries: LogEntry<Event>[] = [];
  readonly #store: Store;
  readonly #evolve: (state: State, event: Event, at: number) => State;

  constructor(store: Store, initial: State, evolve: (state: State, event: Event, at: number) => State) {
    this.#store = store;
    this.state = initial;
    this.#evolve = evolve;
  }

  get sequence(): number {
    return this.entries.at(-1)?.sequence ?? 0;
  }

  copy(): KeptLog<State, Event> {
    return { state: this.state, entries: this.entries };
  }

  beginWith(kept: KeptLog<State, Event>): void {
    this.state = kept.state;
    this.entries.push(...kept.entries);
  }

  append(event: Event, at: number): void {
    const before = this.state;
    this.#store.push(this.entries, { sequence: this.sequence + 1, at, event });
    this.#store.change(() => {
      this.state = before;
    });
    this.state = this.#evolve(before, event, at);
  }
}
