/**
 * Consumer groups: which event is handed to whom, and what becomes of it. Every event up to the cursor is settled, given up,
 * or outstanding; an outstanding one is leased to one consumer or waits for its next turn. Pure: rows in, rows out.
 */
import { fractionOf } from '../engine/backoff.ts';
import type { ProjectId } from '../ids.ts';
import type { TopicName } from './topic-name.ts';

/** Where the events of a group go. */
export type GroupTarget =
  /** Consumers come and pull. */
  | { readonly kind: 'pull' }
  /** A POST to the deployed app of a project of the workspace; 2xx acknowledges. */
  | {
      readonly kind: 'app';
      readonly projectId: ProjectId;
      readonly slot: 'production' | 'staging' | 'preview';
      readonly path: string;
    }
  /** Another topic of the workspace, by RPC: the way to gather what a pattern stands for. */
  | { readonly kind: 'topic'; readonly topic: TopicName }
  /**
   * A message to the team of a project of the workspace, as any other that passes through it: kept, and delivered to each
   * mailbox until it is acknowledged.
   */
  | {
      readonly kind: 'message';
      readonly projectId: ProjectId;
      /** `agent:<id>`, `role:<name>`, `*` for everybody, or `project:<id>` for the project's own record. */
      readonly recipient: string;
    };

export interface GroupSettings {
  readonly target: GroupTarget;
  /** Types of events that the group gets, all when there are none: whole types, or their beginning and `*`. */
  readonly types: readonly string[];
  /** Where a new group begins. */
  readonly start: 'oldest' | 'new';
  /** `key`: of one key one event at a time, in the topic's order. */
  readonly order: 'none' | 'key';
  /** How long an event is a consumer's unless it says otherwise. */
  readonly leaseMs: number;
  /** How often an event is handed out before it is given up to the dead letters. */
  readonly maxAttempts: number;
  /** Events handed out and not settled at one time; a consumer that never acknowledges gets no more than these. */
  readonly maxOutstanding: number;
  /** The pause after the first failure, at most; it doubles up to `backoffCapMs`. */
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
}

export const defaultGroupSettings: GroupSettings = {
  target: { kind: 'pull' },
  types: [],
  start: 'oldest',
  order: 'none',
  leaseMs: 30_000,
  maxAttempts: 5,
  maxOutstanding: 256,
  backoffBaseMs: 500,
  backoffCapMs: 60_000,
};

/** Entries of `types`. */
export const maxGroupTypes = 32;

/** Whether events of that type are for the group. */
export const takesType = ({ types }: Pick<GroupSettings, 'types'>, type: string): boolean =>
  types.length === 0 ||
  types.some((wanted) => (wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted));

export const groupBounds = {
  leaseMs: { least: 100, most: 12 * 3_600_000 },
  maxAttempts: { least: 1, most: 100 },
  maxOutstanding: { least: 1, most: 1_000 },
  backoffBaseMs: { least: 10, most: 3_600_000 },
  backoffCapMs: { least: 10, most: 24 * 3_600_000 },
} as const;

/** Events of one pull, and how long it may wait for them. */
export const maxPull = 100;
export const maxPullWaitMs = 20_000;

export interface GroupView {
  readonly group: string;
  readonly settings: GroupSettings;
  /** The first sequence that was not handed out yet. */
  readonly next: number;
  /** Handed out and not settled: leased to a consumer, or waiting for their next turn. */
  readonly leased: number;
  readonly waiting: number;
  /** Events of the topic that the group has not settled. */
  readonly lag: number;
  readonly deadLetters: number;
  /** `gone`: retention took events the group has not seen; it goes on when somebody seeks. */
  readonly status: 'active' | 'gone';
  readonly createdAt: number;
}

/** One handing-out of one event. */
export interface LeaseRef {
  readonly sequence: number;
  readonly lease: number;
}

/** What became of the event of an outstanding row: still there, dropped by retention, or replaced by a newer of its key. */
export type Presence = 'kept' | 'dropped' | 'compacted';

export interface Outstanding {
  readonly sequence: number;
  readonly key: string | undefined;
  /** Times it was handed out. */
  readonly attempts: number;
  /** The latest lease; 0 before the first. */
  readonly lease: number;
  readonly isLeased: boolean;
  /** The end of the lease, or when it may be handed out again. */
  readonly dueAt: number;
}

export interface Cursor {
  readonly next: number;
  /** The number of the last lease that was given. */
  readonly leases: number;
}

export interface Parked {
  readonly row: Outstanding;
  readonly cause: string;
}

export interface Taking {
  readonly taken: readonly Outstanding[];
  /** Rows to be written: those taken, and those that wait for an earlier one of their key. */
  readonly put: readonly Outstanding[];
  readonly dead: readonly Parked[];
  /** Rows whose event a newer one of its key has replaced. */
  readonly replaced: readonly Outstanding[];
  readonly cursor: Cursor;
}

type Rules = Pick<GroupSettings, 'order' | 'maxAttempts' | 'maxOutstanding'>;

const neverSettled = (attempts: number): string => `Its lease ran out ${attempts} times and nobody settled it.`;
const dropped = 'Retention dropped the event before it was settled.';

/** What a hand-out has come to so far. */
class HandOut {
  readonly taken: Outstanding[] = [];
  readonly put: Outstanding[] = [];
  readonly dead: Parked[] = [];
  readonly replaced: Outstanding[] = [];
  /** Rows the group has outstanding, those of this hand-out included. */
  count = 0;
  leases: number;
  readonly #rules: Rules;
  readonly #until: number;
  readonly #heldKeys = new Set<string>();

  constructor(rules: Rules, leases: number, until: number) {
    this.#rules = rules;
    this.leases = leases;
    this.#until = until;
  }

  /** Whether an earlier event of its key is not settled. */
  isHeld(key: string | undefined): boolean {
    return this.#rules.order === 'key' && key !== undefined && this.#heldKeys.has(key);
  }

  keep(row: Outstanding): void {
    this.count += 1;
    if (row.key !== undefined) this.#heldKeys.add(row.key);
  }

  lease({ sequence, key, attempts }: Pick<Outstanding, 'sequence' | 'key' | 'attempts'>): void {
    this.leases += 1;
    const leased: Outstanding = {
      sequence,
      key,
      attempts: attempts + 1,
      lease: this.leases,
      isLeased: true,
      dueAt: this.#until,
    };
    this.taken.push(leased);
    this.put.push(leased);
    this.keep(leased);
  }

  wait(row: Outstanding): void {
    this.put.push(row);
    this.keep(row);
  }

  end(next: number): Taking {
    const { taken, put, dead, replaced, leases } = this;
    return { taken, put, dead, replaced, cursor: { next, leases } };
  }
}

/**
 * Hands out up to `limit` events.
 * @param outstanding all rows of the group, by sequence.
 * @param fresh events for the group from the cursor on, by sequence; all there are up to `end`, or at least
 *   `limit + maxOutstanding` of them (`limit` where the order is none, since no key holds one up).
 * @param end up to where the topic was looked at, to which the cursor may move when `fresh` is used up.
 */
export const decideTake = (
  rules: Rules,
  cursor: Cursor,
  outstanding: readonly (Outstanding & { readonly presence: Presence })[],
  fresh: readonly { readonly sequence: number; readonly key: string | undefined }[],
  { now, limit, leaseMs, end }: { now: number; limit: number; leaseMs: number; end: number },
): Taking => {
  const out = new HandOut(rules, cursor.leases, now + leaseMs);
  const { taken, dead, replaced } = out;
  for (const { presence, ...row } of outstanding) {
    if (row.dueAt > now) out.keep(row);
    else if (presence === 'compacted') replaced.push(row);
    else if (presence === 'dropped') dead.push({ row, cause: dropped });
    else if (row.isLeased && row.attempts >= rules.maxAttempts) dead.push({ row, cause: neverSettled(row.attempts) });
    else if (taken.length < limit && !out.isHeld(row.key)) out.lease(row);
    else out.keep(row);
  }
  let { next } = cursor;
  for (const event of fresh) {
    if (taken.length >= limit || out.count >= rules.maxOutstanding) return out.end(next);
    next = event.sequence + 1;
    if (out.isHeld(event.key)) out.wait({ ...event, attempts: 0, lease: 0, isLeased: false, dueAt: now });
    else out.lease({ ...event, attempts: 0 });
  }
  return out.end(Math.max(next, end + 1));
};

/**
 * What to do with a lease that its holder ends. `done`: it was settled before; `rejected`: it was rejected before, and is
 * given up or waits for its next turn; `stale`: it is not theirs any more.
 */
export type LeaseVerdict = 'good' | 'done' | 'rejected' | 'stale';

/**
 * Whether the holder may settle or extend. A lease that has run out is still good until the event was handed out again.
 * @param row the outstanding row of that sequence.
 */
export const judgeLease = (
  ref: LeaseRef,
  row: Outstanding | undefined,
  { cursor, isDead }: { readonly cursor: Cursor; readonly isDead: boolean },
): LeaseVerdict => {
  if (row === undefined) {
    const wasGiven = ref.sequence < cursor.next && ref.lease >= 1 && ref.lease <= cursor.leases;
    if (!wasGiven) return 'stale';
    return isDead ? 'rejected' : 'done';
  }
  if (row.lease !== ref.lease) return 'stale';
  return row.isLeased ? 'good' : 'rejected';
};

/** Longest pause after the nth failure; see `retryDelayMs`. */
const longestDelayMs = (failures: number, { backoffBaseMs, backoffCapMs }: BackoffSettings): number =>
  Math.min(backoffCapMs, backoffBaseMs * 2 ** Math.min(failures - 1, 40));

type BackoffSettings = Pick<GroupSettings, 'backoffBaseMs' | 'backoffCapMs'>;

/**
 * Exponential backoff with full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): any
 * moment between at once and the longest pause, by `seed`, so that a schedule can be replayed.
 */
export const retryDelayMs = (failures: number, seed: string, settings: BackoffSettings): number =>
  failures <= 0 ? 0 : Math.round(longestDelayMs(failures, settings) * fractionOf(`${seed}/${failures}`));

/** After a consumer rejected an event: its next turn, or the dead letters. */
export const decideReject = (
  row: Outstanding,
  settings: Pick<GroupSettings, 'maxAttempts'> & BackoffSettings,
  { now, seed, delayMs }: { readonly now: number; readonly seed: string; readonly delayMs: number | undefined },
): { readonly type: 'retry'; readonly row: Outstanding } | { readonly type: 'dead' } => {
  if (row.attempts >= settings.maxAttempts) return { type: 'dead' };
  const pauseMs = delayMs ?? retryDelayMs(row.attempts, `${seed}/${row.sequence}`, settings);
  return { type: 'retry', row: { ...row, isLeased: false, dueAt: now + pauseMs } };
};
