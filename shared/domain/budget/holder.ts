/**
 * The holder's side of grants: what it used, what it reserved for calls under way, and what it may spend without asking
 * again. Plain JSON, kept in one row and changed in the transactions that write intents and results.
 */
import {
  addAmounts,
  coversAmounts,
  noAmounts,
  subtractAmounts,
  type Amounts,
  type CountedDimension,
} from './amounts.ts';
import type { GrantRequest, Statement } from './giver.ts';

export interface Holder {
  /** Of the last statement made. */
  readonly revision: number;
  readonly used: Amounts;
  readonly reserved: Amounts;
  /** Undefined: the giver has to be asked first. */
  readonly grant?: Grant;
  /** True when something changed since the last statement. */
  readonly changed: boolean;
}

export type Grant =
  | { readonly type: 'unlimited' }
  | {
      readonly type: 'limited';
      /** The total that may be used, in the dimensions that are limited. */
      readonly granted: Amounts;
      readonly dimensions: readonly CountedDimension[];
      /** What a call leaves over is given back at once. */
      readonly tight: boolean;
      /** Nothing begins from this time on without asking. */
      readonly until?: number;
    };

export const newHolderState: Holder = { revision: 0, used: noAmounts, reserved: noAmounts, changed: false };

const taken = ({ used, reserved }: Holder): Amounts => addAmounts(used, reserved);

/** True when a call that needs this may be made without asking. */
export const mayBegin = (holder: Holder, need: Amounts, now: number): boolean => {
  const { grant } = holder;
  if (grant === undefined) return false;
  if (grant.type === 'unlimited') return true;
  const inTime = grant.until === undefined || now < grant.until;
  return inTime && coversAmounts(grant.granted, addAmounts(taken(holder), need), grant.dimensions);
};

/** A call begins: what it may use at most is set aside. */
export const reserve = (holder: Holder, amounts: Amounts): Holder => ({
  ...holder,
  reserved: addAmounts(holder.reserved, amounts),
  changed: true,
});

/** A call has ended: what it used instead of what was set aside. */
export const settle = (holder: Holder, reserved: Amounts, used: Amounts): Holder => ({
  ...holder,
  reserved: subtractAmounts(holder.reserved, reserved),
  used: addAmounts(holder.used, used),
  changed: true,
});

/** What it keeps when it gives back what it does not need: only what is used and set aside. */
const holdOf = (holder: Holder, release: boolean): Amounts => {
  const { grant } = holder;
  return release || grant?.type !== 'limited' ? taken(holder) : grant.granted;
};

/** The next statement. `release`: give back all that no call under way needs. */
export const state = (holder: Holder, release: boolean): { readonly holder: Holder; readonly statement: Statement } => {
  const revision = holder.revision + 1;
  const hold = holdOf(holder, release);
  const { grant } = holder;
  const kept: Grant | undefined = grant?.type === 'limited' ? { ...grant, granted: hold } : grant;
  return {
    holder: { ...holder, revision, changed: false, ...(kept === undefined ? {} : { grant: kept }) },
    statement: { revision, used: holder.used, hold },
  };
};

/** Asks for the next call. What was granted before and is not used goes into the request, so it says what it keeps. */
export const ask = (
  holder: Holder,
  need: Amounts,
  unpricedModel?: string,
): { readonly holder: Holder; readonly request: GrantRequest } => {
  const stated = state(holder, true);
  return {
    holder: stated.holder,
    request: { ...stated.statement, need, ...(unpricedModel === undefined ? {} : { unpricedModel }) },
  };
};

/** Takes the answer to the request of that revision; an answer to an older one is dropped. */
export const receive = (holder: Holder, revision: number, grant: Grant): Holder =>
  revision === holder.revision ? { ...holder, grant } : holder;

/** The limits have changed: ask before the next call. What is reserved stays so. */
export const forgetGrant = ({ grant: _grant, ...holder }: Holder): Holder => holder;
