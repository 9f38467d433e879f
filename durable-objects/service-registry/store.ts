/** All SQL of a service registry: the leases, which change with every heartbeat and are therefore not in the log. */
import type { Lease } from '../../shared/domain/service-registry/leases.ts';
import type { ServiceAddress } from '../../shared/domain/service-registry/service.ts';
import { statement, type Storage } from '../platform/index.ts';

export interface StoredLease extends Lease {
  /** Proves that a heartbeat comes from whoever registered the instance. */
  readonly token: string;
  /** What the last heartbeat said: 0 is idle, 1 is full. */
  readonly load: number;
}

type LeaseRow = {
  readonly name: string;
  readonly instance: string;
  readonly token: string;
  readonly seconds: number;
  readonly expires_at: number;
  readonly load: number;
};

const toLease = ({ expires_at: expiresAt, ...row }: LeaseRow): StoredLease => ({ ...row, expiresAt });

const statements = {
  put: statement<[name: string, instance: string, token: string, seconds: number, expiresAt: number, load: number]>`
    INSERT INTO service_lease (name, instance, token, seconds, expires_at, load) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (name, instance) DO UPDATE SET token = excluded.token, seconds = excluded.seconds,
      expires_at = excluded.expires_at, load = excluded.load`,
  find: statement<[name: string, instance: string], LeaseRow>`
    SELECT * FROM service_lease WHERE name = ? AND instance = ?`,
  all: statement<[], LeaseRow>`SELECT * FROM service_lease`,
  remove: statement<[name: string, instance: string]>`DELETE FROM service_lease WHERE name = ? AND instance = ?`,
  earliest: statement<[], { expires_at: number | null }>`SELECT MIN(expires_at) AS expires_at FROM service_lease`,
};

export class LeaseStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  put({ name, instance, token, seconds, expiresAt, load }: StoredLease): void {
    this.#storage.run(statements.put, name, instance, token, seconds, expiresAt, load);
  }

  find({ name, instance }: ServiceAddress): StoredLease | undefined {
    const row = this.#storage.first(statements.find, name, instance);
    return row === undefined ? undefined : toLease(row);
  }

  all(): readonly StoredLease[] {
    return this.#storage.all(statements.all).map(toLease);
  }

  remove({ name, instance }: ServiceAddress): void {
    this.#storage.run(statements.remove, name, instance);
  }

  /** When the first lease ends; undefined without leases. */
  nextEnd(): number | undefined {
    return this.#storage.first(statements.earliest)?.expires_at ?? undefined;
  }
}
