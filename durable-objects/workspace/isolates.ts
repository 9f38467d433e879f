/**
 * The gateway's isolates as holders of the workspace's budget. An isolate dies without a word, so each is heard of or
 * given up: silent for longer than any call lasts, what it was given and did not report counts as used; its late word
 * still corrects that. Long after, its row becomes part of one sum.
 */
import { addAmounts, noAmounts, subtractAmounts, type Amounts } from '../../shared/domain/budget/amounts.ts';
import {
  applyStatement,
  committedOf,
  grantTo,
  newHolder,
  type HolderRow,
  type Statement,
} from '../../shared/domain/budget/giver.ts';
import { BudgetAccounts } from '../budget-accounts.ts';
import type { Storage } from '../platform/index.ts';

interface IsolateRow extends HolderRow {
  readonly heardAt: number;
  /** Of the last report that had rows for the ledger. */
  readonly batch: number;
}

/** Longer than a call may last, with its report. */
const silentMs = 15 * 60_000;
/** An isolate takes another name after much less than this without calls. */
const forgottenMs = 24 * 3_600_000;

const sumName = 'sum';

export class Isolates {
  readonly #rows: BudgetAccounts<IsolateRow>;
  readonly #sum: BudgetAccounts<{ readonly used: Amounts }>;

  constructor(storage: Storage) {
    this.#rows = new BudgetAccounts<IsolateRow>(storage, 'isolate', { ...newHolder, heardAt: 0, batch: 0 });
    this.#sum = new BudgetAccounts(storage, 'isolates', { used: noAmounts });
  }

  /** All that isolates used and hold, for the giver: one row for each that may still spend, and one for the others. */
  holders(now: number): Readonly<Record<string, HolderRow>> {
    const holders: Record<string, HolderRow> = {};
    let { used } = this.#sum.get();
    for (const [name, row] of Object.entries(this.#rows.all())) {
      if (row.heardAt + silentMs < now) used = addAmounts(used, committedOf(row));
      else holders[name] = row;
    }
    return { ...holders, [sumName]: { ...newHolder, used, granted: used } };
  }

  /** What they used together, and what they hold beyond it. */
  standing(now: number): { readonly used: Amounts; readonly reserved: Amounts } {
    const rows = Object.values(this.holders(now));
    const used = rows.map((row) => row.used).reduce(addAmounts, noAmounts);
    const committed = rows.map(committedOf).reduce(addAmounts, noAmounts);
    return { used, reserved: subtractAmounts(committed, used) };
  }

  /** Takes what an isolate says of itself. Inside a transaction. */
  take(name: string, statement: Statement, now: number): void {
    const row = this.#rows.get(name);
    if (row.heardAt === 0) this.#forgetOld(now);
    this.#rows.put({ ...row, ...applyStatement(row, statement), heardAt: now }, name);
  }

  /** Inside a transaction. */
  grant(name: string, granted: Amounts): void {
    const row = this.#rows.get(name);
    this.#rows.put({ ...row, ...grantTo(row, granted) }, name);
  }

  /** True for a batch of the ledger that was not taken before. Inside a transaction. */
  isFresh(name: string, batch: number): boolean {
    const row = this.#rows.get(name);
    if (batch <= row.batch) return false;
    this.#rows.put({ ...row, batch }, name);
    return true;
  }

  #forgetOld(now: number): void {
    for (const [name, row] of Object.entries(this.#rows.all())) {
      if (row.heardAt + forgottenMs >= now) continue;
      this.#sum.put({ used: addAmounts(this.#sum.get().used, committedOf(row)) });
      this.#rows.remove(name);
    }
  }
}
