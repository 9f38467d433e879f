/** What is held of the quotas of a workspace, and the limits that it has of its own. */
import type { Holding } from '../../shared/domain/quota/decide-hold.ts';
import { isQuotaName, type QuotaName } from '../../shared/domain/quota/quotas.ts';
import { statement, type Storage } from '../platform/index.ts';

export const quotaTables = `
  CREATE TABLE quota_limit (
    quota TEXT NOT NULL PRIMARY KEY,
    amount INTEGER NOT NULL,
    set_by TEXT NOT NULL,
    set_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE quota_holding (
    quota TEXT NOT NULL,
    holder TEXT NOT NULL,
    amount INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    stated_at INTEGER NOT NULL,
    PRIMARY KEY (quota, holder)
  ) STRICT`;

const statements = {
  limits: statement<
    [],
    { quota: string; amount: number; set_by: string }
  >`SELECT quota, amount, set_by FROM quota_limit`,
  putLimit: statement<[quota: string, amount: number, by: string, at: number]>`
    INSERT INTO quota_limit (quota, amount, set_by, set_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (quota) DO UPDATE SET amount = excluded.amount, set_by = excluded.set_by, set_at = excluded.set_at`,
  removeLimit: statement<[quota: string]>`DELETE FROM quota_limit WHERE quota = ?`,
  used: statement<[quota: string], { used: number | null; oldest: number | null }>`
    SELECT SUM(amount) AS used, MIN(CASE WHEN amount > 0 THEN stated_at END) AS oldest
    FROM quota_holding WHERE quota = ?`,
  holding: statement<[quota: string, holder: string], { amount: number; revision: number }>`
    SELECT amount, revision FROM quota_holding WHERE quota = ? AND holder = ?`,
  put: statement<[quota: string, holder: string, amount: number, revision: number, statedAt: number]>`
    INSERT INTO quota_holding (quota, holder, amount, revision, stated_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (quota, holder) DO UPDATE
    SET amount = excluded.amount, revision = MAX(revision, excluded.revision), stated_at = excluded.stated_at`,
  forget: statement<[holder: string]>`DELETE FROM quota_holding WHERE holder = ?`,
};

export interface OwnLimit {
  readonly amount: number;
  readonly setBy: string;
}

export class QuotaTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  limits(): Readonly<Partial<Record<QuotaName, OwnLimit>>> {
    const limits: Partial<Record<QuotaName, OwnLimit>> = {};
    for (const { quota, amount, set_by: setBy } of this.#storage.all(statements.limits))
      if (isQuotaName(quota)) limits[quota] = { amount, setBy };
    return limits;
  }

  setLimit(quota: QuotaName, amount: number | null, by: string, at: number): void {
    if (amount === null) this.#storage.run(statements.removeLimit, quota);
    else this.#storage.run(statements.putLimit, quota, amount, by, at);
  }

  used(quota: QuotaName): { readonly used: number; readonly oldestStatementAt?: number } {
    const row = this.#storage.first(statements.used, quota);
    const oldest = row?.oldest ?? null;
    return { used: row?.used ?? 0, ...(oldest === null ? {} : { oldestStatementAt: oldest }) };
  }

  held(quota: QuotaName, holder: string): Holding {
    return this.#storage.first(statements.holding, quota, holder) ?? { amount: 0, revision: 0 };
  }

  put(quota: QuotaName, holder: string, holding: Holding, at: number): void {
    this.#storage.run(statements.put, quota, holder, holding.amount, holding.revision, at);
  }

  forget(holder: string): void {
    this.#storage.run(statements.forget, holder);
  }
}
