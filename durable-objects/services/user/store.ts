/** All SQL of User. */
import type { Profile } from '../../../shared/rpc/services/user.ts';
import type { JsonObject } from '../../../shared/rpc/services/service-object.ts';
import { statement, type Storage } from '../../platform/index.ts';

interface ProfileRow extends Record<string, string | number | null> {
  readonly account_id: string;
  readonly version: number;
  readonly display_name: string;
  readonly fields: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly roles: string | null;
}

const statements = {
  profile: statement<[accountId: string], ProfileRow>`
    SELECT profile.*, (SELECT json_group_array(role ORDER BY role) FROM role WHERE role.account_id = profile.account_id)
      AS roles FROM profile WHERE account_id = ?`,
  profiles: statement<
    [after: string, role: string | null, role: string | null, search: string, limit: number],
    ProfileRow
  >`
    SELECT profile.*, (SELECT json_group_array(role ORDER BY role) FROM role WHERE role.account_id = profile.account_id)
      AS roles FROM profile
    WHERE account_id > ?
      AND (? IS NULL OR EXISTS (SELECT 1 FROM role WHERE role.account_id = profile.account_id AND role.role = ?))
      AND instr(lower(display_name), lower(?)) > 0
    ORDER BY account_id LIMIT ?`,
  save: statement<
    [accountId: string, version: number, name: string, fields: string, createdAt: number, updatedAt: number]
  >`
    INSERT INTO profile (account_id, version, display_name, fields, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id) DO UPDATE SET version = excluded.version, display_name = excluded.display_name,
      fields = excluded.fields, updated_at = excluded.updated_at`,
  remove: statement<[accountId: string]>`DELETE FROM profile WHERE account_id = ?`,
  removePreferences: statement<[accountId: string]>`DELETE FROM preference WHERE account_id = ?`,
  grant: statement<[accountId: string, role: string]>`
    INSERT INTO role (account_id, role) VALUES (?, ?) ON CONFLICT DO NOTHING`,
  revoke: statement<[accountId: string, role: string]>`DELETE FROM role WHERE account_id = ? AND role = ?`,
  preferences: statement<[accountId: string], { name: string; value: string }>`
    SELECT name, value FROM preference WHERE account_id = ? ORDER BY name`,
  setPreference: statement<[accountId: string, name: string, value: string]>`
    INSERT INTO preference (account_id, name, value) VALUES (?, ?, ?)
    ON CONFLICT (account_id, name) DO UPDATE SET value = excluded.value`,
  clearPreference: statement<[accountId: string, name: string]>`
    DELETE FROM preference WHERE account_id = ? AND name = ?`,
};

const toProfile = (row: ProfileRow): Profile => ({
  accountId: row.account_id,
  version: row.version,
  displayName: row.display_name,
  // SAFETY: written by `save`, from an object.
  fields: JSON.parse(row.fields) as JsonObject,
  // SAFETY: an array of texts, by the statement.
  roles: JSON.parse(row.roles ?? '[]') as readonly string[],
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export class UserStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  profile(accountId: string): Profile | undefined {
    const row = this.#storage.first(statements.profile, accountId);
    return row === undefined ? undefined : toProfile(row);
  }

  profiles(query: { after: string; role: string | null; search: string; limit: number }): readonly Profile[] {
    const { after, role, search, limit } = query;
    return this.#storage.all(statements.profiles, after, role, role, search, limit).map(toProfile);
  }

  save({ accountId, version, displayName, fields, createdAt, updatedAt }: Omit<Profile, 'roles'>): void {
    this.#storage.run(statements.save, accountId, version, displayName, JSON.stringify(fields), createdAt, updatedAt);
  }

  /** Its roles and preferences go with it. */
  remove(accountId: string): void {
    this.#storage.run(statements.remove, accountId);
    this.#storage.run(statements.removePreferences, accountId);
  }

  setRole(accountId: string, role: string, has: boolean): void {
    this.#storage.run(has ? statements.grant : statements.revoke, accountId, role);
  }

  preferences(accountId: string): JsonObject {
    const rows = this.#storage.all(statements.preferences, accountId);
    return Object.fromEntries(rows.map(({ name, value }): [string, unknown] => [name, JSON.parse(value)]));
  }

  /** Null takes it away. */
  setPreference(accountId: string, name: string, value: unknown): void {
    if (value === null) this.#storage.run(statements.clearPreference, accountId, name);
    else this.#storage.run(statements.setPreference, accountId, name, JSON.stringify(value));
  }
}
