/**
 * Folds a kept log with the present code and compares every state on the way with what the code of that version made of
 * it. The states are compared in the fields that existed then, so that new fields are no difference and a lost or changed
 * one is.
 */
import { createHash } from 'node:crypto';
import { agentAggregate } from '../../durable-objects/agent/aggregate.ts';
import { readEventRow, type Aggregate, type StoredEvent } from '../../durable-objects/platform/aggregate.ts';
import { projectAggregate } from '../../durable-objects/project/aggregate.ts';
import { repositoryAggregate } from '../../durable-objects/repository/aggregate.ts';
import type { LoggedEvent, StoredObject } from './state-folder-objects.ts';

/** What the code of that version made of the log. */
export interface Expectation {
  /** Paths of every field of every state: `tasks.*.status`, `agents[].role`. */
  readonly fields: readonly string[];
  /** SHA-256 over all states up to and with that event; the last one stands for the whole log. */
  readonly checkpoints: readonly { readonly sequence: number; readonly hash: string }[];
}

const checkpointEvery = 10;
const idPattern = /^[a-z]{3}_[0-9a-z]{10,}$/i;

const fieldOf = (path: string, key: string): string => {
  const name = idPattern.test(key) ? '*' : key;
  return path === '' ? name : `${path}.${name}`;
};

const collectFields = (value: unknown, path: string, fields: Set<string>): void => {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const entry of value) collectFields(entry, `${path}[]`, fields);
    return;
  }
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined) continue;
    fields.add(fieldOf(path, key));
    collectFields(entry, fieldOf(path, key), fields);
  }
};

/** The value with sorted keys and without the fields that are not named. */
const keepFields = (value: unknown, path: string, fields: ReadonlySet<string>): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((entry) => keepFields(entry, `${path}[]`, fields));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, entry]) => entry !== undefined && fields.has(fieldOf(path, key)))
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, entry]) => [key, keepFields(entry, fieldOf(path, key), fields)]),
  );
};

const readLog = <State, Event extends { readonly type: string }>(
  aggregate: Aggregate<State, Event>,
  events: readonly LoggedEvent[],
): readonly StoredEvent<Event>[] =>
  events.map(({ sequence, type, version, recordedAt, payload }) =>
    readEventRow<Event>(aggregate, {
      sequence,
      type,
      version,
      recorded_at: recordedAt,
      payload: JSON.stringify(payload),
    }),
  );

function* statesOf<State, Event extends { readonly type: string }>(
  aggregate: Aggregate<State, Event>,
  events: readonly LoggedEvent[],
): Generator<{ readonly sequence: number; readonly state: State }> {
  let state = aggregate.initial;
  for (const { sequence, recordedAt, event } of readLog(aggregate, events)) {
    state = aggregate.evolve(state, event, recordedAt);
    yield { sequence, state };
  }
}

const replay = (kind: StoredObject['kind'], events: readonly LoggedEvent[]) => {
  switch (kind) {
    case 'project':
      return statesOf(projectAggregate, events);
    case 'agent':
      return statesOf(agentAggregate, events);
    case 'repository':
      return statesOf(repositoryAggregate, events);
  }
};

/** The events of an agent's log as the loop's checks read them. */
export const readAgentLog = (events: readonly LoggedEvent[]) => readLog(agentAggregate, events);

const hashStates = (
  kind: StoredObject['kind'],
  events: readonly LoggedEvent[],
  fields: ReadonlySet<string>,
): Expectation['checkpoints'] => {
  const checkpoints: { sequence: number; hash: string }[] = [];
  let hash = '';
  for (const { sequence, state } of replay(kind, events)) {
    const text = JSON.stringify(keepFields(state, '', fields));
    hash = createHash('sha256').update(hash).update(text).digest('hex');
    if (sequence % checkpointEvery === 0 || sequence === events.length) checkpoints.push({ sequence, hash });
  }
  return checkpoints;
};

/** What the present code makes of a log; kept when a version is recorded. */
export const expectationOf = (kind: StoredObject['kind'], events: readonly LoggedEvent[]): Expectation => {
  const fields = new Set<string>();
  for (const { state } of replay(kind, events)) collectFields(state, '', fields);
  return { fields: [...fields].toSorted(), checkpoints: hashStates(kind, events, fields) };
};

/**
 * Where the present code first differs from the code of that version, or undefined. The difference lies in the event
 * named or up to nine before it.
 * @throws UnreadableEvent when an event cannot be read at all.
 */
export const findStateDrift = (
  kind: StoredObject['kind'],
  events: readonly LoggedEvent[],
  expected: Expectation,
): { readonly sequence: number } | undefined => {
  const found = hashStates(kind, events, new Set(expected.fields));
  const different = expected.checkpoints.find(({ hash }, index) => found[index]?.hash !== hash);
  if (different !== undefined) return { sequence: different.sequence };
  return found.length === expected.checkpoints.length ? undefined : { sequence: events.length };
};
