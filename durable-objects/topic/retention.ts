/**
 * How a topic stays bounded: by bytes with each publish, by age and by key with a timer, some hundred rows at a time so that
 * no turn is long. Publishing never waits for a consumer: one that is too late is told.
 */
import type { TopicSettings } from '../../shared/domain/event-bus/settings.ts';
import type { Storage, Timers } from '../platform/index.ts';
import type { TopicLog } from './topic-log.ts';

const timerName = 'retention';
const droppedAtOnce = 500;
const compactedAtOnce = 500;
const turnsOfPublish = 64;
/** Between two turns of work that is not finished, and between two looks for events that a newer one replaces. */
const nextTurnMs = 50;
const compactEveryMs = 60_000;

export interface RetentionParts {
  readonly storage: Storage;
  readonly log: TopicLog;
  readonly timers: Timers;
  readonly settings: () => TopicSettings;
  readonly now: () => number;
}

export class Retention {
  readonly #parts: RetentionParts;
  /** When the timer is due at the latest, as far as this instance knows: most publishes need not look. */
  #plannedAt = Number.POSITIVE_INFINITY;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
    parts.timers.on(timerName, () => this.#work());
    parts.storage.enlist({ invalidate: () => this.#forget() });
  }

  /** After events were added, in the same transaction. */
  added(): void {
    const { log, settings } = this.#parts;
    // As many turns as a batch can have filled, so that topics do not grow beyond their bound however fast they are.
    for (let turn = 0; turn < turnsOfPublish && log.size.bytes > settings().maxBytes; turn += 1) this.#dropBytes();
    this.plan();
  }

  /** Sets the timer for the oldest event's end, or for the next look at keys. */
  plan(): void {
    const { log, timers, settings, now } = this.#parts;
    if (log.size.events === 0) return;
    const { maxAgeMs, compaction, compactAfterMs } = settings();
    // Young events are looked at early rather than late: the timer is planned once, not for each event.
    const inMs = compaction === 'latest' ? Math.min(maxAgeMs, Math.max(compactEveryMs, compactAfterMs)) : maxAgeMs;
    const dueAt = now() + inMs;
    if (this.#plannedAt <= dueAt) return;
    timers.ensure({ name: timerName, dueAt });
    this.#plannedAt = dueAt;
  }

  #forget(): void {
    this.#plannedAt = Number.POSITIVE_INFINITY;
  }

  #work(): void {
    this.#forget();
    const { storage, log, timers, settings, now } = this.#parts;
    const { maxAgeMs, compaction, compactAfterMs } = settings();
    const isMore = storage.transaction(() => {
      const before = log.size.events;
      this.#dropAge(now() - maxAgeMs);
      if (log.size.bytes > settings().maxBytes) this.#dropBytes();
      const compacted = compaction === 'latest' ? log.compact(now() - compactAfterMs, compactedAtOnce) : 0;
      return compacted === compactedAtOnce || before - log.size.events >= droppedAtOnce;
    });
    if (isMore) timers.set({ name: timerName, dueAt: now() + nextTurnMs });
    else this.#planNext();
  }

  #planNext(): void {
    const { log, timers, settings, now } = this.#parts;
    const [oldest] = log.oldestEvents(1);
    if (oldest === undefined) return;
    const { maxAgeMs, compaction, compactAfterMs } = settings();
    const byAge = oldest.at + maxAgeMs;
    const byKey = now() + Math.max(compactEveryMs, compactAfterMs);
    timers.set({ name: timerName, dueAt: compaction === 'latest' ? Math.min(byAge, byKey) : byAge });
  }

  #dropAge(before: number): void {
    const { log } = this.#parts;
    const old = log.oldestEvents(droppedAtOnce);
    const young = old.findIndex(({ at }) => at >= before);
    log.drop(young === -1 ? old : old.slice(0, young));
  }

  /** Down to nine tenths, so that it is not done with each event at the limit. The newest event always stays. */
  #dropBytes(): void {
    const { log, settings } = this.#parts;
    let surplus = log.size.bytes - settings().maxBytes * 0.9;
    const oldest = log.oldestEvents(droppedAtOnce);
    let count = 0;
    while (surplus > 0 && count < oldest.length && log.size.events - count > 1) {
      surplus -= oldest[count]?.bytes ?? 0;
      count += 1;
    }
    log.drop(oldest.slice(0, count));
  }
}
