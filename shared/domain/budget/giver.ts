/**
 * The giver's side of grants. A budget that several spend from is given out in parts before it is spent: the project
 * gives to its agents, the workspace to its projects. All figures are totals since the beginning, never differences,
 * and each statement of a holder carries a revision that only grows; so a repeated, late or reordered statement changes
 * nothing, and a crash between a grant and its use leaves nothing behind: the holder's next statement says what it
 * still wants to keep.
 *
 * A call is granted whole while anything is left. The last one may so go over the limit, and nobody else is given
 * anything until it has settled; that is why all holders together exceed a limit by less than one call.
 */
import {
  addAmounts,
  countedDimensions,
  limitedDimensions,
  maxAmounts,
  minAmounts,
  noAmounts,
  sumAmounts,
  type Amounts,
  type BudgetLimits,
  type BudgetScope,
  type CountedDimension,
} from './amounts.ts';
import type { Exhaustion } from './exhaustion.ts';

/** What a holder says of itself. */
export interface Statement {
  /** Grows with each statement of this holder. */
  readonly revision: number;
  /** All it ever used. */
  readonly used: Amounts;
  /** The total it wants to keep: what it used and what it still means to spend. */
  readonly hold: Amounts;
}

/** A holder asks for its next call. */
export interface GrantRequest extends Statement {
  /** Beyond `hold`, for one call. */
  readonly need: Amounts;
  /** The model whose price is not known, if the call is of one. */
  readonly unpricedModel?: string;
  /** Calls of that size that it means to make soon; absent: 8. A fair share bounds what it is given all the same. */
  readonly ahead?: number;
}

export interface HolderRow {
  readonly revision: number;
  readonly used: Amounts;
  /** The total given to it so far, what it used included. */
  readonly granted: Amounts;
  /** The revision of the request that was granted last: a repeat of it is answered alike. */
  readonly answered?: number;
}

export interface Giver {
  readonly scope: BudgetScope;
  readonly limits: BudgetLimits;
  readonly holders: Readonly<Record<string, HolderRow>>;
  readonly elapsedMs: number;
}

export type GrantDecision =
  | {
      readonly status: 'granted';
      /** The holder's total from now on. */
      readonly granted: Amounts;
      /** What is limited; in the other dimensions `granted` says nothing. */
      readonly dimensions: readonly CountedDimension[];
      /** Little is left: what a call leaves over is to be given back at once. */
      readonly tight: boolean;
      /** Wall time left, in milliseconds; absent without a limit. */
      readonly wallLeftMs?: number;
    }
  /** The rest is with other holders; what they give back may be enough. */
  | { readonly status: 'wait' }
  | { readonly status: 'exhausted'; readonly exhaustion: Exhaustion };

/** How much more than its call a holder is given at most, in calls of that size: usually, and when it is busy. */
export const chunkCalls = 8;
export const mostChunkCalls = 512;

export const newHolder: HolderRow = { revision: 0, used: noAmounts, granted: noAmounts };

/** The row after a statement; older statements than the last one change nothing. */
export const applyStatement = (row: HolderRow, { revision, used, hold }: Statement): HolderRow =>
  revision <= row.revision
    ? row
    : {
        ...row,
        revision,
        used: maxAmounts(row.used, used),
        granted: minAmounts(row.granted, maxAmounts(hold, used)),
      };

/** The row after its request was granted. */
export const grantTo = (row: HolderRow, granted: Amounts): HolderRow => ({ ...row, granted, answered: row.revision });

/** What a holder has taken of the budget: what it was given, or what it used where that is more. */
export const committedOf = ({ used, granted }: HolderRow): Amounts => maxAmounts(used, granted);

/** Used and reserved of all holders together. */
export const standingOf = (
  holders: Readonly<Record<string, HolderRow>>,
): { readonly used: Amounts; readonly committed: Amounts } => {
  const rows = Object.values(holders);
  return { used: sumAmounts(rows.map(({ used }) => used)), committed: sumAmounts(rows.map(committedOf)) };
};

type Verdict =
  | { readonly status: 'free'; readonly extra: number; readonly tight: boolean }
  | { readonly status: 'wait' }
  | { readonly status: 'exhausted'; readonly limit: number; readonly used: number };

/** One dimension for one holder: `committed` and `used` are those of all holders. */
const judge = (
  limit: number,
  standing: { readonly committed: number; readonly used: number; readonly holders: number },
  need: number,
  ahead: number,
): Verdict => {
  const free = limit - standing.committed;
  if (free <= 0) {
    return standing.committed > standing.used
      ? { status: 'wait' }
      : { status: 'exhausted', limit, used: standing.used };
  }
  // Half of a fair share at most, so that a few agents do not hold everything while others wait.
  const extra = Math.max(0, Math.min(need * ahead, Math.floor((free - need) / (2 * standing.holders))));
  return { status: 'free', extra, tight: extra < need };
};

const wallExhaustion = ({ scope, limits, elapsedMs }: Giver): Exhaustion | undefined =>
  limits.maxWallMs !== undefined && elapsedMs >= limits.maxWallMs
    ? { scope, dimension: 'wallMs', limit: limits.maxWallMs, used: elapsedMs }
    : undefined;

/**
 * What the holder gets. The giver's rows must hold the request's statement already (`applyStatement`); what is granted
 * is written with `grantTo`. A repeated request is granted what it was granted, an older one than the last waits.
 */
export const decideGrant = (giver: Giver, holderId: string, request: GrantRequest): GrantDecision => {
  const overtime = wallExhaustion(giver);
  if (overtime !== undefined) return { status: 'exhausted', exhaustion: overtime };
  const { scope, limits } = giver;
  const standing = standingOf(giver.holders);
  const row = giver.holders[holderId] ?? newHolder;
  if (request.revision < row.revision) return { status: 'wait' };
  if (request.revision === row.answered) return grant(giver, row.granted, true);
  const own = committedOf(row);
  const ahead = Math.min(mostChunkCalls, Math.max(chunkCalls, request.ahead ?? chunkCalls));
  const holders = Math.max(1, Object.keys(giver.holders).length);
  let extra = noAmounts;
  let tight = false;
  let waits = false;
  for (const { dimension, limit: name } of countedDimensions) {
    const limit = limits[name];
    if (limit === undefined) continue;
    const used = standing.used[dimension];
    if (dimension === 'costMicros' && request.unpricedModel !== undefined) {
      const { unpricedModel } = request;
      return { status: 'exhausted', exhaustion: { scope, dimension, limit, used, unpricedModel } };
    }
    // What the call does not touch cannot forbid it: a tool may still hand in what the last tokens were paid for.
    if (request.need[dimension] === 0) continue;
    const committed = standing.committed[dimension];
    const verdict = judge(limit, { committed, used, holders }, request.need[dimension], ahead);
    if (verdict.status === 'exhausted') {
      return { status: 'exhausted', exhaustion: { scope, dimension, limit: verdict.limit, used: verdict.used } };
    }
    if (verdict.status === 'wait') waits = true;
    else {
      extra = { ...extra, [dimension]: verdict.extra };
      tight ||= verdict.tight;
    }
  }
  if (waits) return { status: 'wait' };
  return grant(giver, addAmounts(own, addAmounts(request.need, tight ? noAmounts : extra)), tight);
};

const grant = ({ limits, elapsedMs }: Giver, granted: Amounts, tight: boolean): GrantDecision => ({
  status: 'granted',
  granted,
  dimensions: limitedDimensions(limits),
  tight,
  ...(limits.maxWallMs === undefined ? {} : { wallLeftMs: limits.maxWallMs - elapsedMs }),
});
