/** User of one group: profiles, roles with their permissions, preferences. */
import { plainText } from '../../../shared/domain/services/plain-text.ts';
import { invalidBecause } from '../../../shared/domain/services/data/schema.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { JsonObject } from '../../../shared/rpc/services/service-object.ts';
import type { Profile, UserRpc } from '../../../shared/rpc/services/user.ts';
import type { UserConfiguration } from '../../../shared/schemas/services/declaration.ts';
import { pageLimit } from '../paging.ts';
import { ServiceObject } from '../service-object.ts';
import { userMigrations, userTables } from './migrations.ts';
import { UserStore } from './store.ts';

const maxFieldCharacters = 16 * 1024;
const maxNameCharacters = 200;

const noProfile: Result<never> = err({
  type: 'resource.not_found',
  detail: 'This person has no profile: make it first (saveProfile).',
});

const invalid = (field: string, reason: string): Result<never> => err(invalidBecause([{ field, reason }]));

/** A JSON object of at most 16 KB, as it is stored. */
const plainFields = (value: unknown): JsonObject | undefined => {
  try {
    const text = JSON.stringify(value);
    const plain: unknown = text !== undefined && text.length <= maxFieldCharacters ? JSON.parse(text) : undefined;
    if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) return undefined;
    // SAFETY: an object that is no list, as just seen.
    return plain as JsonObject;
  } catch {
    // A cycle or a big integer: not JSON.
    return undefined;
  }
};

const isAccount = (accountId: unknown): accountId is string =>
  typeof accountId === 'string' && accountId !== '' && accountId.length <= 200;

export class UserObject extends ServiceObject<unknown, UserConfiguration> implements UserRpc {
  readonly #store: UserStore;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env, userMigrations, userTables);
    this.#store = new UserStore(this.storage);
  }

  async profile({ accountId }: Parameters<UserRpc['profile']>[0]): Promise<Result<Profile>> {
    return await this.whenDeclared(() => {
      const profile = isAccount(accountId) ? this.#store.profile(accountId) : undefined;
      return profile === undefined ? noProfile : ok(profile);
    });
  }

  async saveProfile(command: Parameters<UserRpc['saveProfile']>[0]): Promise<Result<Profile>> {
    return await this.whenDeclared(() =>
      this.transact((): Result<Profile> => {
        const { accountId, displayName, ifVersion } = command;
        if (!isAccount(accountId)) return invalid('accountId', 'must be the id of an account');
        const current = this.#store.profile(accountId);
        if (ifVersion !== undefined && ifVersion !== (current?.version ?? 0)) {
          const detail = `The profile is at version ${current?.version ?? 0}, not ${ifVersion}: read it again.`;
          return err({ type: 'state.conflict', detail });
        }
        const fields = plainFields({ ...current?.fields, ...command.fields });
        if (fields === undefined)
          return invalid('fields', `must be a JSON object of at most ${maxFieldCharacters} characters`);
        const name = displayName ?? current?.displayName ?? '';
        if (typeof name !== 'string' || name.length > maxNameCharacters)
          return invalid('displayName', `must be text of at most ${maxNameCharacters} characters`);
        const now = this.now();
        const profile: Profile = {
          accountId,
          version: (current?.version ?? 0) + 1,
          displayName: name,
          fields,
          roles: current?.roles ?? [],
          createdAt: current?.createdAt ?? now,
          updatedAt: now,
        };
        this.#store.save(profile);
        return ok(profile);
      }),
    );
  }

  async removeProfile({ accountId }: Parameters<UserRpc['removeProfile']>[0]): Promise<Result<null>> {
    return await this.whenDeclared(() => {
      this.transact(() => this.#store.remove(plainText(accountId)));
      return ok(null);
    });
  }

  async profiles(query: Parameters<UserRpc['profiles']>[0]): ReturnType<UserRpc['profiles']> {
    return await this.whenDeclared(() => {
      const limit = pageLimit(query.limit);
      const { after = '', role = null, search = '' } = query;
      const found = this.#store.profiles({ after, role, search: search.slice(0, 200), limit: limit + 1 });
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return ok({ items, ...(found.length > limit && last !== undefined ? { next: last.accountId } : {}) });
    });
  }

  async grantRole(command: Parameters<UserRpc['grantRole']>[0]): Promise<Result<Profile>> {
    return await this.#setRole(command, true);
  }

  async revokeRole(command: Parameters<UserRpc['revokeRole']>[0]): Promise<Result<Profile>> {
    return await this.#setRole(command, false);
  }

  async may({ accountId, permission }: Parameters<UserRpc['may']>[0]): Promise<Result<boolean>> {
    return await this.whenDeclared(({ roles }) => {
      const held = isAccount(accountId) ? (this.#store.profile(accountId)?.roles ?? []) : [];
      return ok(held.some((role) => roles[role]?.includes(permission) === true));
    });
  }

  async preferences({ accountId }: Parameters<UserRpc['preferences']>[0]): Promise<Result<JsonObject>> {
    return await this.whenDeclared((configuration) => ok(this.#preferences(configuration, plainText(accountId))));
  }

  async setPreferences(command: Parameters<UserRpc['setPreferences']>[0]): Promise<Result<JsonObject>> {
    return await this.whenDeclared((configuration) => {
      const { accountId } = command;
      const values = plainFields(command.values);
      if (!isAccount(accountId)) return invalid('accountId', 'must be the id of an account');
      if (values === undefined)
        return invalid('values', `must be a JSON object of at most ${maxFieldCharacters} characters`);
      const unknown = Object.keys(values).find((name) => !Object.hasOwn(configuration.preferences, name));
      if (unknown !== undefined)
        return invalid(`values.${unknown.slice(0, 64)}`, 'is not a preference that is declared');
      return this.transact((): Result<JsonObject> => {
        const together = plainFields({ ...this.#store.preferences(accountId), ...values });
        if (together === undefined)
          return invalid('values', `must be at most ${maxFieldCharacters} characters together`);
        for (const [name, value] of Object.entries(values)) this.#store.setPreference(accountId, name, value);
        return ok(this.#preferences(configuration, accountId));
      });
    });
  }

  #preferences({ preferences }: UserConfiguration, accountId: string): JsonObject {
    return { ...preferences, ...this.#store.preferences(accountId) };
  }

  async #setRole(
    { accountId, role }: { readonly accountId: string; readonly role: string },
    has: boolean,
  ): Promise<Result<Profile>> {
    return await this.whenDeclared(({ roles }) =>
      this.transact((): Result<Profile> => {
        if (has && !Object.hasOwn(roles, role)) return invalid('role', 'is not a role that is declared');
        const profile = isAccount(accountId) ? this.#store.profile(accountId) : undefined;
        if (profile === undefined) return noProfile;
        if (profile.roles.includes(role) === has) return ok(profile);
        this.#store.setRole(accountId, role, has);
        this.#store.save({ ...profile, version: profile.version + 1, updatedAt: this.now() });
        return ok(this.#store.profile(accountId) ?? profile);
      }),
    );
  }
}
