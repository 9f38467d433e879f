/**
 * What an event-sourced state is, and how its rows become events. Needs no runtime, so that logs of earlier versions are
 * replayed in plain Node.
 */

import { evolveRestored, type StateRestored, stateRestoredType } from '../../shared/domain/state/restored.ts';
import { decodeJson } from './json-text.ts';

/** A pure description of an event-sourced state. State and events are plain JSON data. */
export interface Aggregate<State, Event extends { readonly type: string }> {
  readonly initial: State;
  readonly evolve: (state: State, event: Event, recordedAt: number) => State;
  /** Raise it when the shape of `State` changes: older snapshots are then ignored. */
  readonly stateVersion: number;
  /** Every type this code knows; a row of another one was written by newer code and cannot be read. Absent: all are. */
  readonly eventTypes?: Readonly<Record<Event['type'], true>>;
  /** Present version of each event type, absent = 1. */
  readonly eventVersions?: Readonly<Record<string, number>>;
  /** Turns a payload of version n (the whole event, with its `type`) into version n + 1. */
  readonly upcast?: Readonly<Record<string, Readonly<Record<number, (payload: unknown) => unknown>>>>;
  /** Why this code must not go on from a state, as one sentence (a workflow of a newer version); undefined when it may. */
  readonly refuse?: (state: State) => string | undefined;
  /**
   * Whether an earlier state may be restored over an event: undefined when all that it changed is in the state, else what
   * else it did, as the end of "It cannot go back over …, because". Absent: nothing is ever restored.
   */
  readonly restoreOver?: (event: Event) => string | undefined;
}

export interface StoredEvent<Event> {
  /** 1, 2, 3, … without gaps. */
  readonly sequence: number;
  /** Milliseconds since the epoch. Data only: the order is the sequence's. */
  readonly recordedAt: number;
  readonly event: Event;
}

/** A log this code cannot read: a type, version or workflow from the future, a missing upcaster, or broken JSON. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}

export type EventRow = {
  readonly sequence: number;
  readonly type: string;
  readonly version: number;
  readonly payload: string;
  readonly recorded_at: number;
};

type Readable = Pick<Aggregate<never, { readonly type: string }>, 'eventVersions' | 'upcast'> & {
  readonly eventTypes?: Readonly<Record<string, true>>;
};

/** Why rows of this type and version cannot be read, as the end of a sentence; undefined when they can. */
export const findUnknownKind = (
  { eventTypes, eventVersions }: Readable,
  { type, version }: { readonly type: string; readonly version: number },
): string | undefined => {
  if (eventTypes !== undefined && type !== stateRestoredType && !Object.hasOwn(eventTypes, type))
    return 'is of a type this code does not know';
  const present = eventVersions?.[type] ?? 1;
  return version > present || version < 1
    ? `of version ${version} is unknown here; this code reads versions 1 to ${present}`
    : undefined;
};

const isRestored = (event: { readonly type: string }): event is StateRestored => event.type === stateRestoredType;

/** The state after an event: as the aggregate says, and for `state.restored` alike everywhere. */
export const evolveStored = <State, Event extends { readonly type: string }>(
  aggregate: Pick<Aggregate<State, Event>, 'evolve'>,
  state: State,
  { event, recordedAt }: Pick<StoredEvent<Event>, 'event' | 'recordedAt'>,
): State => {
  const anyEvent: { readonly type: string } = event;
  return isRestored(anyEvent) ? evolveRestored(state, anyEvent) : aggregate.evolve(state, event, recordedAt);
};

/** The row's event in its present version. @throws UnreadableEvent that names the row. */
export const readEventRow = <Event extends { readonly type: string }>(
  aggregate: Readable,
  row: EventRow,
): StoredEvent<Event> => {
  const unknown = findUnknownKind(aggregate, row);
  if (unknown !== undefined) throw new UnreadableEvent(`Event ${row.sequence} "${row.type}" ${unknown}.`);
  const name = `Event ${row.sequence} "${row.type}" of version ${row.version}`;
  let payload: unknown;
  try {
    payload = decodeJson(row.payload, name);
  } catch (thrown) {
    throw new UnreadableEvent(`${name} does not parse as JSON.`, { cause: thrown });
  }
  const present = aggregate.eventVersions?.[row.type] ?? 1;
  for (let { version } = row; version < present; version += 1) {
    const step = aggregate.upcast?.[row.type]?.[version];
    if (step === undefined) throw new UnreadableEvent(`${name} has no upcaster from version ${version}.`);
    payload = step(payload);
  }
  if (typeof payload !== 'object' || payload === null) throw new UnreadableEvent(`${name} is not an object.`);
  // SAFETY: written by the event store as this type, brought to its present version by the aggregate's own upcasters.
  const event = { ...payload, type: row.type } as unknown as Event;
  return { sequence: row.sequence, recordedAt: row.recorded_at, event };
};
