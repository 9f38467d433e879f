/**
 * One row for each thing that is counted (a run, an agent's grant, a holder at its giver), as JSON: read and written
 * whole, changed only by the pure functions of `shared/domain/budget`. The table is made by each object's migrations.
 */
import { statement, type Storage } from './platform/index.ts';

/** For a migration of an object that keeps accounts. */
export const budgetAccountTable = `
  CREATE TABLE budget_account (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (kind, name)
  ) STRICT;
`;

const select = statement<[kind: string, name: string], { value: string }>`
  SELECT value FROM budget_account WHERE kind = ? AND name = ?`;
const selectKind = statement<[kind: string], { name: string; value: string }>`
  SELECT name, value FROM budget_account WHERE kind = ? ORDER BY name`;
const upsert = statement<[kind: string, name: string, value: string]>`
  INSERT INTO budget_account (kind, name, value) VALUES (?, ?, ?)
  ON CONFLICT (kind, name) DO UPDATE SET value = excluded.value`;
const remove = statement<[kind: string, name: string]>`DELETE FROM budget_account WHERE kind = ? AND name = ?`;

/** The accounts of one kind, all of one type. */
export class BudgetAccounts<Account extends object> {
  readonly #storage: Storage;
  readonly #kind: string;
  readonly #initial: Account;

  constructor(storage: Storage, kind: string, initial: Account) {
    this.#storage = storage;
    this.#kind = kind;
    this.#initial = initial;
  }

  /** The account, or a new one. */
  get(name = ''): Account {
    const row = this.#storage.first(select, this.#kind, name);
    return row === undefined ? this.#initial : this.#parse(row.value);
  }

  all(): Readonly<Record<string, Account>> {
    const rows = this.#storage.all(selectKind, this.#kind);
    return Object.fromEntries(rows.map(({ name, value }) => [name, this.#parse(value)]));
  }

  /** Inside the transaction of what it counts. */
  put(account: Account, name = ''): void {
    this.#storage.requireTransaction('BudgetAccounts.put');
    this.#storage.run(upsert, this.#kind, name, JSON.stringify(account));
  }

  /** Inside a transaction. */
  remove(name: string): void {
    this.#storage.requireTransaction('BudgetAccounts.remove');
    this.#storage.run(remove, this.#kind, name);
  }

  /** Fields that a row of an older version lacks are those of a new account. */
  #parse(value: string): Account {
    // SAFETY: rows of this kind are written only by `put`.
    return { ...this.#initial, ...(JSON.parse(value) as Account) };
  }
}
