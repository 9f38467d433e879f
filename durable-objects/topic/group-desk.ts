/**
 * Consumer groups of a topic: what `shared/domain/event-bus/group.ts` decides is written here, one transaction each. Retention
 * never skips an event in silence: a group it overtook is answered `cursor.gone` until somebody moves it.
 */
import {
  decideReject,
  decideTake,
  judgeLease,
  takesType,
  type GroupSettings,
  type GroupView,
  type LeaseRef,
  type LeaseVerdict,
  type Outstanding,
} from '../../shared/domain/event-bus/group.ts';
import { maxGroups } from '../../shared/domain/event-bus/settings.ts';
import { composeCursorGone } from '../../shared/errors/cursor-gone.ts';
import { err, ok, type AppError, type Result } from '../../shared/errors/result.ts';
import type { BusEvent, LeasedEvent, Settled } from '../../shared/rpc/event-bus.ts';
import type { Storage } from '../platform/index.ts';
import type { DeadLetterTable } from './dead-letter-table.ts';
import type { GroupRecord, GroupTable } from './group-table.ts';
import type { TopicLog } from './topic-log.ts';

export interface GroupDeskParts {
  readonly storage: Storage;
  readonly log: TopicLog;
  readonly groups: GroupTable;
  readonly letters: DeadLetterTable;
  readonly now: () => number;
  /** Told of what was given up for good. */
  readonly report: (status: 'parked' | 'dropped', subject: string, cause: string) => void;
}

/** Events that one look passes over because they are not for the group. */
const mostLookedAt = 20_000;

export const noSuchGroup = (group: string): AppError => ({
  type: 'resource.not_found',
  detail: `The topic has no consumer group "${group}". Make it first.`,
});

const gone = (log: TopicLog, group: string): AppError => ({
  ...composeCursorGone(log.oldest),
  detail: `Retention took events that group "${group}" has not seen; the oldest kept is ${log.oldest}. Seek to go on.`,
  issues: [{ field: 'group', reason: `is behind the oldest event that is kept, ${log.oldest}` }],
});

export class GroupDesk {
  readonly #parts: GroupDeskParts;

  constructor(parts: GroupDeskParts) {
    this.#parts = parts;
  }

  /** Makes the group or changes its settings. Inside a transaction. */
  put(name: string, settings: GroupSettings): Result<GroupView> {
    const { groups, log, now } = this.#parts;
    if (groups.find(name) !== undefined) groups.saveSettings(name, settings);
    else {
      if (groups.count() >= maxGroups) {
        const detail = `A topic has at most ${maxGroups} consumer groups; remove one first.`;
        return err({ type: 'resource.conflict', detail });
      }
      const next = settings.start === 'new' ? log.sequence + 1 : log.oldest;
      groups.insert({ name, settings, cursor: { next, leases: 0 }, createdAt: now() });
    }
    return this.view(name);
  }

  view(name: string): Result<GroupView> {
    const group = this.#parts.groups.find(name);
    return group === undefined ? err(noSuchGroup(name)) : ok(this.#view(group));
  }

  views(): readonly GroupView[] {
    return this.#parts.groups.all().map((group) => this.#view(group));
  }

  /** Leases up to `limit` events; `cursor.gone` when retention overtook the group. */
  take(
    group: GroupRecord,
    { limit, leaseMs, pullId }: { readonly limit: number; readonly leaseMs?: number; readonly pullId?: string },
  ): Result<readonly LeasedEvent[]> {
    const { storage, log, groups, now } = this.#parts;
    const { name, settings, cursor } = group;
    if (cursor.next < log.oldest) return err(gone(log, name));
    // Where neither keys nor types pass any over, the next ones are those that are taken.
    const isPlain = settings.order === 'none' && settings.types.length === 0;
    const { fresh, end } = this.#look(group, isPlain ? limit : limit + settings.maxOutstanding);
    const outstanding = groups.outstanding(name, log.oldest - 1);
    const terms = { now: now(), limit, leaseMs: leaseMs ?? settings.leaseMs, end };
    const taking = decideTake(settings, cursor, outstanding, fresh, terms);
    return storage.transaction(() => {
      for (const { row, cause } of taking.dead) this.#giveUp(name, row, cause);
      for (const { sequence } of taking.replaced) groups.settle(name, sequence);
      for (const row of taking.put) groups.put(name, row, row.isLeased ? pullId : undefined);
      const { next, leases } = taking.cursor;
      if (next !== cursor.next || leases !== cursor.leases) groups.saveCursor(name, taking.cursor);
      return ok(taking.taken.flatMap((row) => this.#leased(name, row)));
    });
  }

  /** Events from the cursor on that are for the group, so many or all there are, and up to where that was looked. */
  #look({ settings, cursor }: GroupRecord, wanted: number) {
    const { log } = this.#parts;
    const fresh: { readonly sequence: number; readonly key: string | undefined }[] = [];
    let end = cursor.next - 1;
    for (let looked = 0; looked < mostLookedAt && fresh.length < wanted;) {
      const page = log.keys(end, wanted);
      for (const { type, ...event } of page) if (takesType(settings, type)) fresh.push(event);
      looked += page.length;
      if (page.length < wanted) return { fresh, end: log.sequence };
      end = page.at(-1)?.sequence ?? end;
    }
    return { fresh, end };
  }

  /** What an earlier pull of that id leased and holds still. */
  again(name: string, pullId: string): readonly LeasedEvent[] {
    const { groups, now } = this.#parts;
    return groups.ofPull(name, pullId, now()).flatMap((row) => this.#leased(name, row));
  }

  acknowledge(name: string, leases: readonly LeaseRef[]): Result<Settled> {
    const { groups, letters } = this.#parts;
    return this.#each(name, leases, (_group, row) => {
      groups.settle(name, row.sequence);
      letters.settle(name, row.sequence);
    });
  }

  reject(
    name: string,
    leases: readonly LeaseRef[],
    { cause, delayMs }: { readonly cause: string; readonly delayMs?: number },
  ): Result<Settled> {
    const { groups, now } = this.#parts;
    const settle = ({ settings }: GroupRecord, row: Outstanding): void => {
      const decision = decideReject(row, settings, { now: now(), seed: name, delayMs });
      if (decision.type === 'retry') groups.put(name, decision.row);
      else this.#giveUp(name, row, cause);
    };
    return this.#each(name, leases, settle, ['stale']);
  }

  extend(name: string, leases: readonly LeaseRef[], leaseMs: number): Result<Settled> {
    const { groups, now } = this.#parts;
    return this.#each(name, leases, (_group, row) => groups.extend(name, row, now() + leaseMs));
  }

  /** Moves the cursor to a sequence that is kept, or one past the end. Inside a transaction. */
  seek(name: string, to: { readonly after?: number; readonly since?: number }): Result<GroupView> {
    const { groups, log } = this.#parts;
    const group = groups.find(name);
    if (group === undefined) return err(noSuchGroup(name));
    const next = to.since === undefined ? (to.after ?? 0) + 1 : log.findMoment(to.since);
    if (next < log.oldest) return err(composeCursorGone(log.oldest));
    if (next > log.sequence + 1) {
      const reason = `is ahead of the topic, which ends at ${log.sequence}`;
      return err({ type: 'request.invalid', detail: `after ${reason}.`, issues: [{ field: 'body.after', reason }] });
    }
    groups.drop(name);
    groups.saveCursor(name, { ...group.cursor, next });
    return this.view(name);
  }

  /** Hands a dead letter's event out again. Inside a transaction. */
  replay(name: string, letterId: number): Result<{ readonly replayed: true }> {
    const { groups, letters, now } = this.#parts;
    const letter = letters.find(name, letterId);
    if (letter === undefined) return err({ type: 'resource.not_found', detail: 'There is no such dead letter.' });
    if (letter.event === undefined) {
      const detail = 'Retention took the event before it was given up, so there is nothing to hand out again.';
      return err({ type: 'resource.conflict', detail });
    }
    const { sequence, event } = letter;
    groups.put(name, { sequence, key: event.key, attempts: 0, lease: 0, isLeased: false, dueAt: now() });
    letters.replay(letterId);
    return ok({ replayed: true });
  }

  #each(
    name: string,
    leases: readonly LeaseRef[],
    settle: (group: GroupRecord, row: Outstanding) => void,
    refused: readonly LeaseVerdict[] = ['stale', 'rejected'],
  ): Result<Settled> {
    const { storage, groups, letters } = this.#parts;
    const group = groups.find(name);
    if (group === undefined) return err(noSuchGroup(name));
    return storage.transaction(() => {
      const stale: number[] = [];
      for (const ref of leases) {
        const row = groups.oneOutstanding(name, ref.sequence);
        const isDead = row === undefined && letters.has(name, ref.sequence);
        const verdict = judgeLease(ref, row, { cursor: group.cursor, isDead });
        if (refused.includes(verdict)) stale.push(ref.sequence);
        else if (verdict === 'good' && row !== undefined) settle(group, row);
      }
      return ok({ settled: leases.length - stale.length, stale });
    });
  }

  #leased(name: string, row: Outstanding): readonly LeasedEvent[] {
    const { log, letters, now } = this.#parts;
    const { sequence, lease, attempts: attempt, dueAt: leasedUntil } = row;
    const stored = log.one(sequence);
    if (stored !== undefined) return [{ ...stored, lease, attempt, leasedUntil }];
    const event: BusEvent | undefined = letters.copy(name, sequence);
    return event === undefined ? [] : [{ sequence, recordedAt: now(), event, lease, attempt, leasedUntil }];
  }

  #giveUp(name: string, row: Outstanding, cause: string): void {
    const { log, groups, letters, now, report } = this.#parts;
    const event = log.one(row.sequence)?.event ?? letters.copy(name, row.sequence);
    groups.settle(name, row.sequence);
    for (const sequence of letters.add(name, { row, cause }, event, now())) {
      report('dropped', `${name}/${sequence}`, 'The group has too many dead letters.');
    }
    report('parked', `${name}/${row.sequence}`, cause);
  }

  #view({ name, settings, cursor, createdAt }: GroupRecord): GroupView {
    const { log, groups, letters, now } = this.#parts;
    const { leased, waiting } = groups.figures(name, now());
    return {
      group: name,
      settings,
      next: cursor.next,
      leased,
      waiting,
      lag: Math.max(0, log.sequence + 1 - Math.max(cursor.next, log.oldest)) + leased + waiting,
      deadLetters: letters.count(name),
      status: cursor.next < log.oldest ? 'gone' : 'active',
      createdAt,
    };
  }
}
