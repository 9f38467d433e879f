/**
 * Pushing: events of groups with a target leave by themselves, some at a time for each group, each again after a growing
 * pause until its attempts are used up. The outstanding rows are the truth; this only holds what is under way in this
 * instance. It never runs inside a publish, so a slow target slows nobody.
 */
import type { LeasedEvent } from '../../shared/rpc/event-bus.ts';
import type { Storage, Timers } from '../platform/index.ts';
import { causeOf, withDeadline } from '../platform/retry.ts';
import type { GroupDesk } from './group-desk.ts';
import type { GroupRecord, GroupTable } from './group-table.ts';

const timerName = 'push';
/** How long after a publish the timer looks, should the pushing that starts at once be lost with the object. */
const safetyMs = 1_000;
/** Deliveries of one group at a time. */
const atOnce = 8;
const deadlineMs = 15_000;
/** A lease is longer than a delivery may take. */
const leaseMs = 2 * deadlineMs;
/** Deliveries without a turn for others; see `turn`. */
const withoutTurn = 4;
/** Deliveries of one look at a group, after which the timer goes on: no target keeps the object busy for ever. */
const mostAtOneLook = 10_000;

/**
 * A moment in which the runtime can take what comes from outside. Between objects of one process it otherwise need not look
 * up until there is nothing left to hand over: a backlog of thousands would hold up every request for a minute.
 */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 1);
  });

/** Hands one event over; throws to be tried again. */
export type DeliverEvent = (group: GroupRecord, event: LeasedEvent) => Promise<void>;

export interface PushDeskParts {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly groups: GroupTable;
  readonly desk: GroupDesk;
  readonly deliver: DeliverEvent;
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly now: () => number;
  readonly report: (subject: string, cause: string) => void;
}

export class PushDesk {
  readonly #parts: PushDeskParts;
  readonly #running = new Map<string, Promise<void>>();
  /** Wakes the look at a group that waits for its deliveries, when there may be something new. */
  readonly #wakes = new Map<string, () => void>();
  #hasTargets: boolean | undefined;

  constructor(parts: PushDeskParts) {
    this.#parts = parts;
    parts.timers.on(timerName, () => this.#lookAtAll(), { attempts: Number.POSITIVE_INFINITY });
    parts.storage.enlist({ invalidate: () => this.changed() });
  }

  /** After groups were made, changed or removed. */
  changed(): void {
    this.#hasTargets = undefined;
  }

  /** In the transaction that gave groups something to push: the timer pushes it in any case. */
  plan(): void {
    if (this.#isNeeded()) this.#parts.timers.ensure({ name: timerName, dueAt: this.#parts.now() + safetyMs });
  }

  /** Begins to push what is due, after such a transaction. */
  kick(): void {
    if (this.#isNeeded()) this.#parts.waitUntil(this.#lookAtAll());
  }

  /** When the object is loaded: what its dead instance was pushing is due again. */
  recover(): void {
    const { storage, groups, now } = this.#parts;
    if (!this.#isNeeded()) return;
    storage.transaction(() => {
      for (const { name } of this.#targeted()) groups.release(name, now());
      this.#parts.timers.ensure({ name: timerName, dueAt: now() });
    });
  }

  async #lookAtAll(): Promise<void> {
    const { storage, timers } = this.#parts;
    await Promise.all(this.#targeted().map(({ name }) => this.#look(name)));
    if (this.#running.size > 0) return;
    const due = this.#targeted().flatMap((group) => this.#dueAt(group) ?? []);
    storage.transaction(() => {
      if (due.length === 0) timers.cancel(timerName);
      else timers.set({ name: timerName, dueAt: Math.min(...due) });
    });
  }

  #look(name: string): Promise<void> {
    const running = this.#running.get(name);
    if (running !== undefined) {
      this.#wakes.get(name)?.();
      return running;
    }
    const look = this.#pushAll(name);
    // It may have ended at once, with nothing to do.
    if (this.#wakes.has(name)) this.#running.set(name, look);
    return look;
  }

  async #pushAll(name: string): Promise<void> {
    const underWay = new Set<Promise<void>>();
    let count = 0;
    let nextTurn = withoutTurn;
    try {
      for (;;) {
        if (count >= nextTurn) {
          nextTurn = count + withoutTurn;
          await turn();
        }
        const wake = Promise.withResolvers<void>();
        this.#wakes.set(name, () => wake.resolve());
        const events = count < mostAtOneLook ? this.#take(name, atOnce - underWay.size) : [];
        count += events.length;
        for (const event of events) {
          const delivery = this.#push(name, event).finally(() => underWay.delete(delivery));
          underWay.add(delivery);
        }
        if (underWay.size === 0) break;
        // One that ends makes room, and may free its key for the next.
        await Promise.race([...underWay, wake.promise]);
      }
    } catch (thrown) {
      // The rows are as they were and the timer is set: the next look goes on from there.
      this.#parts.report(name, causeOf(thrown));
      await Promise.allSettled(underWay);
    } finally {
      // Without a wait after the last look, so that nothing new can fall between the two.
      this.#running.delete(name);
      this.#wakes.delete(name);
    }
  }

  #take(name: string, limit: number): readonly LeasedEvent[] {
    if (limit <= 0) return [];
    const { groups, desk } = this.#parts;
    const group = groups.find(name);
    if (group === undefined || group.settings.target.kind === 'pull') return [];
    // Overtaken by retention: it stands still, and its view says so, until somebody moves it.
    const taken = desk.take(group, { limit, leaseMs });
    return taken.ok ? taken.value : [];
  }

  async #push(name: string, event: LeasedEvent): Promise<void> {
    const { groups, desk, deliver } = this.#parts;
    const group = groups.find(name);
    if (group === undefined) return;
    const { sequence, lease } = event;
    try {
      await withDeadline(deliver(group, event), deadlineMs, `The delivery of event ${sequence} to "${name}"`);
    } catch (thrown) {
      const cause = causeOf(thrown);
      if (event.attempt === 1) this.#parts.report(`${name}/${sequence}`, cause);
      desk.reject(name, [{ sequence, lease }], { cause });
      return;
    }
    desk.acknowledge(name, [{ sequence, lease }]);
  }

  /** When there is something to push; undefined when there is nothing, or retention overtook the group. */
  #dueAt({ name, settings }: GroupRecord): number | undefined {
    const { groups, desk, now } = this.#parts;
    const view = desk.view(name);
    if (!view.ok || view.value.status === 'gone') return undefined;
    const { leased, waiting, lag } = view.value;
    const isNewLeft = lag > leased + waiting && leased + waiting < settings.maxOutstanding;
    if (isNewLeft) return now();
    // Rows that are due and were not taken were too many for one look.
    return groups.figures(name, now()).dueAt ?? (waiting > 0 ? now() + safetyMs : undefined);
  }

  #targeted(): readonly GroupRecord[] {
    return this.#parts.groups.all().filter(({ settings }) => settings.target.kind !== 'pull');
  }

  #isNeeded(): boolean {
    this.#hasTargets ??= this.#targeted().length > 0;
    return this.#hasTargets;
  }
}
