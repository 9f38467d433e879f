/** The parts that every object shares. */

export {
  type Aggregate,
  EventStore,
  HistoryGone,
  type StoredEvent,
  UnreadableEvent,
  VersionConflict,
} from './event-store.ts';
export { Inbox } from './inbox.ts';
export { type EffectClass, Journal, OutcomeUnknown, type Step, type StepOutcome } from './journal.ts';
export type { JournalRow } from './journal-table.ts';
export { hashJson, maxPayloadBytes, PayloadRefused } from './json-text.ts';
export { ManagedObject, type ManagedObjectDefinition } from './managed-object.ts';
export { migrate, type Migration, SchemaMismatch } from './migrate.ts';
export { type Deliver, Outbox, type OutboxOptions } from './outbox.ts';
export type { DeadLetter } from './outbox-table.ts';
export type { Problem, Report } from './retry.ts';
export { platformMigrations } from './schema.ts';
export { Sockets } from './sockets.ts';
export { type NotPromise, type SqlRow, type SqlValue, type Statement, statement, Storage } from './storage.ts';
export { type FiredTimer, type TimerHandler, type TimerHandlerOptions, Timers } from './timers.ts';
export type { TimerDeadLetter } from './timer-table.ts';
