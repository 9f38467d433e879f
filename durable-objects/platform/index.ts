/** The parts that every object shares. */

export { DeadLetters } from './dead-letters.ts';
export { type Aggregate, UnreadableEvent } from './aggregate.ts';
export { EventPublisher } from './event-publisher.ts';
export { EventStore, HistoryGone, VersionConflict } from './event-store.ts';
export { Inbox } from './inbox.ts';
export type { EffectClass } from '../../shared/domain/engine/effect-class.ts';
export { Journal, maxStepValueBytes, OutcomeUnknown, type Step, type StepOutcome } from './journal.ts';
export { cutText, hashText, maxPayloadBytes, PayloadRefused } from './json-text.ts';
export { type JournalRow, JournalTable } from './journal-table.ts';
export { ManagedObject } from './managed-object.ts';
export { logPublicationGap, logPublicationTable, LogPublisher } from './log-publisher.ts';
export { migrate, type Migration, SchemaMismatch } from './migrate.ts';
export { moreRowHistory, type OpenTable, type OpenTables, rowHistoryMigration } from './open-tables.ts';
export { Outbox } from './outbox.ts';
export { admitCommand } from './parking.ts';
export type { Problem } from './retry.ts';
export { platformMigrations } from './schema.ts';
export { statement, Storage } from './storage.ts';
export { type FiredTimer, Timers } from './timers.ts';
